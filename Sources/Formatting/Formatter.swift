import Text
package import Diagnostics
package import SourceText
import YAMLSyntax

/// What a YAML file is, as far as its layout goes.
package enum FormatKind: Sendable, Hashable, CaseIterable {
  /// A pipeline or a step kind: its texts have expressions.
  case pipeline
  /// Tests of a pipeline: what looks like an expression is text.
  case tests
  /// A configuration, which may have tags of ERB; any other YAML.
  case config

  /// What a text says that it is: Penstock's own files have a member `penstock`.
  package init(of text: [UInt8]) {
    let members = Self.members(text)
    self =
      !members.contains("penstock") ? .config : members.contains("tests-of") ? .tests : .pipeline
  }

  /// The members of a text's map, if it has `penstock` in it at all.
  private static func members(_ text: [UInt8]) -> Set<String> {
    guard text.contains("penstock".utf8) else { return [] }
    var ignored: [Diagnostic] = []
    let file = SourceFile(name: "", text: text)
    guard let events = YAMLReader.events(file, source: SourceID(index: 0), into: &ignored) else {
      // What isn't valid yet, as in an editor, may still say so on a line.
      let names = text.split(separator: .newline).map { $0.prefix { $0 != .colon } }
      return Set(names.map { String(decoding: $0, as: UTF8.self) })
    }
    var members: Set<String> = []
    var depth = 0
    var isKey = true
    for event in events {
      switch event.kind {
      case .documentStart: continue
      case .documentEnd: return members
      case .listStart, .mapStart:
        guard depth > 0 || event.kind == .mapStart else { return [] }
        depth += 1
        if depth == 1 { continue }
      case .listEnd, .mapEnd: depth -= 1
      case .alias: break
      case .scalar:
        if depth == 1, isKey { members.insert(String(decoding: event.value, as: UTF8.self)) }
      }
      if depth == 1 { isKey.toggle() }
    }
    return members
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
    let ruby = kind == .config ? EmbeddedRuby(text) : EmbeddedRuby(plain: text)
    if let place = ruby.problem {
      diagnostics.append(.formatRefusedRuby(at: Span(source, place)))
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
