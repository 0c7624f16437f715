import Text

/// The parts of a location's text, by their bytes.
struct LocationParts {
  let scheme: Range<Int>
  let authority: Range<Int>
  /// Whether a slash ends the authority.
  let hasSlash: Bool
  let isInS3: Bool
  let isDurable: Bool

  init(_ bytes: UnsafeBufferPointer<UInt8>) throws(LocationProblem) {
    guard let colon = Self.endOfScheme(bytes) else { throw .noScheme }
    if let mark = Self.placeholder(bytes) { throw .placeholder(mark) }
    if bytes.contains(where: { $0 <= .space || $0 == 0x7F }) { throw .blank }
    // U+00A0 and U+2000 to U+200F look like spaces, or like nothing.
    for at in bytes.indices.dropLast() where bytes[at] == 0xC2 || bytes[at] == 0xE2 {
      if bytes[at] == 0xC2, bytes[at + 1] == 0xA0 { throw .blank }
      if bytes[at] == 0xE2, bytes[at + 1] == 0x80, at + 2 < bytes.endIndex, bytes[at + 2] < 0x90 {
        throw .blank
      }
    }
    scheme = 0..<colon
    let rest = bytes[(colon + 3)...]
    let end = rest.firstIndex(of: UInt8(ascii: "/"))
    authority = (colon + 3)..<(end ?? bytes.count)
    hasSlash = end != nil
    let name = String(decoding: bytes[scheme], as: UTF8.self)
    if bytes[scheme].contains(where: Self.isCapital) { throw .capitals(scheme: name) }
    isInS3 = name == "s3" || name == "s3a" || name == "s3n"
    isDurable = name != "hdfs" && name != "file"
    if name == "http" || name == "https" { throw .web(scheme: name) }
    if isInS3 {
      if authority.isEmpty { throw .noBucket(scheme: name) }
      // What follows isn't quoted: it may be a secret, also one with a slash in it.
      if bytes[authority].contains(.at)
        || bytes[authority].contains(.colon) && bytes[authority.upperBound...].contains(.at)
      {
        throw .user(scheme: name)
      }
      if let problem = BucketName.problem(with: bytes[authority]) {
        throw .bucket(String(decoding: bytes[authority], as: UTF8.self), problem)
      }
    }
    if Self.hasDots(bytes[authority.upperBound...]) { throw .dots }
  }

  /// The index of the colon of `://`, if there is a scheme before it (such as `jdbc:postgresql`).
  private static func endOfScheme(_ bytes: UnsafeBufferPointer<UInt8>) -> Int? {
    guard let first = bytes.first, isLetter(first) else { return nil }
    for at in bytes.indices {
      switch bytes[at] {
      case UInt8(ascii: ":"):
        if at + 2 < bytes.count, bytes[at + 1] == UInt8(ascii: "/"),
          bytes[at + 2] == UInt8(ascii: "/")
        {
          return at
        }
      case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "-"),
        UInt8(ascii: "."):
        continue
      case let byte where isLetter(byte): continue
      default: return nil
      }
    }
    return nil
  }

  private static func isLetter(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || isCapital(byte)
  }

  private static func isCapital(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
  }

  /// Whether a part of the path is `.` or `..`, which Hadoop resolves.
  private static func hasDots(_ path: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
    path.contains(UInt8(ascii: "."))
      && path.split(separator: UInt8(ascii: "/")).contains { part in
        part.count <= 2 && part.allSatisfy { $0 == UInt8(ascii: ".") }
      }
  }

  /// `ADD HERE`, in any case and with a space or `_` between the words.
  private static func placeholder(_ bytes: UnsafeBufferPointer<UInt8>) -> String? {
    let mark: StaticString = "add here"
    return mark.withUTF8Buffer { mark in
      guard bytes.count >= mark.count else { return nil }
      for start in 0...(bytes.count - mark.count) {
        let candidate = bytes[start..<(start + mark.count)]
        let isMark = zip(candidate, mark).allSatisfy { byte, wanted in
          wanted == UInt8(ascii: " ")
            ? " _".utf8.contains(byte) : byte | 0x20 == wanted
        }
        if isMark { return String(decoding: candidate, as: UTF8.self) }
      }
      return nil
    }
  }
}
