import Values

extension Comparison {
  /// Adds changes of inputs that no change of the job flow shows in full: what a schema says of
  /// them must not be lost because a step doesn't pass them on, or passes them on in another form.
  mutating func addUnshown(_ inputs: [InputChange]) {
    var shown: [SourceLine: Set<ChangeClass>] = [:]
    for change in changes where !change.isConsequence {
      for line in change.causes { shown[line, default: []].formUnion(change.classes) }
    }
    for input in inputs where !input.isSame {
      let isPipeline = input.schema == ChangeRules.pipeline
      var meaning = rules.meaning(
        ofInput: input.schema, input.path, input.document.revealed, input.values.old?.revealed,
        input.values.new?.revealed)
      // What a pipeline's expressions come to is compared in the job flow.
      if isPipeline { meaning.classes.remove(.unknown) }
      if meaning.classes.isEmpty || meaning.classes == [.cosmetic] { continue }
      if input.isSecret { meaning.classes.insert(.security) }
      let known = shown[input.line] ?? []
      let change = Self.change(input, meaning)
      if !meaning.classes.subtracting([.cosmetic]).isSubset(of: known) {
        changes.append(change)
      } else if meaning.weakens || meaning.loses {
        risks.append(change)
      }
    }
  }

  private static func change(_ input: InputChange, _ meaning: ChangeMeaning) -> Change {
    let (old, new) = (input.values.old, input.values.new)
    let label = input.namedPath
    func shown(_ value: Value?, _ number: Int) -> Value? {
      guard let value else { return nil }
      if input.isSecret {
        let name = label.joined(separator: ".")
        return .string("{{secret: \(name)\(number == 1 ? "" : " (2)")}}")
      }
      return value.plainText.map { .string($0) } ?? .string(input.name ?? "…")
    }
    var change = Change(
      kind: old == nil ? .added : new == nil ? .removed : .changed,
      subject: .input(input.line.file), label: label, before: shown(old, 1),
      after: shown(new, old == nil ? 1 : 2), classes: meaning.classes.listed, edits: [])
    change.meaning = meaning
    change.price = meaning.price
    change.causes = [input.line]
    return change
  }
}

extension InputChange {
  /// The path with names of items for their positions.
  fileprivate var namedPath: [String] {
    var value: Value? = document.revealed
    return path.map { key in
      guard case .list(let items)? = value, let index = Int(key), items.indices.contains(index)
      else {
        value = value?.member(key)?.revealed
        return key
      }
      let item = items[index].revealed
      value = item
      return item.usualName ?? item.member("stage")?.plainText ?? key
    }
  }

  /// Whether the values mean the same wherever they are used.
  fileprivate var isSame: Bool {
    Rules.isSame(values.old?.revealed, values.new?.revealed, ["input"])
  }

  /// Whether a value is a secret or holds one.
  fileprivate var isSecret: Bool {
    [values.old, values.new].contains { value in
      !(value?.secrets.isEmpty ?? true)
    }
  }
}
