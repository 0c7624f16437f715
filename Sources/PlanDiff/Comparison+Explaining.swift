import Text
import Values

extension Comparison {
  /// Relates the changes: what follows from what, what is dangerous, where it comes from.
  mutating func explain(_ trial: Trials.Trial?) {
    demoteEchoes()
    demoteConsequences()
    follow()
    noteWhatWasNotCompared()
    let known = Set(before.warnings)
    // Only a plan records its warnings.
    let isKnown = before.kind == .plan || before.kind == .nothing
    newWarnings = isKnown ? after.warnings.filter { !known.contains($0) } : []
    attachCauses(trial)
    demoteRepetitions()
    findDangers()
    // Most serious first; equal ones in the order of the document.
    dangers =
      Danger.Kind.allCases.flatMap { kind in dangers.filter { $0.kind == kind } }
    noteAssumptions()
    showPaths()
    hideRuns()
  }

  // MARK: What follows from what

  /// A document that is passed on whole (a configuration) repeats settings of the job flow, whose
  /// changes are reported in their own places.
  private mutating func demoteEchoes() {
    let primary = changes.filter { !$0.isInDocument && !$0.isCosmetic && !$0.isConsequence }
    let pairs = primary.flatMap { change -> [(before: String, after: String, [ChangeClass])] in
      guard case .changed = change.kind, let old = change.before?.plainText,
        let new = change.after?.plainText
      else {
        return [change.before?.plainText, change.after?.plainText].compactMap { $0 }.map {
          ($0, $0, change.classes)
        }
      }
      return [(old, new, change.classes)]
    }
    guard !primary.isEmpty else { return }
    let (gone, come) = (Self.texts(primary.map(\.before)), Self.texts(primary.map(\.after)))
    var known: [String: Bool] = [:]
    for index in changes.indices where changes[index].isInDocument && !changes[index].isCosmetic {
      let change = changes[index]
      guard let old = change.before?.plainText ?? (change.before == nil ? "" : nil),
        let new = change.after?.plainText ?? (change.after == nil ? "" : nil)
      else { continue }
      let classes = change.classes.map(\.rawValue).joined(separator: ",")
      let key = "\(old)\u{0}\(new)\u{0}\(classes)"
      let isEcho =
        known[key]
        ?? pairs.prefix(2000).contains { pair in
          Self.isEcho(old, new, change.classes, of: pair)
        }
        || Self.stand(old, in: gone) && Self.stand(new, in: come)
      known[key] = isEcho
      guard isEcho else { continue }
      changes[index].classes = [.cosmetic]
      changes[index].isConsequence = true
    }
  }

  /// The texts of containers: parts of the job flow that were added or removed.
  private static func texts(_ values: [Value?]) -> [String] {
    values.compactMap(\.self).filter { $0.plainText == nil }.prefix(200).flatMap(\.longTexts)
  }

  /// Whether one of these texts contains a distinctive text; the empty text is everywhere.
  private static func stand(_ text: String, in texts: [String]) -> Bool {
    if text.isEmpty || text == "null" { return true }
    guard text.utf8.count >= 8 else { return false }
    let text = Rules.location(text) ?? text
    return texts.contains { $0.contains(text) }
  }

  private static func isEcho(
    _ old: String, _ new: String, _ classes: [ChangeClass],
    of pair: (before: String, after: String, classes: [ChangeClass])
  ) -> Bool {
    if old.utf8.count >= 4, new.utf8.count >= 4 {
      let (from, to) = (Rules.location(old) ?? old, Rules.location(new) ?? new)
      if pair.before.contains(from) || pair.before.contains(old) {
        return Rules.same(pair.before.replacing(from, with: to), pair.after)
      }
    }
    let one = (pair.before, pair.after)
    guard
      one == (old, new) || (old.isEmpty && one == (new, new)) || (new.isEmpty && one == (old, old))
    else { return false }
    return classes.allSatisfy { pair.classes.contains($0) }
  }

