import Diagnostics
import Documents
package import SourceText
import Values
import YAMLSyntax

extension Side {
  /// A pipeline as it is written, with its own step kinds.
  package init(declaring pipeline: Input?, kinds: [SourceFile], name: String) {
    self.init(name: name, kind: .pipeline)
    guard let pipeline, let root = pipeline.tree.root else { return }
    inputs = [pipeline]
    head["pipeline"] = Value(pipeline.tree, root)
    var written = ValueMap()
    for file in kinds {
      var ignored: [Diagnostic] = []
      let tree = YAMLReader.read(
        file, source: SourceID(index: 0), rules: .core, into: &ignored)
      guard let tree, let root = tree.root, case .map(let map) = Value(tree, root),
        let kind = map["step-kind"]?.plainText
      else { continue }
      written[kind] = .map(map)
    }
    head["stepKinds"] = .map(written)
  }
}

extension Comparison {
  /// Whether pipelines are compared as they are written.
  var isOfPipelines: Bool { before.kind == .pipeline || after.kind == .pipeline }

  /// The file that pipelines compared as written differ in.
  var pipelineFile: String {
    (after.inputs.first ?? before.inputs.first)?.file.name ?? "pipeline"
  }

  /// The lines of a change between pipelines as they are written.
  static func causes(
    ofWritten change: Change, among inputs: [InputChange]
  ) -> [SourceLine]? {
    guard let path = change.edits.first?.path, path.first == .key("pipeline") else { return nil }
    let key = change.label.last
    let same = inputs.filter { input in
      Self.isSame(input.values.old, change.before) && Self.isSame(input.values.new, change.after)
    }
    let best = same.filter { $0.path.last == key }
    return (best.isEmpty ? same : best).prefix(1).map(\.line)
  }

  private static func isSame(_ one: Value?, _ other: Value?) -> Bool {
    switch (one?.revealed, other) {
    case (nil, nil): true
    case (let one?, let other?): one.equals(other)
    case (nil, _?), (_?, nil): false
    }
  }
}

extension ChangeRuleSet {
  /// What a change in a pipeline as it is written means: by the schema of pipelines, of a step
  /// kind's parameters, or of the cluster's request.
  func written(_ path: [String], _ pipeline: Value, _ old: Value?, _ new: Value?) -> ChangeMeaning {
    if path.starts(with: ["cluster", "job-flow"]) {
      let body = pipeline.member("cluster")?.member("job-flow")
      return cluster(Array(path.dropFirst(2)), body, old, new)
    }
    // stages › NUMBER › steps › NUMBER › KIND
    if path.count > 4, path[0] == "stages", path[2] == "steps",
      let kind = kinds.first(where: { $0.name == path[4] })
    {
      let root = schemas.place(of: kind.parameters, in: kind.file, nil)
      let place = place(path.dropFirst(5), from: root, nil, old ?? new)
      return meaning(of: old, new, at: place, names: path)
    }
    return meaning(ofInput: Self.pipeline, path, pipeline, old, new)
  }
}
