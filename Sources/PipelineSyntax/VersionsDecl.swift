package import Documents
import Diagnostics
package import SourceText

/// The table of versions that go together.
package struct VersionsDecl: Sendable {
  /// Something that has a version, and where an input says which.
  package struct Subject: Sendable {
    package let name: Spanned<String>
    /// The name of each item, and the input whose items have a version each; nil if there is one.
    package let item: (name: Spanned<String>, of: NodeID)?
    package let when: NodeID?
    package let version: NodeID?
    /// A path into an input, or into the item.
    package let at: Spanned<String>?
  }

  /// A subject, and a range of its versions as `VersionRange` reads it.
  package struct Condition: Sendable {
    package let subject: Spanned<String>
    package let range: Spanned<String>
  }

  package struct Rule: Sendable {
    package let node: NodeID
    /// All must hold.
    package let conditions: [Condition]
    /// What is then needed; nil if nothing helps.
    package let need: Condition?
    package let when: NodeID?
    package let message: NodeID?
    package let because: NodeID?
    package let source: Spanned<String>?
    package let hint: NodeID?

    package var subjects: [Spanned<String>] {
      conditions.map(\.subject) + (need.map { [$0.subject] } ?? [])
    }
  }

  package let subjects: [Subject]
  package let rules: [Rule]

  init(_ tree: Tree, _ node: NodeID, _ diagnostics: inout [Diagnostic]) {
    let fields = Fields(tree, node)
    subjects = fields.entries("of").map { entry in
      let inner = Fields(tree, entry.value)
      return Subject(
        name: Spanned(tree.string(entry.key), tree.span(entry.key)),
        item: inner.entries("each").first.map { each in
          (Spanned(tree.string(each.key), tree.span(each.key)), each.value)
        },
        when: inner["when"], version: inner["version"], at: inner.text("at", &diagnostics))
    }
    rules = fields.items("rules").map { rule in
      let inner = Fields(tree, rule)
      return Rule(
        node: rule, conditions: Self.conditions(inner, "if", &diagnostics),
        need: Self.conditions(inner, "needs", &diagnostics).first, when: inner["when"],
        message: inner["message"], because: inner["because"],
        source: inner.text("source", &diagnostics), hint: inner["hint"])
    }
  }

  package func subject(named name: String) -> Subject? {
    subjects.first { $0.name.value == name }
  }

  private static func conditions(
    _ fields: Fields, _ name: String, _ diagnostics: inout [Diagnostic]
  ) -> [Condition] {
    guard let map = fields.fields(name) else { return [] }
    return fields.entries(name).compactMap { entry in
      let subject = fields.tree.string(entry.key)
      return map.text(subject, &diagnostics).map {
        Condition(subject: Spanned(subject, fields.tree.span(entry.key)), range: $0)
      }
    }
  }
}
