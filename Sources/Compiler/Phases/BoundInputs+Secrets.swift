import Text
import Diagnostics
import PipelineSyntax
import Schemas
import SourceText
import Values

extension BoundInputs {
  /// The sources, with everything that is or may be a secret hidden from excerpts.
  ///
  /// - Parameter work: the state after the last phase.
  func hidingSecrets(_ work: Work, _ diagnostics: [Diagnostic]) -> SourceSet {
    var sources = work.sources
    var library = work.library
    func isShown(_ source: SourceID) -> Bool {
      diagnostics.contains { diagnostic in
        diagnostic.span?.source == source || diagnostic.notes.contains { $0.span?.source == source }
      }
    }
    for file in readFiles where isShown(file.source) {
      guard let text = sources[file.source] else { continue }
      var ranges = SecretText.ranges(in: text.text)
      if let tree = file.tree, let path = file.declaration.schema?.value {
        var ignored: [Diagnostic] = []
        let schema =
          library.compiledBefore(path)
          ?? library.schema(path, sources: &sources, into: &ignored)
        let spans = schema?.secretSpans(of: tree, secrets: file.declaration.secrets) ?? []
        ranges += spans.map { text.written($0) }
      }
      // An unfilled template isn't a secret, and must be visible.
      let marks = diagnostics.filter { $0.code == .templateMark && $0.span?.source == file.source }
        .compactMap { $0.span.map(text.written) }
      ranges.removeAll { range in
        marks.contains { $0.overlaps(range) } || SecretText.isMark(text.text[range])
      }
      sources.hide(ranges, in: file.source)
    }
    return sources
  }
}

/// Finds probable secrets by their keys, in a text that couldn't be parsed.
package enum SecretText {
  /// Each spelled backwards, since a key is read backwards from its colon.
  private static let words = [
    "accesskey", "apikey", "credential", "passwd", "password", "privatekey", "secret", "token",
  ].map { Array($0.utf8.reversed()) }

  /// The value, up to the end of the line, of each `key: value` whose key suggests a secret.
  package static func ranges(in text: [UInt8]) -> [Range<Int>] {
    var ranges: [Range<Int>] = []
    var at = 0
    while at < text.count {
      guard text[at] == .colon, at > 0, isTelling(text, before: at) else {
        at += 1
        continue
      }
      let value = value(text, from: at + 1)
      if !value.isEmpty { ranges.append(value) }
      at = max(at + 1, value.upperBound)
    }
    return ranges
  }

  /// Whether a value is a template filled from the environment.
  package static func isMark(_ value: ArraySlice<UInt8>) -> Bool {
    value.starts(with: [.less, .percent])
  }

  /// Whether the word before a colon suggests a secret.
  private static func isTelling(_ text: [UInt8], before colon: Int) -> Bool {
    var end = colon
    if isQuote(text[end - 1]) { end -= 1 }
    // Backwards, like the words.
    var letters: [UInt8] = []
    var at = end - 1
    while at >= 0, end - at < 80 {
      let byte = text[at]
      let isMark =
        switch byte {
        case UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."): true
        default: false
        }
      guard isMark || ASCII.isWord(byte) else { break }
      if !isMark { letters.append(byte | 0x20) }
      at -= 1
    }
    return letters.indices.contains { start in
      words.contains { letters[start...].starts(with: $0) }
    }
  }

  private static func value(_ text: [UInt8], from start: Int) -> Range<Int> {
    var low = start
    while low < text.count, text[low] == .space || text[low] == .tab { low += 1 }
    guard low < text.count else { return low..<low }
    var high = low
    if isQuote(text[low]) {
      high += 1
      while high < text.count, text[high] != text[low], text[high] != .newline { high += 1 }
      return low..<min(high + 1, text.count)
    }
    // A map's own members are looked at one by one.
    if text[low] == .openBrace { return low..<low }
    while high < text.count, text[high] != .newline, text[high] != .carriageReturn {
      if text[high] == .hash, high > low, text[high - 1] == .space { break }
      high += 1
    }
    while high > low, [.space, .comma, .closeBrace].contains(text[high - 1]) { high -= 1 }
    return low..<high
  }

  private static func isQuote(_ byte: UInt8) -> Bool { byte == .quote || byte == .apostrophe }
}
