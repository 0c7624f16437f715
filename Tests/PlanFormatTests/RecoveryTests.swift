import PlanFormat
import Testing
import Values

/// Each rule of docs/data-flow.md about recoveries.
@Suite struct RecoveryTests {
  /// A step as `name r:PLACE w:PLACE d:PLACE`; `w!` writes where the run alone writes, `CONTINUE`,
  /// `fresh`, `once`, `restore`, `cluster` and `after=NAME` are what they say. A place without a
  /// scheme is in S3, `~x` is on the cluster.
  private static func step(_ text: String) -> Plan.Step {
    let words = text.split(separator: " ").map(String.init)
    var step = Plan.Step(
      name: words[0], stage: "s", actionOnFailure: "TERMINATE_CLUSTER", maximumTries: 1,
      timeoutSeconds: 0, accesses: [], origin: nil)
    let modes: [String: Plan.Access.Mode] = ["r": .read, "w": .write, "w!": .write, "d": .delete]
    for word in words.dropFirst() {
      let parts = word.split(separator: ":", maxSplits: 1).map(String.init)
      if parts.count == 2, let mode = modes[parts[0]] {
        let names = parts[1].split(separator: "#").map(String.init)
        step.accesses.append(
          Plan.Access(
            mode: mode, place: place(names[0]), dataset: "", isOwn: parts[0] == "w!",
            part: names.count > 1 ? Plan.Access.Part(kind: "copy", name: names[1]) : nil))
        continue
      }
      switch word {
      case "CONTINUE": step.actionOnFailure = word
      case "fresh": step.needsFreshOutput = true
      case "once": step.isOnce = true
      case "restore": step.purpose = .restore
      case "cluster": step.stage = ""
      default: step.after.append(String(word.dropFirst("after=".count)))
      }
    }
    return step
  }

  private static func place(_ name: String) -> String {
    name.hasPrefix("~") ? "hdfs:///\(name.dropFirst())/" : "s3://b/\(name)/"
  }

  private static func plan(_ steps: [String]) -> Plan {
    var plan = Plan(
      madeBy: "test", pipeline: "p", runID: "r",
      runTime: Value.Timestamp(seconds: 0, nanoseconds: 0))
    plan.steps = steps.map(step)
    return plan
  }

  private func recovery(
    _ steps: [String], failing index: Int, change: (inout Plan) -> Void = { _ in }
  ) -> Recovery {
    var plan = Self.plan(steps)
    change(&plan)
    return RecoveryRules(plan).recovery(afterFailureIn: index)
  }

  // MARK: Where data comes from

