import Text
import Documents
import SourceText
import Values

extension Comparison {
  /// Finds the edits and the lines that changes come from: by trials, where the inputs can be compiled
  /// with some of the edits only; else by the values of inputs; else the pipeline's lines.
  mutating func attachCauses(_ trial: Trials.Trial?) {
    let inputs = InputComparer(before.inputs, after.inputs)
    let edits = inputs.changes
    let trials = trial.map { Trials(inputs, before, after, rules, $0) }
    let work = edits.count * max(1, changes.count)
    for index in changes.indices where !changes[index].isCosmetic || changes[index].isConsequence {
      let change = changes[index]
      if let lines = Self.causes(ofWritten: change, among: edits) {
        changes[index].causes =
          lines.isEmpty ? origin(of: change.subject).map { [$0] } ?? [] : lines
        continue
      }
      var sources = trials.map { Self.sources(of: change, edits, $0) } ?? []
      if sources.isEmpty, work <= 2_000_000 {
        sources = Self.likely(change, among: edits, edits.indices)
      }
      changes[index].sources = sources
      changes[index].causes = Self.lines(sources, edits)
      if sources.isEmpty, let origin = origin(of: change.subject) {
        changes[index].causes = [origin]
      }
    }
    if let trials { blameTogether(trials, edits) }
    inputChanges = edits.filter { !$0.isOrder }.map(\.line)
    guard !isOfPipelines else { return }
    if trials == nil { blameUnexplained(edits) }
    addUnshown(edits)
  }

  /// Edits that only go together with others, and that no change has as its source, are sources of what
  /// all of them add or remove.
  private mutating func blameTogether(_ trials: Trials, _ edits: [InputChange]) {
    let known = Set(changes.flatMap(\.sources))
    let rest = trials.open.joined().filter { !known.contains($0) }
    guard !rest.isEmpty else { return }
    for index in changes.indices where trials.isOfOpen(changes[index]) {
      guard (changes[index].after ?? changes[index].before)?.plainText == nil else { continue }
      changes[index].sources = (changes[index].sources + rest).sorted()
      changes[index].causes = Self.lines(changes[index].sources, edits)
    }
  }

  private static func sources(
    of change: Change, _ edits: [InputChange], _ trials: Trials
  ) -> [Int] {
    var sources: Set<Int> = []
    let groups = trials.sources(of: change)
    for group in groups where !group.isEmpty {
      let likely = group.count == 1 ? [] : likely(change, among: edits, group)
      sources.formUnion(likely.isEmpty ? Array(group.prefix(3)) : likely)
    }
    if groups.isEmpty {
      let open = trials.open.flatMap { Array($0) }
      let likely = Self.likely(change, among: edits, open)
      sources.formUnion((likely.isEmpty ? open : likely).prefix(3))
    }
    return sources.sorted()
  }

  /// The lines of edits, each once.
  private static func lines(_ sources: [Int], _ edits: [InputChange]) -> [SourceLine] {
    var lines: [SourceLine] = []
    for source in sources where !lines.contains(edits[source].line) {
      lines.append(edits[source].line)
    }
    return lines
  }

  /// A flag has no text in common with the input that turns it on. An input that explains nothing
  /// else explains it, unless there are many such inputs, or the pipeline itself changed.
  private mutating func blameUnexplained(_ edits: [InputChange]) {
    guard !edits.isEmpty, before.isSamePipeline(as: after) else { return }
    let blamed = Set(changes.filter { !$0.isInDocument && !$0.isConsequence }.flatMap(\.sources))
    let free = edits.indices.filter { !blamed.contains($0) }
    let candidates = free.isEmpty && edits.count == 1 ? [0] : free
    guard (1...3).contains(candidates.count) else { return }
    for index in changes.indices
    where (!changes[index].isCosmetic || changes[index].isConsequence)
      && changes[index].sources.isEmpty
    {
      changes[index].sources = candidates
      changes[index].causes = Self.lines(candidates, edits)
    }
  }

  /// The edits whose values explain a change best.
  private static func likely(
    _ change: Change, among edits: [InputChange], _ range: some Sequence<Int>
  ) -> [Int] {
    var best: (score: Int, edits: [Int]) = (0, [])
    for edit in range where !edits[edit].isOrder {
      let score = score(change, edits[edit])
      if score > best.score {
        best = (score, [edit])
      } else if score == best.score, score > 0 {
        best.edits.append(edit)
      }
    }
    return Array(best.edits.prefix(3))
  }

  /// How well a change of an input explains a change of the job flow; 0: not at all.
  private static func score(_ change: Change, _ input: InputChange) -> Int {
    let old = change.before?.plainText
    let new = change.after?.plainText
    let tail = change.label.suffix(2).map { $0.lowercased() }
    let end = input.path.suffix(2).map { $0.lowercased() }
    if change.isInDocument, tail == end || (tail.last == end.last && !end.isEmpty) { return 6 }
    if let name = input.name, change.label.last == name { return 6 }
    if let was = input.before, let now = input.after {
      if old == was, new == now { return 5 }
      if let old, let new, was.utf8.count >= 3 || now.utf8.count >= 3, !was.isEmpty,
        old.contains(was.trimmedLocation),
        Rules.same(old.replacing(was.trimmedLocation, with: now.trimmedLocation), new)
      {
        return 4
      }
    }
    if input.texts.contains(where: { change.holds($0) }), input.before == nil || input.after == nil
    {
      return change.before == nil || change.after == nil ? 4 : 1
    }
    if let now = input.after, now.utf8.count >= 5, change.after?.holds(now) ?? false,
      !(change.before?.holds(now) ?? false)
    {
      return 3
    }
    if let was = input.before, was.utf8.count >= 5, change.before?.holds(was) ?? false,
      !(change.after?.holds(was) ?? false)
    {
      return 2
    }
    return 0
  }

  private func origin(of subject: Change.Subject) -> SourceLine? {
    switch subject {
    case .step(_, let new?): after.stepOrigin(new, isBefore: false)
    case .step(let old?, nil): before.stepOrigin(old, isBefore: true)
    case .check(let name):
      after.origins["check " + name] ?? before.origins["check " + name]?.ofBefore
    case .stage(let name):
      after.origins["stage " + name] ?? before.origins["stage " + name]?.ofBefore
    case .step, .run, .cluster, .settings, .input: nil
    }
  }
}

extension Change {
  fileprivate func holds(_ text: String) -> Bool {
    (before?.holds(text) ?? false) || (after?.holds(text) ?? false)
  }
}

extension Side {
  fileprivate func isSamePipeline(as other: Side) -> Bool {
    let own = inputs.first { $0.role == "pipeline" }?.file.text
    return own == other.inputs.first { $0.role == "pipeline" }?.file.text
  }
}

extension SourceLine {
  fileprivate var ofBefore: SourceLine {
    var line = self
    line.isBefore = true
    return line
  }
}

extension String {
  /// A location without its trailing slash.
  fileprivate var trimmedLocation: String { Rules.location(self) ?? self }
}

extension Value {
  /// Whether it contains a text.
  fileprivate func holds(_ text: String) -> Bool {
    switch self {
    case .string(let own): own.contains(text.trimmedLocation)
    case .map(let map): map.entries.contains { $0.value.holds(text) }
    case .list(let items): items.contains { $0.holds(text) }
    default: plainText == text
    }
  }
}
