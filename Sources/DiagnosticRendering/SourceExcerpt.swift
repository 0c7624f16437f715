import Text
import SourceText

/// The lines of a file that a place covers, with carets under the place.
struct SourceExcerpt {
  struct Row {
    /// Nil for the row that replaces omitted lines.
    var number: Int?
    var text: String
    /// Spaces and carets; empty if there is nothing to point at.
    var carets: String
  }

  /// Longer lines are cut around the place.
  private static var widest: Int { 100 }
  /// Cells kept before the place when a line is cut.
  private static var lead: Int { 40 }

  static func rows(of place: SourceRange, _ locator: inout Locator) -> [Row] {
    let text = locator.text(of: place.source)
    let hidden = locator.hidden(in: place.source)
    var end = place.range.upperBound
    while end > place.range.lowerBound, isSpace(text[end - 1]) { end -= 1 }
    let last = end == place.range.upperBound ? place.end.line : lastLine(place, end, &locator)
    let first = locator.line(place.start.line, of: place.source)
    if last <= place.start.line {
      return [row(place.start.line, place.range.lowerBound..<end, first, text, hidden)]
    }
    let toEnd = place.range.lowerBound..<max(place.range.lowerBound, first.upperBound)
    var rows = [row(place.start.line, toEnd, first, text, hidden)]
    if last > place.start.line + 1 { rows.append(Row(number: nil, text: "...", carets: "")) }
    let line = locator.line(last, of: place.source)
    var start = line.lowerBound
    while start < end, isSpace(text[start]) { start += 1 }
    rows.append(row(last, start..<end, line, text, hidden))
    return rows
  }

  private static func isSpace(_ byte: UInt8) -> Bool {
    byte == .space || byte == .tab || byte == .newline || byte == .carriageReturn
  }

  private static func lastLine(_ place: SourceRange, _ end: Int, _ locator: inout Locator) -> Int {
    var line = place.end.line
    while line > place.start.line, locator.line(line, of: place.source).lowerBound >= end {
      line -= 1
    }
    return line
  }

  private static func row(
    _ number: Int, _ marked: Range<Int>, _ line: Range<Int>, _ text: [UInt8],
    _ hidden: [Range<Int>]
  ) -> Row {
    let window = window(around: marked.lowerBound, of: line, text)
    var cells = LineCells(text, in: window).cells[...]
    if !hidden.isEmpty { hide(&cells, hidden.filter { $0.overlaps(window) }) }
    var isCut = (
      start: window.lowerBound > line.lowerBound, end: window.upperBound < line.upperBound
    )
    cut(&cells, around: marked.lowerBound, &isCut)

    var shown = isCut.start ? "…" : ""
    var carets = isCut.start ? " " : ""
    for cell in cells {
      shown += cell.shown
      if marked.isEmpty, cell.range.contains(marked.lowerBound) {
        carets += "^" + String(repeating: " ", count: cell.width - 1)
      } else {
        let mark = cell.range.overlaps(marked) ? "^" : " "
        carets += String(repeating: mark, count: cell.width)
      }
    }
    // A span can point at the end of a line, where something is missing.
    if !carets.contains("^") { carets += "^" }
    while carets.last == " " { carets.removeLast() }
    return Row(number: number, text: shown + (isCut.end ? "…" : ""), carets: carets)
  }

  private static func hide(_ cells: inout ArraySlice<LineCell>, _ hidden: [Range<Int>]) {
    for index in cells.indices where hidden.contains(where: cells[index].range.overlaps) {
      cells[index].shown = String(repeating: "*", count: cells[index].width)
    }
  }

  /// The bytes of a line that could be shown: bounded, however long the line is.
  private static func window(
    around focus: Int, of line: Range<Int>, _ text: [UInt8]
  ) -> Range<Int> {
    var start = max(line.lowerBound, min(focus, line.upperBound) - 512)
    var end = min(line.upperBound, max(focus, line.lowerBound) + 1024)
    while start > line.lowerBound, text[start] & 0xC0 == 0x80 { start -= 1 }
    while end < line.upperBound, text[end] & 0xC0 == 0x80 { end += 1 }
    return start..<max(start, end)
  }

  private static func cut(
    _ cells: inout ArraySlice<LineCell>, around focus: Int, _ isCut: inout (start: Bool, end: Bool)
  ) {
    let total = cells.reduce(0) { $0 + $1.width }
    guard total > widest else { return }
    let before = cells.prefix { $0.range.upperBound <= focus }.reduce(0) { $0 + $1.width }
    var dropped = 0
    let excess = max(0, min(before - lead, total - widest))
    while dropped < excess, let first = cells.first {
      dropped += first.width
      cells.removeFirst()
      isCut.start = true
    }
    var width = total - dropped
    while width > widest, let last = cells.last {
      width -= last.width
      cells.removeLast()
      isCut.end = true
    }
  }
}
