import Text
import Values

extension Comparison {
  /// Secrets of two plans that cannot be compared, because there are no hashes of them, count as
  /// changed if the files changed that they come from.
  mutating func compareSources() {
    guard before.kind == .plan, after.kind == .plan, openers.before.marks == nil else { return }
    var known: [String: String] = [:]
    for reference in before.references { known[openers.before.name(reference)] = reference }
    var told: Set<String> = []
    for reference in after.references {
      let name = openers.after.name(reference)
      guard let old = known[name], told.insert(name).inserted, !isSameSource(old, reference)
      else { continue }
      var change = Change(
        kind: .changed, subject: .input(Self.file(of: reference)),
        label: [String(reference.drop { $0 != "#" }.dropFirst(2)).replacing("/", with: ".")],
        before: .string("{{secret: \(name)}}"),
        after: .string("{{secret: \(name), cannot be compared}}"), classes: [.security], edits: [])
      change.meaning.classes = [.security]
      changes.append(change)
    }
  }

  private static func file(of reference: String) -> String {
    let path = reference.prefix { $0 != "#" }
    let start = path.lastIndex(where: { "( +,".contains($0) }).map { path.index(after: $0) }
    return String(path[(start ?? path.startIndex)...])
  }

  /// Whether the file that a secret comes from is the same on both sides.
  private func isSameSource(_ old: String, _ new: String) -> Bool {
    func digest(_ side: Side, _ reference: String) -> String? {
      let file = Self.file(of: reference)
      return side.digests.first { $0.path == file }?.digest
    }
    let was = digest(before, old)
    return was != nil && was == digest(after, new)
  }

  /// Says which secrets can't be compared.
  mutating func noteSecrets() {
    let isHidden = { (side: Side) in
      side.kind != .nothing && side.secrets == nil && !side.references.isEmpty
    }
    guard openers.before.marks == nil, isHidden(before), isHidden(after) else { return }
    if before.kind != .plan || after.kind != .plan {
      notes.append("job flows don't hold the values of secrets, so these cannot be compared")
    } else if changes.contains(where: \.isIncomparable) {
      notes.append(
        "plans don't hold the values of secrets: compare the inputs, or make both plans with "
          + "`PENSTOCK_SECRETS_KEY` set")
    }
  }
}

extension Change {
  /// Whether it is a secret that may have changed.
  package var isIncomparable: Bool {
    after?.plainText?.hasSuffix(", cannot be compared}}") ?? false
  }
}
