import Text
import Values

/// What the parser reads: one token at a time.
struct Token {
  enum Kind: UInt8 {
    case end, identifier, quotedIdentifier, int, uint, double, string, bytes
    case leftParenthesis, rightParenthesis, leftBracket, rightBracket, leftBrace, rightBrace
    case dot, comma, colon, question, plus, minus, star, slash, percent, not
    case equal, notEqual, less, lessEqual, greater, greaterEqual, and, or
    case `in`, `true`, `false`, null
    case invalid
  }

  var kind: Kind
  var start: Int
  var end: Int
}

/// Splits an expression's bytes into tokens.
struct Lexer {
  let bytes: UnsafeBufferPointer<UInt8>
  var at: Int
  /// Why a token is `invalid`.
  var problem = ""
  /// Where the content of the last string or bytes literal is, if it is verbatim in the text; else
  /// nil.
  var plainContent: Range<Int>?
  /// That content, if it isn't verbatim in the text.
  var content: [UInt8] = []
  /// The last number's magnitude; nil if it is out of range.
  var magnitude: UInt64?
  var number = 0.0

  init(bytes: UnsafeBufferPointer<UInt8>, at: Int) {
    self.bytes = bytes
    self.at = at
  }

  func byte(_ index: Int) -> UInt8 { index < bytes.count ? bytes[index] : 0 }

  func text(_ range: Range<Int>) -> String {
    String(decoding: UnsafeBufferPointer(rebasing: bytes[range]), as: UTF8.self)
  }

  mutating func next() -> Token {
    skipSpace()
    let start = at
    guard at < bytes.count else { return Token(kind: .end, start: at, end: at) }
    let first = bytes[at]
    let kind: Token.Kind
    if Self.startsName(first) {
      kind = word()
    } else if ASCII.isDigit(first) || (first == .dot && ASCII.isDigit(byte(at + 1))) {
      kind = numeral()
    } else {
      switch first {
      case .quote, .apostrophe: kind = quoted(isRaw: false, isBytes: false)
      case .backtick: kind = backticked()
      default: kind = punctuation(first)
      }
    }
    return Token(kind: kind, start: start, end: at)
  }

  private mutating func skipSpace() {
    while at < bytes.count {
      switch bytes[at] {
      case .space, .tab, .newline, 0x0C, .carriageReturn: at += 1
      case .slash where byte(at + 1) == .slash:
        while at < bytes.count, bytes[at] != .newline { at += 1 }
      default: return
      }
    }
  }

  private mutating func punctuation(_ first: UInt8) -> Token.Kind {
    at += 1
    switch first {
    case .openParenthesis: return .leftParenthesis
    case .closeParenthesis: return .rightParenthesis
    case .openBracket: return .leftBracket
    case .closeBracket: return .rightBracket
    case .openBrace: return .leftBrace
    case .closeBrace: return .rightBrace
    case .dot: return .dot
    case .comma: return .comma
    case .colon: return .colon
    case .question: return .question
    case .plus: return .plus
    case .hyphen: return .minus
    case .asterisk: return .star
    case .slash: return .slash
    case .percent: return .percent
    case .exclamation: return follow(.equals) ? .notEqual : .not
    case .less: return follow(.equals) ? .lessEqual : .less
    case .greater: return follow(.equals) ? .greaterEqual : .greater
    case .equals:
      if follow(.equals) { return .equal }
      problem = "`=` isn't an operator: write `==`"
    case .ampersand:
      if follow(.ampersand) { return .and }
      problem = "`&` isn't an operator: write `&&`"
    case .bar:
      if follow(.bar) { return .or }
      problem = "`|` isn't an operator: write `||`"
    default:
      while at < bytes.count, bytes[at] & 0xC0 == 0x80 { at += 1 }
      problem = "unexpected character `\(text(at - 1 < 0 ? 0..<0 : start(of: at)..<at))`"
    }
    return .invalid
  }

  /// Where the character that ends at `end` starts.
  private func start(of end: Int) -> Int {
    var start = end - 1
    while start > 0, bytes[start] & 0xC0 == 0x80 { start -= 1 }
    return start
  }

  private mutating func follow(_ byte: UInt8) -> Bool {
    guard self.byte(at) == byte else { return false }
    at += 1
    return true
  }

  private mutating func word() -> Token.Kind {
    let start = at
    if let prefix = literalPrefix() {
      at += prefix.length
      return quoted(isRaw: prefix.isRaw, isBytes: prefix.isBytes)
    }
    while at < bytes.count, ASCII.isWord(bytes[at]) { at += 1 }
    let word = UnsafeBufferPointer(rebasing: bytes[start..<at])
    switch word.count {
    case 2 where word.isSame(as: "in"): return .in
    case 4 where word.isSame(as: "true"): return .true
    case 4 where word.isSame(as: "null"): return .null
    case 5 where word.isSame(as: "false"): return .false
    default: return .identifier
    }
  }

  /// `r`, `b`, `rb` or `br` before a quote.
  private func literalPrefix() -> (length: Int, isRaw: Bool, isBytes: Bool)? {
    var isRaw = false
    var isBytes = false
    var length = 0
    while length < 2 {
      let lower = byte(at + length) | 0x20
      if lower == UInt8(ascii: "r"), !isRaw {
        isRaw = true
      } else if lower == UInt8(ascii: "b"), !isBytes {
        isBytes = true
      } else {
        break
      }
      length += 1
    }
    let quote = byte(at + length)
    return length > 0 && (quote == .quote || quote == .apostrophe) ? (length, isRaw, isBytes) : nil
  }

  /// A field's name in backticks.
  private mutating func backticked() -> Token.Kind {
    at += 1
    let start = at
    while at < bytes.count, bytes[at] != .backtick {
      let byte = bytes[at]
      guard ASCII.isWord(byte) || [.space, .hyphen, .dot, .slash].contains(byte)
      else {
        problem = "a name in backticks may hold letters, digits, `_`, `-`, `.`, `/` and spaces"
        return .invalid
      }
      at += 1
    }
    guard at < bytes.count, at > start else {
      problem = at > start ? "a name in backticks is not closed" : "a name in backticks is empty"
      return .invalid
    }
    at += 1
    return .quotedIdentifier
  }

  static func startsName(_ byte: UInt8) -> Bool { ASCII.isLetter(byte) || byte == .underscore }

  /// Whether a text can follow a dot as a field's name.
  static func isName(_ text: String) -> Bool {
    guard let first = text.utf8.first, startsName(first) else { return false }
    return text.utf8.allSatisfy(ASCII.isWord)
  }
}
