import Values
import Foundation
import TestSupport
import Testing

/// From a pipeline's text to the request, through the binary: what is written is what is sent.
@Suite struct SentTests {
  private static let cluster = """
    cluster:
      region: eu-west-1
      job-flow:
        Name: sent
        ReleaseLabel: emr-6.15.0
        JobFlowRole: EMR_EC2_DefaultRole
        ServiceRole: EMR_DefaultRole
        Applications: [{ Name: spark }]
        Instances:
          InstanceGroups:
            - { InstanceRole: MASTER, InstanceType: m5.xlarge, InstanceCount: 1 }
    """

  private func compile(
    _ pipeline: String, config: String = "{}", schema: String = "{}", _ arguments: [String] = [],
    environment: [String: String] = [:]
  ) throws -> (run: Run, body: [String: Any]) {
    let scratch = try Scratch()
    try scratch.file("p.yml", "penstock: v1\npipeline: sent\n" + pipeline + Self.cluster)
    try scratch.file("c.yml", config)
    try scratch.file("s.json", schema)
    let run = try Run(
      ["compile", "p.yml", "-c", "c.yml", "--run-time", "2026-07-01T22:30:00Z"] + arguments,
      environment: environment, folder: scratch.folder)
    let body = run.output.isEmpty ? nil : try JSONSerialization.jsonObject(with: Data(run.output))
    return (run, body as? [String: Any] ?? [:])
  }

  private func steps(_ body: [String: Any]) -> [[String: Any]] {
    body["Steps"] as? [[String: Any]] ?? []
  }

  private func arguments(_ step: [String: Any]?) -> [String] {
    (step?["HadoopJarStep"] as? [String: Any])?["Args"] as? [String] ?? []
  }

