import Compiler
import Documents
import Expressions
import Passes
import PipelineSyntax
import Schemas
import Text
import Values

/// What a place in a pipeline is.
struct PipelinePlace {
  let path: [Outline.Step]

  private func key(_ at: Int) -> String? { path.indices.contains(at) ? path[at].key : nil }

  /// How many steps lead to the innermost step of the pipeline around the place; nil outside.
  var stepDepth: Int? {
    switch key(0) {
    case "stages":
      return path.count >= 4 && key(2) == "steps" && path[3].key == nil ? 4 : nil
    case "cluster":
      guard key(1) == "on-create" || key(1) == "on-reuse" else { return nil }
      return path.count >= 3 && path[2].key == nil ? 3 : nil
    case "datasets":
      return key(2) == "restore" || key(2) == "release" ? 3 : nil
    default: return nil
    }
  }

  /// The path inside the step.
  var inStep: [Outline.Step]? { stepDepth.map { Array(path.dropFirst($0)) } }

  var isInJobFlow: Bool { key(0) == "cluster" && key(1) == "job-flow" }

  /// Whether a value here is the name of a dataset (or a location).
  func namesDataset(_ kinds: [KnownKind]) -> Bool {
    if let inStep {
      guard let first = inStep.first?.key else { return false }
      if ["reads", "writes", "deletes"].contains(first) { return true }
      if StepDecl.Member(rawValue: first) != nil { return false }
      guard let parameter = inStep.dropFirst().first?.key, inStep.count <= 3,
        let kind = kinds.first(where: { $0.name == first })
      else { return false }
      return kind.kind.decl.data.contains(parameter)
    }
    if key(0) == "datasets", path.count == 3, key(2) == "within" { return true }
    if key(0) == "stages", path.count == 5, key(2) == "requires" {
      return ["empty", "data", "depth"].contains(key(4) ?? "")
    }
    return false
  }

  /// Whether a value here is the name of a stage.
  var namesStage: Bool {
    if let inStep { return inStep.count == 1 && inStep[0].key == "before" }
    return key(0) == "stages" && path.count == 3 && key(2) == "part-of"
  }

  /// Whether a value here is a path into an input.
  var namesInputPlace: Bool {
    guard path.last?.key == "at" else { return false }
    return key(0) == "checks" && path.count == 3
      || key(0) == "versions" && key(1) == "of" && path.count == 4
  }
}

extension Server {
  /// What a schema says of a place in a pipeline.
  func schemaPlace(inPipeline path: [Outline.Step], _ kinds: [KnownKind]) -> SchemaPlace? {
    let place = PipelinePlace(path: path)
    if place.isInJobFlow {
      return walk(knowledge.jobFlow, path.dropFirst(2).filter { $0.key != "$value" }[...])
    }
    if let inStep = place.inStep, let first = inStep.first?.key,
      StepDecl.Member(rawValue: first) == nil,
      let kind = kinds.first(where: { $0.name == first })
    {
      return walk(kind.place, inStep.dropFirst())
    }
    return walk(knowledge.pipeline, path[...])
  }

  func walk(_ place: SchemaPlace?, _ path: ArraySlice<Outline.Step>) -> SchemaPlace? {
    var place = place
    for step in path {
      switch step {
      case .key(let key): place = place?.member(key)
      case .item(let index): place = place?.item(index)
      }
    }
    return place
  }

  /// The schema's place in any document that is known: a pipeline, a step kind, an input.
  func schemaPlace(_ path: String, _ steps: [Outline.Step]) -> SchemaPlace? {
    let outline = outline(path)
    switch ProjectFinder.kind(of: outline) {
    case .pipeline: return schemaPlace(inPipeline: steps, kinds(ofPipeline: path))
    case .stepKind:
      if steps.first?.key == "parameters" {
        return walk(knowledge.jsonSchema, steps.dropFirst()) ?? walk(knowledge.stepKind, steps[...])
      }
      return walk(knowledge.stepKind, steps[...])
    case .other: return walk(inputSchema(path).map(SchemaPlace.init), steps[...])
    }
  }

  /// The schema of an input's document.
  func inputSchema(_ path: String) -> Schema? {
    for analysis in analyses(of: path) {
      guard let input = analysis.project.inputs.first(where: { $0.path == path }) else { continue }
      if let schema = analysis.model?.inputSchemas[input.name] { return schema }
    }
    return nil
  }

  /// What expressions can refer to at a place of a pipeline.
  func environment(
    _ model: PipelineModel, _ outline: Outline, _ path: [Outline.Step]
  ) -> TypeEnvironment {
    let tree = model.pipeline.tree
    guard var node = tree.root else { return model.environment }
    var environment = model.environment
    var isNoted = false
    for step in path {
      let next =
        switch step {
        case .key(let key): tree.value(node, key)
        case .item(let index): Array(tree.items(node).prefix(index + 1)).last
        }
      guard let next else { break }
      node = next
      if let known = model.places[node] {
        environment = known
        isNoted = true
      }
    }
    // Names that the document has now, and the model not yet.
    if let depth = PipelinePlace(path: path).stepDepth,
      let step = outline.nearest(Array(path.prefix(depth))), let each = outline.child(step, "each")
    {
      for name in outline.children(each).compactMap({ outline.name($0) })
      where environment.variables[name] == nil {
        environment = environment.declaring(name, .dyn).declaring("index", .int)
      }
    }
    if !isNoted || path.first?.key != "let" {
      for name in (outline.find(["let"]).map { outline.children($0) } ?? [])
        .compactMap({ outline.name($0) })
      where environment.variables[name] == nil {
        environment = environment.declaring(name, .dyn)
      }
    }
    return environment
  }
}
