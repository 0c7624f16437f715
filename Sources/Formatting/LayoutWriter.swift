import Text

/// Collects lines, and puts comments at their ends into columns.
struct LayoutWriter {
  private struct Line {
    var text: [UInt8] = []
    var comment: [UInt8]?
    /// Whether the line has only a comment that goes on from the one above.
    var isContinuation = false
    /// Whether it is empty, and a part of a text.
    var isKept = false
  }

  static var width: Int { 100 }

  private var lines: [Line] = []

  /// The columns that a text takes.
  static func columns(_ text: some Sequence<UInt8>) -> Int {
    var count = 0
    for byte in text where byte & 0xC0 != 0x80 { count += 1 }
    return count
  }

  var isEmpty: Bool { lines.isEmpty }
  var column: Int { lines.last.map { Self.columns($0.text) } ?? 0 }
  /// Whether nothing can be added to the last line.
  var isClosed: Bool { lines.last?.comment != nil }

  mutating func newLine(_ column: Int) {
    lines.append(Line(text: [UInt8](repeating: .space, count: column)))
  }

  mutating func add(_ text: some Sequence<UInt8>) {
    if lines.isEmpty { newLine(0) }
    lines[lines.count - 1].text += text
  }

  mutating func add(_ text: StaticString) {
    text.withUTF8Buffer { add($0) }
  }

  /// An empty line that is part of a text.
  mutating func emptyLine() { lines.append(Line(isKept: true)) }

  /// An empty line between things; never two, and none at the start.
  mutating func blank() {
    guard let last = lines.last, !last.text.isEmpty || last.comment != nil else { return }
    lines.append(Line())
  }

  /// A comment on its own line.
  mutating func comment(_ comment: LayoutComment, at column: Int) {
    newLine(column)
    add(comment.text)
  }

  /// Comments at the end of the last line, one below the other.
  mutating func lineComments(_ comments: some Sequence<LayoutComment>) {
    for comment in comments {
      if lines.isEmpty { newLine(0) }
      if lines[lines.count - 1].comment == nil {
        lines[lines.count - 1].comment = comment.text
      } else {
        lines.append(Line(comment: comment.text, isContinuation: true))
      }
    }
  }

  /// The text, which ends with a newline; empty if there is nothing.
  var text: [UInt8] {
    var lines = lines
    while let last = lines.last, last.text.isEmpty, last.comment == nil, !last.isKept {
      lines.removeLast()
    }
    var out: [UInt8] = []
    var at = 0
    while at < lines.count {
      var end = at
      while end < lines.count, lines[end].comment != nil { end += 1 }
      if end > at {
        write(lines[at..<end], to: &out)
        at = end
      } else {
        Self.append(lines[at].text, to: &out)
        at += 1
      }
    }
    return out
  }

  /// Writes adjacent lines that end with comments: these start in one column if they fit.
  private func write(_ run: ArraySlice<Line>, to out: inout [UInt8]) {
    let widest = run.map { Self.columns($0.text) }.max() ?? 0
    let longest = run.map { Self.columns($0.comment ?? []) }.max() ?? 0
    let isAligned = widest + 2 + longest <= Self.width
    var column = 0
    for line in run {
      if isAligned {
        column = widest + 2
      } else if !line.isContinuation {
        column = Self.columns(line.text) + 2
      }
      var text = line.text
      text += [UInt8](repeating: .space, count: max(0, column - Self.columns(text)))
      text += line.comment ?? []
      Self.append(text, to: &out)
    }
  }

  private static func append(_ line: [UInt8], to out: inout [UInt8]) {
    out += line
    out.append(.newline)
  }
}
