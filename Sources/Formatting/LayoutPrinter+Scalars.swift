import Documents
import Text

/// Texts.
extension LayoutPrinter {
  /// Writes a text, and the comments at its end.
  /// - Parameter column: where its further lines start.
  mutating func scalar(_ scalar: LayoutScalar, at column: Int, _ trailing: LineComments) {
    if scalar.style.isBlock { return block(scalar, at: column) }
    if scalar.isTemplate, template(scalar, at: column, trailing) { return }
    guard ScalarText.hasBreak(scalar.raw) else {
      writer.add(ScalarText.quoted(scalar))
      writer.lineComments(trailing)
      return
    }
    for (index, line) in ScalarText.lines(of: scalar).enumerated() {
      if index > 0 {
        if line.isEmpty { writer.emptyLine() } else { writer.newLine(column) }
      }
      writer.add(line)
    }
    writer.lineComments(trailing)
  }

  // MARK: Blocks

  private mutating func block(_ scalar: LayoutScalar, at column: Int) {
    let header = BlockHeader(scalar.raw)
    var lines = scalar.style == .literal ? literalLines(scalar) : foldedLines(scalar, header)
    if scalar.isTemplate {
      lines = ExpressionLayout.lines(
        lines, width: scalar.style == .folded ? LayoutWriter.width - contentColumn(column) : nil)
    }
    writer.add([scalar.style == .literal ? .bar : .greater])
    let first = lines.first { !$0.allSatisfy { $0 == .space } }
    let startsWithBlank =
      first?.first == .space || first?.first == .tab
      || (lines.prefix { $0.allSatisfy { $0 == .space } }.contains { !$0.isEmpty })
    if startsWithBlank { writer.add([UInt8(ascii: "2")]) }
    if let chomping = header.chomping { writer.add([chomping]) }
    if let comment = scalar.headComment { writer.lineComments([comment]) }
    write(lines, at: contentColumn(column))
  }

  /// A document's text is indented too.
  private func contentColumn(_ column: Int) -> Int { max(column, 2) }

  private mutating func write(_ lines: [[UInt8]], at column: Int) {
    for line in lines {
      if line.isEmpty {
        writer.emptyLine()
      } else {
        writer.newLine(column)
        writer.add(line)
      }
    }
  }

  /// The lines of a block that keeps its line ends, from its decoded text.
  private func literalLines(_ scalar: LayoutScalar) -> [[UInt8]] {
    var lines = scalar.value.split(separator: .newline, omittingEmptySubsequences: false)
      .map(Array.init)
    if lines.last?.isEmpty ?? false { lines.removeLast() }
    return lines
  }

  /// The lines of a block whose line ends are folded, without its indentation.
  private func foldedLines(_ scalar: LayoutScalar, _ header: BlockHeader) -> [[UInt8]] {
    var lines = ScalarText.split(Array(scalar.raw[header.end...]))
    let isKept = header.chomping == .plus
    if isKept, lines.last?.isEmpty ?? false { lines.removeLast() }
    let indentation =
      scalar.blockColumn
      ?? lines.first { !$0.allSatisfy { $0 == .space } }?.prefix { $0 == .space }.count ?? 0
    lines = lines.map { line in Array(line.dropFirst(indentation)) }
    while !isKept, let last = lines.last, last.allSatisfy({ $0 == .space || $0 == .tab }) {
      lines.removeLast()
    }
    return lines
  }

  // MARK: Expressions

  /// Writes a text with expressions; false if it has none that can be laid out.
  ///
  /// One that is written on several lines, or is too long for one, becomes a folded block: in an
  /// expression line ends mean nothing.
  private mutating func template(
    _ scalar: LayoutScalar, at column: Int, _ trailing: LineComments
  ) -> Bool {
    if !ScalarText.hasBreak(scalar.raw) {
      guard let flat = ScalarText.spaced(scalar) else { return false }
      let room = LayoutWriter.width - contentColumn(column)
      if writer.column + LayoutWriter.columns(flat) > LayoutWriter.width, canFold(scalar.value),
        let text = ExpressionLayout.spaced(scalar.value)
      {
        let lines = ExpressionLayout.lines([text], width: room)
        let isShorter = lines.count > 1 || LayoutWriter.columns(text) <= room
        if isShorter {
          folded(lines, at: column, trailing)
          return true
        }
      }
      writer.add(flat)
      writer.lineComments(trailing)
      return true
    }
    guard let lines = decodedLines(scalar), canFold(scalar.value),
      Array(lines.joined(separator: [.space])) == scalar.value,
      ExpressionLayout.spaced(Array(lines.joined(separator: [.newline]))) != nil
    else { return false }
    let room = LayoutWriter.width - contentColumn(column)
    folded(ExpressionLayout.lines(lines, width: room), at: column, trailing)
    return true
  }

  private mutating func folded(_ lines: [[UInt8]], at column: Int, _ trailing: LineComments) {
    writer.add(">-")
    if let first = trailing.first {
      writer.lineComments([first])
      // The others would be lines of the text.
      if trailing.count > 1 { hasFailed = true }
    }
    write(lines, at: contentColumn(column))
  }

  /// Whether a folded block can hold a text.
  private func canFold(_ text: [UInt8]) -> Bool {
    guard let first = text.first, let last = text.last else { return false }
    return first != .space && last != .space && !EmbeddedRuby.holdsMark(text)
      && text.allSatisfy { $0 >= .space && $0 != 0x7F }
  }

  /// The lines of a plain or quoted text on several lines, decoded; nil if they have escapes.
  private func decodedLines(_ scalar: LayoutScalar) -> [[UInt8]]? {
    var lines = ScalarText.lines(of: scalar)
    guard !lines.contains(where: \.isEmpty) else { return nil }
    switch scalar.style {
    case .plain: return lines
    case .literal, .folded: return nil
    case .singleQuoted, .doubleQuoted:
      guard
        !scalar.raw.dropFirst().dropLast().contains(where: { byte in
          byte == .backslash && scalar.style == .doubleQuoted
        })
      else { return nil }
      lines[0].removeFirst()
      lines[lines.count - 1].removeLast()
      if scalar.style == .singleQuoted {
        lines = lines.map {
          Array(
            Array($0.split(around: [.apostrophe, .apostrophe])).joined(separator: [.apostrophe]))
        }
      }
      return lines.contains(where: \.isEmpty) ? nil : lines
    }
  }
}
