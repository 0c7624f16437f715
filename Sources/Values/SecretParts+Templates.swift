import Text

extension SecretParts {
  /// Whether a text is nothing but templates (`{{x}}`, `<%= x %>`, `${x}`) and separators: it shows no
  /// secret then. A secret with a template in it isn't one, and neither is a template with a default.
  ///
  /// A template that isn't closed counts: the text may be cut from a longer one.
  package static func isTemplate(_ text: some Collection<UInt8>) -> Bool {
    var rest = Array(text)[...]
    guard let first = templateEnd(rest) else { return false }
    rest = rest[first...]
    while !rest.isEmpty {
      if let end = templateEnd(rest) {
        rest = rest[end...]
      } else if ASCII.isWord(rest[rest.startIndex]) || rest[rest.startIndex] >= 0x80 {
        return false
      } else {
        rest = rest.dropFirst()
      }
    }
    return true
  }

  /// The end of the template that starts a text; nil if none does, or if it has a default.
  private static func templateEnd(_ text: ArraySlice<UInt8>) -> Int? {
    let forms: [(open: [UInt8], close: [UInt8], defaults: [UInt8])] = [
      ([.openBrace, .openBrace], [.closeBrace, .closeBrace], []),
      ([.less, .percent], [.percent, .greater], [.bar, .comma, .openBrace]),
      ([.dollar, .openBrace], [.closeBrace], []),
    ]
    guard let form = forms.first(where: { text.starts(with: $0.open) }) else { return nil }
    var at = text.startIndex + 2
    var depth = 0
    while at < text.endIndex {
      if depth == 0, text[at...].starts(with: form.close) { return at + form.close.count }
      if form.defaults.contains(text[at]) { return nil }
      // `${x:-default}`, as shells have it.
      if form.close.count == 1, text[at...].starts(with: [.colon, .hyphen]) { return nil }
      if form.close.count == 1 {
        if text[at] == .openBrace { depth += 1 }
        if text[at] == .closeBrace { depth -= 1 }
      }
      at += 1
    }
    return at
  }
}
