import Diagnostics
import PipelineIR
import Testing

@Suite struct VerifyDataFlowTests {
  private static let pass = "verify-data-flow"

  @Test func whatIsMadeFirstMayBeRead() throws {
    var flow = try PassCase()
    flow.step("Make", (.write, "hdfs:///a/"))
    flow.step("Use", (.read, "hdfs:///a/"), (.write, "s3://b/out/"))
    #expect(try flow.codes(Self.pass) == [])
  }

  @Test func clusterDataThatNobodyMakesIsMissed() throws {
    var flow = try PassCase()
    flow.step("Use", (.read, "hdfs:///a/"), (.write, "s3://b/out/"))
    flow.step("Make", (.write, "hdfs:///a/"))
    #expect(try flow.codes(Self.pass, persistent: true) == [.dataNotProduced])
  }

  /// Data in S3 exists before the run.
  @Test func durableDataNeedsNoMaker() throws {
    var flow = try PassCase()
    flow.step("Use", (.read, "s3://b/in/"))
    #expect(try flow.codes(Self.pass) == [])
  }

  @Test func aFolderHoldsItsFolders() throws {
    var flow = try PassCase()
    flow.step("Make", (.write, "hdfs:///a/b/"))
    flow.step("Use", (.read, "hdfs:///a/"))
    #expect(try flow.codes(Self.pass) == [])
    var other = try PassCase()
    other.step("Make", (.write, "hdfs:///ab/"))
    other.step("Use", (.read, "hdfs:///a/"))
    #expect(try other.codes(Self.pass, persistent: true) == [.dataNotProduced])
  }

  @Test func schemesOfOnePlaceAreOne() throws {
    var flow = try PassCase()
    flow.step("One", (.write, "s3://b/x/"))
    flow.step("Two", (.write, "s3a://b/x/y/"))
    #expect(try flow.codes(Self.pass) == [.dataWrittenTwice])
  }

  @Test func partsOfAPlaceMayBeWrittenApart() throws {
    var flow = try PassCase()
    flow.step("One", (.write, "s3://b/x/"), part: 1)
    flow.step("Two", (.write, "s3://b/x/"), part: 2)
    #expect(try flow.codes(Self.pass) == [])
    flow.step("Three", (.write, "s3://b/x/"), part: 1)
    #expect(try flow.codes(Self.pass) == [.dataWrittenTwice])
  }

  @Test func whatIsDeletedIsGone() throws {
    var flow = try PassCase()
    flow.step("Make", (.write, "s3://b/x/"))
    flow.step("Clean", (.delete, "s3://b/x/"))
    flow.step("Use", (.read, "s3://b/x/"))
    #expect(try flow.codes(Self.pass) == [.dataDeletedBeforeRead])
  }

  @Test func whatIsEmptiedMayBeWrittenAgain() throws {
    var flow = try PassCase()
    flow.step("Make", (.write, "s3://b/x/"))
    flow.step("Clean", (.delete, "s3://b/x/"))
    flow.step("Make again", (.write, "s3://b/x/"))
    #expect(try flow.codes(Self.pass) == [])
    flow.step("And again", (.write, "s3://b/x/"))
    #expect(try flow.codes(Self.pass) == [.dataWrittenTwice])
  }

  @Test func whatDiesUnreadIsLost() throws {
    var flow = try PassCase()
    flow.step("Make", (.write, "hdfs:///a/"))
    #expect(try flow.codes(Self.pass) == [.dataLost])
    #expect(try flow.codes(Self.pass, persistent: true) == [])
  }
}
