import Expressions
import Text

/// The expressions in a text, and what their words are; for valid and for unfinished ones.
package struct ExpressionScan {
  /// What a token is.
  package enum Role: Equatable {
    /// A name that begins a chain: an input, a `let`, `data`, …
    case global
    /// A member, or a key in brackets, of what is before it.
    case member
    case function(isMember: Bool)
    /// The declaration of a macro's variable, or its use.
    case local
    case keyword, number, string, sign, invalid
  }

  package struct Part {
    var range: Range<Int>
    var kind: ExpressionToken.Kind
    package var role: Role
    /// From the first name of the chain to this part: `["data", "raw"]`; empty if it isn't in one
    /// that begins with a name.
    package var chain: [String] = []
    /// The parts from the chain's first to this one.
    var chainStart = 0
  }

  /// A variable that a macro declares, and where it can be used.
  package struct Local {
    var name: String
    var declared: Int
    /// The parts before the macro's name: what it iterates over.
    package var receiver: Range<Int>
    /// The parenthesis of the macro.
    var opening: Int
    /// Parts from the declaration to the closing parenthesis.
    var scope: Range<Int>
    /// Whether it is the second of two: a value.
    var isSecond: Bool
  }

  let text: [UInt8]
  /// What is between `${` and `}`.
  let range: Range<Int>
  package let isClosed: Bool
  package private(set) var parts: [Part] = []
  package private(set) var locals: [Local] = []

  static let macros: Set<String> = [
    "all", "exists", "exists_one", "existsOne", "map", "filter", "transformList", "transformMap",
    "transformMapEntry", "sortBy", "optMap", "optFlatMap",
  ]
  private static let ofTwo: Set<String> = ["transformList", "transformMap", "transformMapEntry"]

  /// The expressions of a text, in order.
  package static func all(in text: [UInt8]) -> [ExpressionScan] {
    var found: [ExpressionScan] = []
    var at = 0
    while at + 1 < text.count {
      guard text[at] == .dollar else {
        at += 1
        continue
      }
      if text[at + 1] == .dollar, at + 2 < text.count, text[at + 2] == .openBrace {
        at += 3
      } else if text[at + 1] == .openBrace {
        let scan = ExpressionScan(text, from: at + 2)
        found.append(scan)
        at = max(scan.range.upperBound, at + 2)
      } else {
        at += 1
      }
    }
    return found
  }

  init(_ text: [UInt8], from start: Int) {
    self.text = text
    let tokens = ExpressionToken.all(in: text, start..<text.count)
    var end = tokens.last?.range.upperBound ?? start
    while end < text.count, ASCII.isSpace(text[end]) { end += 1 }
    isClosed = end < text.count && text[end] == .closeBrace
    range = start..<end
    parts = tokens.map { Part(range: $0.range, kind: $0.kind, role: .sign) }
    classify()
  }

  // MARK: Roles

  private mutating func classify() {
    var open: [Int] = []
    for index in parts.indices {
      switch parts[index].kind {
      case .number: parts[index].role = .number
      case .keyword: parts[index].role = .keyword
      case .invalid: parts[index].role = .invalid
      case .string: classifyString(index)
      case .name, .quotedName: classifyName(index)
      case .sign:
        switch text[parts[index].range.lowerBound] {
        case .openParenthesis, .openBracket, .openBrace: open.append(index)
        case .closeParenthesis, .closeBracket, .closeBrace:
          guard let last = open.popLast() else { break }
          for at in locals.indices where locals[at].opening == last {
            locals[at].scope = locals[at].scope.lowerBound..<index
          }
        default: break
        }
      }
    }
    for at in locals.indices where locals[at].scope.upperBound == Int.max {
      locals[at].scope = locals[at].scope.lowerBound..<parts.count
    }
  }

  package func string(_ part: Int) -> String {
    let range = parts[part].range
    guard parts[part].kind == .quotedName, range.count >= 2 else {
      return String(decoding: text[range], as: UTF8.self)
    }
    return String(decoding: text[(range.lowerBound + 1)..<(range.upperBound - 1)], as: UTF8.self)
  }

  func isSign(_ part: Int, _ sign: UInt8) -> Bool {
    parts.indices.contains(part) && parts[part].kind == .sign
      && parts[part].range.count == 1 && text[parts[part].range.lowerBound] == sign
  }

  /// The dot before a member, with the question mark that may follow it: its part; nil if there is
  /// none.
  package func dot(before part: Int) -> Int? {
    if isSign(part - 1, .dot) { return part - 1 }
    if isSign(part - 1, .question), isSign(part - 2, .dot) { return part - 2 }
    return nil
  }

  private mutating func classifyName(_ index: Int) {
    let name = string(index)
    let isCall = isSign(index + 1, .openParenthesis)
    if let dot = dot(before: index) {
      if isCall {
        parts[index].role = .function(isMember: true)
        if dot > 0 { link(index, to: dot - 1, name) }
        if Self.macros.contains(name) { declare(after: index, receiver: dot, name) }
      } else {
        parts[index].role = .member
        if dot > 0 { link(index, to: dot - 1, name) }
      }
      return
    }
    if locals.contains(where: { $0.declared == index }) {
      parts[index].role = .local
      return
    }
    if isCall {
      parts[index].role = .function(isMember: false)
      return
    }
    parts[index].role = local(name, at: index) == nil ? .global : .local
    parts[index].chain = [name]
    parts[index].chainStart = index
  }

  private mutating func link(_ index: Int, to before: Int, _ name: String) {
    let previous = isSign(before, .closeBracket) ? before - 1 : before
    guard previous >= 0, !parts[previous].chain.isEmpty, parts[previous].role != .keyword else {
      return
    }
    if case .function = parts[previous].role { return }
    parts[index].chain = parts[previous].chain + [name]
    parts[index].chainStart = parts[previous].chainStart
  }

  private mutating func classifyString(_ index: Int) {
    parts[index].role = .string
    var bracket = index - 1
    if isSign(bracket, .question) { bracket -= 1 }
    guard isSign(bracket, .openBracket), bracket > 0, isSign(index + 1, .closeBracket),
      let key = plainString(index)
    else { return }
    let before = isSign(bracket - 1, .closeBracket) ? bracket - 2 : bracket - 1
    guard before >= 0, !parts[before].chain.isEmpty else { return }
    parts[index].role = .member
    parts[index].chain = parts[before].chain + [key]
    parts[index].chainStart = parts[before].chainStart
  }

  /// What a string without escapes says.
  private func plainString(_ part: Int) -> String? {
    let bytes = text[parts[part].range]
    guard bytes.count >= 2, let quote = bytes.first, quote == .quote || quote == .apostrophe,
      bytes.last == quote, !bytes.contains(.backslash)
    else { return nil }
    return String(decoding: bytes.dropFirst().dropLast(), as: UTF8.self)
  }

  private mutating func declare(after macro: Int, receiver dot: Int, _ name: String) {
    let start = primaryStart(endingAt: dot)
    for (count, at) in [macro + 2, macro + 4].enumerated().prefix(Self.ofTwo.contains(name) ? 2 : 1)
    {
      guard parts.indices.contains(at), parts[at].kind == .name,
        isSign(at + 1, .comma) || at + 1 >= parts.count
      else { return }
      // The last word before the cursor may be an expression already.
      if at + 1 >= parts.count { return }
      locals.append(
        Local(
          name: string(at), declared: at, receiver: start..<dot, opening: macro + 1,
          scope: at..<Int.max,
          isSecond: count == 1))
    }
  }

  /// The macro's variable that a name refers to at a part.
  func local(_ name: String, at part: Int) -> Local? {
    locals.last { $0.name == name && $0.scope.contains(part) }
  }

  // MARK: Structure

  /// The first part of the value that ends before a part: `a.b(c)[d]` of `a.b(c)[d].e`.
  package func primaryStart(endingAt end: Int) -> Int {
    var at = end
    while at > 0 {
      let last = at - 1
      if isSign(last, .closeParenthesis) || isSign(last, .closeBracket)
        || isSign(last, .closeBrace)
      {
        guard let open = opening(of: last) else { return at }
        at = open
        // A call's name, or what is indexed.
        if at > 0, parts[at - 1].kind == .name || parts[at - 1].kind == .quotedName {
          if isSign(open, .openParenthesis) || isSign(open, .openBracket) { at -= 1 }
        } else if at > 0, isSign(open, .openBracket),
          isSign(at - 1, .closeParenthesis) || isSign(at - 1, .closeBracket)
        {
          continue
        }
      } else {
        switch parts[last].kind {
        case .name, .quotedName, .number, .string, .keyword: at = last
        case .sign, .invalid: return at
        }
      }
      guard let dot = dot(before: at) else { return at }
      at = dot
    }
    return at
  }

  private func opening(of close: Int) -> Int? {
    var depth = 0
    for at in (0...close).reversed() {
      if isSign(at, .closeParenthesis) || isSign(at, .closeBracket) || isSign(at, .closeBrace) {
        depth += 1
      } else if isSign(at, .openParenthesis) || isSign(at, .openBracket) || isSign(at, .openBrace) {
        depth -= 1
        if depth == 0 { return at }
      }
    }
    return nil
  }

  /// The text of a range of parts.
  package func string(_ range: Range<Int>) -> String {
    guard !range.isEmpty, parts.indices.contains(range.lowerBound) else { return "" }
    let last = parts[min(range.upperBound, parts.count) - 1].range.upperBound
    return String(decoding: text[parts[range.lowerBound].range.lowerBound..<last], as: UTF8.self)
  }

  /// The part that an offset is in, or at the end of.
  func part(at offset: Int) -> Int? {
    parts.firstIndex { $0.range.contains(offset) }
      ?? parts.firstIndex { $0.range.upperBound == offset && $0.kind != .sign }
  }
}
