import Text
import Diagnostics
import SourceText

/// Errors for text that isn't JSON.
extension JSONParser {
  mutating func refuse(_ message: String, length: Int, hint: Hint? = nil) {
    let end = min(at + length, bytes.count)
    diagnostics.append(
      .jsonSyntax(message, at: span(min(at, end)..<end), hint: templateHint ?? hint))
  }

  /// Refuses text in UTF-16 or UTF-32, and files that aren't text.
  mutating func refusesEncoding() -> Bool {
    guard bytes.count >= 2 else { return false }
    let isMarked = bytes[0] == 0xFF && bytes[1] == 0xFE || bytes[0] == 0xFE && bytes[1] == 0xFF
    guard isMarked || bytes[0] == 0 || bytes[1] == 0 else { return false }
    refuse("the text isn't UTF-8", length: 1, hint: "save it as UTF-8")
    return true
  }

  mutating func refuseEnd() {
    let container = isObject.last.map { $0 ? "an object" : "an array" }
    let opening = builder.container.map { builder.tree.span($0) }
    var diagnostic = Diagnostic.jsonSyntax(
      container.map { "the text ends inside \($0)" } ?? "the text ends where a value is expected",
      at: span(bytes.count..<bytes.count),
      hint: isObject.last.map { $0 ? "add the missing `}`" : "add the missing `]`" })
    if let opening {
      diagnostic.notes = [
        .init("it starts here", at: span(Int(opening.start)..<(Int(opening.start) + 1)))
      ]
    }
    diagnostics.append(diagnostic)
  }

  mutating func refuseRest() {
    let byte = bytes[at]
    let hint: Hint =
      switch byte {
      case .openBrace, .openBracket: "a file holds a single document: put several into an array"
      case .closeBrace, .closeBracket:
        "there is one `\(String(decoding: [byte], as: UTF8.self))` too many"
      case .slash, .hash: "JSON has no comments"
      default: "only white space is allowed there"
      }
    refuse("unexpected text after the end of the document", length: 1, hint: hint)
  }

