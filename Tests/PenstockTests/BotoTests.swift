import Foundation
import TestSupport
import Testing

/// AWS's client library accepts what is compiled, by its own model of EMR.
@Suite struct BotoTests {
  @Test(
    .enabled(if: Python.hasModules, "the tests' Python modules are not installed"),
    .timeLimit(.minutes(3)))
  func everyEmittedBodyIsAcceptedByBoto3() throws {
    let pipelines = try Run(["pipelines"]).text.split(separator: "\n").count
    try expectAccepted(runs: 3 * pipelines + 1, [])
  }

  @Test(
    .enabled(if: Python.hasModules, "the tests' Python modules are not installed"),
    .enabled(if: recorded != nil, "the recorded EmrEtlRunner cases are not there"),
    .timeLimit(.minutes(3)))
  func everyRecordedRunIsAcceptedByBoto3() throws {
    let folder = try #require(Self.recorded)
    let cases = Locations.files(in: folder, withEnding: ".json")
    let compiled = try cases.filter { file in
      let parsed = try JSONSerialization.jsonObject(with: Data(contentsOf: file))
      let recorded = try #require(parsed as? [String: Any])
      let command = try #require(recorded["args"] as? [String]).first
      return recorded["verdict"] as? String == "same" && command == "run"
    }
    #expect(compiled.count > 100)
    try expectAccepted(runs: compiled.count, [folder.path])
  }

  private func expectAccepted(runs: Int, _ cases: [String]) throws {
    let run = try Python.run(
      "boto3_accepts.py", [Run.binary.path, Locations.repository.path] + cases)
    #expect(run.status == 0, "\(run.output.suffix(3000))")
    #expect(run.output.hasSuffix(" of \(runs) runs were accepted, 0 runs were not\n"))
  }

  static let recorded = Locations.conformance("emr-etl-runner")?.appending(path: "cases")
}
