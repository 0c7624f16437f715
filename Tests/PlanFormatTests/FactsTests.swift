import PlanFormat
import Testing
import Values

@Suite struct FactsTests {
  private let facts = Facts(
    objects: [
      "b": [
        "in/", "in/_$folder$", "out/run=1/a", "out/run=1/b", "out/run=2/a", "out/run=2/c/run=9/x",
        "out/run=3/", "out/run=4/_$folder$",
      ]
    ],
    clusters: [
      Facts.Cluster(id: "j-2", name: "N", state: "RUNNING"),
      Facts.Cluster(id: "j-1", name: "N", state: "WAITING"),
      Facts.Cluster(id: "j-3", name: "M", state: "WAITING"),
    ])

  private func expect(_ question: FactQuestion, _ answer: Value) {
    #expect(facts.answer(question)?.equals(answer) == true, "\(question)")
  }

  @Test func answersQuestions() {
    expect(.isEmpty(location: "s3://b/in/"), .bool(true))
    expect(.isEmpty(location: "s3://b/out/run=1"), .bool(false))
    expect(.isEmpty(location: "s3n://nonesuch/x/"), .bool(true))
    expect(.hasMatch(location: "s3://b/out/", pattern: "/a$"), .bool(true))
    expect(.hasMatch(location: "s3://b/out/", pattern: "^a$"), .bool(false))
    let folder = "(?:^|/)run=([0-9]+)/"
    expect(.last(location: "s3://b/out/", pattern: folder), .string("2"))
    expect(.count(location: "s3://b/out/", pattern: folder), .int(2))
    expect(.all(location: "s3://b/out/", pattern: folder), .list([.string("1"), .string("2")]))
    expect(.all(location: "s3://b/in/", pattern: folder), .list([]))
    expect(.last(location: "s3://b/out/run=2/", pattern: folder), .string("9"))
    expect(.last(location: "s3://b/in/", pattern: folder), .null)
    expect(.lastFolder(location: "s3://b/out/", pattern: folder), .string("3"))
    expect(.lastFolder(location: "s3://b/in/", pattern: folder), .null)
    expect(.tooDeep(location: "s3://b/out/", folders: 3, pattern: nil), .null)
    expect(
      .tooDeep(location: "s3://b/out/", folders: 2, pattern: nil), .string("run=2/c/run=9/x"))
    expect(.tooDeep(location: "s3://b/out/", folders: 0, pattern: nil), .string("run=1/a"))
    expect(.tooDeep(location: "s3://b/out/", folders: 0, pattern: "b$"), .string("run=1/b"))
    expect(.tooDeep(location: "s3://b/out/run=2/", folders: 2, pattern: nil), .null)
    expect(.tooDeep(location: "s3://b/in/", folders: 0, pattern: nil), .null)
    expect(
      .cluster(name: "N", states: ["RUNNING", "WAITING"]),
      .list([
        .map(ValueMap(["id": .string("j-1"), "state": .string("WAITING")])),
        .map(ValueMap(["id": .string("j-2"), "state": .string("RUNNING")])),
      ]))
  }

  @Test func answersNothingWhereNothingIsKnown() {
    #expect(Facts().answer(.isEmpty(location: "s3://b/")) == nil)
    #expect(Facts().answer(.cluster(name: "N", states: [])) == nil)
    #expect(facts.answer(.isEmpty(location: "hdfs:///x/")) == nil)
    #expect(facts.answer(.hasMatch(location: "s3://b/", pattern: "(")) == nil)
  }

  @Test func singleAnswersCountFirst() {
    var facts = facts
    facts.answers[.isEmpty(location: "s3://b/in/")] = .bool(false)
    #expect(facts.answer(.isEmpty(location: "s3://b/in/"))?.equals(.bool(false)) == true)
  }
}
