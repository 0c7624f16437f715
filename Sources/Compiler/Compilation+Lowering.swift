import Diagnostics
import EMRBackend
import Passes
import PipelineIR
import Schemas
import SourceText
import Values

extension Compilation {
  /// Completes the job flow by what the steps need, and proves that EMR takes it.
  mutating func lower() {
    guard canGoOn, var program else { return }
    if !program.steps.contains(where: { $0.stage != nil }) {
      diagnostics.append(
        facts.refusal(
          .emrNoSteps(
            program.stages.compactMap { stage in
              stage.status == .selected ? nil : (stage.name, stage.reason)
            }), facts.groundsOfChoices))
    }
    if program.cluster.reusedID == nil, var body = program.cluster.jobFlow {
      body.addApplications(program.neededApplications)
      validate(body)
      program.cluster.jobFlow = body
    }
    checkRules(&program)
    self.program = program
  }

  /// Checks a program by the rules that EMR's model states in prose.
  private mutating func checkRules(_ program: inout Program) {
    let data = ModelData { Builtins.bytes($0) }
    var found: [Diagnostic] = []
    EMRRules.check(program, data: data, into: &found)
    // Only what is said needs to know where in the inputs values come from.
    if !found.isEmpty, let body = program.cluster.jobFlow {
      program.cluster.jobFlow = blaming(body)
      found = []
      EMRRules.check(program, data: data, into: &found)
    }
    diagnostics += found
  }

  /// Checks a request's body by the model's own constraints.
  private mutating func validate(_ body: Located) {
    if let schema = library.compiledBefore(Self.jobFlowSchema), schema.diagnose(body).isEmpty {
      return
    }
    let schema = library.schema(Self.jobFlowSchema, sources: &sources, into: &diagnostics)
    diagnostics += schema?.diagnose(blaming(body)) ?? []
  }

  private func blaming(_ body: Located) -> Located {
    guard let pipeline else { return body }
    return body.blaming(pipeline, bound.mapValues { $0.documents.map(\.tree) })
  }
}

extension Program {
  /// Applications that the kinds of the steps need, each once, in the order of first need.
  fileprivate var neededApplications: [String] {
    var isUsed = [Bool](repeating: false, count: kinds.count)
    var names: [String] = []
    for step in steps where !isUsed[Int(step.kind.index)] {
      isUsed[Int(step.kind.index)] = true
      for name in kinds[Int(step.kind.index)].applications where !names.contains(name) {
        names.append(name)
      }
    }
    return names
  }
}

extension Located {
  /// Adds to `Applications` those that are not there.
  fileprivate mutating func addApplications(_ names: [String]) {
    guard !names.isEmpty, case .map(var entries) = content else { return }
    let at = entries.firstIndex { $0.key == "Applications" }
    var items: [Located] = []
    if let at, case .list(let written) = entries[at].value.content { items = written }
    let known = items.compactMap { item -> String? in
      guard case .map(let members) = item.content,
        case .scalar(.string(let name))? = members.first(where: { $0.key == "Name" })?.value.content
      else { return nil }
      return name
    }
    for name in names where !known.contains(name) {
      items.append(
        Located(
          .map([Entry(key: "Name", value: Located(.scalar(.string(name)), span: span))]),
          span: span))
    }
    if let at {
      entries[at].value.content = .list(items)
    } else {
      entries.append(Entry(key: "Applications", value: Located(.list(items), span: span)))
    }
    content = .map(entries)
  }
}
