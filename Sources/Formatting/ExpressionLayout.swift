import Expressions
import Text

/// Lays out the expressions of a text: blanks between tokens, and lines that fit.
///
/// Line ends inside an expression are the author's and stay; a line that is too long gets more. What
/// is outside of expressions stays as it is.
enum ExpressionLayout {
  /// A text with one blank or none between the tokens of its expressions; nil if it has none, or if
  /// one of them can't be parsed or has a comment.
  static func spaced(_ text: [UInt8]) -> [UInt8]? {
    guard text.contains(.dollar), let expressions = Template.expressions(in: text),
      !expressions.isEmpty
    else { return nil }
    var out: [UInt8] = []
    var at = 0
    for expression in expressions {
      out += text[at..<(expression.range.lowerBound + 2)]
      at = expression.range.lowerBound + 2
      var previous: TemplateToken?
      for token in expression.tokens {
        let hasBlank = previous.map { needsBlank($0.role, token.role) } ?? false
        out += gap(text[at..<token.range.lowerBound], hasBlank: hasBlank)
        out += text[token.range]
        at = token.range.upperBound
        previous = token
      }
      out += gap(text[at..<(expression.range.upperBound - 1)], hasBlank: false)
      at = expression.range.upperBound - 1
    }
    out += text[at...]
    return out
  }

  /// Between two tokens: a line end with the next line's indentation, or blanks.
  private static func gap(_ gap: ArraySlice<UInt8>, hasBlank: Bool) -> [UInt8] {
    if let last = gap.lastIndex(where: { $0 == .newline }) {
      return [.newline] + gap[(last + 1)...]
    }
    return hasBlank ? [.space] : []
  }

  private static func needsBlank(_ left: TemplateToken.Role, _ right: TemplateToken.Role)
    -> Bool
  {
    switch (left, right) {
    case (_, .comma), (_, .close), (_, .dot), (_, .colon), (.dot, _), (.optional, _), (.prefix, _),
      (.opening, _), (_, .opening(isCall: true)):
      false
    case (.operand, .optional), (.close, .optional): false
    default: true
    }
  }

  /// The lines of a text with expressions, laid out; if a width is given, long ones are broken.
  static func lines(_ lines: [[UInt8]], width: Int?) -> [[UInt8]] {
    guard let spaced = spaced(Array(lines.joined(separator: [.newline]))) else { return lines }
    guard let width, let expressions = Template.expressions(in: spaced) else {
      return spaced.split(separator: .newline, omittingEmptySubsequences: false).map(Array.init)
    }
    var breaks = LineBreaks(text: spaced, width: width)
    breaks.add(expressions)
    return breaks.lines()
  }
}

/// Breaks long lines at the outermost and loosest operators that leave a line that fits.
private struct LineBreaks {
  /// A place where a line may end.
  private struct Place {
    /// Where the line ends, and where the next one starts.
    var end: Int
    var start: Int
    /// How deep it is in brackets, and then how tightly its operator binds.
    var rank: Int
    /// Whether it is before the `?` of a choice.
    var isQuestion = false
  }

  let text: [UInt8]
  let width: Int
  private var places: [Place] = []

  init(text: [UInt8], width: Int) {
    self.text = text
    self.width = width
  }

  mutating func add(_ expressions: [TemplateExpression]) {
    for expression in expressions {
      var depth = 0
      for (index, token) in expression.tokens.enumerated() {
        if case .close = token.role { depth -= 1 }
        if index > 0, let rank = rank(expression.tokens, index) {
          let end = expression.tokens[index - 1].range.upperBound
          let start = token.range.lowerBound
          places.append(
            Place(
              end: end, start: start, rank: depth * 10 + rank,
              isQuestion: token.role == .choice && text[start] == .question))
        }
        if case .opening = token.role { depth += 1 }
      }
    }
  }

  /// How loosely the tokens before and at an index are bound; nil if they stay together.
  private func rank(_ tokens: [TemplateToken], _ index: Int) -> Int? {
    if case .comma = tokens[index - 1].role { return 1 }
    switch tokens[index].role {
    case .choice: return 0
    case .binary(let level): return level
    case .dot:
      // A call of a method on what another call yields.
      guard case .close = tokens[index - 1].role, index + 2 < tokens.count,
        case .opening(isCall: true) = tokens[index + 2].role
      else { return nil }
      return 6
    default: return nil
    }
  }

  func lines() -> [[UInt8]] {
    var lines: [[UInt8]] = []
    var start = 0
    while start <= text.count {
      let end = text[start...].firstIndex(of: .newline) ?? text.count
      lines += broken(start..<end)
      start = end + 1
    }
    return lines
  }

  private func broken(_ line: Range<Int>) -> [[UInt8]] {
    let indentation = Array(text[line].prefix { $0 == .space })
    var lines: [[UInt8]] = []
    var rest = line.lowerBound + indentation.count
    while indentation.count + LayoutWriter.columns(text[rest..<line.upperBound]) > width {
      let inside = places.filter { $0.end > rest && $0.start < line.upperBound }
      let fitting = inside.filter {
        indentation.count + LayoutWriter.columns(text[rest..<$0.end]) <= width
      }
      let lowest = fitting.map(\.rank).min()
      let loosest = fitting.filter { $0.rank == lowest }
      // Both results of a choice stay together if they fit.
      let question = loosest.last { place in
        place.isQuestion
          && indentation.count + LayoutWriter.columns(text[place.start..<line.upperBound]) <= width
      }
      guard let place = question ?? loosest.last ?? inside.first else { break }
      lines.append(indentation + text[rest..<place.end])
      rest = place.start
    }
    return lines + [indentation + text[rest..<line.upperBound]]
  }
}
