import Documents
import Diagnostics
import EMRBackend
import PipelineIR
import PlanFormat
import SourceText
import Testing
import Values

/// A program made by hand, and the requests for it.
private struct JobFlow {
  var program = Program(name: "case")
  static let span = Span(SourceID(index: 0), 0..<0)

  init(_ members: KeyValuePairs<String, Value> = ["LogUri": .string("s3://b/l/")]) {
    program.kinds = [Kind(name: "copy", applications: [])]
    var body = ValueMap([
      "Instances": .map(
        ValueMap(["MasterInstanceType": .string("m5.xlarge"), "InstanceCount": .int(1)])),
      "ReleaseLabel": .string("emr-6.15.0"), "Name": .string("case"),
    ])
    for (key, value) in members { body[key] = value }
    program.cluster.region = "eu-west-1"
    program.cluster.jobFlow = SpannedValue(value: .map(body), span: Self.span)
  }

  mutating func step(_ name: String, _ arguments: Value...) {
    let first = Int32(program.arguments.count)
    for argument in arguments { _ = program.addArgument(argument) }
    program.steps.append(
      Step(
        name: program.texts.add(name), jar: program.texts.add("command-runner.jar"),
        mainClass: nil, stage: nil, kind: KindID(0),
        arguments: first..<Int32(program.arguments.count), accesses: 0..<0,
        actionOnFailure: .cancelAndWait, isRetryable: false, origin: Origin(Self.span, .written)))
  }

  func written(revealing: Bool = false) -> String {
    var bytes: [UInt8] = []
    var writer = JobFlowWriter(program, revealingSecrets: revealing, pretty: false) { bytes += $0 }
    writer.writeJobFlow()
    return String(decoding: bytes, as: UTF8.self)
  }

  var codes: [DiagnosticCode] {
    var diagnostics: [Diagnostic] = []
    let regions: StaticString = "eu-west-1\n"
    let data = ModelData { _ in regions.withUTF8Buffer { $0 } }
    EMRRules.check(program, data: data, into: &diagnostics)
    return diagnostics.map(\.code)
  }
}

@Suite struct JobFlowWriterTests {
  @Test func nameIsFirstAndStepsAreLast() {
    var flow = JobFlow()
    flow.step("One", .string("a\"b"), .int(2))
    #expect(
      flow.written() == """
        {"Name":"case","Instances":{"InstanceCount":1,"MasterInstanceType":"m5.xlarge"},\
        "LogUri":"s3://b/l/","ReleaseLabel":"emr-6.15.0","Steps":[{"Name":"One",\
        "ActionOnFailure":"CANCEL_AND_WAIT","HadoopJarStep":{"Jar":"command-runner.jar",\
        "Args":["a\\"b","2"]}}]}

        """)
  }

  @Test func aClusterThatWaitsGetsStepsAlone() {
    var flow = JobFlow()
    flow.program.cluster.reusedID = "j-1"
    #expect(flow.written() == "{\"JobFlowId\":\"j-1\"}\n")
    #expect(JobFlowValue.operation(of: flow.program) == "AddJobFlowSteps")
  }

  @Test func secretsAreShownOnDemandOnly() {
    var flow = JobFlow()
    flow.step("One", .secret(Secret(.string("hunter2"), reference: "config.yml#/password")))
    #expect(!flow.written().contains("hunter2"))
    #expect(flow.written().contains("\"Args\":[\"{{secret: config.yml#/password}}\"]"))
    #expect(flow.written(revealing: true).contains("\"Args\":[\"hunter2\"]"))
  }

  /// Plans hold the requests as values, with the same members as are written.
  @Test func valuesAreWhatIsWritten() throws {
    var flow = JobFlow()
    flow.step("One", .string("x"), .bool(true))
    var secrets = SecretReferences()
    let request = try #require(JobFlowValue.requests(of: flow.program, &secrets).first)
    var writer = CanonicalJSONWriter(pretty: false)
    writer.value(request.body, revealingSecrets: false)
    #expect(String(decoding: writer.take(), as: UTF8.self) + "\n" == flow.written())
    #expect(request.operation == "RunJobFlow")
  }
}

@Suite struct StepRuleTests {
  @Test func soundStepsPass() {
    var flow = JobFlow()
    flow.step("One", .string("x"))
    #expect(!flow.codes.contains { $0.rawValue.hasPrefix("emr-step") })
  }

  @Test func eachTextIsChecked() {
    var flow = JobFlow()
    flow.step("", .string("x"))
    flow.step("Two", .string(""))
    flow.step("Three", .string("a\u{1}b"))
    flow.step("Four", .string(String(repeating: "x", count: 10_300)))
    let found = flow.codes.filter {
      [.emrStepName, .emrArgumentEmpty, .emrStepText, .emrStepTooLong].contains($0)
    }
    #expect(found == [.emrStepName, .emrArgumentEmpty, .emrStepText, .emrStepTooLong])
  }

  @Test(arguments: [(256, false), (257, true)])
  func stepsAreCounted(_ count: Int, _ isTooMany: Bool) {
    var flow = JobFlow()
    for index in 0..<count { flow.step("Step \(index)", .string("x")) }
    #expect(flow.codes.contains(.emrTooManySteps) == isTooMany)
  }
}
