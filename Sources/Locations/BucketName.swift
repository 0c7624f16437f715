/// S3's rules for the names of buckets.
package enum BucketName {
  package enum Problem: Hashable, Sendable {
    case tooLong(Int)
    case character(String)
    case ends
    case dots
    case address

    package var words: String {
      switch self {
      case .tooLong(let count): "a bucket's name can have at most 63 characters, not \(count)"
      case .character(let text):
        "a bucket's name can only have lowercase letters, digits, dots and hyphens, not `\(text)`"
      case .ends: "a bucket's name must start and end with a letter or a digit"
      case .dots: "a bucket's name can't have two dots in a row"
      case .address: "a bucket's name can't be an IP address"
      }
    }
  }

  /// What S3 no longer allows in a name, or never did, but that works in places all the same.
  package enum Doubt: Hashable, Sendable {
    case capitals
    case underscore
    case tooShort(Int)

    package var words: String {
      switch self {
      case .capitals: "has capitals, which only very old buckets have"
      case .underscore: "has a `_`, which only very old buckets have"
      case .tooShort(let count):
        "has \(count == 1 ? "one character" : "two characters"), but S3 requires three or more"
      }
    }
  }

  package static func problem(with name: String) -> Problem? {
    var name = name
    return name.withUTF8 { problem(with: $0[...]) }
  }

  /// Expects a name that isn't empty.
  static func problem(with name: Slice<UnsafeBufferPointer<UInt8>>) -> Problem? {
    guard name.count <= 63 else { return .tooLong(name.count) }
    for (offset, byte) in name.enumerated() where !isAllowed(byte) {
      let rest = String(decoding: name.dropFirst(offset), as: UTF8.self)
      return .character(String(rest.prefix(1)))
    }
    guard let first = name.first, let last = name.last, isAlphanumeric(first),
      isAlphanumeric(last)
    else { return .ends }
    let parts = Array(name).split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    if parts.contains(where: \.isEmpty) { return .dots }
    let isAddress =
      parts.count == 4
      && parts.allSatisfy { part in part.count <= 3 && part.allSatisfy(isDigit) }
    return isAddress ? .address : nil
  }

  /// Expects a name that has no problem.
  package static func doubt(of name: some Collection<UInt8>) -> Doubt? {
    if name.contains(where: isCapital) { return .capitals }
    if name.contains(UInt8(ascii: "_")) { return .underscore }
    return name.count < 3 ? .tooShort(name.count) : nil
  }

  private static func isAllowed(_ byte: UInt8) -> Bool {
    isAlphanumeric(byte) || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".")
      || byte == UInt8(ascii: "_")
  }

  private static func isAlphanumeric(_ byte: UInt8) -> Bool {
    isDigit(byte) || isCapital(byte) || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }

  private static func isCapital(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
  }
}
