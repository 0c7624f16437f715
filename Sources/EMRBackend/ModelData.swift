/// Facts about EMR that its service model doesn't state, from the files in `data/emr`.
///
/// A file is read when a rule first needs it.
package struct ModelData: Sendable {
  private let file: @Sendable (_ path: String) -> UnsafeBufferPointer<UInt8>?

  /// - Parameter file: the bytes of a file by its path, `data/emr/regions.txt`; they are never freed.
  package init(_ file: @escaping @Sendable (_ path: String) -> UnsafeBufferPointer<UInt8>?) {
    self.file = file
  }

  enum Table: String {
    case applications, classifications, covered, memory, properties, releases, regions
    case instanceTypes = "instance-types"
  }

  /// Whether a table covers a release: those after the last one that it was made from may have more.
  func covers(_ release: Release, _ table: Table) -> Bool {
    (self.table(.covered).fields(table.rawValue) ?? []).contains { field in
      guard let last = Release(field) else { return false }
      return last.major == release.major && release <= last
    }
  }

  func table(_ table: Table) -> FactTable {
    FactTable(
      text: file("data/emr/\(table.rawValue).txt") ?? UnsafeBufferPointer(start: nil, count: 0))
  }
}

/// Lines of a key and its fields, separated by spaces, sorted by bytes.
struct FactTable {
  let text: UnsafeBufferPointer<UInt8>
  private static let space = UInt8(ascii: " ")
  private static let newline = UInt8(ascii: "\n")

  /// The fields after a key; nil if no line has it.
  func fields(_ key: String) -> [String]? {
    var key = key
    return key.withUTF8 { wanted in
      var low = 0
      var high = text.count
      while low < high {
        var start = low + (high - low) / 2
        while start > low, text[start - 1] != Self.newline { start -= 1 }
        let end = Self.end(from: start, text)
        switch Self.order(text[start..<end], wanted) {
        case 0: return Self.words(text[start..<end])
        case ..<0: low = min(end + 1, high)
        default: high = start
        }
      }
      return nil
    }
  }

  /// All keys, in their order.
  var keys: [String] {
    text.split(separator: Self.newline).map { line in
      String(decoding: line.prefix { $0 != Self.space }, as: UTF8.self)
    }
  }

  private static func end(from start: Int, _ text: UnsafeBufferPointer<UInt8>) -> Int {
    var end = start
    while end < text.count, text[end] != newline { end += 1 }
    return end
  }

  /// Compares a line's key with the wanted one: less than, equal to or greater than 0.
  private static func order(
    _ line: Slice<UnsafeBufferPointer<UInt8>>, _ wanted: UnsafeBufferPointer<UInt8>
  ) -> Int {
    var at = 0
    for byte in line {
      if byte == space { break }
      guard at < wanted.count else { return 1 }
      if byte != wanted[at] { return Int(byte) - Int(wanted[at]) }
      at += 1
    }
    return at < wanted.count ? -1 : 0
  }

  private static func words(_ line: Slice<UnsafeBufferPointer<UInt8>>) -> [String] {
    String(decoding: line, as: UTF8.self).split(separator: " ").dropFirst().map(String.init)
  }
}
