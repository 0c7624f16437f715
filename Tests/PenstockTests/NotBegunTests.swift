import Foundation
import TestSupport
import Testing

/// Runs that are refused have their exit status, and are in the history.
@Suite struct NotBegunTests {
  @Test(arguments: [
    (#"{"s3": {"acme-collector-eu": ["logs/1.lzo"]}}"#, "RUNNING", 18, "cluster-busy"),
    (#"{"s3": {}}"#, "TERMINATED", 3, "no-data-to-process"),
    (
      #"{"s3": {"acme-snowplow-etl": ["processing/1.lzo"]}}"#, "TERMINATED", 4, "dataset-not-empty"
    ),
  ]) func aRunThatIsRefusedIsNoted(
    facts: String, state: String, status: Int, code: String
  ) throws {
    let sandbox = try SandboxRun()
    let clusters = #""clusters": [{"id": "j-1", "name": "Snowplow ETL", "state": "\#(state)"}]"#
    try sandbox.scratch.file("facts.json", facts.dropLast() + ", \(clusters)}")
    let run = try sandbox.run(["--facts", "facts.json", "--use-persistent-jobflow"])
    #expect(Int(run.status) == status, "\(run.errors)")
    #expect(run.errors.contains("error[\(code)]"), "\(run.errors)")
    let history = try sandbox.penstock(["history", "--format", "json"])
    let runs = try JSONSerialization.jsonObject(with: Data(history.output)) as? [[String: Any]]
    #expect(runs?.count == 1 && runs?.first?["status"] as? Int == status, "\(history.text)")
  }
}
