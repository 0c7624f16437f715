import Diagnostics
import Passes
import PipelineIR
import Testing

/// What is proved about steps that fail, or run side by side.
@Suite struct SideBySideTests {
  private static let pass = "verify-data-flow"

  @Test(arguments: [
    ("s3://b/x/", "s3://b/y/"), ("s3://b/x/", "s3://b/x/"), ("s3://b/x/", "s3a://b/x/y/"),
    ("s3://b/x/y/", "s3://b/x/"),
  ]) func dataIsNotMovedOntoItself(_ source: String, _ target: String) throws {
    var flow = try PassCase()
    flow.step("Move", (.read, source), (.delete, source), (.write, target))
    let isBeside = target == "s3://b/y/"
    #expect(try flow.codes(Self.pass) == (isBeside ? [] : [.dataMovedOntoItself]))
  }

  /// A copy that doesn't delete may write below its source.
  @Test func dataMayBeCopiedBelowItself() throws {
    var flow = try PassCase()
    flow.step("Copy", (.read, "s3://b/x/"), (.write, "s3://b/x/y/"))
    #expect(try flow.codes(Self.pass) == [])
  }

  @Test(arguments: [
    (Step.ActionOnFailure.terminateJobFlow, [DiagnosticCode]()),
    (.cancelAndWait, []), (.proceed, [.dataAfterFailure]),
  ]) func whatAFailedStepMakesIsNotUsed(
    _ action: Step.ActionOnFailure, _ codes: [DiagnosticCode]
  ) throws {
    for use in [Access.Mode.read, .delete] {
      var flow = try PassCase()
      flow.step("Make", (.write, "s3://b/x/y/"), onFailure: action)
      flow.step("Use", (use, "s3://b/x/"))
      #expect(try flow.codes(Self.pass) == codes)
    }
  }

  @Test func whatAFailedStepHasToReadIsNotTakenAway() throws {
    var flow = try PassCase()
    flow.step("Work", (.read, "s3://b/x/"), (.write, "s3://b/out/"), onFailure: .proceed)
    flow.step("Archive", (.read, "s3://b/x/"), (.delete, "s3://b/x/"), (.write, "s3://b/kept/"))
    #expect(try flow.codes(Self.pass) == [.dataAfterFailure])
  }

  /// Two steps that only read one place, and two that write beside each other.
  @Test func stepsThatShareNothingMayFail() throws {
    var flow = try PassCase()
    flow.step("One", (.read, "s3://b/x/"), (.write, "s3://b/one/"), onFailure: .proceed)
    flow.step("Two", (.read, "s3://b/x/"), (.write, "s3://b/two/"), onFailure: .proceed)
    #expect(try flow.codes(Self.pass) == [])
  }

  /// Where steps are added in order, those that wait don't run after a failure, or side by side.
  @Test func whatIsAddedInOrderIsSafe() throws {
    var flow = try PassCase()
    flow.step("Make", (.write, "s3://b/x/"), onFailure: .proceed)
    flow.step("Use", (.read, "s3://b/x/"))
    flow.runAtOnce(4)
    #expect(try flow.codes(Self.pass) == [.dataRace])
    flow.program.cluster.isFed = true
    #expect(try flow.codes(Self.pass) == [])
  }

  @Test func aStepThatIsDoneIsWaitedForNoLonger() throws {
    var flow = try PassCase()
    flow.done("Make", (.write, "s3://b/x/"))
    flow.step("Use", (.read, "s3://b/x/"), after: ["Make"])
    #expect(try flow.codes("order-steps") == [])
  }

  @Test(arguments: [
    (Access.Mode.read, Access.Mode.read, false), (.read, .write, true), (.write, .read, true),
    (.write, .write, true), (.read, .delete, true), (.delete, .delete, true),
  ]) func stepsAtOnceDoNotShareWhatOneChanges(
    _ first: Access.Mode, _ second: Access.Mode, _ isRace: Bool
  ) throws {
    var flow = try PassCase()
    flow.step("One", (first, "s3://b/x/"))
    flow.step("Two", (second, "s3://b/x/y/"))
    let alone = Set(try flow.codes(Self.pass))
    #expect(!alone.contains(.dataRace))
    flow.runAtOnce(1)
    #expect(try Set(flow.codes(Self.pass)) == alone)
    flow.runAtOnce(2)
    #expect(try flow.codes(Self.pass).contains(.dataRace) == isRace)
  }

  @Test func partsOfAPlaceAreChangedSideBySide() throws {
    var flow = try PassCase()
    flow.step("One", (.read, "s3://b/x/"), (.delete, "s3://b/x/"), (.write, "s3://b/y/"), part: 1)
    flow.step("Two", (.read, "s3://b/x/"), (.delete, "s3://b/x/"), (.write, "s3://b/y/"), part: 2)
    flow.runAtOnce(2)
    #expect(try flow.codes(Self.pass) == [])
    flow.step(
      "Other", (.read, "s3://b/x/"), (.delete, "s3://b/x/"), (.write, "s3://b/z/"), part: 3,
      kind: 1)
    #expect(try Set(flow.codes(Self.pass)) == [.dataDeletedBeforeRead, .dataRace])
  }

  /// A move takes its own part away: another kind's part may be any of it.
  @Test func aMoveOfAPartLeavesTheOthers() throws {
    var flow = try PassCase()
    flow.step("One", (.read, "s3://b/x/"), (.delete, "s3://b/x/"), (.write, "s3://b/y/"), part: 1)
    flow.step("Two", (.read, "s3://b/x/"), (.write, "s3://b/z/"), part: 2)
    #expect(try flow.codes(Self.pass) == [])
    flow.step("Three", (.read, "s3://b/x/"), (.write, "s3://b/w/"), part: 1)
    #expect(try flow.codes(Self.pass) == [.dataDeletedBeforeRead])
  }

  /// A part that is written where another step's move took parts of something else.
  @Test func partsOfDifferentPlacesOverlap() throws {
    var flow = try PassCase()
    flow.step("One", (.write, "s3://b/x/y/"), part: 1)
    flow.step("Two", (.write, "s3://b/x/"), part: 2)
    #expect(try flow.codes(Self.pass) == [.dataWrittenTwice])
  }
}
