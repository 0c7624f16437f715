import Diagnostics
import SourceText
import Values

extension ViolationReport {
  /// A diagnostic for each cause: a misspelt or misplaced key isn't also reported as missing, and
  /// for a document of another kind nothing else is reported.
  func diagnostics(_ violations: [Violation<Instance>]) -> [Diagnostic] {
    if let whole = otherDocument(violations) { return [whole] }
    let violations = withoutDataOfOtherKind(violations)
    let unknown = violations.indices.compactMap { index -> (index: Int, key: Instance.Key)? in
      if case .unknownKey(let key) = violations[index].reason { (index, key) } else { nil }
    }
    var explained: Set<Int> = []
    var diagnostics: [Diagnostic] = []
    for (index, violation) in violations.enumerated() where !unknown.isEmpty {
      guard case .missingKey(let property) = violation.reason else { continue }
      let name = arena.name(arena.properties[property])
      let near = unknown.first {
        !explained.contains($0.index) && violations[$0.index].path == violation.path
          && isMeant(name, by: $0.key, of: violations[$0.index])
      }
      let same = near == nil ? unknown.filter { instance.keyString($0.key) == name } : []
      guard let other = near ?? (same.count == 1 ? same.first : nil),
        explained.insert(other.index).inserted
      else { continue }
      explained.insert(index)
      diagnostics.append(
        near == nil
          ? misplaced(violation, property, at: other.key)
          : misspelt(violation, property, other.key, declared: violations[other.index].schema))
    }
    var isJoined: Set<Int> = []
    for (index, violation) in violations.enumerated()
    where !explained.contains(index) && !isJoined.contains(index) {
      let same = violations.indices.filter {
        !explained.contains($0) && isMissingKey(violations[$0])
          && violations[$0].path == violation.path
      }
      if isMissingKey(violation), same.count > 2 {
        isJoined.formUnion(same)
        diagnostics.append(missingKeys(same.map { violations[$0] }, like: violation))
      } else {
        diagnostics.append(diagnostic(violation))
      }
    }
    return diagnostics
  }

  private func isMissingKey(_ violation: Violation<Instance>) -> Bool {
    if case .missingKey = violation.reason { true } else { false }
  }

  /// One diagnostic for many keys missing from one map.
  private func missingKeys(
    _ violations: [Violation<Instance>], like first: Violation<Instance>
  ) -> Diagnostic {
    let names = violations.compactMap { violation -> String? in
      guard case .missingKey(let property) = violation.reason else { return nil }
      return "`\(arena.name(arena.properties[property]))`"
    }
    let within = first.key.map { " in `\(instance.keyString($0))`" } ?? ""
    var joined = diagnostic(first)
    // Sorted for determinism.
    joined.message = "missing keys \(Wording.list(names.sorted(), "and"))\(within)"
    return joined
  }

  /// Drops violations in `data` if a self-describing document doesn't name its schema, or names
  /// another kind: it is unknown then what its data should be.
  private func withoutDataOfOtherKind(
    _ violations: [Violation<Instance>]
  ) -> [Violation<Instance>] {
    let isOther = violations.contains { violation in
      switch violation.reason {
      case .notAmong, .badPattern, .wrongType: violation.path == [.key("schema")]
      case .missingKey(let property):
        violation.path.isEmpty && arena.name(arena.properties[property]) == "schema"
      default: false
      }
    }
    return isOther ? violations.filter { $0.path.first != .key("data") } : violations
  }

  private func isMeant(
    _ name: String, by key: Instance.Key, of violation: Violation<Instance>
  ) -> Bool {
    Suggestion.nearest(to: instance.keyString(key), among: knownKeys(violation)) == name
  }

  private func misspelt(
    _ violation: Violation<Instance>, _ property: Int, _ key: Instance.Key, declared schema: Int
  ) -> Diagnostic {
    var diagnostic = missingKey(violation, property)
    diagnostic.code = .schemaUnknownKey
    diagnostic.message = "unknown key \(Wording.quoted(instance.keyString(key)))"
    diagnostic.span = instance.keySpan(key)
    let meant = arena.name(arena.properties[property])
    diagnostic.hint = "did you mean `\(meant)`, which is required?"
    diagnostic.replacement = Hint.Replacement(.text(instance.keyString(key)), with: meant)
    return diagnostic
  }

  private func misplaced(
    _ violation: Violation<Instance>, _ property: Int, at key: Instance.Key
  ) -> Diagnostic {
    var diagnostic = missingKey(violation, property)
    diagnostic.notes.insert(
      Diagnostic.Note("it is here, where it has no effect", at: instance.keySpan(key)), at: 0)
    diagnostic.hint =
      violation.key.map { "move it into `\(instance.keyString($0))`" } ?? "move it to the top level"
    return diagnostic
  }

  /// A document that has none of the required keys, nor any known one.
  private func otherDocument(_ violations: [Violation<Instance>]) -> Diagnostic? {
    var names: [String] = []
    var first: Violation<Instance>?
    for violation in violations where violation.path.isEmpty {
      guard case .missingKey(let property) = violation.reason else { continue }
      if first == nil { first = violation }
      names.append(arena.name(arena.properties[property]))
    }
    guard let first, names.count > 1,
      names.count == Int(arena.nodes[first.schema].requiredCount)
    else { return nil }
    let known = knownKeys(first)
    var entries = instance.entries(first.node)
    while let entry = entries.next() {
      let name = instance.keyString(entry.key)
      if Suggestion.nearest(to: name, among: known) != nil { return nil }
    }
    return make(
      .schemaWrongDocument, first,
      "the file has none of the required keys: "
        + Wording.list(names.map { "`\($0)`" }, "and"), .required,
      hint: "is it the right file?", at: place(first))
  }
}
