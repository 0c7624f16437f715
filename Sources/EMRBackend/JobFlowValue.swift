package import PipelineIR
package import PlanFormat
import Values

/// A program's requests as values, member for member what `JobFlowWriter` writes; secrets as their
/// placeholders.
package enum JobFlowValue {
  /// Every call that would change EMR, in order.
  package static func requests(of program: Program) -> [Plan.Request] {
    var body = ValueMap()
    if let id = program.cluster.reusedID {
      body["JobFlowId"] = .string(id)
    } else if let located = program.cluster.jobFlow, case .map(let entries) = value(located) {
      body = entries
    }
    if !program.steps.isEmpty {
      body["Steps"] = .list(program.steps.map { step($0, of: program) })
    }
    return [Plan.Request(operation: operation(of: program), body: .map(body))]
  }

  package static func operation(of program: Program) -> String {
    program.cluster.reusedID == nil ? "RunJobFlow" : "AddJobFlowSteps"
  }

  private static func step(_ step: Step, of program: Program) -> Value {
    var jar = ValueMap()
    jar["Jar"] = .string(program.text(step.jar))
    if let mainClass = step.mainClass { jar["MainClass"] = .string(program.text(mainClass)) }
    let arguments = program.arguments(of: step)
    if !arguments.isEmpty {
      jar["Args"] = .list(arguments.map { .string(program.text($0.text)) })
    }
    return .map(
      ValueMap([
        "Name": .string(program.text(step.name)),
        "ActionOnFailure": .string(step.actionOnFailure.rawValue), "HadoopJarStep": .map(jar),
      ]))
  }

  private static func value(_ located: Located) -> Value {
    switch located.content {
    case .scalar(let value): return withPlaceholders(value)
    case .list(let items): return .list(items.map(value))
    case .map(let entries):
      return .map(
        ValueMap(
          JobFlowWriter.ordered(entries).map { (key: .string($0.key), value: value($0.value)) }))
    }
  }

  private static func withPlaceholders(_ value: Value) -> Value {
    switch value {
    case .secret(let secret): .string(secret.placeholder)
    case .list(let items): .list(items.map(withPlaceholders))
    case .map(let map):
      .map(ValueMap(map.entries.map { ($0.key, withPlaceholders($0.value)) }))
    case .optional(let wrapped?): withPlaceholders(wrapped)
    case .optional(nil): .null
    case .null, .bool, .int, .uint, .double, .string, .bytes, .timestamp, .duration, .type, .opaque:
      value
    }
  }
}
