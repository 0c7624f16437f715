import Digests
import Values

extension Plan {
  /// `sha256:…`, which identifies the plan's run: plans that do the same have the same identity.
  ///
  /// Who made a plan, from which files, what it tells readers, and whether an answer was asked for or
  /// assumed makes no difference. Which run it is (its id, time and attempt) and what it relies on
  /// does.
  package var identity: String {
    // What applied a plan of this version knew it by its text.
    if format < Self.formatVersion { return SHA256.name(of: PlanWriter.bytes(self)) }
    var plan = withoutNotes
    plan.stages = []
    return SHA256.name(of: PlanWriter.content(plan))
  }

  /// The parts of another plan that would do something else, by their names in its file.
  ///
  /// What plans tell readers may differ, as it does between versions of Penstock. So may the number
  /// of the attempt.
  package func parts(doneOtherwiseBy other: Plan) -> [String] {
    var (mine, theirs) = (withoutNotes, other.withoutNotes)
    theirs.format = mine.format
    theirs.attempt = mine.attempt
    // Earlier formats name parts of places in another way.
    if format < Self.formatVersion {
      mine.removeParts()
      theirs.removeParts()
    }
    return mine.parts(otherThanIn: theirs)
  }

  /// The plan with nothing but what it does and relies on.
  private var withoutNotes: Plan {
    var plan = self
    plan.madeBy = ""
    plan.account = nil
    plan.files = []
    plan.arguments = []
    plan.guards = nil
    plan.meanings = ValueMap()
    plan.secretHashes = nil
    plan.warnings = []
    for index in plan.stages.indices {
      plan.stages[index].reason = ""
      plan.stages[index].origin = nil
    }
    for index in plan.facts.indices {
      plan.facts[index].isAssumed = false
      plan.facts[index].isInherited = false
      plan.facts[index].message = ""
      plan.facts[index].origin = nil
    }
    for index in plan.steps.indices {
      plan.steps[index].origin = nil
      plan.steps[index].forgetComparisons()
    }
    return plan
  }

  private mutating func removeParts() {
    for step in done.indices {
      for access in done[step].accesses.indices { done[step].accesses[access].part = nil }
    }
    for step in steps.indices {
      for access in steps[step].accesses.indices { steps[step].accesses[access].part = nil }
    }
  }

  /// Its steps without what is for comparisons only, which plans of older versions don't have.
  var workingSteps: [Step] {
    var steps = steps
    for index in steps.indices { steps[index].forgetComparisons() }
    return steps
  }

  /// `sha256:…` of all of the plan's content, which its file has too: a plan that was edited, cut or
  /// merged doesn't match it.
  package var digest: String { SHA256.name(of: PlanWriter.content(self)) }
}

extension Plan.Step {
  fileprivate mutating func forgetComparisons() {
    kind = ""
    mayBeRepeated = nil
    // It follows from the rest.
    predecessors = []
  }
}
