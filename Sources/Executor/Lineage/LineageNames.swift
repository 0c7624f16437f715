import AWSServices
import Digests
import PlanFormat
import Text
import Values

/// What a run, its steps and their data are called in OpenLineage, and how an event says it.
struct LineageNames: Sendable {
  enum EventType: String {
    case start = "START"
    case complete = "COMPLETE"
    case fail = "FAIL"
    case abort = "ABORT"
  }

  /// One submission of a step.
  struct StepRun: Sendable {
    /// The step's index in the plan.
    var index: Int
    /// EMR's id, which is another one each time the step is submitted.
    var step: String
    var cluster: String?
  }

  private static let producer = "https://github.com/penstock/penstock"
  private static let schema = "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent"

  private let plan: Plan
  private let runKey: String
  private let settings: LineageSettings
  private let data: LineageData

  init(plan: Plan, runKey: String, settings: LineageSettings) {
    self.plan = plan
    self.runKey = runKey
    self.settings = settings
    data = LineageData(plan)
  }

  /// An event of the run itself.
  func event(_ type: EventType, at time: Value.Timestamp, error: String = "") -> Value {
    var facets = runFacets(type, error)
    facets["nominalTime"] = Self.facet(
      "1-0-1/NominalTimeRunFacet", ["nominalStartTime": .string(plan.runTime.description)])
    let (reads, writes) = data.ofRun
    return event(
      type, time, run: runID, facets, job: plan.pipeline, jobFacets("PIPELINE", pipelineOrigin),
      data.values(reads, Self.facet), data.values(writes, Self.facet))
  }

  /// An event of a step.
  func event(
    _ type: EventType, of run: StepRun, at time: Value.Timestamp, error: String = ""
  ) -> Value {
    let step = plan.steps[run.index]
    var facets = runFacets(type, error)
    let parent = Value.object([
      "run": .object(["runId": .string(runID)]),
      "job": .object(["namespace": .string(settings.namespace), "name": .string(plan.pipeline)]),
    ])
    facets["parent"] = Self.facet(
      "1-2-0/ParentRunFacet", ["run": parent["run"], "job": parent["job"], "root": parent])
    facets["externalQuery"] = Self.facet(
      "1-0-2/ExternalQueryRunFacet",
      ["externalQueryId": .string(run.step), "source": .string(run.cluster ?? "emr")])
    let (reads, writes) = data.ofStep(run.index)
    return event(
      type, time, run: SHA1.uuid(of: "lineage\n\(runKey)\n\(step.name)\n\(run.step)"), facets,
      job: "\(plan.pipeline).\(step.name)", jobFacets("STEP", step.origin),
      data.values(reads, Self.facet), data.values(writes, Self.facet))
  }

  private var runID: String { SHA1.uuid(of: "lineage\n\(runKey)") }

  private func event(
    _ type: EventType, _ time: Value.Timestamp, run: String, _ runFacets: ValueMap, job: String,
    _ jobFacets: Value, _ inputs: Value, _ outputs: Value
  ) -> Value {
    .object([
      "eventType": .string(type.rawValue), "eventTime": .string(time.description),
      "producer": .string(Self.producer), "schemaURL": .string(Self.schema),
      "run": .object(["runId": .string(run), "facets": .map(runFacets)]),
      "job": .object([
        "namespace": .string(settings.namespace), "name": .string(job), "facets": jobFacets,
      ]),
      "inputs": inputs, "outputs": outputs,
    ])
  }

  // MARK: Facets

  /// - Parameter schema: its version and name, as in the address of its schema.
  private static func facet(_ schema: String, _ members: KeyValuePairs<String, Value>) -> Value {
    let name = schema.drop { $0 != "/" }
    var map = ValueMap()
    map["_producer"] = .string(producer)
    map["_schemaURL"] = .string(
      "https://openlineage.io/spec/facets/\(schema).json#/$defs\(name)")
    if case .map(let own) = Value.object(members) {
      for entry in own.entries { map[entry.key] = entry.value }
    }
    return .map(map)
  }

  private func runFacets(_ type: EventType, _ error: String) -> ValueMap {
    var facets = ValueMap()
    let release = plan.cluster.release
    facets["processing_engine"] = Self.facet(
      "1-1-1/ProcessingEngineRunFacet",
      [
        "version": .string(release.isEmpty ? "unknown" : release), "name": .string("Amazon EMR"),
        "openlineageAdapterVersion": .string(settings.version),
      ])
    if type != .start, !error.isEmpty {
      facets["errorMessage"] = Self.facet(
        "1-0-1/ErrorMessageRunFacet",
        ["message": .string(error), "programmingLanguage": .string("unknown")])
    }
    return facets
  }

  private func jobFacets(_ kind: String, _ origin: Plan.Origin?) -> Value {
    var facets = ValueMap()
    facets["jobType"] = Self.facet(
      "2-0-4/JobTypeJobFacet",
      [
        "processingType": .string("BATCH"), "integration": .string("PENSTOCK"),
        "jobType": .string(kind),
      ])
    guard let origin else { return .map(facets) }
    let place = origin.line > 0 ? "\(origin.file):\(origin.line)" : origin.file
    facets["documentation"] = Self.facet(
      "1-1-0/DocumentationJobFacet",
      ["description": .string(place), "contentType": .string("text/plain")])
    let line = origin.line > 0 ? "#L\(origin.line)" : ""
    facets["sourceCodeLocation"] = Self.facet(
      "1-1-0/SourceCodeLocationJobFacet",
      [
        "type": .string("file"),
        "url": .string("file:\(PercentEncoding.encode(origin.file, keepingSlashes: true))\(line)"),
        "path": .string(origin.file),
      ])
    return .map(facets)
  }

  private var pipelineOrigin: Plan.Origin? {
    plan.files.first { $0.role == "pipeline" }.map {
      Plan.Origin(file: $0.path, line: 0, column: 0, excerpt: "")
    }
  }
}