  @Test func numbersKeepTheirText() throws {
    let (run, body) = try compile(
      """
      inputs: { config: { schema: ./s.json } }
      stages:
        - stage: work
          steps:
            - name: Work
              command:
                command:
                  - echo
                  - 1.0
                  - 12345678901234567890
                  - 1e3
                  - 0.10
                  - ${config.version}
                  - v${config.version}
                  - ${config.big}
                  - ${json(config)}
                  - ${config.version * 2.0}

      """,
      config: "{ version: 1.0, big: 123456789012345678901234567890, tiny: 0.12345678901234567890 }")
    #expect(run.status == 0, "\(run.errors)")
    #expect(
      arguments(steps(body).first) == [
        "echo", "1.0", "12345678901234567890", "1e3", "0.10", "1.0", "v1.0",
        "123456789012345678901234567890",
        #"{"version":1.0,"big":123456789012345678901234567890,"tiny":0.12345678901234567890}"#, "2",
      ])
  }

  @Test func fieldsAreEvaluated() throws {
    let (run, body) = try compile(
      """
      inputs: { config: { schema: ./s.json } }
      checks:
        - { require: "${false}", message: a warning, severity: "${config.severity}" }
      stages:
        - stage: work
          steps:
            - name: Work ${action}
              each: { action: "${config.actions}" }
              spark-submit: { application: s3://acme-code/x.py }
              on-failure: ${action}
              properties: "${config.properties}"

      """,
      config: """
        severity: warning
        actions: [CONTINUE, TERMINATE_JOB_FLOW, TERMINATE_CLUSTER, CANCEL_AND_WAIT]
        properties: { a: 1.0, b: "x" }
        """)
    #expect(run.status == 0, "\(run.errors)")
    #expect(run.errors.contains("warning[check-failed]: a warning"))
    #expect(
      steps(body).map { $0["ActionOnFailure"] as? String } == [
        "CONTINUE", "TERMINATE_JOB_FLOW", "TERMINATE_CLUSTER", "CANCEL_AND_WAIT",
      ])
    let jar = steps(body).first?["HadoopJarStep"] as? [String: Any]
    #expect(
      jar?["Properties"] as? [[String: String]] == [
        ["Key": "a", "Value": "1.0"], ["Key": "b", "Value": "x"],
      ])
    #expect(body["Applications"] as? [[String: String]] == [["Name": "spark"]])
  }

  @Test func whatMustBeReadCanBeEvaluated() throws {
    let pipeline = """
      inputs: { config: { schema: ./s.json } }
      datasets:
        in: { at: s3://acme-in/in/ }
        staged: { at: s3://acme-in/staged/, must-be-read: "${config.strict}" }
        out: { at: s3://acme-out/out/ }
        archive: { at: s3://acme-archive/ }
      stages:
        - stage: take
          steps: [{ name: Take, s3-dist-cp: { src: in, dest: staged } }]
        - stage: work
          steps:
            - name: Work
              spark-submit: { application: s3://acme-code/x.py }
              reads: [staged]
              writes: [out]
        - stage: archive
          steps: [{ name: Archive, s3-dist-cp: { src: staged, dest: archive, deleteOnSuccess: true } }]

      """
    let strict = try compile(pipeline, config: "strict: true", ["--skip", "work"]).run
    #expect(strict.status == 1)
    #expect(strict.errors.contains("error[data-unread]"))
    let loose = try compile(pipeline, config: "strict: false", ["--skip", "work"]).run
    #expect(loose.status == 0, "\(loose.errors)")
  }

  @Test(
    .enabled(
      if: FileManager.default.fileExists(atPath: "/usr/share/zoneinfo/Europe/Berlin"),
      "the system has no zoneinfo"))
  func timeZonesAreTheSystems() throws {
    let (run, body) = try compile(
      """
      inputs: { config: { schema: ./s.json } }
      stages:
        - stage: work
          steps:
            - name: Work
              command:
                command:
                  - ${timestamp("2009-02-13T23:31:30Z").getHours("Europe/Berlin")}
                  - ${run.time.getDayOfMonth("Europe/Berlin")}
                  - ${run.time.getHours("+05:30")}

      """)
    #expect(run.status == 0, "\(run.errors)")
    #expect(arguments(steps(body).first) == ["0", "1", "4"])
  }

  @Test func aSystemWithoutTimeZonesIsToldOf() throws {
    let (run, _) = try compile(
      """
      let: { hour: '${run.time.getHours("Europe/Berlin")}' }
      stages: [{ stage: work, steps: [{ name: Work, command: { command: [echo, "${hour}"] } }] }]
      inputs: { config: { schema: ./s.json } }

      """, environment: ["TZDIR": "/nowhere"])
    #expect(run.status == 1)
    #expect(
      run.errors.contains(
        "the time zone `Europe/Berlin` cannot be looked up: the system has no zoneinfo in /nowhere")
    )
  }

  @Test func defaultsOfASchemaAreThere() throws {
    let (run, body) = try compile(
      """
      inputs: { config: { schema: ./s.json } }
      stages:
        - stage: work
          steps:
            - name: Work
              command:
                command:
                  - ${config.tries}
                  - ${config.nested.name}
                  - ${config.nested.list[0]}
                  - ${config.items[1].size}
                  - ${has(config.optional)}
                  - ${config.given}
                  - ${config.?alternative.orValue("none")}

      """,
      config: "{ items: [{ size: 1 }, {}], given: own }",
      schema: #"""
        { "type": "object", "$defs": { "named": { "type": "string", "default": "unnamed" } },
          "required": ["items"],
          "properties": {
            "tries": { "type": "integer", "default": 3 },
            "given": { "type": "string", "default": "not this" },
            "optional": { "type": "string" },
            "items": { "type": "array", "items": {
              "type": "object", "properties": { "size": { "type": "integer", "default": 7 } } } },
            "nested": { "type": "object", "default": { "list": [1.0] }, "properties": {
              "name": { "$ref": "#/$defs/named" },
              "list": { "type": "array", "default": [], "items": { "type": "number" } } } } },
          "anyOf": [{ "properties": { "alternative": { "type": "string", "default": "x" } } }] }
        """#)
    #expect(run.status == 0, "\(run.errors)")
    #expect(
      arguments(steps(body).first) == ["3", "unnamed", "1.0", "7", "false", "own", "none"])
  }
}
