import PlanFormat
package import Values

/// The differences between two job flows.
package struct Comparison: Sendable {
  package let before: Side
  package let after: Side
  /// In the order of the document: the run, the cluster, checks, stages, settings, steps.
  package internal(set) var changes: [Change] = []
  /// Most serious first.
  package internal(set) var dangers: [Danger] = []
  package internal(set) var flow: [FlowChange] = []
  /// What could not be compared, and why, in sentences.
  package internal(set) var notes: [String] = []
  /// Warnings that only the second side has.
  package internal(set) var newWarnings: [String] = []
  /// Which steps of the two sides are the same step.
  package internal(set) var partners: [Int?] = []
  /// Lines of inputs that differ.
  package internal(set) var inputChanges: [SourceLine] = []
  var mask = SecretMask()
  let openers: (before: SecretOpener, after: SecretOpener)
  /// Changes of inputs for the worse that changes of the job flow show, but not as such.
  var risks: [Change] = []
  let rules: ChangeRules

  /// Compares two sides.
  ///
  /// - Parameters:
  ///   - rules: what the changes mean.
  ///   - trial: compiles the first side's inputs with other files, for finding out which edit a
  ///     change comes from; it returns nil if these are refused.
  package init(
    _ before: Side, _ after: Side, rules: ChangeRules, trial: (([TrialFile]) -> Side?)? = nil
  ) {
    self.init(trial: before, after, rules: rules)
    explain(trial)
  }

  /// The differences alone.
  init(trial before: Side, _ after: Side, rules: ChangeRules) {
    self.rules = rules
    openers = SecretOpener.pair(before, after)
    var (before, after) = (before, after)
    // Of the run of a job flow or a cluster, only its id may be known.
    let runMask = RunMask(before.run, after.run)
    (before.runMask, after.runMask) = (runMask, runMask)
    // Plans of older versions don't say whether steps may be repeated.
    let isTold = (before.planSteps + after.planSteps).allSatisfy { $0.mayBeRepeated != nil }
    (before.tellsRepetition, after.tellsRepetition) = (isTold, isTold)
    self.before = before
    self.after = after
    for text in before.hidden + after.hidden { mask.hide(text) }
    compareHeads()
    compareSteps()
  }

  /// Whether both sides have a plan's information about their steps.
  private var isPlanned: Bool {
    (!before.planSteps.isEmpty || before.stepCount == 0)
      && (!after.planSteps.isEmpty || after.stepCount == 0)
  }

  /// A part of one side, without what the other side can't have.
  private func head(_ part: String, of side: Side, against other: Side) -> Value? {
    guard part == "cluster", other.kind == .cluster || side.kind == .cluster,
      let own = side.head[part], let others = other.head[part]
    else { return side.head[part] }
    return other.kind == .cluster
      ? ClusterRequest.told(own, by: others) : ClusterRequest.asked(own, for: others)
  }

  package var substantial: [Change] { changes.filter { !$0.isCosmetic } }

  /// Parts that both sides can have.
  private var parts: [String] {
    [
      "run", "cluster", "request", "checks", "guards", "stages", "settings", "pipeline",
      "stepKinds",
    ].filter { key in
      let isBefore = before.head[key] != nil || before.kind == .nothing
      let isAfter = after.head[key] != nil || after.kind == .nothing
      return isBefore && isAfter && (before.head[key] != nil || after.head[key] != nil)
    }
  }

  /// A part without secrets, in which different ones have different placeholders if they are known.
  private mutating func shown(_ value: Value, of side: Side, _ opener: SecretOpener) -> Value {
    mask.masked(opener.opened(value, side.documents, &mask))
  }

  /// One side's document, to which edits apply.
  package mutating func document(_ side: KeyPath<Comparison, Side>) -> Value {
    let other = side == \.before ? after : before
    let opener = side == \.before ? openers.before : openers.after
    let side = self[keyPath: side]
    var document = ValueMap()
    for part in parts {
      if let value = head(part, of: side, against: other) {
        document[part] = side.runMask.masked(shown(value, of: side, opener))
      }
    }
    let planned = isPlanned
    document["steps"] = .list(
      (0..<side.stepCount).map { side.step($0, &mask, opening: opener, planned: planned) })
    return .map(document)
  }

  /// Whether there is a change of one of these classes, or one of which nothing says what it means.
  package func hasChange(of classes: Set<ChangeClass>) -> Bool {
    substantial.contains { change in
      change.classes.contains { $0 == .unknown || classes.contains($0) }
    }
  }

  package var edits: [Edit] { changes.flatMap(\.edits) }

  // MARK: All but the steps

  private mutating func compareHeads() {
    for part in parts {
      let old = head(part, of: before, against: after).map {
        before.runMask.masked(shown($0, of: before, openers.before))
      }
      let new = head(part, of: after, against: before).map {
        after.runMask.masked(shown($0, of: after, openers.after))
      }
      var differ = Differ(Classifier(rules: rules, old: old, new: new))
      let place = DocumentPath(
        subject: subject(part), path: [.key(part)], names: [part], label: [])
      differ.compare(old, new, at: place)
      changes += differ.changes.map { $0.withSubject(of: part) }
    }
  }

  private func subject(_ part: String) -> Change.Subject {
    switch part {
    case "pipeline": .input(pipelineFile)
    case "stepKinds": .input("step-kinds")
    case "cluster": .cluster
    case "settings": .settings
    default: .run
    }
  }

  // MARK: Steps

  private mutating func compareSteps() {
    let steps = StepMatch(before, after)
    defer { compareSources() }
    let rotated = rotatedReferences
    partners = [Int?](repeating: nil, count: before.stepCount)
    for (index, pair) in steps.match.pairs.enumerated() {
      partners[pair.old] = pair.new
      if !before.isSameStep(pair.old, as: after, pair.new) || uses(rotated, pair.old) {
        compareStep(pair.old, pair.new)
      }
      guard steps.match.moved.contains(index) else { continue }
      changes.append(
        Change(
          kind: .moved, subject: .step(before: pair.old, after: pair.new), label: [],
          before: .int(Int64(pair.old + 1)), after: .int(Int64(pair.new + 1)), classes: [.data],
          edits: [Edit([.key("steps"), .index(pair.old)], .move(to: pair.new))]))
    }
    for index in steps.match.removed {
      let step = before.step(index, &mask, opening: openers.before, planned: isPlanned)
      changes.append(
        Change(
          kind: .removed, subject: .step(before: index, after: nil), label: [], before: step,
          after: nil, classes: Classifier.of(step: step),
          edits: [Edit([.key("steps"), .index(index)], .remove)]))
    }
    for index in steps.match.added {
      let step = after.step(index, &mask, opening: openers.after, planned: isPlanned)
      changes.append(
        Change(
          kind: .added, subject: .step(before: nil, after: index), label: [], before: nil,
          after: step, classes: Classifier.of(step: step),
          edits: [Edit([.key("steps")], .insert(step, at: index))]))
    }
  }

  private mutating func compareStep(_ old: Int, _ new: Int) {
    let one = before.step(old, &mask, opening: openers.before, planned: isPlanned)
    let two = after.step(new, &mask, opening: openers.after, planned: isPlanned)
    let kinds = [before.stepKind(old), after.stepKind(new)].compactMap(\.self)
    var differ = Differ(Classifier(rules: rules, old: one, new: two, kinds: kinds))
    let place = DocumentPath(
      subject: .step(before: old, after: new), path: [.key("steps"), .index(old)],
      names: ["steps", "*"], label: [])
    differ.compare(one, two, at: place)
    changes += differ.changes.map(\.ofStep)
  }

  /// References to secrets with different values on the two sides.
  private var rotatedReferences: Set<String> {
    guard let old = openers.before.marks, let new = openers.after.marks else { return [] }
    return Set(old.keys.filter { new[$0] != nil && new[$0] != old[$0] })
  }

  private func uses(_ references: Set<String>, _ step: Int) -> Bool {
    !references.isEmpty
      && before.secretReferences(ofStep: step).contains { reference in
        references.contains(reference)
          || before.documents[reference]?.placeholders.contains(where: references.contains) == true
      }
  }
}

extension Change {
  /// The change with its check or stage as the subject.
  fileprivate func withSubject(of part: String) -> Change {
    var change = self
    guard part == "checks" || part == "stages" || part == "guards" else { return change }
    guard let name = label.first else {
      change.label = [part]
      return change
    }
    change.subject = part == "stages" ? .stage(name) : .check(name)
    change.label.removeFirst()
    return change
  }

  /// The change in a step's terms; what follows from its arguments is reported with those, and with
  /// the flow of data.
  fileprivate var ofStep: Change {
    var change = self
    if label == ["name"] { change.kind = .renamed }
    if label.first == "arguments", label.count > 1 { change.label.removeFirst() }
    if label.first == "arguments", change.label.count > 1, change.label[1] == "value" {
      change.label.remove(at: 1)
      if change.label.count > 1, change.label[1] == "base64" { change.label.remove(at: 1) }
    }
    // The name of an argument or an access says it all.
    if label.first == "arguments", ["application", "argument"].contains(change.label.last ?? ""),
      change.label.count > 1
    {
      change.label.removeLast()
    }
    if label.first == "accesses", label.count > 1 { change.label = [label[1]] }
    if label.first == "accesses" || label.first == "resume" { change.isConsequence = true }
    return change
  }
}
