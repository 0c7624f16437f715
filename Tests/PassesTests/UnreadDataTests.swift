import Diagnostics
import Passes
import PipelineIR
import Testing

/// What is proved about data that skipped stages would read.
@Suite struct UnreadDataTests {
  private static let pass = "verify-data-flow"

  private static func flow(mustBeRead: Bool = true) throws -> PassCase {
    try PassCase(
      """
      datasets: { good: { at: s3://b/good/, must-be-read: \(mustBeRead) }, other: s3://b/other/ }
      stages: [{ stage: make }, { stage: load }, { stage: archive }]
      """)
  }

  private static func archive(_ flow: inout PassCase) {
    flow.step(
      "Archive", in: 2, (.read, "s3://b/good/"), (.delete, "s3://b/good/"),
      (.write, "s3://b/kept/"))
  }

  @Test(arguments: [true, false]) func whatIsNotReadIsNotArchived(_ mustBeRead: Bool) throws {
    var flow = try Self.flow(mustBeRead: mustBeRead)
    flow.step("Make", (.write, "s3://b/good/"))
    Self.archive(&flow)
    #expect(try flow.codes(Self.pass) == [])
    flow.skip(1, (.read, "s3://b/good/"))
    let diagnostics = try flow.run(Self.pass).diagnostics
    #expect(diagnostics.map(\.code) == [.dataUnread])
    #expect(diagnostics.map(\.severity) == [mustBeRead ? .error : .warning])
  }

  @Test func anotherReaderIsEnough() throws {
    var flow = try Self.flow()
    flow.step("Make", (.write, "s3://b/good/"))
    flow.step("Look", (.read, "s3://b/good/run/"))
    Self.archive(&flow)
    flow.skip(1, (.read, "s3://b/good/"))
    #expect(try flow.codes(Self.pass) == [])
  }

  @Test func whatThisRunDidNotWriteIsNotItsOwn() throws {
    var flow = try Self.flow()
    Self.archive(&flow)
    flow.skip(1, (.read, "s3://b/good/"))
    #expect(try flow.codes(Self.pass) == [])
  }

  @Test func aStageThatWouldTakeItAwayIsNoReader() throws {
    var flow = try Self.flow()
    flow.step("Make", (.write, "s3://b/good/"))
    Self.archive(&flow)
    flow.skip(1, (.read, "s3://b/good/"), (.delete, "s3://b/good/"))
    #expect(try flow.codes(Self.pass) == [])
  }

  /// A stage before the one that writes could not have read it.
  @Test func aStageBeforeTheWriterIsNoReader() throws {
    var flow = try Self.flow()
    flow.step("Make", in: 1, (.write, "s3://b/good/"))
    Self.archive(&flow)
    flow.skip(0, (.read, "s3://b/good/"))
    #expect(try flow.codes(Self.pass) == [])
  }

  @Test func aStepThatIsDoneCounts() throws {
    var flow = try Self.flow()
    flow.done("Make", (.write, "s3://b/good/"))
    Self.archive(&flow)
    flow.skip(1, (.read, "s3://b/good/"))
    #expect(try flow.codes(Self.pass) == [.dataUnread])
    var read = try Self.flow()
    read.step("Make", (.write, "s3://b/good/"))
    read.done("Look", (.read, "s3://b/good/"))
    Self.archive(&read)
    read.skip(1, (.read, "s3://b/good/"))
    #expect(try read.codes(Self.pass) == [])
  }

  @Test func whatCannotBeKnownMayRead() throws {
    var flow = try Self.flow()
    flow.step("Make", (.write, "s3://b/good/"))
    Self.archive(&flow)
    flow.skip(1, (.read, "s3://b/other/"), doubt: "S3 wasn't asked")
    let diagnostics = try flow.run(Self.pass).diagnostics
    #expect(diagnostics.map(\.code) == [.dataUnread])
    #expect(diagnostics.first?.notes.first?.message.hasSuffix("S3 wasn't asked") == true)
  }
}