  /// What a step reads and writes follows from its arguments if those changed; otherwise it is a
  /// separate change, in what the pipeline says about a program.
  private mutating func demoteConsequences() {
    var told: Set<Int> = []
    for change in changes where !change.isConsequence && !change.isCosmetic {
      if case .step(let old?, _) = change.subject { told.insert(old) }
    }
    for index in changes.indices where changes[index].isConsequence {
      guard case .step(let old?, _) = changes[index].subject, !told.contains(old),
        changes[index].isAccess
      else { continue }
      changes[index].isConsequence = false
    }
  }

  private mutating func follow() {
    var changed: Set<Int> = []
    for change in changes {
      if case .step(let old?, _) = change.subject { changed.insert(old) }
    }
    let isStepless = partners.isEmpty && after.stepCount == 0
    guard !isStepless, before.kind != .nothing, after.kind != .nothing else { return }
    let flow = DataFlow(
      before, after, partners: partners, changed: changed, required: requiredPlaces)
    self.flow = flow.changes
    dangers += flow.dangers
  }

  /// Places that must be empty when a run of the second side starts.
  private var requiredPlaces: Set<String> {
    guard case .list(let checks)? = after.head["checks"] else { return [] }
    let end = " is empty"
    return Set(
      checks.compactMap { check in
        guard case .map(let map) = check, let text = map["question"]?.plainText,
          text.hasSuffix(end), !text.hasPrefix("whether ")
        else { return nil }
        return String(text.dropLast(end.count))
      })
  }

  // MARK: Dangers

  private mutating func findDangers() {
    var told: Set<String> = []
    // What a document or an input repeats of the job flow is reported once.
    var sources: [Danger.Kind: Set<Int>] = [:]
    var members: Set<String> = []
    let isPrimary = { (change: Change) in !change.isInDocument && !change.edits.isEmpty }
    let others = changes.filter { !isPrimary($0) } + risks
    for change in changes.filter(isPrimary) + others {
      guard let danger = danger(of: change) else { continue }
      if !isPrimary(change) {
        let place = change.causes.first.map { "\($0.file):\($0.line)" } ?? ""
        let name = "\(place) \(change.label.last ?? "")"
        let known = sources[danger.kind] ?? []
        guard known.isDisjoint(with: change.sources), members.insert(name).inserted else {
          continue
        }
      }
      sources[danger.kind, default: []].formUnion(change.sources)
      // The same danger in many steps is reported once.
      if told.insert(danger.kind.rawValue + danger.text).inserted { dangers.append(danger) }
    }
  }

  private func danger(of change: Change) -> Danger? {
    switch change.subject {
    case .step(let old?, let new?): return stepDanger(change, old, new)
    case .check(let name) where change.kind == .removed && !name.hasPrefix("whether "):
      let isData = name.hasSuffix(" is empty") || name.hasSuffix(" is moved or deleted")
      if name.hasSuffix(" is read before it is moved or deleted") || name.hasPrefix("`") {
        return Danger(isData ? .dropsData : .lessSecure, "a run no longer checks that \(name)")
      }
      return Danger(
        isData ? .dropsData : .lessSecure,
        "a run no longer checks that \(name) before it starts")
    case .cluster, .settings, .run, .check, .stage, .step, .input: return markedDanger(change)
    }
  }

  private func stepDanger(_ change: Change, _ old: Int, _ new: Int) -> Danger? {
    let name = "`\(after.stepName(new).name)`"
    switch change.label {
    case ["actionOnFailure"]:
      guard change.after?.plainText == "CONTINUE" else { return nil }
      return Danger(
        .dropsData,
        "a failure of \(name) no longer stops the run: later steps run without its output")
    case ["resume", "isPossible"]:
      guard case .bool(false)? = change.after else { return nil }
      return Danger(
        .unsafeResume,
        "a run that fails in \(name) can no longer be resumed: "
          + after.recoveryExplanation(new))
    case ["maximumTries"], ["mayBeRepeated"]:
      let isRepeated =
        change.label == ["maximumTries"]
        ? change.before?.equals(.int(1)) : change.after?.equals(.bool(true))
      guard isRepeated == true, before.isPersistent == after.isPersistent else { return nil }
      return Danger(
        .dropsData,
        "\(name) may now be tried again after a failure: a second try may lose or repeat data")
    default: return markedDanger(change)
    }
  }

