import Text
import Diagnostics
import SourceText

/// The Ruby expressions that a template may hold: `ENV['X']`, `ENV.fetch('X', default)`,
/// `ENV.fetch('X') { default }`, literals, and these joined by `||`.
struct RubyExpression {
  struct Value {
    /// Nil is Ruby's nil.
    var text: [UInt8]?
    var isFromEnvironment = false
  }

  private let text: [UInt8]
  /// Offset of the text in its file.
  private let start: Int
  private let source: SourceID
  private let environment: (String) -> String?
  private var at = 0
  private var depth = 0
  private(set) var diagnostics: [Diagnostic] = []
  /// The variables it reads that are unset or empty.
  private(set) var absentVariables: [String] = []

  init(
    _ text: [UInt8], start: Int, source: SourceID, environment: @escaping (String) -> String?
  ) {
    self.text = text
    self.start = start
    self.source = source
    self.environment = environment
  }

  /// The value, or nil and an error.
  mutating func evaluate() -> Value? {
    guard let value = alternatives(isLive: true) else {
      if diagnostics.isEmpty { refuse("this Ruby expression isn't supported") }
      return nil
    }
    skipSpace()
    guard at == text.count else {
      refuse("this Ruby expression isn't supported")
      return nil
    }
    return value
  }

  private mutating func refuse(_ message: String) {
    guard diagnostics.isEmpty else { return }
    var low = 0
    var high = text.count
    while low < high, Composer.isSpace(text[low]) { low += 1 }
    while high > low, Composer.isSpace(text[high - 1]) { high -= 1 }
    let words = String(decoding: text[low..<high], as: UTF8.self)
    diagnostics.append(
      .templateRubyUnsupported(
        message, quoting: Self.unquotedName(words),
        at: Span(source, (start + low)..<(start + high))))
  }

  /// The name in `ENV[NAME]`, whose quotes are missing.
  private static func unquotedName(_ text: String) -> String? {
    guard text.hasPrefix("ENV["), text.hasSuffix("]") else { return nil }
    let name = text.dropFirst(4).dropLast()
    return !name.isEmpty && name.utf8.allSatisfy(ASCII.isWord) ? String(name) : nil
  }

  /// `a || b`: the first that isn't nil. What isn't live is parsed but not evaluated.
  private mutating func alternatives(isLive: Bool) -> Value? {
    depth += 1
    defer { depth -= 1 }
    guard depth < 32, var value = operand(isLive: isLive) else { return nil }
    while take("||") {
      let isWanted = isLive && value.text == nil
      guard let next = operand(isLive: isWanted) else { return nil }
      if isWanted { value = next }
    }
    return value
  }

  private mutating func operand(isLive: Bool) -> Value? {
    skipSpace()
    guard at < text.count else { return nil }
    switch text[at] {
    case .quote, .apostrophe: return string().map { Value(text: $0) }
    case UInt8.digits, .hyphen: return number()
    case .openParenthesis:
      at += 1
      guard let value = alternatives(isLive: isLive), take(")") else { return nil }
      return value
    default: break
    }
    if takeWord("nil") { return Value(text: nil) }
    if takeWord("true") { return Value(text: Array("true".utf8)) }
    if takeWord("false") { return Value(text: Array("false".utf8)) }
    guard takeWord("ENV") else { return nil }
    if take("[") {
      guard let (name, _) = name(), take("]") else { return nil }
      return variable(name)
    }
    guard take("."), takeWord("fetch") else { return nil }
    return fetch(isLive: isLive)
  }

  private mutating func variable(_ name: String) -> Value {
    let value = environment(name).map { Array($0.utf8) }
    if value?.isEmpty ?? true { absentVariables.append(name) }
    return Value(text: value, isFromEnvironment: value != nil)
  }

  private mutating func fetch(isLive: Bool) -> Value? {
    let hasParentheses = take("(")
    guard let (name, place) = name() else { return nil }
    let found = variable(name)
    let needsDefault = isLive && found.text == nil
    var fallback: Value?
    if take(",") {
      guard let value = alternatives(isLive: needsDefault) else { return nil }
      fallback = value
    }
    if hasParentheses, !take(")") { return nil }
    if take("{") {
      guard let value = alternatives(isLive: needsDefault), take("}") else { return nil }
      fallback = value
    }
    if found.text != nil { return found }
    if fallback == nil, isLive { diagnostics.append(.templateUnset(name, at: place)) }
    return fallback ?? Value(text: nil)
  }

  /// A variable's name in quotes, and its place.
  private mutating func name() -> (String, Span)? {
    skipSpace()
    let from = at
    guard let bytes = string(), !bytes.isEmpty, !bytes.contains(0), !bytes.contains(.equals),
      let name = String(validating: bytes, as: UTF8.self)
    else { return nil }
    return (name, Span(source, (start + from)..<(start + at)))
  }

  private mutating func number() -> Value? {
    let from = at
    if text[at] == .hyphen { at += 1 }
    let digits = at
    while at < text.count, ASCII.isDigit(text[at]) || text[at] == .dot { at += 1 }
    guard at > digits, text[digits] != .dot, text[at - 1] != .dot,
      text[digits..<at].count(where: { $0 == .dot }) < 2
    else { return nil }
    return Value(text: Array(text[from..<at]))
  }

  /// A string without interpolation.
  private mutating func string() -> [UInt8]? {
    guard at < text.count, text[at] == .quote || text[at] == .apostrophe else { return nil }
    let quote = text[at]
    at += 1
    var value: [UInt8] = []
    while at < text.count, text[at] != quote {
      var byte = text[at]
      if byte == .backslash, at + 1 < text.count {
        at += 1
        byte = text[at]
        if quote == .apostrophe {
          if byte != .apostrophe, byte != .backslash { value.append(.backslash) }
        } else {
          switch byte {
          case .quote, .backslash, .hash: break
          case UInt8(ascii: "n"): byte = .newline
          case UInt8(ascii: "t"): byte = .tab
          default: return nil
          }
        }
      } else if quote == .quote, byte == .hash, at + 1 < text.count, text[at + 1] == .openBrace {
        return nil
      }
      value.append(byte)
      at += 1
    }
    guard at < text.count else { return nil }
    at += 1
    return value
  }

  private mutating func skipSpace() {
    while at < text.count, Composer.isSpace(text[at]) { at += 1 }
  }

  private mutating func take(_ token: StaticString) -> Bool {
    skipSpace()
    let isThere = token.withUTF8Buffer { token in
      text[at...].starts(with: token)
    }
    if isThere { at += token.utf8CodeUnitCount }
    return isThere
  }

  private mutating func takeWord(_ word: StaticString) -> Bool {
    let before = at
    guard take(word) else { return false }
    if at < text.count, KeyShape.isKeyByte(text[at]), text[at] != .dot, text[at] != .hyphen {
      at = before
      return false
    }
    return true
  }
}
