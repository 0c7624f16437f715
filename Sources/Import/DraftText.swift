import Text

/// A text of the pipeline that is being written: what is literal in it, and expressions with the
/// text that they yield.
struct DraftText: Hashable, Sendable {
  enum Part: Hashable, Sendable {
    case literal(String)
    /// CEL without `${` and `}`, and what it yields in a run that asks for the same as the source.
    case expression(String, yields: String)

    var plain: String {
      switch self {
      case .literal(let text): text
      case .expression(_, let text): text
      }
    }
  }

  private(set) var parts: [Part]

  init(_ parts: [Part]) {
    self.parts = []
    for part in parts { append(part) }
  }

  init(_ text: String) { parts = text.isEmpty ? [] : [.literal(text)] }

  init(expression: String, yields text: String) { parts = [.expression(expression, yields: text)] }

  /// Adjacent literals become one.
  private mutating func append(_ part: Part) {
    guard case .literal(let text) = part else { return parts.append(part) }
    guard !text.isEmpty else { return }
    if case .literal(let before)? = parts.last {
      parts[parts.count - 1] = .literal(before + text)
    } else {
      parts.append(part)
    }
  }

  /// The text that the source has.
  var plain: String { parts.map(\.plain).joined() }

  /// The text, if all of it is literal.
  var literal: String? {
    switch parts.count {
    case 0: ""
    case 1: if case .literal(let text) = parts[0] { text } else { nil }
    default: nil
    }
  }

  /// The expression, if it is all that there is.
  var expression: String? {
    if parts.count == 1, case .expression(let expression, _) = parts[0] { expression } else { nil }
  }

  /// What is literal in it, or all of it if nothing is.
  var literalPart: String {
    let literals = parts.compactMap { part in
      if case .literal(let text) = part { text } else { nil }
    }
    let text = literals.joined()
    return text.utf8.contains(where: ASCII.isLetter) ? text : plain
  }

  /// As the pipeline has it: `${…}` for expressions, `$${` for a literal `${`.
  var template: String {
    parts.map { part in
      switch part {
      case .literal(let text): Self.escaped(text)
      case .expression(let expression, _): "${\(expression)}"
      }
    }.joined()
  }

  /// A text with `$${` for each `${`, so that it isn't an expression.
  static func escaped(_ text: String) -> String {
    var out: [UInt8] = []
    let bytes = Array(text.utf8)
    for (at, byte) in bytes.enumerated() {
      if byte == .dollar, at + 1 < bytes.count, bytes[at + 1] == .openBrace { out.append(.dollar) }
      out.append(byte)
    }
    return String(decoding: out, as: UTF8.self)
  }

  /// What follows the first bytes; nil if an expression yields some of these and some of the rest.
  func dropFirst(_ count: Int) -> DraftText? { split(at: count)?.after }

  /// The text up to a byte offset, and from there; nil if an expression yields what is at both
  /// sides.
  func split(at offset: Int) -> (before: DraftText, after: DraftText)? {
    var (before, after): ([Part], [Part]) = ([], [])
    var at = 0
    for part in parts {
      let end = at + part.plain.utf8.count
      if end <= offset {
        before.append(part)
      } else if at >= offset {
        after.append(part)
      } else if case .literal(let text) = part {
        let bytes = Array(text.utf8)
        before.append(.literal(String(decoding: bytes[..<(offset - at)], as: UTF8.self)))
        after.append(.literal(String(decoding: bytes[(offset - at)...], as: UTF8.self)))
      } else {
        return nil
      }
      at = end
    }
    return (DraftText(before), DraftText(after))
  }

  /// The texts between the literal occurrences of a byte.
  func split(at separator: UInt8) -> [DraftText] {
    var pieces: [DraftText] = []
    var current: [Part] = []
    for part in parts {
      guard case .literal(let text) = part else {
        current.append(part)
        continue
      }
      let texts = text.utf8.split(separator: separator, omittingEmptySubsequences: false)
      for (at, piece) in texts.enumerated() {
        if at > 0 {
          pieces.append(DraftText(current))
          current = []
        }
        current.append(.literal(String(decoding: Array(piece), as: UTF8.self)))
      }
    }
    return pieces + [DraftText(current)]
  }

  /// The text, or the number that is written like it.
  ///
  /// - Parameter orBool: whether a bool is passed on as its text too.
  func draft(orBool: Bool) -> Draft {
    guard let literal else { return .text(self) }
    if orBool, literal == "true" || literal == "false" { return .scalar(literal) }
    if literal.utf8.count < 16, let number = Int64(literal), String(number) == literal {
      return .scalar(literal)
    }
    return .text(self)
  }

  /// The byte ranges of the text that are literal.
  var literalRanges: [Range<Int>] {
    var ranges: [Range<Int>] = []
    var at = 0
    for part in parts {
      let end = at + part.plain.utf8.count
      if case .literal = part { ranges.append(at..<end) }
      at = end
    }
    return ranges
  }

  /// With a range of literal bytes replaced by an expression that yields them; nil if they aren't
  /// all literal.
  func replacing(_ range: Range<Int>, by expression: String) -> DraftText? {
    guard
      literalRanges.contains(where: {
        $0.lowerBound <= range.lowerBound && range.upperBound <= $0.upperBound
      }),
      let (before, rest) = split(at: range.lowerBound),
      let (inner, after) = rest.split(at: range.count)
    else { return nil }
    return DraftText(
      before.parts + [.expression(expression, yields: inner.plain)] + after.parts)
  }
}

/// A part of the pipeline that is being written.
indirect enum Draft: Sendable {
  case text(DraftText)
  /// A number, a bool or null.
  case scalar(String)
  case list([Item])
  case map([Entry])

  struct Item: Sendable {
    var value: Draft
    var comments: [String] = []
    var mark: Mark?
  }

  struct Entry: Sendable {
    var key: String
    var value: Draft
    /// Above it, without `# `.
    var comments: [String] = []
    var mark: Mark?

    init(_ key: String, _ value: Draft, comments: [String] = [], mark: Mark? = nil) {
      self.key = key
      self.value = value
      self.comments = comments
      self.mark = mark
    }
  }

  /// What a part is of, to find it again by its place.
  enum Mark: Hashable, Sendable {
    case step(Int)
    case dataset(Int)
    case stage(Int)
  }

  static func text(_ text: String) -> Draft { .text(DraftText(text)) }
  static func expression(_ expression: String) -> Draft {
    .text(DraftText(expression: expression, yields: ""))
  }
  static func items(_ items: [Draft]) -> Draft { .list(items.map { Item(value: $0) }) }
  static func strings(_ texts: [String]) -> Draft { .items(texts.map { .text($0) }) }
}
