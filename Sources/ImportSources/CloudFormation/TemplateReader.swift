import Import
import Diagnostics
import Documents
import SourceText
import Text
import Values

/// Makes requests of a template's resources.
struct TemplateReader {
  let document: TemplateDocument
  var evaluator: TemplateEvaluator

  init(
    _ document: TemplateDocument, given: [(name: Spanned<String>, value: Spanned<String>)]
  ) {
    self.document = document
    evaluator = TemplateEvaluator(document, given: given)
  }

  private var tree: Tree { document.tree }

  mutating func flow(
    of cluster: TemplateDocument.Resource, among count: Int, into diagnostics: inout [Diagnostic]
  ) -> FlowDraft? {
    guard let node = tree.value(cluster.node, "Properties"), tree.kind(node) == .map else {
      diagnostics.append(
        .importMalformed("`Properties` must be a map", at: tree.span(cluster.node)))
      return nil
    }
    noteCondition(of: cluster)
    var body = evaluator.evaluate(node)
    body = body.renamingAll([
      "ConfigurationProperties": "Properties", "StepProperties": "Properties",
    ])
    if let info = body["AdditionalInfo"], info.isMap {
      body["AdditionalInfo"] = text(ofJSON: info)
    }
    guard var instances = body["Instances"], instances.isMap else {
      diagnostics.append(.importMalformed("`Instances` must be a map", at: body.span))
      return nil
    }
    addMachines(to: &instances, of: cluster, among: count)
    if instances["KeepJobFlowAliveWhenNoSteps"] == nil {
      instances["KeepJobFlowAliveWhenNoSteps"] = .bool(true, at: instances.span)
      evaluator.note(
        .told, "KeepJobFlowAliveWhenNoSteps",
        "CloudFormation keeps a cluster alive unless it is told otherwise", at: instances.span)
    }
    body["Instances"] = instances
    let steps = (body["Steps"]?.items ?? []) + self.steps(of: cluster, among: count)
    if !steps.isEmpty { body["Steps"] = Draft(.list(steps), at: body["Steps"]?.span ?? body.span) }
    noteOthers()
    let name = body["Name"]?.known ?? cluster.name
    var flow = FlowDraft(name: name, body: body, variables: evaluator.variables)
    flow.notes = evaluator.notes
    return flow
  }

  /// The steps of a template without a cluster.
  mutating func stepsAlone(into diagnostics: inout [Diagnostic]) -> FlowDraft? {
    let steps = self.steps(of: nil, among: 0)
    guard !steps.isEmpty else {
      diagnostics.append(
        .importMalformed(
          "the template has neither an AWS::EMR::Cluster nor an AWS::EMR::Step",
          at: tree.span(document.root)))
      return nil
    }
    noteOthers()
    let body = Draft.members(
      ["Steps": Draft(.list(steps), at: tree.span(document.root))], at: tree.span(document.root))
    var flow = FlowDraft(name: "steps", body: body, variables: evaluator.variables)
    flow.operation = .steps(cluster: nil)
    flow.notes = evaluator.notes
    return flow
  }

  private mutating func noteCondition(of resource: TemplateDocument.Resource) {
    guard let condition = tree.value(resource.node, "Condition") else { return }
    evaluator.note(
      .told, tree.string(condition), "`\(resource.name)` is made only if this condition holds",
      at: tree.span(condition))
  }

  // MARK: Machines

  private mutating func addMachines(
    to instances: inout Draft, of cluster: TemplateDocument.Resource, among count: Int
  ) {
    var groups: [Draft] = []
    var fleets: [Draft] = []
    for (member, role) in [
      ("MasterInstanceGroup", "MASTER"), ("CoreInstanceGroup", "CORE"),
      ("TaskInstanceGroups", "TASK"),
    ] {
      groups += take(member, from: &instances).map { Self.with("InstanceRole", role, $0) }
    }
    for (member, type) in [
      ("MasterInstanceFleet", "MASTER"), ("CoreInstanceFleet", "CORE"),
      ("TaskInstanceFleets", "TASK"),
    ] {
      fleets += take(member, from: &instances).map { Self.with("InstanceFleetType", type, $0) }
    }
    for resource in attached("AWS::EMR::InstanceGroupConfig", "JobFlowId", to: cluster, count) {
      if let group = properties(of: resource, without: "JobFlowId") { groups.append(group) }
    }
    for resource in attached("AWS::EMR::InstanceFleetConfig", "ClusterId", to: cluster, count) {
      if let fleet = properties(of: resource, without: "ClusterId") { fleets.append(fleet) }
    }
    if !groups.isEmpty { instances["InstanceGroups"] = Draft(.list(groups), at: instances.span) }
    if !fleets.isEmpty { instances["InstanceFleets"] = Draft(.list(fleets), at: instances.span) }
  }

