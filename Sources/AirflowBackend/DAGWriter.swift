import Diagnostics
import PlanFormat
import Targets
import Values

/// Writes a DAG file: constants, the cluster, functions, the DAG.
struct DAGWriter {
  let deployment: Deployment
  let dagID: String
  private let madeBy: String
  var texts: DAGTexts
  var helpers = DAGHelpers()
  var body = PythonSource()
  var diagnostics: [Diagnostic] = []
  var taskIDs = DAGNames(reserved: [
    "checks", "create_cluster", "cluster_ready", "use_cluster", "terminate_cluster", "run_failed",
  ])
  var variables = DAGNames(reserved: DAGNames.reserved)
  /// Jars that several steps run, and the names of their constants.
  var jars: [(path: String, name: String)] = []
  /// What most steps do if they fail.
  let usualAction: String

  /// The requests' steps, in the plan's order.
  let steps: [ValueMap]

  var plan: Plan { deployment.plan }

  init(_ deployment: Deployment, madeBy: String) {
    self.deployment = deployment
    self.madeBy = madeBy
    let id = DAGNames.slug(deployment.plan.pipeline, limit: 80)
    dagID = id.isEmpty ? "pipeline" : id
    texts = DAGTexts(deployment, dagID: dagID, &taskIDs)
    steps = deployment.plan.requests.flatMap { request -> [ValueMap] in
      guard case .map(let body) = request.body, case .list(let steps)? = body["Steps"] else {
        return []
      }
      return steps.map { if case .map(let step) = $0 { step } else { ValueMap() } }
    }
    usualAction = Self.mostFrequent(steps.compactMap(Self.action)) ?? "CONTINUE"
    nameJars()
  }

  private mutating func nameJars() {
    var names = DAGNames(reserved: DAGHelpers.constants)
    var counts: [(path: String, count: Int)] = []
    for step in steps {
      guard let path = step.map("HadoopJarStep")?.text("Jar") else { continue }
      if let at = counts.firstIndex(where: { $0.path == path }) {
        counts[at].count += 1
      } else {
        counts.append((path, 1))
      }
    }
    for (path, count) in counts where count > 1 {
      let file = path.split(separator: "/").last.map(String.init) ?? path
      let base = file.hasSuffix(".jar") ? String(file.dropLast(4)) : file
      var name = DAGNames.slug(base, limit: 40).uppercased()
      if name.utf8.first.map({ $0 < UInt8(ascii: "A") }) ?? true { name = "JAR_\(name)" }
      // The one reserved name that a jar may have.
      name = name == "COMMAND_RUNNER" ? name : names.unique(name)
      jars.append((path, name))
    }
  }

  private static func mostFrequent(_ texts: [String]) -> String? {
    var counts: [(text: String, count: Int)] = []
    for text in texts {
      if let at = counts.firstIndex(where: { $0.text == text }) {
        counts[at].count += 1
      } else {
        counts.append((text, 1))
      }
    }
    var best: (text: String, count: Int)?
    for candidate in counts where candidate.count > best?.count ?? 0 { best = candidate }
    return best?.text
  }

  // MARK: The file

  mutating func file() -> String {
    helpers.hasParameters = deployment.parameters.contains { $0.fixed == nil }
    let cluster = clusterConstants()
    writeDAG()
    var source = PythonSource()
    source.add(
      """
      \"""The pipeline `\(plan.pipeline)` on Amazon EMR.

      Made by \(madeBy). Change the pipeline and compile it again rather than this file.
      \"""

      """)
    source.add(helpers.imports)
    source.blank()
    writeConstants(into: &source)
    source.blank()
    for (name, value) in cluster { source.assign(name, value) }
    for function in helpers.functions {
      source.blank(2)
      source.add(function)
    }
    source.blank(2)
    return source.text + body.text
  }

