import Text

/// Faults to inject in a sandbox, from `--fault WHAT=HOW`.
package struct Faults: Sendable {
  package enum Fault: Hashable, Sendable {
    /// A step, given by its name or a part of it, fails after half its work.
    case stepFails(String)
    /// The cluster's bootstrap fails.
    case bootstrapFails
    /// A step, given by its name or a part of it, ends, but for a while calls about it fail.
    case stepAnswerLost(String)
    /// EMR does the operation, but responds that it was throttled.
    case throttledButDone(operation: String)
    /// EMR does the operation, but the response is lost.
    case answerLost(operation: String)
    /// EMR doesn't do the operation, and responds that it was throttled.
    case throttled(operation: String)
    /// The process dies at the n-th journal entry or request that changes something.
    case crash(after: Int)
  }

  /// A fault, and how often it occurs.
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
      + "`RunJobFlow=lost-answer`, `RunJobFlow=throttled` (and the same for the other operations), "
      + "`crash-after=N`; append `:N` for the first N times"
  }

  /// Reads one `--fault`; nil if it isn't one of `forms`.
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
      "DescribeCluster", "ListClusters", "ListSteps", "Notify",
    ]
  }

  /// Uses up one occurrence of a fault; false if none is left.
  mutating func strike(_ isMeant: (Fault) -> Bool) -> Bool {
    guard let index = planned.firstIndex(where: { $0.times > 0 && isMeant($0.fault) }) else {
      return false
    }
    planned[index].times -= 1
    return true
  }

  /// Whether a fault's text names this step: its whole name, or a part of it.
  static func names(_ text: String, _ step: String) -> Bool {
    step == text || step.lowercased().contains(text.lowercased())
  }

  /// After how many journal entries and requests the process should die.
  package var crashAfter: Int? {
    for planned in planned { if case .crash(let count) = planned.fault { return count } }
    return nil
  }
}