  mutating func refuseSeparator() {
    let inObject = isObject.last ?? false
    let hint: Hint? =
      switch bytes[at] {
      case .slash, .hash: "JSON has no comments"
      case .quote, .openBrace, .openBracket: "is a comma missing before this?"
      case .closeBrace, .closeBracket: "close the open bracket with `\(inObject ? "}" : "]")`"
      case .colon where !inObject: "put keys in an object: `{` … `}`"
      default: "write a `\"` inside a string as `\\\"`"
      }
    refuse("expected `,` or `\(inObject ? "}" : "]")`", length: 1, hint: hint)
  }

  mutating func refuseKey() {
    guard at < bytes.count else {
      refuseEnd()
      return
    }
    let hint: Hint? =
      switch bytes[at] {
      case .slash, .hash: "JSON has no comments"
      case .apostrophe: "put keys and strings in double quotes"
      case .comma: "remove the extra comma"
      case 0xE2: "write straight quotes (`\"`), not curly ones"
      default: "put every key in double quotes"
      }
    refuse("expected a key in double quotes", length: 1, hint: hint)
  }

  mutating func refuseColon(behind key: NodeID) {
    let name = shown(key).map { " `\($0)`" } ?? ""
    refuse(
      "expected `:` after the key\(name)", length: 1,
      hint: at < bytes.count && bytes[at] == .equals ? "write `:`" : nil)
  }

  mutating func refuseUnclosed(_ start: Int) {
    diagnostics.append(
      .jsonSyntax(
        "the string has no closing quote", at: span(start..<(start + 1)),
        hint: "close it with `\"`, and write a `\"` inside as `\\\"`"))
  }

  /// A line end or another control character in the string that starts at `start`.
  mutating func refuseControl(in start: Int) {
    guard bytes[at] == .newline || bytes[at] == .carriageReturn else {
      refuse(
        "a control character inside a string", length: 1,
        hint: bytes[at] == .tab ? "write a tab as `\\t`" : "write it as `\\u` and four digits")
      return
    }
    diagnostics.append(
      .jsonSyntax(
        "the string has no closing quote on its line", at: span(start..<(start + 1)),
        hint: templateHint ?? "close it with `\"`, and write a line end inside as `\\n`"))
  }

  mutating func refuseUTF8() {
    refuse("the text isn't UTF-8 here", length: 1, hint: "save it as UTF-8; is it Latin-1?")
  }

  mutating func refuseEscape(_ start: Int) {
    let length = max(1, UTF8Scalar.length(bytes, at: start + 1))
    let end = min(start + 1 + length, bytes.count)
    let code = String(decoding: bytes[(start + 1)..<end], as: UTF8.self)
    let isVisible = code.unicodeScalars.allSatisfy { $0.value > 0x20 && $0 != "\u{FFFD}" }
    diagnostics.append(
      .jsonSyntax(
        isVisible ? "unknown escape `\\\(code)`" : "unknown escape", at: span(start..<end),
        hint: "write a backslash as `\\\\`"))
  }

  mutating func refuseWord(_ word: UnsafeBufferPointer<UInt8>) {
    guard !word.isEmpty else {
      refuseValue()
      return
    }
    let shown = String(decoding: word.prefix(40), as: UTF8.self)
    let isNumber = ASCII.isDigit(
      word[word[0] == .hyphen || word[0] == .plus ? min(1, word.count - 1) : 0])
    let hint: Hint
    if isNumber || word[0] == .dot || word[0] == .plus {
      hint =
        "write a number like `0`, `-1.5` or `2e10`: in decimal, without a leading `+` or `0`"
    } else if ["NaN", "Infinity", "-Infinity", "undefined", "None", "nil"].contains(shown) {
      hint = .write("null", insteadOf: shown)
    } else {
      hint =
        Suggestion.hint(for: shown, among: ["null", "true", "false"])
        ?? "put a string in double quotes"
    }
    // A word may be a secret without its quotes.
    refuse(
      isNumber ? "this isn't a JSON number" : "expected a value", length: word.count, hint: hint)
  }

  private mutating func refuseValue() {
    let inObject = isObject.last ?? false
    let hint: Hint? =
      switch bytes[at] {
      case .slash, .hash: "JSON has no comments"
      case .apostrophe: "put strings in double quotes"
      case .comma:
        inObject ? "a value is missing" : "an item is missing, or there is an extra comma"
      case .closeBrace, .closeBracket: "a value is missing"
      default: "put a string in double quotes"
      }
    refuse("expected a value", length: 1, hint: hint)
  }

  /// A key's name for a message, if it isn't too long.
  func shown(_ key: NodeID) -> String? {
    builder.tree.withBytes(key) { $0.count <= 80 ? String(decoding: $0, as: UTF8.self) : nil }
  }

  /// A template placeholder on the line explains any error there.
  private var templateHint: Hint? {
    let lowest = max(0, at - 1024)
    let highest = min(bytes.count, at + 1024)
    var low = min(at, bytes.count)
    while low > lowest, bytes[low - 1] != .newline { low -= 1 }
    var high = min(at, bytes.count)
    while high < highest, bytes[high] != .newline { high += 1 }
    let line = UnsafeBufferPointer(rebasing: bytes[low..<high])
    let isLeft: Hint = "a placeholder was not filled in: put the value here"
    for index in line.indices.dropLast() {
      switch (line[index], line[index + 1]) {
      case (.openBrace, .openBrace), (.openBrace, .percent), (.less, .percent),
        (.dollar, .openBrace):
        return isLeft
      default: continue
      }
    }
    let here = UnsafeBufferPointer(rebasing: bytes[min(at, bytes.count)..<highest])
    let startsMark =
      here.first == .dollar || here.first == .less || here.starts(with: "ADD HERE".utf8)
    return startsMark ? isLeft : nil
  }
}
