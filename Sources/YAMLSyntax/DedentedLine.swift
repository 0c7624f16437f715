import Diagnostics
import SourceText
import Text

/// A line with less indentation than it should have, which makes the parser reject the next one.
struct DedentedLine {
  /// The line's text, without its indentation.
  var text: Range<Int>
  /// The column, from 0, that it should start in.
  var indentation: Int

  func problem(_ source: SourceID, _ shown: (Range<Int>) -> String?) -> Diagnostic {
    .yamlSyntax(
      "this line is indented less than the line below it, which belongs beside it",
      at: Span(source, text),
      hint: "indent it by \(indentation) spaces, like the line below")
  }
}

extension SourceLines {
  /// The line before the one at an offset, if it is that line that is wrong: the offset's line has
  /// the indentation of the line before both, or that one is a key whose value begins here.
  ///
  ///     ebs:            jobflow_role: a
  ///     size: 200     service_role: b     <- indented too little
  ///       type: gp2     placement: c
  func dedentedLine(before offset: Int) -> DedentedLine? {
    let own = line(of: offset)
    guard let wrong = lineWithText(before: own.lowerBound),
      let above = lineWithText(before: wrong.lowerBound)
    else { return nil }
    let (inner, outer) = (depth(own), depth(wrong))
    guard inner > outer, byte(content(own).lowerBound) != .hyphen,
      byte(content(wrong).lowerBound) != .hyphen
    else { return nil }
    let isBetween = depth(above) == inner
    let isFirst = depth(above) == outer && isKeyAlone(above)
    return isBetween || isFirst ? DedentedLine(text: content(wrong), indentation: inner) : nil
  }

  private func depth(_ line: Range<Int>) -> Int { content(line).lowerBound - line.lowerBound }

  /// Whether a line has a key and nothing after its colon.
  private func isKeyAlone(_ line: Range<Int>) -> Bool {
    let text = content(line)
    return !text.isEmpty && byte(text.upperBound - 1) == .colon
  }

  /// The last line above an offset that isn't empty, nor only a comment.
  private func lineWithText(before offset: Int) -> Range<Int>? {
    var start = offset
    while start > 0 {
      let line = line(of: start - 1)
      let text = content(line)
      if !text.isEmpty, byte(text.lowerBound) != .hash { return line }
      start = line.lowerBound
    }
    return nil
  }
}
