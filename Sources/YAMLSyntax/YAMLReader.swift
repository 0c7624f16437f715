import Text
package import Documents
import CLibYAML
package import Diagnostics
package import SourceText
import Values

/// Bounds on what reading a text may cost.
package struct YAMLLimits: Sendable, Hashable {
  /// How deep containers may nest, including the targets of aliases.
  package var depth: Int
  /// How many nodes all aliases together may repeat.
  package var aliasedNodes: Int
  /// How many mistakes are reported for one text.
  package var diagnostics: Int

  package init(depth: Int, aliasedNodes: Int, diagnostics: Int) {
    self.depth = depth
    self.aliasedNodes = aliasedNodes
    self.diagnostics = diagnostics
  }

  package static var standard: YAMLLimits {
    YAMLLimits(depth: 100, aliasedNodes: 1_000_000, diagnostics: 100)
  }
}

/// Reads YAML into a `Tree`, with every error at its place and in our own words.
///
/// libyaml scans and parses; what it leaves open (types, merge keys, aliases, duplicates) is
/// decided here. Work is linear in the text's length.
package enum YAMLReader {
  /// The first document, or nil and at least one error.
  ///
  /// After some errors (a duplicate key, an unknown tag) the tree is returned all the same, so that
  /// the caller can go on and find more. A text without a document is a null.
  package static func read(
    _ file: SourceFile, source: SourceID, rules: ScalarRules, limits: YAMLLimits = .standard,
    into diagnostics: inout [Diagnostic]
  ) -> Tree? {
    file.parsed.withUnsafeBufferPointer { bytes in
      let check = TextCheck(bytes)
      if let problem = check.problem {
        diagnostics.append(.yamlText(problem.what, at: Span(source, problem.at)))
        return nil
      }
      if let directive = excessDirective(bytes, base: check.base) {
        diagnostics.append(.yamlTooManyDirectives(at: Span(source, directive)))
        return nil
      }
      let body = UnsafeBufferPointer(rebasing: bytes.dropFirst(check.base))
      guard let events = EventParser(body) else {
        diagnostics.append(.yamlMemory(at: Span(source, 0..<0)))
        return nil
      }
      var composer = Composer(
        file: file, bytes: bytes, source: source, rules: rules, limits: limits,
        offsets: MarkOffsets(bytes, isASCII: check.isASCII, base: check.base))
      composer.compose(events)
      diagnostics.append(contentsOf: composer.diagnostics)
      return composer.isBroken ? nil : composer.builder.tree
    }
  }

  /// The line with one directive too many: libyaml compares each directive with all before it.
  static func excessDirective(
    _ bytes: UnsafeBufferPointer<UInt8>, base: Int
  ) -> Range<Int>? {
    var at = base
    var count = 0
    while at < bytes.count {
      let line = at
      while at < bytes.count, bytes[at] != .newline, bytes[at] != .carriageReturn { at += 1 }
      if line < at, bytes[line] == .percent {
        count += 1
        if count > 32 { return line..<at }
      } else if line < at, bytes[line] != .hash, bytes[line] != .space {
        return nil
      }
      at += 1
    }
    return nil
  }
}
