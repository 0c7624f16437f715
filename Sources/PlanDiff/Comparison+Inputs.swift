import Text
import PlanFormat
import Values

extension Comparison {
  /// Adds changes of inputs that no change of the job flow shows in full: what a schema says of
  /// them must not be lost because a step doesn't pass them on, or passes them on in another form.
  mutating func addUnshown(_ inputs: [InputChange]) {
    var shown: [Int: Set<ChangeClass>] = [:]
    for change in changes where !change.isConsequence {
      for source in change.sources { shown[source, default: []].formUnion(change.classes) }
    }
    for (number, input) in inputs.enumerated() where !input.isSame {
      // An order that makes no difference to the job flow can make one only to a pipeline.
      if input.isOrder, shown[number] != nil || input.role != "pipeline" { continue }
      let effects = shown[number] ?? []
      if effects.isEmpty, isEvaluated(input) || isRenamed(number, inputs) { continue }
      var meaning = meaning(of: input, number)
      // What an input without a class means is what it does.
      if !effects.subtracting([.cosmetic, .unknown]).isEmpty { meaning.classes.remove(.unknown) }
      if meaning.classes.isEmpty || meaning.classes == [.cosmetic] { continue }
      if input.isSecret { meaning.classes.insert(.security) }
      var change = Self.change(input, meaning)
      change.sources = [number]
      if !meaning.classes.subtracting([.cosmetic]).isSubset(of: effects) {
        changes.append(change)
      } else if meaning.weakens || meaning.loses {
        risks.append(change)
      }
    }
  }

  /// Parts of a pipeline that make a difference in other runs only.
  private static let unevaluated: Set<String> = [
    "when", "requires", "checks", "versions", "retry", "retries", "must-be-read", "restore",
    "release",
    "inputs", "let", "options", "on-create", "on-reuse",
  ]

  /// Whether a part of a pipeline without an effect on a run has none on any run: it isn't an
  /// expression, and its step runs.
  private func isEvaluated(_ input: InputChange) -> Bool {
    guard input.role == "pipeline", Self.unevaluated.isDisjoint(with: input.path),
      ![input.values.old, input.values.new].contains(where: { $0?.holdsExpression ?? false })
    else { return false }
    // A cluster that is reused isn't created.
    if input.path.first == "cluster" { return after.head["cluster"] != nil }
    guard input.path.first == "stages", input.path.count > 1 else { return true }
    let stage = input.document.revealed.member("stages")?.item(input.path[1])
    let name = stage?.member("stage")?.plainText
    let step = input.path.count > 3 ? stage?.member("steps")?.item(input.path[3]) : nil
    return step?.member("when") == nil && step?.member("each") == nil
      && after.planSteps.contains { $0.stage == name }
  }

  /// Whether an entry of a pipeline that has no effect has only got another key.
  private func isRenamed(_ number: Int, _ inputs: [InputChange]) -> Bool {
    let input = inputs[number]
    guard input.role == "pipeline", let value = input.values.new ?? input.values.old,
      (input.values.new == nil) != (input.values.old == nil)
    else { return false }
    return inputs.contains { other in
      let partner = input.values.new == nil ? other.values.new : other.values.old
      let none = input.values.new == nil ? other.values.old : other.values.new
      return other.role == input.role && none == nil && partner?.equals(value) == true
        && other.path.dropLast() == input.path.dropLast()
    }
  }

  private func meaning(of input: InputChange, _ number: Int) -> ChangeMeaning {
    var (old, new) = input.isOrder ? (nil, nil) : input.values
    // Where a value is left out, what the pipeline takes instead counts.
    if new == nil, let text = old?.revealed.plainText {
      new = changes.first { $0.sources.contains(number) && $0.before?.plainText == text }?.after
    } else if old == nil, let text = new?.revealed.plainText {
      old = changes.first { $0.sources.contains(number) && $0.after?.plainText == text }?.before
    }
    return rules.meaning(
      ofInput: input.schema, input.path, input.document.revealed, old?.revealed, new?.revealed)
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
    let kind: Change.Kind =
      input.isOrder ? .reordered : old == nil ? .added : new == nil ? .removed : .changed
    var change = Change(
      kind: kind, subject: .input(input.line.file), label: label,
      before: input.isOrder ? nil : shown(old, 1),
      after: input.isOrder ? nil : shown(new, old == nil ? 1 : 2),
      classes: meaning.classes.listed, edits: [])
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
    !isOrder && Rules.isSame(values.old?.revealed, values.new?.revealed, ["input"])
  }

  /// Whether a value is a secret or holds one.
  fileprivate var isSecret: Bool {
    [values.old, values.new].contains { value in
      !(value?.secrets.isEmpty ?? true)
    }
  }
}

extension Value {
  /// An item of a list, by its position as a text.
  fileprivate func item(_ index: String) -> Value? {
    guard case .list(let items) = revealed, let index = Int(index), items.indices.contains(index)
    else { return nil }
    return items[index].revealed
  }

  fileprivate var holdsExpression: Bool {
    switch revealed {
    case .string(let text): text.contains("${")
    case .list(let items): items.contains { $0.holdsExpression }
    case .map(let map): map.entries.contains { $0.value.holdsExpression }
    default: false
    }
  }
}