  private func writeConstants(into source: inout PythonSource) {
    source.assign("AWS_CONN_ID", .text("aws_default"))
    source.assign("REGION", .text(plan.cluster.region))
    source.add("SCHEDULE: str | None = None  # a cron expression")
    source.add("DEFERRABLE = False  # waiting takes no worker, but needs a triggerer")
    source.add("POLL_INTERVAL = 60  # seconds")
    source.assign(
      "STEP_TIMEOUT", Self.span(plan.timeoutSeconds > 0 ? plan.timeoutSeconds : 604_800))
    source.blank()
    if helpers.decides { source.assign("NONE_FAILED", .text("none_failed_min_one_success")) }
    source.assign("ON_FAILURE", .text(usualAction))
    for jar in jars { source.assign(jar.name, .text(jar.path)) }
    if !texts.constants.isEmpty { source.blank() }
    for constant in texts.constants {
      if case .secret(let reference) = constant.value { source.add("# \(Self.comment(reference))") }
      source.assign(constant.name, .text(constant.template))
    }
  }

  /// A text on one line, for a comment.
  private static func comment(_ text: String) -> String {
    String(String.UnicodeScalarView(text.unicodeScalars.map { $0.value < 0x20 ? " " : $0 }))
  }

  /// `timedelta(hours=2)`.
  static func span(_ seconds: Int64) -> PythonExpression {
    let units: [(String, Int64)] = [("days", 86_400), ("hours", 3600), ("minutes", 60)]
    for (unit, length) in units where seconds >= length && seconds % length == 0 {
      return .call("timedelta", [PythonArgument(unit, .plain("\(seconds / length)"))])
    }
    return .call("timedelta", [PythonArgument("seconds", .plain("\(seconds)"))])
  }

  // MARK: The cluster

  /// The constants that describe the cluster and the steps' role.
  private mutating func clusterConstants() -> [(String, PythonExpression)] {
    var constants: [(String, PythonExpression)] = []
    guard let request = plan.requests.first, case .map(var body) = request.body else { return [] }
    body["Steps"] = nil
    let role =
      body.text("StepExecutionRoleArn")
      ?? plan.requests.lazy.compactMap { request -> String? in
        guard case .map(let body) = request.body else { return nil }
        return body.text("ExecutionRoleArn")
      }.first
    // It holds for the steps of a request only: those that are added name it themselves.
    body["StepExecutionRoleArn"] = nil
    if let role {
      helpers.hasRole = true
      constants.append(("EXECUTION_ROLE", .text(texts.template(role))))
    }
    helpers.createsCluster = request.operation == "RunJobFlow"
    guard helpers.createsCluster else {
      let id = body.text("JobFlowId") ?? plan.cluster.reusedID ?? ""
      return constants + [("CLUSTER_ID", .text(texts.template(id)))]
    }
    var instances = body.map("Instances") ?? ValueMap()
    instances["KeepJobFlowAliveWhenNoSteps"] = .bool(true)
    body["Instances"] = .map(instances)
    constants.append(("CLUSTER: dict[str, Any]", expression(.map(body))))
    constants.append(
      ("CLUSTER_ID", .text("{{ ti.xcom_pull(task_ids='create_cluster') }}")))
    return constants
  }

  /// A value of a request, whose texts Airflow renders.
  mutating func expression(_ value: Value) -> PythonExpression {
    switch value {
    case .null, .type, .bytes, .timestamp, .duration, .opaque, .secret: return .plain("None")
    case .bool(let isTrue): return .plain(isTrue ? "True" : "False")
    case .int(let number): return .plain("\(number)")
    case .uint(let number): return .plain("\(number)")
    case .double(let number): return .plain("\(number)")
    case .number(let text): return .plain(text.lowercased())
    case .string(let text): return .text(texts.template(text))
    case .optional(let value): return value.map { expression($0) } ?? .plain("None")
    case .list(let items):
      var expressions: [PythonExpression] = []
      for item in items { expressions.append(expression(item)) }
      return .list(expressions)
    case .map(let map):
      var pairs: [(key: PythonExpression, value: PythonExpression)] = []
      for case (.string(let key), let value) in map.entries {
        pairs.append((.text(key), expression(value)))
      }
      return .dict(pairs)
    }
  }
}

extension ValueMap {
  func text(_ key: String) -> String? {
    if case .string(let text)? = self[key] { text } else { nil }
  }

  func map(_ key: String) -> ValueMap? {
    if case .map(let map)? = self[key] { map } else { nil }
  }
}
