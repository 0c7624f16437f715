import PipelineIR
import Testing

/// Where runs resume.
@Suite struct ResumePointTests {
  private static let pipeline = """
    datasets: { mid: { at: hdfs:///mid/ } }
    stages: [{ stage: one }, { stage: two }, { stage: three }]
    """

  private static func obstacles(_ flow: PassCase) throws -> [ResumePoint.Obstacle?] {
    var flow = flow
    _ = try flow.run("derive-resume-points")
    return flow.program.resumePoints.map(\.obstacle)
  }

  @Test func clusterDataOfAnEarlierStageIsLost() throws {
    var flow = try PassCase(Self.pipeline)
    flow.step("A", in: 0, (.write, "hdfs:///mid/"))
    flow.step("B", in: 1, (.read, "hdfs://master:8020/mid/"), (.write, "s3://b/out/"))
    flow.step("C", in: 2, (.read, "s3://b/out/"))
    #expect(try Self.obstacles(flow) == [.isFirst, .lostData("mid"), nil])
    var later = try PassCase(Self.pipeline)
    later.step("A", in: 0, (.write, "hdfs:///mid/x/"))
    later.step("B", in: 1, (.write, "s3://b/out/"))
    later.step("C", in: 2, (.read, "hdfs:///mid/"))
    #expect(try Self.obstacles(later) == [.isFirst, .lostData("mid"), .lostData("mid")])
  }

  @Test func whatIsMadeAgainIsNotLost() throws {
    var flow = try PassCase(Self.pipeline)
    flow.step("A", in: 0, (.write, "hdfs:///mid/"))
    flow.step("B", in: 1, (.write, "hdfs:///other/"))
    flow.step("C", in: 1, (.read, "hdfs:///other/"))
    #expect(try Self.obstacles(flow) == [.isFirst, nil, nil])
  }

  @Test func severalMovesIntoAPlaceThatMustBeEmptyCannotStartAgain() throws {
    for movers in 1...2 {
      var flow = try PassCase(
        """
        datasets: { all: { at: s3://b/all/ } }
        stages: [{ stage: one }, { stage: two, requires: [{ empty: all }] }]
        """)
      flow.step("A", in: 0, (.write, "s3://b/x/"))
      for number in 1...movers {
        flow.step(
          "Move \(number)", in: 1, (.read, "s3://b/\(number)/"), (.delete, "s3://b/\(number)/"),
          (.write, "s3://b/all/"))
      }
      #expect(try Self.obstacles(flow) == [.isFirst, movers == 1 ? nil : .movedData("all")])
    }
  }
}
