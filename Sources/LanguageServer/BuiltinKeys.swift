import Compiler
import Schemas

/// An input of a built-in pipeline with the keys of its schema, two levels of them, to recognise
/// documents by.
struct BuiltinKeys {
  private struct Member {
    var name: String
    var isRequired: Bool
    var values: Set<String>
    var inner: Set<String>
  }

  let input: BuiltinInput
  private let members: [Member]

  init(_ input: BuiltinInput) {
    self.input = input
    members = SchemaPlace(input.schema).members.map { member in
      Member(
        name: member.name, isRequired: member.isRequired, values: Set(member.place.values),
        inner: Set(member.place.members.map(\.name)))
    }
  }

  /// How well a document fits: 0 if it isn't one of these. Known keys count for it, unknown ones
  /// against it; it has to have one that is required, and more known than unknown ones.
  func score(_ outline: Outline, _ keys: Set<String>) -> Int {
    let required = members.filter(\.isRequired).map(\.name)
    guard required.contains(where: keys.contains) else { return 0 }
    let matched = members.count { keys.contains($0.name) }
    let others = keys.count - matched
    guard matched > others else { return 0 }
    var score = 4 * matched - 4 * others - required.count { !keys.contains($0) }
    for member in members {
      guard let node = outline.child(-1, member.name) else { continue }
      // A value that only one kind of document has.
      if let text = outline.valueText(node), !member.values.isEmpty {
        score += member.values.contains(text) ? 8 : -8
      }
      guard !member.inner.isEmpty else { continue }
      for child in outline.children(node) {
        guard let name = outline.name(child) else { continue }
        score += member.inner.contains(name) ? 1 : -1
      }
    }
    return max(0, score)
  }
}
