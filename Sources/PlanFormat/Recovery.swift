/// How to continue a run that ended before its work was done.
package struct Recovery: Hashable, Sendable {
  /// How far a step got.
  package enum Progress: Hashable, Sendable {
    case notStarted
    /// It failed, or was stopped, and may have done some of its work.
    case started
    case completed
  }

  /// A folder that must be emptied by hand before the run can continue.
  package struct Folder: Hashable, Sendable {
    package var place: String
    /// The step that writes it.
    package var step: String
    /// The step that would read what is left there; nil if the problem is that `step` can't
    /// overwrite it.
    package var reader: String?
    /// Why Penstock doesn't empty it.
    package var reason: String
    /// Folders inside it that steps that are done wrote, and that stay.
    package var keep: [String] = []
  }

  /// Data that a step must read and that is no longer where it was.
  package struct Loss: Hashable, Sendable {
    package var step: String
    package var place: String
    /// The step that deleted it, or moved it.
    package var deleter: String
    /// Where it was moved to.
    package var target: String?

    package init(step: String, place: String, deleter: String, target: String?) {
      self.step = step
      self.place = place
      self.deleter = deleter
      self.target = target
    }
  }

  /// Names of the pipeline's steps that are done and left out, in order.
  package var leftOut: [String] = []
  /// Names of the completed steps that run again.
  package var again: [String] = []
  /// Whether some of these run again because other repeated steps undo or would read their work.
  package var isUndone = false
  /// Names of the steps that started, did not complete, and must not be done twice: only their logs
  /// tell whether they did their work.
  package var unsure: [String] = []
  /// Places that may hold incomplete output of the failed run, which the recovery empties first.
  package var toEmpty: [String] = []
  package var byHand: [Folder] = []
  package var losses: [Loss] = []
  /// How many steps of the pipeline run.
  package var stepCount = 0

  /// Whether one command recovers the run, possibly after folders have been emptied by hand.
  package var isPossible: Bool { losses.isEmpty && stepCount > 0 }

  /// What the recovery does and why, for people.
  package var explanation: String {
    if let loss = losses.first { return Self.words(loss) }
    guard stepCount > 0 else { return "all steps of the run are done" }
    let rest =
      stepCount == 1 ? "1 step of the run is left" : "\(stepCount) steps of the run are left"
    var parts: [String] = []
    switch leftOut.count {
    case 0: parts.append(again.isEmpty ? "\(rest), none of them done" : rest)
    case 1: parts.append("1 step is done and left out; \(rest)")
    default: parts.append("\(leftOut.count) steps are done and left out; \(rest)")
    }
    if !again.isEmpty {
      let verb = again.count == 1 ? "runs" : "run"
      parts.append(
        "\(Self.list(again)) \(verb) again, because the rest needs "
          + (isUndone
            ? "or undoes \(again.count == 1 ? "its" : "their") output"
            : "data that was lost with the cluster"))
    }
    if !toEmpty.isEmpty { parts.append("incomplete output of the failed run is deleted first") }
    return parts.joined(separator: "; ")
  }

  private static func words(_ loss: Loss) -> String {
    let fate = loss.target.map { "moved to \($0)" } ?? "deleted"
    let remedy =
      loss.target == nil
      ? "restore it, then recover the run" : "move it back, then recover the run"
    return "`\(loss.step)` must read \(loss.place), which `\(loss.deleter)` \(fate): \(remedy)"
  }

  /// The names, or the first of many.
  package static func list(_ names: [String]) -> String {
    let shown = names.prefix(3).map { "`\($0)`" }
    let rest = names.count - shown.count
    if rest > 0 { return shown.joined(separator: ", ") + " and \(rest) more" }
    return shown.dropLast().joined(separator: ", ") + (shown.count > 1 ? " and " : "")
      + (shown.last ?? "")
  }
}