  @Test func dataIsTracedToWhatNoStepWrote() {
    let plan = Self.plan([
      "Stage r:in w:raw d:in", "Fetch r:raw w:~raw", "Work r:~raw r:lookup w:~out w:bad",
      "Keep r:~out w:out", "Load once r:out", "Other once r:bad/x", "Alone once r:elsewhere",
      "Late r:late w:in",
    ])
    let sources = StepSources(plan, includingDone: false)
    #expect(sources.origins(of: 4) == ["s3://b/in/", "s3://b/lookup/"])
    #expect(
      sources.places(of: 4)
        == [
          "s3://b/in/", "s3://b/lookup/", "s3://b/raw/", "hdfs:///raw/", "hdfs:///out/",
          "s3://b/out/",
        ])
    #expect(sources.origins(of: 5) == ["s3://b/in/", "s3://b/lookup/"])
    #expect(sources.origins(of: 6) == ["s3://b/elsewhere/"])
    #expect(sources.origins(of: 99).isEmpty)
  }

  /// Of steps that are done only what they did is known.
  @Test func doneStepsMadeTheDataOfTheRest() {
    var plan = Self.plan(["Load once r:out"])
    plan.done = [
      Plan.DoneStep(name: "Keep", accesses: Self.step("Keep r:mid w:out").accesses),
      Plan.DoneStep(name: "Work", accesses: Self.step("Work r:in w:mid").accesses),
    ]
    #expect(StepSources(plan, includingDone: false).origins(of: 0) == ["s3://b/out/"])
    let whole = StepSources(plan, includingDone: true)
    #expect(whole.origins(of: 0) == ["s3://b/in/"])
    #expect(whole.places(of: 0) == ["s3://b/in/", "s3://b/mid/", "s3://b/out/"])
  }

  // MARK: Which steps run

  @Test func whatIsDoneIsLeftOutWhateverItsStage() {
    let days = (1...30).map { "d\($0) r:in w!:out/\($0) CONTINUE" }
    let found = recovery(days, failing: 11)
    #expect(found.leftOut.count == 29 && found.stepCount == 1 && found.again.isEmpty)
    #expect(found.toEmpty == ["s3://b/out/12/"])
    #expect(
      found.explanation.hasPrefix("29 steps are done and left out; 1 step of the run is left"))
  }

  @Test func whatFilledTheClusterRunsAgain() {
    let steps = ["a r:in w:~x", "b r:~x w:~y", "c r:in w!:other", "d r:~y w!:out"]
    let found = recovery(steps, failing: 3)
    #expect(found.again == ["a", "b"] && found.leftOut == ["c"])
    #expect(found.toEmpty == ["s3://b/out/"])
  }

  @Test func whatCanBeRestoredIsNotMadeAgain() {
    let steps = ["a r:in w:~x", "keep r:~x w!:x", "b r:~x w!:out"]
    let restore = { (plan: inout Plan) in
      plan.restores = [
        Plan.Restore(dataset: "x", places: ["hdfs:///x/"], sources: ["s3://b/x/"])
      ]
    }
    #expect(recovery(steps, failing: 2, change: restore).leftOut == ["a", "keep"])
    // Its source for restoring is incomplete.
    #expect(recovery(steps, failing: 1, change: restore).again == ["a"])
    // Nor where it was moved away.
    let moved = ["a r:in w:~x", "keep r:~x w!:x", "gone r:x w!:y d:x", "b r:~x w!:out"]
    #expect(recovery(moved, failing: 3, change: restore).again == ["a"])
  }

  @Test func theClustersOwnStepsAreNotNamed() {
    let steps = ["setup cluster", "a r:in w!:x", "b r:x w!:y"]
    let found = recovery(steps, failing: 2)
    #expect(found.leftOut == ["a"] && found.again.isEmpty && found.stepCount == 1)
  }

  @Test func whatIsUndoneIsDoneAgain() {
    // `a` runs again for the cluster, and writes `x` again, which `m` had moved.
    let steps = ["a r:in w:~t w!:x", "m r:x w!:y d:x", "b r:~t w!:out"]
    let found = recovery(steps, failing: 2)
    #expect(found.again == ["a", "m"])
    #expect(
      found.toEmpty == ["s3://b/out/", "s3://b/x/"]
        || found.toEmpty == ["s3://b/x/", "s3://b/out/"])
  }

  @Test func whatWaitsForAFailedStepIsNotDone() {
    let steps = ["a r:in w!:x CONTINUE", "b r:x w!:y CONTINUE after=a", "c r:in w!:z CONTINUE"]
    #expect(recovery(steps, failing: 0).leftOut == ["c"])
  }

  @Test func aLoadIsForItsLog() {
    let steps = ["a r:in w!:x", "load r:x once"]
    #expect(recovery(steps, failing: 1).unsure == ["load"])
    #expect(recovery(steps, failing: 0).unsure.isEmpty)
  }

  // MARK: What is gone

  @Test func whatWasMovedAwayUnreadIsSaid() {
    let steps = [
      "take r:in w:proc d:in CONTINUE", "work r:proc w!:out CONTINUE",
      "keep r:proc w:old d:proc CONTINUE",
    ]
    let rules = RecoveryRules(Self.plan(steps))
    let found = rules.recovery(afterFailureIn: 1)
    #expect(!found.isPossible)
    #expect(
      found.losses == [
        Recovery.Loss(step: "work", place: "s3://b/proc/", deleter: "keep", target: "s3://b/old/")
      ])
    #expect(found.explanation.contains("`keep` moved to s3://b/old/: move it back"))
    // Where it was put back, it is moved away again afterwards.
    let back = rules.recovery(
      after: [.completed, .started, .completed], restored: ["s3://b/proc/"])
    #expect(back.isPossible && back.leftOut == ["take"] && back.stepCount == 2)
  }

  @Test func aMoveOfAnotherPartTakesNothingAway() {
    let steps = ["m1 r:in#1 w:x#1 d:in#1 CONTINUE", "m2 r:in#2 w:x#2 d:in#2 CONTINUE"]
    let found = recovery(steps, failing: 0)
    #expect(found.isPossible && found.leftOut == ["m2"])
  }

  /// A step that reads a part may read what another one wrote: only two writes, or two reads, compare.
  @Test func aReadAndAWriteOfDifferentPartsMeet() {
    let found = recovery(["a r:in w:~x#1", "b r:~x#2 w!:out"], failing: 1)
    #expect(found.again == ["a"])
  }

  @Test func whatIsWrittenAgainIsNotGone() {
    let steps = ["a r:in w:~t w:x", "m r:x w:y d:x", "b r:~t r:x w!:z"]
    // `b` reads what `m` deleted before it: that is the plan's own mistake, not the failure's.
    #expect(recovery(steps, failing: 2).isPossible)
  }

  // MARK: What is left in part

  @Test func onlyWhatIsTheRunsOwnIsEmptied() {
    let mine = recovery(["a r:in w!:x fresh"], failing: 0)
    #expect(mine.toEmpty == ["s3://b/x/"] && mine.byHand.isEmpty)
    let shared = recovery(["a r:in w:x fresh"], failing: 0)
    #expect(shared.toEmpty.isEmpty && shared.byHand.map(\.place) == ["s3://b/x/"])
    // A program that overwrites existing data needs no help.
    let merging = recovery(["a r:in w:x"], failing: 0)
    #expect(merging.toEmpty.isEmpty && merging.byHand.isEmpty && merging.isPossible)
  }

  @Test(arguments: [
    (["a r:in w!:x#1 CONTINUE", "b r:in w!:x#2 fresh"], 1, "`a`, which is done, wrote there too"),
    (["a r:in w!:x/1", "b r:in w!:x fresh"], 1, "`a`, which is done, wrote there too"),
    (["a r:x w!:x fresh"], 0, "`a` reads what is there"),
    (["m r:in w:x#1 d:in", "b r:in2 w!:x#2 fresh"], 0, "`m` moved data there"),
  ]) func whyAPlaceIsNotEmptied(_ steps: [String], _ failed: Int, _ reason: String) {
    let found = recovery(steps, failing: failed)
    #expect(found.toEmpty.isEmpty)
    if failed == 1 || steps.count == 1 { #expect(found.byHand.map(\.reason) == [reason]) }
  }

  @Test func whatWasDoneBeforeIsNotEmptied() {
    let found = recovery(["b r:in w!:x fresh"], failing: 0) { plan in
      plan.done = [
        Plan.DoneStep(
          name: "a", accesses: [Plan.Access(mode: .write, place: "s3://b/x/", dataset: "")])
      ]
    }
    #expect(found.toEmpty.isEmpty && found.byHand.count == 1)
  }

  @Test func aMovesTargetIsKept() {
    #expect(recovery(["m r:in w!:x d:in"], failing: 0).toEmpty.isEmpty)
  }
}
