/// What to do about a diagnostic, in words; and, where it is to write something else at its place, as
/// data.
package struct Hint: Hashable, Sendable, ExpressibleByStringInterpolation {
  /// Text that takes the place of other text.
  package struct Replacement: Hashable, Sendable {
    /// What is replaced, of what is at the diagnostic's span.
    package enum Part: Hashable, Sendable {
      /// A text's last occurrence.
      case text(String)
      /// What is inside the quotes, or all if it has none.
      case content
      case all
    }

    package var old: Part
    package var new: String

    package init(_ old: Part, with new: String) {
      self.old = old
      self.new = new
    }
  }

  package var text: String
  package var replacement: Replacement?

  package init(_ text: String, replacement: Replacement? = nil) {
    self.text = text
    self.replacement = replacement
  }

  package init(stringLiteral text: String) { self.init(text) }

  /// To write another value.
  ///
  /// - Parameter old: the text that it replaces; nil: the whole value, inside its quotes.
  package static func write(_ new: String, insteadOf old: String? = nil) -> Hint {
    Hint("write `\(new)`", replacement: Replacement(old.map { .text($0) } ?? .content, with: new))
  }
}

extension Hint.Replacement {
  /// The bytes of a text that it replaces, given those of a diagnostic's span in it; nil if what it
  /// replaces isn't there.
  package func range(in text: [UInt8], at span: Range<Int>) -> Range<Int>? {
    let span = span.clamped(to: 0..<text.count)
    let old: String
    switch self.old {
    case .all: return span
    case .content: return Self.unquoted(span, text)
    case .text(let text): old = text
    }
    let wanted = Array(old.utf8)
    guard !wanted.isEmpty, wanted.count <= span.count else { return nil }
    for start in (span.lowerBound...(span.upperBound - wanted.count)).reversed()
    where text[start..<(start + wanted.count)].elementsEqual(wanted) {
      return start..<(start + wanted.count)
    }
    return nil
  }

  private static func unquoted(_ span: Range<Int>, _ text: [UInt8]) -> Range<Int> {
    guard span.count >= 2, let first = text[span].first, first == text[span].last,
      first == UInt8(ascii: "'") || first == UInt8(ascii: "\"")
    else { return span }
    return (span.lowerBound + 1)..<(span.upperBound - 1)
  }
}
