import Text
package import Diagnostics
package import SourceText
import YAMLSyntax

/// What a YAML file is, as far as its layout goes.
package enum FormatKind: Sendable, Hashable, CaseIterable {
  /// A pipeline or a step kind: its texts have expressions.
  case pipeline
  /// A configuration, which may have tags of ERB; any other YAML.
  case config

  /// What a text says that it is: pipelines and step kinds have a member `penstock`.
  package init(of text: [UInt8]) {
    self = Self.hasVersion(text) ? .pipeline : .config
  }

  private static func hasVersion(_ text: [UInt8]) -> Bool {
    guard text.contains("penstock".utf8) else { return false }
    var ignored: [Diagnostic] = []
    let file = SourceFile(name: "", text: text)
    guard let events = YAMLReader.events(file, source: SourceID(index: 0), into: &ignored) else {
      // What isn't valid yet, as in an editor, may still say so on a line.
      return text.split(separator: .newline).contains { $0.starts(with: "penstock:".utf8) }
    }
    var depth = 0
    var isKey = true
    for event in events {
      switch event.kind {
      case .documentStart: continue
      case .documentEnd: return false
      case .listStart, .mapStart:
        guard depth > 0 || event.kind == .mapStart else { return false }
        depth += 1
        if depth == 1 { continue }
      case .listEnd, .mapEnd: depth -= 1
      case .alias, .scalar:
        if depth == 1, isKey, event.value.elementsEqual("penstock".utf8) { return true }
      }
      if depth == 1 { isKey.toggle() }
    }
    return false
  }
}

/// Lays YAML out in one canonical form. Meaning, comments and the order of keys stay.
///
/// The rules are in docs/formatting.md.
package enum Formatter {
  /// The text in its canonical form; nil and at least one error if it isn't valid YAML, or if its
  /// layout can't be changed without its meaning.
  ///
  /// What is returned has been read again and compared with the original, by libyaml's events, by
  /// Penstock's own reader, and for expressions as parsed.
  /// - Parameter kind: by default, what the text says that it is.
  package static func format(
    _ text: [UInt8], name: String, kind: FormatKind? = nil, source: SourceID,
    into diagnostics: inout [Diagnostic]
  ) -> [UInt8]? {
    let kind = kind ?? FormatKind(of: text)
    guard let ruby = kind == .config ? EmbeddedRuby(text) : EmbeddedRuby(plain: text) else {
      diagnostics.append(.formatRefusedRuby(at: Span(source, 0..<0)))
      return nil
    }
    let file = SourceFile(name: name, text: ruby.text)
    guard let original = LayoutSource(file, kind, source, into: &diagnostics) else { return nil }
    if let problem = original.problem {
      diagnostics.append(problem)
      return nil
    }
    guard let laidOut = original.laidOut, let restored = ruby.restored(laidOut) else {
      diagnostics.append(.formatRefused(at: Span(source, 0..<0)))
      return nil
    }
    let result = SourceFile(name: name, text: laidOut)
    if let refusal = original.difference(from: result, source) {
      diagnostics.append(refusal)
      return nil
    }
    if kind == .config, !RenderedText.isSame(text, restored) {
      diagnostics.append(.formatRefusedRuby(at: Span(source, 0..<0)))
      return nil
    }
    diagnostics += original.suspicions
    return restored
  }
}