  /// A member that is a map or a list of maps, taken out.
  private func take(_ member: String, from instances: inout Draft) -> [Draft] {
    guard let value = instances[member] else { return [] }
    instances[member] = nil
    return value.isList ? value.items : [value]
  }

  private static func with(_ member: String, _ text: String, _ group: Draft) -> Draft {
    guard group.isMap else { return group }
    var group = group
    if group[member] == nil { group[member] = Draft(text, at: group.span) }
    return group
  }

  private mutating func properties(
    of resource: TemplateDocument.Resource, without link: String
  ) -> Draft? {
    guard let node = tree.value(resource.node, "Properties"), tree.kind(node) == .map else {
      return nil
    }
    noteCondition(of: resource)
    var value = evaluator.evaluate(node)
      .renamingAll(["ConfigurationProperties": "Properties", "StepProperties": "Properties"])
    value[link] = nil
    return value
  }

  /// The resources of a type that belong to a cluster of the template.
  private func attached(
    _ type: String, _ link: String, to cluster: TemplateDocument.Resource?, _ count: Int
  ) -> [TemplateDocument.Resource] {
    document.resources.filter { resource in
      guard resource.type == type else { return false }
      guard let cluster else { return true }
      guard let node = tree.value(resource.node, path: ["Properties", link]),
        let (name, argument) = document.function(node)
      else { return count == 1 }
      if name == "Ref" { return tree.string(argument.node) == cluster.name }
      return count == 1
    }
  }

  // MARK: Steps

  /// In the order in which CloudFormation makes them: each after those that it depends on.
  private mutating func steps(
    of cluster: TemplateDocument.Resource?, among count: Int
  ) -> [Draft] {
    var waiting = attached("AWS::EMR::Step", "JobFlowId", to: cluster, count)
    var names = Set(waiting.map(\.name))
    var steps: [Draft] = []
    while !waiting.isEmpty {
      // One that waits for none of the others; the first one if they wait for each other.
      let at =
        waiting.firstIndex { resource in
          !dependencies(of: resource).contains { names.contains($0) && $0 != resource.name }
        } ?? 0
      let resource = waiting.remove(at: at)
      names.remove(resource.name)
      if let step = properties(of: resource, without: "JobFlowId") { steps.append(step) }
    }
    return steps
  }

  private func dependencies(of resource: TemplateDocument.Resource) -> [String] {
    guard let node = tree.value(resource.node, "DependsOn") else { return [] }
    return tree.kind(node) == .list
      ? tree.items(node).map { tree.string($0) } : [tree.string(node)]
  }

  // MARK: What isn't carried over

  /// Names the resources that a pipeline has nothing to do with, by type.
  private mutating func noteOthers() {
    let used = [
      "AWS::EMR::Cluster", "AWS::EMR::Step", "AWS::EMR::InstanceGroupConfig",
      "AWS::EMR::InstanceFleetConfig",
    ]
    var types: [(type: String, names: [String], span: Span)] = []
    for resource in document.resources where !used.contains(resource.type) {
      if let known = types.firstIndex(where: { $0.type == resource.type }) {
        types[known].names.append(resource.name)
      } else {
        types.append((resource.type, [resource.name], tree.span(resource.node)))
      }
    }
    for type in types {
      evaluator.note(
        .told, type.type, "it stays in the template: " + type.names.joined(separator: ", "),
        at: type.span)
    }
  }

  /// A document as the text that EMR takes.
  private func text(ofJSON draft: Draft) -> Draft {
    let placed = FlowDraft(
      name: "", body: .members(["AdditionalInfo": draft]), variables: evaluator.variables
    ).finished()
    var writer = CanonicalJSONWriter(pretty: false)
    writer.value(placed.body["AdditionalInfo"]?.value ?? .null, revealingSecrets: false)
    return Draft(String(decoding: writer.bytes, as: UTF8.self), at: draft.span)
  }
}

extension Draft {
  /// The value with members under other names, wherever they are.
  func renamingAll(_ names: [String: String]) -> Draft {
    var draft = self
    switch content {
    case .scalar, .text: break
    case .list(let items): draft.content = .list(items.map { $0.renamingAll(names) })
    case .map(let entries):
      draft.content = .map(
        entries.map {
          Draft.Entry(
            key: names[$0.key] ?? $0.key, keySpan: $0.keySpan, value: $0.value.renamingAll(names))
        })
    }
    return draft
  }
}
