import Diagnostics
import SourceText
import Text
import Values

/// The AWS CLI's shorthand syntax: `Name=a,Args=[b,c],Nested={Key=d}`.
///
/// From its user guide and `awscli/shorthand.py`: values end at a comma; a comma that isn't
/// followed by `KEY=` separates the items of a list; backslash and quotes keep what is special.
struct Shorthand {
  private let text: [Character]
  private var at = 0
  private let span: Span?
  /// How deep lists and maps are.
  private var depth = 0
  private static let deepest = 32

  static func parse(_ text: String, at span: Span?) -> SpannedValue? {
    var parser = Shorthand(text: Array(text), span: span)
    let value = parser.map(until: nil)
    return parser.at == parser.text.count ? value : nil
  }

  private init(text: [Character], span: Span?) {
    self.text = text
    self.span = span
  }

  private var next: Character? { at < text.count ? text[at] : nil }

  private func scalar(_ text: String) -> SpannedValue {
    SpannedValue(.scalar(.string(text)), span: span)
  }

  private mutating func skipSpaces() {
    while let next, next.isWhitespace { at += 1 }
  }

  private mutating func map(until end: Character?) -> SpannedValue? {
    guard depth < Self.deepest else { return nil }
    depth += 1
    defer { depth -= 1 }
    var entries: [SpannedValue.Entry] = []
    skipSpaces()
    while let next, next != end {
      guard let key = key() else { return nil }
      guard let value = value(until: end) else { return nil }
      entries.append(.init(key: key, value: value))
      skipSpaces()
      if self.next == "," { at += 1 }
      skipSpaces()
    }
    return SpannedValue(.map(entries), span: span)
  }

  /// A key and its equals sign.
  private mutating func key() -> String? {
    var key = ""
    while let next, next != "=" {
      guard next.isLetter || next.isNumber || "-_.#/:".contains(next) else { return nil }
      key.append(next)
      at += 1
    }
    guard next == "=", !key.isEmpty else { return nil }
    at += 1
    return key
  }

  /// Whether `KEY=` follows a comma.
  private var isKeyNext: Bool {
    var index = at
    while index < text.count, text[index].isWhitespace { index += 1 }
    let start = index
    while index < text.count,
      text[index].isLetter || text[index].isNumber || "-_.#".contains(text[index])
    {
      index += 1
    }
    return index > start && index < text.count && text[index] == "="
  }

  private mutating func value(until end: Character?) -> SpannedValue? {
    skipSpaces()
    switch next {
    case "[": return list()
    case "{":
      at += 1
      let map = map(until: "}")
      guard next == "}" else { return nil }
      at += 1
      return map
    default: break
    }
    guard let first = word(until: end, in: ",") else { return nil }
    var items = [first]
    // `a=b,c,d=e`: `c` is another item of `a`.
    while next == "," {
      let comma = at
      at += 1
      skipSpaces()
      guard next != nil, !isKeyNext else {
        at = comma
        break
      }
      guard let item = word(until: end, in: ",") else { return nil }
      items.append(item)
    }
    return items.count == 1
      ? scalar(first) : SpannedValue(.list(items.map(scalar)), span: span)
  }

  private mutating func list() -> SpannedValue? {
    guard depth < Self.deepest else { return nil }
    depth += 1
    defer { depth -= 1 }
    at += 1
    var items: [SpannedValue] = []
    skipSpaces()
    while let next, next != "]" {
      if next == "[" {
        guard let inner = list() else { return nil }
        items.append(inner)
      } else if next == "{" {
        at += 1
        guard let map = map(until: "}"), self.next == "}" else { return nil }
        at += 1
        items.append(map)
      } else {
        guard let word = word(until: "]", in: ",") else { return nil }
        items.append(scalar(word))
      }
      skipSpaces()
      if self.next == "," { at += 1 } else if self.next != "]" { return nil }
      skipSpaces()
    }
    guard next == "]" else { return nil }
    at += 1
    return SpannedValue(.list(items), span: span)
  }

  /// A text up to a comma or an end; in quotes, all of it.
  private mutating func word(until end: Character?, in separators: String) -> String? {
    if let quote = next, quote == "\"" || quote == "'" {
      at += 1
      var out = ""
      while let next, next != quote {
        if next == "\\", at + 1 < text.count, text[at + 1] == quote || text[at + 1] == "\\" {
          at += 1
        }
        out.append(text[at])
        at += 1
      }
      guard next == quote else { return nil }
      at += 1
      return out
    }
    var out = ""
    while let next, next != end, !separators.contains(next) {
      if next == "\\", at + 1 < text.count { at += 1 }
      out.append(text[at])
      at += 1
    }
    while out.last?.isWhitespace ?? false { out.removeLast() }
    return out
  }
}
