import Diagnostics
import Import
import ImportSources
import SourceText
import TestSupport
import Testing
import Values

/// Each kind of source, as a golden: what the files in Cases become.
@Suite struct ReaderTests {
  @Test(arguments: [
    ("aws-output", "aws-output"), ("aws-output-fleets", "aws-output"),
    ("dataflow-runner", "dataflow-runner"), ("dataflow-runner-steps", "dataflow-runner"),
    ("airflow", "airflow"), ("airflow-steps", "airflow"), ("boto3", "airflow"),
    ("terraform-plan", "terraform"), ("terraform-state", "terraform"),
    ("cloudformation", "cloudformation"), ("cloudformation-json", "cloudformation"),
    ("cloudformation-steps", "cloudformation"),
  ])
  func readsACase(_ name: String, _ kind: String) throws {
    let yield = Yield(try Case(name: name).source)
    #expect(yield.kind == kind)
    #expect(!yield.flows.isEmpty)
    #expect(!yield.diagnostics.hasErrors)
    expectGolden(yield.text, "import-sources/\(name).txt")
    for flow in yield.flows { expectUses(flow) }
  }

  /// Each use of a variable is where the body has its value.
  private func expectUses(_ flow: ImportedFlow) {
    for variable in flow.variables {
      #expect(!variable.uses.isEmpty)
      for use in variable.uses {
        guard let part = flow.body.part(at: use.path) else {
          Issue.record("`\(variable.name)` isn't at \(Yield.text(use.path))")
          continue
        }
        if let range = use.range {
          let bytes = Array((part.text ?? "").utf8)
          #expect(range.upperBound <= bytes.count)
          let found = String(decoding: bytes[range.clamped(to: 0..<bytes.count)], as: UTF8.self)
          let value: String
          switch variable.value {
          case .string(let text): value = text
          case .int(let number): value = String(number)
          case .bool(let flag): value = String(flag)
          default: value = "?"
          }
          #expect(found == value)
        } else {
          #expect(part.value.equals(variable.value))
        }
      }
    }
  }

  @Test func valuesGivenForVariablesAreUsed() throws {
    let cases = [
      ("dataflow-runner", "cores", "7"), ("airflow", "lighthouse_bucket", "beacon"),
      ("cloudformation", "Cores", "5"), ("terraform-plan", "core_count", "9"),
    ]
    for (name, variable, value) in cases {
      let yield = Yield(try Case(name: name, variables: [(variable, value)]).source)
      let found = yield.flows.first?.variables.first { $0.name == variable }
      #expect(found?.isKnown == true)
      #expect(found.map { "\($0.value)".contains(value) } == true)
    }
  }

  @Test func membersHaveEMRsTypes() throws {
    let yield = Yield(try Case(name: "cloudformation").source)
    let body = try #require(yield.flows.first?.body)
    let instances = try #require(body["Instances"])
    #expect(instances["InstanceGroups"]?.items.last?["InstanceCount"]?.value == .int(1))
    #expect(instances["TerminationProtected"]?.value == .bool(false))
    #expect(body["VisibleToAllUsers"]?.value == .bool(true))
    let properties = body["Configurations"]?.items.first?["Properties"]
    #expect(properties?["spark.executor.cores"]?.value == .string("4"))
  }

  @Test func whatIsToBeFilledInBecomesAVariable() throws {
    let text = """
      SPARK_STEPS = [{
          "Name": "a", "ActionOnFailure": "CONTINUE",
          "HadoopJarStep": {"Jar": "command-runner.jar", "Args": ["spark-submit", "s3://<your-bucket>/a.py", "<id>.x"]},
      }]
      JOB_FLOW_OVERRIDES = {"Name": "<the name>", "ReleaseLabel": "emr-7.5.0", "Instances": {"Ec2KeyName": "k"}}
      """
    let yield = Yield(ImportSource([SourceFile(name: "a.py", text: Array(text.utf8))]))
    let flow = try #require(yield.flows.first, "\(yield.text)")
    #expect(flow.variables.map(\.name) == ["the name", "your-bucket"])
    #expect(flow.variables.allSatisfy { !$0.isKnown })
    let arguments = flow.body["Steps"]?.items.first?["HadoopJarStep"]?["Args"]?.items.map(\.text)
    #expect(arguments == ["spark-submit", "s3://your-bucket/a.py", "<id>.x"])
    // Machines are in their place, and named as missing.
    #expect(flow.body["Instances"]?["InstanceGroups"]?.items.count == 1)
    #expect(flow.notes.contains { $0.effect == .lost && $0.what == "InstanceGroups" })
  }

  @Test func textsOfExpressionsAreNotShown() throws {
    let program = """
      JOB_FLOW_OVERRIDES = {
          "Name": vault("hunter2-a"), "LogUri": vault(key="hunter2-b"),
          "Instances": {"MasterInstanceType": "m5.xlarge", "InstanceCount": 1},
          "ReleaseLabel": "{{ vault('hunter2-c') }}",
      }
      """
    let playbook = """
      {"schema": "iglu:x/dataflowrunner/PlaybookConfig/avro/1-0-1", "data": {"region": "eu-west-1",
       "steps": [{"name": "a", "jar": "{{secret "hunter2-d"}}", "arguments": ["{{secret "hunter2-e"}}"]}]}}
      """
    for (name, text, variables) in [
      ("a.py", program, ["vault", "vault.2", "vault.3"]),
      ("a.json", playbook, ["secret", "secret.2"]),
    ] {
      let yield = Yield(ImportSource([SourceFile(name: name, text: Array(text.utf8))]))
      #expect(yield.flows.first?.variables.map(\.name).sorted() == variables, "\(yield.text)")
      #expect(!yield.text.contains("hunter2"))
    }
  }

  @Test func secretsAreMarked() throws {
    for (name, variable) in [
      ("terraform-plan", "kdc_admin_password"), ("cloudformation", "DoorPassword"),
      ("dataflow-runner", "stations.json"),
    ] {
      let yield = Yield(try Case(name: name).source)
      #expect(yield.flows.first?.variables.first { $0.name == variable }?.isSecret == true)
    }
  }

  @Test func aSourceOfAnotherKindIsRecognisedByNone() {
    for text in [
      "", "{}", "[]", "a: 1", #"{"Name": "x", "Instances": {}, "Steps": []}"#,
      #"{"Steps": [{"Name": "a", "HadoopJarStep": {"Jar": "x"}}]}"#, "penstock: v1", "\u{0}",
      #"{"Resources": {"A": {"Type": "AWS::S3::Bucket"}}}"#, #"{"terraform_version": "1"}"#,
    ] {
      let source = ImportSource([SourceFile(name: "x", text: Array(text.utf8))])
      #expect(Yield(source).kind == "none", "\(text)")
    }
  }
}
