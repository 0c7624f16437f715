import Foundation
import TestSupport
import Testing

/// A step is checked against its kind where it is written, not only in a run that has it.
@Suite struct StepCheckTests {
  private static let pipeline = """
    penstock: v1
    pipeline: own
    datasets:
      kept: { at: s3://kept/ }
      local:
        at: hdfs:///local/
        restore: { name: back, s3-dist-cp: { src: kept, dset: local } }
    stages:
      - stage: never
        when: ${run.id == "never"}
        steps:
          - { name: work, own: { inptu: kept } }
    cluster: { region: eu-west-1, job-flow: { Name: own, Instances: {} } }

    """

  private static let kind = """
    penstock: v1
    step-kind: own
    summary: Ours.
    parameters:
      type: object
      additionalProperties: false
      properties: { input: { type: string, description: What it reads., x-data: true } }
    reads: [input]
    jar: own.jar
    arguments: [{ option: input }]

    """

  @Test func findsMistakesInStepsThatNoRunHas() throws {
    let scratch = try Scratch()
    let pipeline = try scratch.file("own.yml", Self.pipeline)
    try scratch.file("step-kinds/own.yml", Self.kind)
    let run = try Run(["check", pipeline.path])
    #expect(run.status == 1)
    #expect(run.errors.contains("own.yml:7:53: error[schema-unknown-key]: unknown key `dset`"))
    #expect(run.errors.contains("did you mean `dest`, which is required?"))
    #expect(run.errors.contains("own.yml:12:30: error[schema-unknown-key]: unknown key `inptu`"))
    #expect(run.errors.contains("did you mean `input`?"))
  }

  @Test func saysNothingOfAKindWhoseFileCannotBeRead() throws {
    let scratch = try Scratch()
    // With an input that isn't there, the pipeline alone is checked.
    let text = Self.pipeline.replacing("dset", with: "dest").replacing("inptu", with: "input")
      .replacing(
        "pipeline: own\n",
        with: "pipeline: own\ninputs: { config: { schema: clickstream/config.schema.json } }\n")
    let pipeline = try scratch.file("own.yml", text)
    #expect(try Run(["check", pipeline.path]).errors.contains("pipeline-unknown-step-kind"))
    try scratch.file("step-kinds/own.yml", Self.kind + "jar: [\n")
    let run = try Run(["check", pipeline.path])
    #expect(run.status == 1)
    #expect(run.errors.contains("error[yaml-syntax]"))
    #expect(!run.errors.contains("pipeline-unknown-step-kind"))
    try scratch.file("step-kinds/own.yml", Self.kind)
    let sound = try Run(["check", pipeline.path])
    #expect(sound.status == 0, "\(sound.errors)")
  }
}

/// An invalid schema of the user is reported once, and nothing else about it.
@Suite struct OwnSchemaTests {
  private static let pipeline = """
    penstock: v1
    pipeline: own
    inputs: { config: { schema: ./own.json } }
    stages: [{ stage: only, steps: [{ name: work, shell: { run: work } }] }]
    cluster: { region: eu-west-1, job-flow: { Name: own } }

    """

  @Test(arguments: [
    ("{\"maximum\": 1e400}", "own.json:1:13: error[json-syntax]"),
    ("{\"pattern\": \"a(?=b)\"}", "own.json:1:13: error[schema-invalid]"),
    ("{\"$ref\": \"other.json\"}", "own.json:1:10: error[schema-not-found]"),
  ])
  func saysOnceWhatIsWrongWithASchema(schema: String, expected: String) throws {
    let scratch = try Scratch()
    let pipeline = try scratch.file("own.yml", Self.pipeline)
    try scratch.file("config.yml", "a: b\n")
    let arguments = [
      "check", pipeline.path, "-c", scratch.folder.appending(path: "config.yml").path,
    ]
    #expect(try Run(arguments).errors.contains("own.yml:3:29: error[schema-unknown]"))
    try scratch.file("own.json", schema)
    let errors = try Run(arguments).errors
    #expect(errors.contains(expected) && errors.contains("1 error\n"), "\(errors)")
  }
}
