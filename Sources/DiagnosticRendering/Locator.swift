import Text
import SourceText

/// A span as lines and columns of a file as it was written.
struct SourceRange {
  var source: SourceID
  var name: String
  /// Bytes of the file as written.
  var range: Range<Int>
  var start: Position
  var end: Position
}

/// Finds lines and columns; fast if asked in the order of a file.
struct Locator {
  private let sources: SourceSet
  /// Indexed by source.
  private var tables: [LineTable?] = []
  /// The last position found: the next one on the same line is counted from there.
  private var last: (source: SourceID, offset: Int, position: Position)?

  init(_ sources: SourceSet) { self.sources = sources }

  /// Nil for a span of an unknown source.
  mutating func place(of span: Span?) -> SourceRange? {
    guard let span, let file = sources[span.source] else { return nil }
    let range = file.written(span)
    let start = position(of: range.lowerBound, in: file, span.source)
    let end = position(of: range.upperBound, in: file, span.source)
    return SourceRange(source: span.source, name: file.name, range: range, start: start, end: end)
  }

  func text(of source: SourceID) -> [UInt8] { sources[source]?.text ?? [] }

  func hidden(in source: SourceID) -> [Range<Int>] { sources[source]?.hidden ?? [] }

  /// The bytes of a line (1-based) without its line end.
  mutating func line(_ number: Int, of source: SourceID) -> Range<Int> {
    guard let file = sources[source] else { return 0..<0 }
    let starts = table(of: file, source).starts
    guard number >= 1, number <= starts.count else { return 0..<0 }
    let start = starts[number - 1]
    var end = number < starts.count ? starts[number] : file.text.count
    while end > start, file.text[end - 1] == .newline || file.text[end - 1] == .carriageReturn {
      end -= 1
    }
    return start..<end
  }

  private mutating func table(of file: SourceFile, _ source: SourceID) -> LineTable {
    let index = Int(source.index)
    while tables.count <= index { tables.append(nil) }
    if let table = tables[index] { return table }
    let table = LineTable(file.text)
    tables[index] = table
    return table
  }

  private mutating func position(
    of offset: Int, in file: SourceFile, _ source: SourceID
  ) -> Position {
    let table = table(of: file, source)
    let line = table.line(of: offset)
    var from = table.starts[line]
    var column = 1
    if let last, last.source == source, last.position.line == line + 1, last.offset <= offset {
      from = last.offset
      column = last.position.column
    }
    for at in from..<max(from, offset) where file.text[at] & 0xC0 != 0x80 { column += 1 }
    let position = Position(line: line + 1, column: column)
    last = (source, offset, position)
    return position
  }
}
