import Documents
package import PipelineIR
package import PlanFormat
package import Values

/// A program's requests as values, with the same members as `JobFlowWriter` writes; secrets as
/// their placeholders.
package enum JobFlowValue {
  /// Every call that would change EMR, in order; none if the cluster is there and there are no steps.
  package static func requests(
    of program: Program, _ secrets: inout SecretReferences
  ) -> [Plan.Request] {
    var requests: [Plan.Request] = []
    var body = ValueMap()
    if let id = program.cluster.reusedID {
      body["JobFlowId"] = .string(id)
    } else if let located = program.cluster.jobFlow,
      case .map(let entries) = value(located, &secrets)
    {
      body = entries
    }
    for (index, batch) in batches(of: program).enumerated() {
      if index > 0 { body = ValueMap() }  // for the cluster that the first one starts
      if !batch.isEmpty {
        body["Steps"] = .list(program.steps[batch].map { step($0, of: program, &secrets) })
      }
      requests.append(
        Plan.Request(
          operation: index == 0 ? operation(of: program) : "AddJobFlowSteps", body: .map(body)))
    }
    return requests
  }

  /// The steps of each request, in order: those that come with the cluster, then the others.
  package static func batches(of program: Program) -> [Range<Int>] {
    let limit = JobFlowCheck.stepLimit
    let first = program.cluster.reusedID == nil ? program.launchCount(limit: limit) : 0
    var batches = program.cluster.reusedID == nil ? [0..<first] : []
    var at = first
    while at < program.steps.count {
      batches.append(at..<min(program.steps.count, at + limit))
      at = batches.last?.upperBound ?? program.steps.count
    }
    return batches
  }

  package static func operation(of program: Program) -> String {
    program.cluster.reusedID == nil ? "RunJobFlow" : "AddJobFlowSteps"
  }

  private static func step(
    _ step: Step, of program: Program, _ secrets: inout SecretReferences
  ) -> Value {
    var jar = ValueMap()
    jar["Jar"] = .string(program.text(step.jar))
    if let mainClass = step.mainClass { jar["MainClass"] = .string(program.text(mainClass)) }
    let arguments = program.arguments(of: step)
    if !arguments.isEmpty {
      jar["Args"] = .list(
        arguments.map { argument in
          argument.secret >= 0
            ? .string(secrets.placeholder(for: program.secrets[Int(argument.secret)]))
            : .string(program.text(argument.text))
        })
    }
    let extras = program.extras(of: step)
    if let properties = extras?.properties { jar["Properties"] = value(properties, &secrets) }
    var body = ValueMap([
      "Name": .string(program.text(step.name)),
      "ActionOnFailure": .string(step.actionOnFailure.rawValue), "HadoopJarStep": .map(jar),
    ])
    if let monitoring = extras?.monitoring {
      body["StepMonitoringConfiguration"] = value(monitoring, &secrets)
    }
    return .map(body)
  }

  /// An evaluated body as written: entries in order, secrets as their placeholders.
  package static func value(_ located: SpannedValue, _ secrets: inout SecretReferences) -> Value {
    switch located.content {
    case .scalar(let value): return withPlaceholders(value, &secrets)
    case .list(let items): return .list(items.map { value($0, &secrets) })
    case .map(let entries):
      return .map(
        ValueMap(
          JobFlowWriter.ordered(entries).map {
            (key: .string($0.key), value: value($0.value, &secrets))
          }))
    }
  }

  static func withPlaceholders(_ value: Value, _ secrets: inout SecretReferences) -> Value {
    switch value {
    case .secret(let secret): return .string(secrets.placeholder(for: secret))
    case .list(let items): return .list(items.map { withPlaceholders($0, &secrets) })
    case .map(let map):
      return .map(ValueMap(map.entries.map { ($0.key, withPlaceholders($0.value, &secrets)) }))
    case .optional(let wrapped?): return withPlaceholders(wrapped, &secrets)
    case .optional(nil), .null, .bool, .int, .uint, .double, .number, .string, .bytes, .timestamp,
      .duration, .type, .opaque:
      return value.asWritten
    }
  }
}
