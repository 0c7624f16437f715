import Diagnostics
import Foundation
import Import
import ImportSources
import SourceText
import TestSupport
import Testing

/// What readers say of sources that they can't read.
@Suite struct FaultTests {
  private func messages(_ name: String, _ text: String) -> [String] {
    let yield = Yield(ImportSource([SourceFile(name: name, text: Array(text.utf8))]))
    #expect(yield.flows.isEmpty)
    return yield.text.split(separator: "\n").dropFirst().map(String.init)
  }

  private static let cluster = "iglu:com.snowplowanalytics.dataflowrunner/ClusterConfig/avro/1-1-0"
  private static let playbook =
    "iglu:com.snowplowanalytics.dataflowrunner/PlaybookConfig/avro/1-0-1"

  @Test(arguments: [
    ("a.json", #"{"Cluster": {"Id": "j-1"}}"#, "the cluster has no `Name` (a.json:1:13)"),
    (
      "a.json", #"{"Cluster": {"Name": "a", "Tags": {}}}"#, "`Tags` must be a list (a.json:1:35)"
    ),
    (
      "a.json", #"{"Steps": [{"Config": {"Args": []}}]}"#,
      "the step has no `Config` with a `Jar` (a.json:1:12)"
    ),
    ("a.json", #"{"schema": "\#(cluster)"}"#, "`data` must be a map"),
    (
      "a.json", #"{"schema": "\#(cluster)", "data": {"name": "a", "logUri": "b"}}"#,
      "`ec2` must be a map"
    ),
    (
      "a.json", #"{"schema": "\#(playbook)", "data": {"steps": 3}}"#, "`steps` must be a list"
    ),
    (
      "a.json", #"{"schema": "\#(playbook)", {{ if .x }} "data": {} {{ end }} }"#,
      "`{{if}}` decides what is in the file"
    ),
    (
      "a.json", #"{"schema": "\#(playbook)", "data": {"region": "{{ .x"}}"#,
      "the template action that opens here isn't closed"
    ),
    (
      "a.json",
      #"{"terraform_version": "1", "values": {"root_module": {"resources": []}}}"#,
      "there is no `aws_emr_cluster` in it (a.json:1:1)"
    ),
    (
      "a.yml", "Resources:\n  A:\n    Type: AWS::EMR::Cluster\n",
      "`Properties` must be a map (a.yml:3:5)"
    ),
    (
      "a.yml", "Resources:\n  A:\n    Type: AWS::EMR::Cluster\n    Properties: {Name: !Ref X}\n",
      "`Instances` must be a map (a.yml:4:17)"
    ),
    ("a.py", "x = (\n", "Python can't parse this"),
    ("a.py", "x = 1\n", "there is no cluster and no step of EMR in it"),
  ])
  func saysWhatIsWrong(_ name: String, _ text: String, _ message: String) {
    let messages = messages(name, text)
    #expect(messages.contains { $0.contains(message) }, "\(messages)")
  }

  @Test func aMachineWithoutPythonIsTold() throws {
    var source = ImportSource([SourceFile(name: "a.py", text: Array("x = 1".utf8))])
    var diagnostics: [Diagnostic] = []
    let flows = SourceKind.airflow(environment: [:], python: "python3-that-is-not-there")
      .read(&source, &diagnostics)
    #expect(flows.isEmpty)
    #expect(
      diagnostics.first?.message.contains("`python3-that-is-not-there` isn't on this") == true)
  }

  /// Cut short, and with bytes changed: readers say so, or read something; they don't crash.
  @Test(arguments: [
    "aws-output", "aws-output-fleets", "dataflow-runner", "terraform-plan", "terraform-state",
    "cloudformation", "cloudformation-json",
  ])
  func brokenSourcesAreSurvived(_ name: String) throws {
    let files = try Case(name: name).files
    var random = SeededGenerator(state: name.utf8.reduce(0) { $0 &* 31 &+ UInt64($1) })
    var refused = 0
    for round in 0..<150 {
      let broken = files.map { file in
        SourceFile(name: file.name, text: Self.broken(file.text, round, &random))
      }
      for kind in Case.kinds where kind.name != "airflow" {
        var source = ImportSource(broken)
        let isRecognised = kind.recognises(source)
        guard isRecognised || round % 10 == 0 else { continue }
        var diagnostics: [Diagnostic] = []
        let flows = kind.read(&source, &diagnostics)
        if flows.isEmpty {
          refused += 1
          #expect(diagnostics.hasErrors, "\(kind.name) says nothing in round \(round)")
        }
        for diagnostic in diagnostics {
          guard let span = diagnostic.span else { continue }
          #expect(source.sources.position(of: span) != nil)
        }
      }
    }
    #expect(refused > 0)
  }

  /// Python starts each time, so there are fewer.
  @Test(arguments: ["airflow", "boto3"])
  func brokenProgramsAreSurvived(_ name: String) throws {
    let files = try Case(name: name).files
    var random = SeededGenerator(state: 7)
    let kind = SourceKind.airflow(environment: ProcessInfo.processInfo.environment)
    for round in 0..<25 {
      let broken = files.map {
        SourceFile(name: $0.name, text: Self.broken($0.text, round, &random))
      }
      var source = ImportSource(broken)
      var diagnostics: [Diagnostic] = []
      let flows = kind.read(&source, &diagnostics)
      #expect(flows.isEmpty == diagnostics.hasErrors)
      #expect(!diagnostics.contains { $0.message.contains("Python couldn't read") })
    }
  }

  private static func broken(
    _ text: [UInt8], _ round: Int, _ random: inout SeededGenerator
  ) -> [UInt8] {
    guard !text.isEmpty else { return text }
    var text = text
    switch round % 4 {
    case 0: text = Array(text.prefix(Int.random(in: 0..<text.count, using: &random)))
    case 1:
      for _ in 0..<Int.random(in: 1...5, using: &random) {
        text[Int.random(in: 0..<text.count, using: &random)] = UInt8.random(
          in: 0...255, using: &random)
      }
    case 2:
      let start = Int.random(in: 0..<text.count, using: &random)
      let end = min(text.count, start + Int.random(in: 1...40, using: &random))
      text.removeSubrange(start..<end)
    default:
      let start = Int.random(in: 0..<text.count, using: &random)
      let end = min(text.count, start + Int.random(in: 1...60, using: &random))
      text.insert(
        contentsOf: text[start..<end], at: Int.random(in: 0...text.count, using: &random))
    }
    return text
  }
}
