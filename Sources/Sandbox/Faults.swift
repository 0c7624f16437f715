/// What goes wrong in a sandbox on purpose, as `--fault WHAT=HOW` says it.
package struct Faults: Sendable {
  package enum Fault: Hashable, Sendable {
    /// A step, by its name or a part of it, fails when it has done half its work.
    case stepFails(String)
    /// The cluster's bootstrap fails.
    case bootstrapFails
    /// A step, by its name or a part of it, ends, but for a while nobody can hear of it.
    case stepAnswerLost(String)
    /// EMR does what the operation asks, and answers that it was throttled.
    case throttledButDone(operation: String)
    /// EMR does what the operation asks, and the answer is lost on the way.
    case answerLost(operation: String)
    /// EMR does not do what the operation asks, and answers that it was throttled.
    case throttled(operation: String)
    /// The process dies at the so-many-th journal entry or request that changes something.
    case crash(after: Int)
  }

  /// A fault, and how often it strikes.
  package struct Planned: Hashable, Sendable {
    package var fault: Fault
    package var times: Int

    package init(_ fault: Fault, times: Int = 1) {
      self.fault = fault
      self.times = times
    }
  }

  package var planned: [Planned]

  package init(_ planned: [Planned] = []) { self.planned = planned }

  package static var forms: String {
    "`STEP=fail`, `STEP=lost-answer`, `bootstrap=fail`, `RunJobFlow=throttled-but-created`, "
      + "`RunJobFlow=lost-answer`, `RunJobFlow=throttled` (and the same of the other operations), "
      + "`crash-after=N`; `:N` behind it for the first N times"
  }

  /// Reads one `--fault`; nil where it is none (`forms` says what there is).
  package static func parse(_ text: String) -> Planned? {
    guard let sign = text.lastIndex(of: "=") else { return nil }
    let what = String(text[..<sign])
    var how = text[text.index(after: sign)...]
    guard !what.isEmpty, !how.isEmpty else { return nil }
    if what == "crash-after" {
      guard let number = Int(how), number > 0 else { return nil }
      return Planned(.crash(after: number))
    }
    var times = 1
    if let colon = how.lastIndex(of: ":") {
      guard let number = Int(how[how.index(after: colon)...]), number > 0 else { return nil }
      times = number
      how = how[..<colon]
    }
    return fault(what, String(how)).map { Planned($0, times: times) }
  }

  private static func fault(_ what: String, _ how: String) -> Fault? {
    let isOperation = operations.contains(what)
    switch how {
    case "fail":
      return what == "bootstrap" ? .bootstrapFails : isOperation ? nil : .stepFails(what)
    case "lost-answer":
      return isOperation ? .answerLost(operation: what) : .stepAnswerLost(what)
    case "throttled-but-created", "throttled-but-done":
      return isOperation ? .throttledButDone(operation: what) : nil
    case "throttled": return isOperation ? .throttled(operation: what) : nil
    default: return nil
    }
  }

  private static var operations: [String] {
    [
      "RunJobFlow", "AddJobFlowSteps", "CancelSteps", "TerminateJobFlows", "AddTags",
      "DescribeCluster", "ListClusters", "ListSteps",
    ]
  }

  /// Uses up one stroke of a fault; false where none is left.
  mutating func strike(_ isMeant: (Fault) -> Bool) -> Bool {
    guard let index = planned.firstIndex(where: { $0.times > 0 && isMeant($0.fault) }) else {
      return false
    }
    planned[index].times -= 1
    return true
  }

  /// Whether a fault's name for a step is this step's: the whole name, or a part of it.
  static func names(_ text: String, _ step: String) -> Bool {
    step == text || step.lowercased().contains(text.lowercased())
  }

  /// After how many journal entries and requests the process is to die.
  package var crashAfter: Int? {
    for planned in planned { if case .crash(let count) = planned.fault { return count } }
    return nil
  }
}
