import Diagnostics
import Documents
import SourceText
import Text
import Values

extension SourceKind {
  /// RunJobFlow's body, as `boto3` and other SDKs take it, AddJobFlowSteps', or a list of steps.
  package static let jobFlow = SourceKind(
    "job-flow", "the body of RunJobFlow or AddJobFlowSteps as JSON or YAML",
    recognises: { source in
      source.given.count == 1
        && source.given.allSatisfy { id in
          source.tree(id).flatMap { JobFlowReader($0) }?.isJobFlow ?? false
        }
    },
    read: { source, diagnostics in
      var flows: [ImportedFlow] = []
      for id in source.given {
        guard let tree = source.tree(id, into: &diagnostics) else { continue }
        let name = source.sources[id]?.name ?? "job flow"
        guard let reader = JobFlowReader(tree),
          let flow = reader.flow(named: name, source, &diagnostics)
        else {
          if !diagnostics.contains(where: { $0.severity == .error }) {
            diagnostics.append(
              .importMalformed(
                "this isn't the body of RunJobFlow or AddJobFlowSteps",
                at: tree.root.map { tree.span($0) },
                hint: "it has `Instances` or `Steps`"))
          }
          continue
        }
        flows.append(flow)
      }
      return flows
    })
}

/// Reads the body of a request.
private struct JobFlowReader {
  let body: SpannedValue

  init?(_ tree: Tree) {
    guard let root = tree.root else { return nil }
    let whole = SpannedValue(tree, root)
    // The requests that `penstock compile --emit requests` writes.
    if case .list(let items) = whole.content, let first = items.first, first["operation"] != nil,
      let body = first["body"]
    {
      self.body = body
      return
    }
    if case .list(let items) = whole.content {
      guard let first = items.first, first["HadoopJarStep"] != nil || first["Args"] != nil,
        first["Name"] != nil || first["Type"] != nil
      else { return nil }
      body = SpannedValue(
        .map([.init(key: "Steps", value: whole)]), span: whole.span)
      return
    }
    guard case .map = whole.content else { return nil }
    body = whole
  }

  var isJobFlow: Bool {
    let others = [
      "Cluster", "Resources", "penstock", "formatVersion", "format_version", "schema", "data",
    ]
    guard !others.contains(where: { body[$0] != nil }) else { return false }
    if let steps = body["Steps"], case .list(let items) = steps.content, let first = items.first {
      // What `aws emr list-steps` prints has `Config`.
      return first["HadoopJarStep"] != nil || first["Args"] != nil
    }
    if let instances = body["Instances"], case .map = instances.content { return true }
    return false
  }

  func flow(
    named file: String, _ source: ImportSource, _ diagnostics: inout [Diagnostic]
  ) -> ImportedFlow? {
    guard check(&diagnostics) else { return nil }
    var marks = VariableMarks()
    var placeholders = Placeholders(source)
    var marked = placeholders.marked(body, &marks)
    // Steps in the AWS CLI's form.
    if let steps = marked["Steps"], steps.items.contains(where: { $0["HadoopJarStep"] == nil }) {
      marked["Steps"] = SpannedValue(
        .list(steps.items.map { CommandLineSteps.request($0, isRelease: true, region: nil) }),
        span: steps.span)
    }
    let (resolved, variables) = marks.resolved(marked)
    var body = resolved
    let isNew = body["Instances"] != nil
    let cluster = body["JobFlowId"]?.text ?? body["ClusterId"]?.text
    if !isNew {
      for key in ["JobFlowId", "ClusterId"] { body[key] = nil }
    }
    let name = String(file.split(separator: "/").last ?? "job flow")
    let stem = name.split(separator: ".").first.map(String.init) ?? name
    return ImportedFlow(
      name: body["Name"]?.text ?? stem,
      region: nil, operation: isNew ? .newCluster : .steps(cluster: cluster), body: body,
      variables: variables, notes: placeholders.notes)
  }

  /// Whether the parts that everything depends on have the right shape.
  private func check(_ diagnostics: inout [Diagnostic]) -> Bool {
    guard body["Steps"] != nil || body["Instances"] != nil else { return false }
    if let steps = body["Steps"] {
      guard case .list(let items) = steps.content else {
        diagnostics.append(.importMalformed("`Steps` must be a list", at: steps.span))
        return false
      }
      for step in items {
        guard case .map = step.content,
          step["HadoopJarStep"] != nil || step["Args"] != nil
            || step["Jar"] != nil
        else {
          diagnostics.append(
            .importMalformed("a step must have `HadoopJarStep`", at: step.span))
          return false
        }
        if let jar = step["HadoopJarStep"], jar["Jar"]?.text == nil {
          diagnostics.append(
            .importMalformed("`HadoopJarStep` must have a `Jar`", at: jar.span ?? step.span))
          return false
        }
      }
    }
    if let instances = body["Instances"] {
      guard case .map = instances.content else {
        diagnostics.append(.importMalformed("`Instances` must be a map", at: instances.span))
        return false
      }
    }
    return true
  }
}

/// What a body has in place of values that are filled in later: `{{secret: …}}` of Penstock itself,
/// and `{{ name }}` of other tools.
private struct Placeholders {
  private let source: ImportSource
  private(set) var notes: [ImportNote] = []

  init(_ source: ImportSource) { self.source = source }

  mutating func marked(_ value: SpannedValue, _ marks: inout VariableMarks) -> SpannedValue {
    var result = value
    switch value.content {
    case .scalar(.string(let text)):
      if text.contains("{{") { result.content = .scalar(.string(marked(text, value.span, &marks))) }
    case .scalar: return value
    case .list(let items): result.content = .list(items.map { marked($0, &marks) })
    case .map(let entries):
      result.content = .map(
        entries.map { entry in
          var entry = entry
          entry.value = marked(entry.value, &marks)
          return entry
        })
    }
    return result
  }

  private mutating func marked(
    _ text: String, _ span: Span?, _ marks: inout VariableMarks
  ) -> String {
    var out = ""
    var rest = text[...]
    while let open = rest.firstRange(of: "{{") {
      guard let close = rest[open.upperBound...].firstRange(of: "}}") else { break }
      out += rest[..<open.lowerBound]
      let inner = ASCII.trimmed(rest[open.upperBound..<close.lowerBound])
      out += marks.mark(variable(inner, span))
      rest = rest[close.upperBound...]
    }
    return out + rest
  }

  private func variable(_ name: String, _ span: Span?) -> Variable {
    let isSecret = name.hasPrefix("secret:")
    let own = isSecret ? ASCII.trimmed(name.dropFirst(7)) : name
    let given = source.variables.last { $0.name.value == own }?.value.value
    return Variable(
      own, value: .string(given ?? StandIn.text(own)), isKnown: given != nil, isSecret: isSecret,
      span: span)
  }
}

/// Values that stand in for those that a source doesn't say.
package enum StandIn {
  /// A text that no check takes for a placeholder, and that is valid as part of a location.
  package static func text(_ name: String) -> String {
    let words = ConfigDraft.identifier(name).split(separator: "_").joined(separator: "-")
    return String(decoding: "unknown-\(words)".utf8.prefix(60), as: UTF8.self)
  }
}
