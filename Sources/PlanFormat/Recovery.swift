/// How a run goes on that ended before its work was done.
package struct Recovery: Hashable, Sendable {
  /// How far a step came.
  package enum Progress: Hashable, Sendable {
    case notStarted
    /// It failed, or was stopped, and may have done a part of its work.
    case started
    case completed
  }

  /// A folder that somebody has to empty before the run can go on.
  package struct Folder: Hashable, Sendable {
    package var place: String
    /// The step that writes it.
    package var step: String
    /// The step that would read what is left there; nil if the trouble is that `step` can't write
    /// over it.
    package var reader: String?
    /// Why Penstock doesn't empty it.
    package var reason: String
  }

  /// Data that a step has to read and that isn't where it was any more.
  package struct Loss: Hashable, Sendable {
    package var step: String
    package var place: String
    /// The step that deleted it, or moved it.
    package var deleter: String
    /// Where that one moved it.
    package var target: String?

    package init(step: String, place: String, deleter: String, target: String?) {
      self.step = step
      self.place = place
      self.deleter = deleter
      self.target = target
    }
  }

  /// Names of the pipeline's steps that are done and left out, in their order.
  package var leftOut: [String] = []
  /// Of the completed steps that run again.
  package var again: [String] = []
  /// Whether some of these run again because other repeated steps undo their work, or would read it.
  package var isUndone = false
  /// Of the steps that started, did not complete, and must not be done twice: only their logs tell.
  package var unsure: [String] = []
  /// Places that the failed run may have filled in part, and that the recovery empties first.
  package var toEmpty: [String] = []
  package var byHand: [Folder] = []
  package var losses: [Loss] = []
  /// How many steps of the pipeline run.
  package var stepCount = 0

  /// Whether one command recovers the run, if need be after folders were emptied by hand.
  package var isPossible: Bool { losses.isEmpty && stepCount > 0 }

  /// What is done and why, for people.
  package var explanation: String {
    if let loss = losses.first { return Self.words(loss) }
    guard stepCount > 0 else { return "all steps of the run are done" }
    let rest =
      stepCount == 1 ? "1 step of the run is left" : "\(stepCount) steps of the run are left"
    var parts: [String] = []
    switch leftOut.count {
    case 0: parts.append(again.isEmpty ? "\(rest), and none of them is done" : rest)
    case 1: parts.append("1 step is done and left out; \(rest)")
    default: parts.append("\(leftOut.count) steps are done and left out; \(rest)")
    }
    if !again.isEmpty {
      let verb = again.count == 1 ? "runs" : "run"
      parts.append(
        "\(Self.list(again)) \(verb) again, since the rest needs "
          + (isUndone
            ? "or undoes \(again.count == 1 ? "its" : "their") output"
            : "what is gone with the cluster"))
    }
    if !toEmpty.isEmpty { parts.append("what the failed run left in part is emptied first") }
    return parts.joined(separator: "; ")
  }

  private static func words(_ loss: Loss) -> String {
    let fate = loss.target.map { "moved to \($0)" } ?? "deleted"
    let remedy =
      loss.target == nil
      ? "put it there again, and then recover the run" : "move it back, and then recover the run"
    return "`\(loss.step)` has to read \(loss.place), which `\(loss.deleter)` \(fate): \(remedy)"
  }

  /// Names, and of many the first ones.
  package static func list(_ names: [String]) -> String {
    let shown = names.prefix(3).map { "`\($0)`" }
    let rest = names.count - shown.count
    if rest > 0 { return shown.joined(separator: ", ") + " and \(rest) more" }
    return shown.dropLast().joined(separator: ", ") + (shown.count > 1 ? " and " : "")
      + (shown.last ?? "")
  }
}