  /// A protection that was removed, or data that may be lost, by the marks of the place.
  private func markedDanger(_ change: Change) -> Danger? {
    guard !change.isCosmetic, !change.isConsequence else { return nil }
    let names = change.label.filter { $0 != "data" && $0 != "parameters" }
    let end = names.isEmpty ? [change.fileName] : Array(names.suffix(2))
    let what = "`" + end.joined(separator: " › ") + "`"
    if change.meaning.weakens {
      return Danger(.lessSecure, "\(what) " + (change.meaning.means ?? Self.weakening(change)))
    }
    guard change.meaning.loses else { return nil }
    let values = Self.values(change)
    return Danger(
      .dropsData, what + (change.meaning.means.map { values + ": " + $0 } ?? values))
  }

  private static func weakening(_ change: Change) -> String {
    guard change.after != nil, let old = change.before?.plainText,
      let new = change.after?.plainText, new != "false", new != "null",
      !SecretMask.isPlaceholder(new)
    else { return "no longer protects the data" }
    return "protects less: \(old) → \(new)"
  }

  private static func values(_ change: Change) -> String {
    guard let new = change.after?.plainText else { return change.after == nil ? " is removed" : "" }
    return " is now " + new
  }

  // MARK: Notes

  private mutating func noteWhatWasNotCompared() {
    for (side, other) in [(before, after), (after, before)] {
      if side.kind == .nothing {
        notes.append("there is no job flow in \(side.name)")
      } else if side.head["cluster"] == nil, other.head["cluster"] != nil {
        notes.append("\(side.name) doesn't describe the cluster, so only the rest was compared")
      }
    }
    for (side, other) in [(before, after), (after, before)] where side.kind == .cluster {
      let untold = ClusterRequest.untold(other.head["cluster"], by: side.head["cluster"])
      if !untold.isEmpty {
        let names = untold.map { "`\($0)`" }.joined(separator: ", ")
        notes.append("\(side.name) doesn't say \(names), so these could not be compared")
      }
    }
    if before.kind == .cluster, before.requestSteps.isEmpty {
      notes.append("\(before.name) has no steps")
    }
    if changes.contains(where: { $0.isConsequence && $0.isHiddenOnOneSide }) {
      notes.append(
        "the value of a secret is known for one side only, so it could not be compared")
    }
    noteSecrets()
    noteChangedSources()
  }

  private mutating func noteChangedSources() {
    // Inputs are compared themselves.
    guard before.secrets == nil || after.secrets == nil else { return }
    var known: [String: String] = [:]
    for file in before.digests { known[file.path] = file.digest }
    let changed = after.digests.filter { known[$0.path] != nil && known[$0.path] != $0.digest }
    if substantial.isEmpty, !changed.isEmpty, notes.isEmpty {
      let names = changed.map { "`\($0.path)`" }.joined(separator: ", ")
      notes.append("\(names) changed, but what runs is the same")
    }
  }
}

extension Change {
  /// Of an input's file.
  fileprivate var fileName: String {
    if case .input(let name) = subject { name } else { "" }
  }

  /// Whether the change is in what a step does to a place.
  fileprivate var isAccess: Bool { edits.first?.path.contains(.key("accesses")) ?? false }

  /// Whether it is inside a document that is passed as an argument.
  package var isInDocument: Bool {
    guard let first = edits.first else { return false }
    return first.path.contains(.key("base64"))
  }

  fileprivate var isHiddenOnOneSide: Bool {
    func isReference(_ value: Value?) -> Bool {
      value?.plainText.map { SecretMask.isPlaceholder($0) } ?? false
    }
    return isReference(before) != isReference(after)
  }
}

extension Value {
  fileprivate var longTexts: [String] {
    switch self {
    case .string(let text): text.utf8.count >= 8 ? [text] : []
    case .list(let items): items.flatMap(\.longTexts)
    case .map(let map): map.entries.flatMap { $0.value.longTexts }
    default: []
    }
  }
}

extension Rules {
  static func same(_ left: String, _ right: String) -> Bool {
    left == right || (location(left) != nil && location(left) == location(right))
  }
}

extension Side {
  /// Whether its cluster lives longer than a run; nil if unknown.
  fileprivate var isPersistent: Bool? {
    guard case .bool(let flag)? = head["run"]?.member("persistent") else { return nil }
    return flag
  }
}
