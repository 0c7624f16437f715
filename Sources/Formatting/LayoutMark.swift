import Documents
import Text
import YAMLSyntax

/// What is between a document's nodes: comments, empty lines, and the characters that give structure.
struct LayoutMark {
  enum Kind: Equatable {
    case comment(LayoutComment)
    /// One or more empty lines.
    case blank
    /// `-`, `?`, `:`, `,` or a bracket.
    case indicator(UInt8)
    /// A line that starts with `%`.
    case directive([UInt8])
  }

  var kind: Kind
  var offset: Int
}

struct LayoutComment: Equatable {
  /// From the `#` on, as it is written out.
  var text: [UInt8]
  var column: Int
  /// Whether nothing but blanks is before it on its line.
  var isOwnLine: Bool
  var line: Int

  /// A space follows the `#`, unless something else than words does: `#!`, `#---`, `##`.
  static func normal(_ text: ArraySlice<UInt8>) -> [UInt8] {
    var text = Array(text)
    while let last = text.last, last == .space || last == .tab { text.removeLast() }
    guard text.count > 1 else { return text }
    let next = text[1]
    let isWord = ASCII.isWord(next) || next == .quote || next == .apostrophe || next == .backtick
    if isWord || next == .openBracket || next == .openBrace || next == .dollar || next == .less {
      text.insert(.space, at: 1)
    }
    return text
  }
}

/// Finds the marks in the text between nodes.
struct MarkScanner {
  private let bytes: UnsafeBufferPointer<UInt8>
  private var marks: [LayoutMark] = []
  private var at: Int
  /// The start of the line that `at` is in, and its number.
  private var lineStart: Int
  private var line = 0
  /// Line ends since the last thing on a line. Empty lines at the start count after the first.
  private var newlines = 1
  private var hasContent = false

  private init(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int) {
    self.bytes = bytes
    at = start
    lineStart = start
  }

  /// All marks of a text from an offset on, outside of what nodes and markers cover.
  static func marks(_ text: [UInt8], from start: Int, around nodes: [EventExtent]) -> [LayoutMark] {
    text.withUnsafeBufferPointer { bytes in
      var scanner = MarkScanner(bytes, from: start)
      for node in nodes {
        for part in node.covered where !part.isEmpty {
          scanner.scan(to: part.lowerBound)
          scanner.skip(to: part.upperBound)
        }
      }
      scanner.scan(to: bytes.count)
      return scanner.marks
    }
  }

  /// Passes over a part that belongs to a node or a document's marker.
  private mutating func skip(to end: Int) {
    while at < end {
      if isBreak(bytes[at]) { newLine() } else { at += 1 }
    }
    newlines = 0
    hasContent = true
  }

  /// Takes what is before an offset.
  private mutating func scan(to end: Int) {
    while at < end {
      let byte = bytes[at]
      switch byte {
      case .space, .tab: at += 1
      case .newline, .carriageReturn: newLine()
      case .hash: comment()
      case .percent where at == lineStart: directive()
      default:
        flushBlanks()
        switch byte {
        case .hyphen, .question, .colon, .comma, .openBracket, .closeBracket, .openBrace,
          .closeBrace:
          marks.append(LayoutMark(kind: .indicator(byte), offset: at))
        default: break
        }
        hasContent = true
        newlines = 0
        at += 1
      }
    }
    // Those before a node.
    flushBlanks()
  }

  private func isBreak(_ byte: UInt8) -> Bool { byte == .newline || byte == .carriageReturn }

  private mutating func newLine() {
    if bytes[at] == .carriageReturn, at + 1 < bytes.count, bytes[at + 1] == .newline { at += 1 }
    at += 1
    lineStart = at
    line += 1
    newlines += 1
    hasContent = false
  }

  private mutating func flushBlanks() {
    if newlines > 1 { marks.append(LayoutMark(kind: .blank, offset: max(lineStart - 1, 0))) }
    newlines = 0
  }

  private mutating func comment() {
    flushBlanks()
    let start = at
    while at < bytes.count, !isBreak(bytes[at]) { at += 1 }
    let comment = LayoutComment(
      text: LayoutComment.normal(Array(bytes[start..<at])[...]), column: start - lineStart,
      isOwnLine: !hasContent, line: line)
    marks.append(LayoutMark(kind: .comment(comment), offset: start))
    hasContent = true
  }

  private mutating func directive() {
    flushBlanks()
    let start = at
    while at < bytes.count, !isBreak(bytes[at]) { at += 1 }
    var end = at
    while end > start, bytes[end - 1] == .space || bytes[end - 1] == .tab { end -= 1 }
    marks.append(LayoutMark(kind: .directive(Array(bytes[start..<end])), offset: start))
    hasContent = true
  }
}
