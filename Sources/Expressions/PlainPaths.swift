import Values

/// The paths, `config.bucket`, that texts have as their only expressions, by number: most texts name
/// the same few, and whoever keeps what a path is need not parse it again.
package struct PlainPaths {
  private static var limit: Int { 64 }

  private var paths: [[UInt8]] = []

  package init() {}

  /// What stands in a text behind an offset. Ranges of paths are without `${` and `}`.
  package enum Piece {
    case text(Range<Int>)
    case path(Range<Int>)
    /// Another expression, or `$$`.
    case other
  }

  package static func piece(
    of text: UnsafeBufferPointer<UInt8>, from start: Int
  ) -> Piece {
    var at = start
    while at < text.count, text[at] != 0x24 { at += 1 }
    if at > start { return .text(start..<at) }
    at = start + 2
    guard at < text.count, text[start + 1] == 0x7B, Lexer.startsName(text[at]) else {
      return .other
    }
    while at < text.count, ASCII.isWord(text[at]) || text[at] == 0x2E {
      at += 1
    }
    return at < text.count && text[at] == 0x7D ? .path((start + 2)..<at) : .other
  }

  package func number(of path: UnsafeBufferPointer<UInt8>) -> Int? {
    paths.indices.first { at in
      paths[at].withUnsafeBufferPointer { $0.isSame(as: path) }
    }
  }

  /// Whether there is room for one more.
  package var hasRoom: Bool { paths.count < Self.limit }

  package mutating func add(_ path: UnsafeBufferPointer<UInt8>) { paths.append(Array(path)) }

  package mutating func removeAll() { paths.removeAll(keepingCapacity: true) }
}
