import Foundation
import TestSupport
import Testing

/// `penstock test`: the command line, and its output in each format.
@Suite struct TestCommandTests {
  private static let pipeline = """
    penstock: v1
    pipeline: small
    datasets:
      input: { at: "s3://acme/in/" }
      output: { at: "s3://acme/out/run=${run.id}/" }
    stages:
      - stage: take
        steps:
          - name: Take
            s3-dist-cp: { src: input, dest: output, deleteOnSuccess: true }
    cluster:
      region: eu-west-1
      job-flow:
        Name: Small
        ReleaseLabel: emr-7.5.0
        ServiceRole: r
        JobFlowRole: r
        LogUri: s3://logs/x/
        Instances:
          InstanceGroups: [{ InstanceRole: MASTER, InstanceType: m5.xlarge, InstanceCount: 1 }]
    """

  private static let tests = """
    penstock: v1
    tests-of: ../small.yml
    given: { run-id: r1, facts: { s3: { acme: { in/1.txt: one } } } }
    tests:
      - test: Taken <whole>
        given: { faults: [Take=fail] }
        expect:
          run: { failed: [Take], s3: { acme: [in/1.txt] }, recovery: { contains: --recover r1 } }
          recovered:
            completed: [Take]
            s3: { acme: [out/run=r1/1.txt] }
            files: { "s3://acme/out/run=r1/1.txt": one }
            as-without-faults: true
      - test: Named
        expect: { steps: [Take], snapshots: { job-flow: snapshots/job-flow.json } }
    """

  private func folder(_ tests: String = Self.tests) throws -> Scratch {
    let scratch = try Scratch()
    try scratch.file("small.yml", Self.pipeline)
    try scratch.file("tests/small.yml", tests)
    try scratch.file("tests/other.yml", "not: a test\n")
    return scratch
  }

  private func run(_ arguments: [String], _ scratch: Scratch) throws -> Run {
    try Run(["test"] + arguments, folder: scratch.folder)
  }

  @Test func snapshotsAreWrittenOnce() throws {
    let scratch = try folder()
    let missing = try run([], scratch)
    #expect(missing.status == 1)
    #expect(missing.text.contains("the snapshot `snapshots/job-flow.json` doesn't exist"))
    let updated = try run(["--update"], scratch)
    #expect(updated.status == 0)
    #expect(
      updated.text == """
        tests/small.yml: 2 passed
        written: tests/snapshots/job-flow.json
        2 tests: 2 passed

        """)
    let passed = try run(["-v"], scratch)
    #expect(
      passed.text == """
        tests/small.yml: 2 passed
          ok Taken <whole>
          ok Named
        2 tests: 2 passed

        """)
    #expect(passed.errors.isEmpty)
  }

  @Test func testsAreListedAndSelected() throws {
    let scratch = try folder()
    #expect(
      try run(["--list"], scratch).text
        == "tests/small.yml: Taken <whole>\ntests/small.yml: Named\n")
    let some = try run(["tests/small.yml", "--filter", "taken"], scratch)
    #expect(some.status == 0)
    #expect(some.text.hasSuffix("1 test: 1 passed\n"))
    let none = try run(["--filter", "nothing"], scratch)
    #expect(none.status == 1)
    #expect(none.errors.contains("tests-not-found"))
  }

  @Test func eachFormatHasTheFailure() throws {
    let scratch = try folder(Self.tests.replacing("steps: [Take]", with: "steps: [Tak]"))
    #expect(try run(["--update"], scratch).status == 1)
    let json = try JSONSerialization.jsonObject(
      with: Data(try run(["--format", "json"], scratch).output))
    let object = try #require(json as? [String: Any])
    #expect(object["passed"] as? Int == 1)
    #expect(object["failed"] as? Int == 1)
    let junit = try run(["--format", "junit"], scratch).text
    #expect(
      junit.contains("<testcase classname=\"tests/small.yml\" name=\"Taken &lt;whole&gt;\"/>"))
    #expect(junit.contains("tests=\"2\" failures=\"1\" errors=\"0\""))
    #expect(junit.contains("<failure message=\"`Named`: `steps` is something else\">"))
    let tap = try run(["--format", "tap"], scratch).text
    #expect(tap.hasPrefix("TAP version 14\nok 1 - tests/small.yml: Taken <whole>\nnot ok 2 - "))
    #expect(tap.hasSuffix("1..2\n"))
    let github = try run(["--diagnostics", "github"], scratch)
    #expect(github.errors.contains("::error file=tests/small.yml,line=15"))
  }

  @Test func coverageIsAskedFor() throws {
    let scratch = try folder()
    _ = try run(["--update"], scratch)
    let covered = try run(["--coverage", "--fail-under", "66"], scratch)
    #expect(covered.status == 0)
    #expect(covered.text.contains("small.yml: 2 of 3 outcomes are covered (66 %)"))
    #expect(covered.text.contains("stage `take` was never left out"))
    let low = try run(["--coverage", "--fail-under", "67"], scratch)
    #expect(low.status == 1)
    #expect(low.errors.contains("coverage-too-low"))
  }

  @Test(arguments: [
    ["--fail-under", "50"], ["--coverage", "--fail-under", "many"], ["--format", "xml"], ["--lst"],
  ]) func wrongUsage(_ arguments: [String]) throws {
    #expect(try run(arguments, folder()).status == 64)
  }

  @Test func whatIsntThere() throws {
    let scratch = try folder()
    #expect(try run(["none.yml"], scratch).errors.contains("unreadable-file"))
    try scratch.file("empty/readme.txt", "")
    let none = try run(["empty"], scratch)
    #expect(none.status == 1)
    #expect(none.errors.contains("no file of tests is in `empty`"))
  }
}
