import Compiler
import Expressions
import Passes
import PipelineSyntax
import Schemas
import Text
import Values

/// What is known of the thing at the cursor.
extension Server {
  /// The expression part at an offset of a document, with where it is.
  struct PartPlace {
    var scan: ExpressionScan
    var part: Int
    /// Bytes of the document.
    var range: Range<Int>
    var node: Int
  }

  func part(_ outline: Outline, at offset: Int) -> PartPlace? {
    guard let node = outline.node(at: offset) else { return nil }
    guard let scalar = outline.nodes[node].value, scalar.range.lowerBound <= offset,
      offset <= scalar.range.upperBound
    else { return nil }
    let (text, offsets) = outline.decoded(scalar)
    guard let inner = offsets.lastIndex(where: { $0 <= offset }) else { return nil }
    for scan in ExpressionScan.all(in: text)
    where scan.range.lowerBound <= inner && inner <= scan.range.upperBound {
      guard let part = scan.part(at: inner) else { return nil }
      let range = scan.parts[part].range
      return PartPlace(
        scan: scan, part: part, range: offsets[range.lowerBound]..<offsets[range.upperBound],
        node: node)
    }
    return nil
  }

  func hover(_ params: Value) -> Value {
    guard let (path, document) = document(params) else { return .null }
    let offset = document.text.offset(params["position"], encoding)
    let outline = outline(path)
    let kind = ProjectFinder.kind(of: outline)
    if kind == .pipeline, let place = part(outline, at: offset) {
      guard let text = hover(path, outline, place) else { return .null }
      return hover(text, document.text.range(place.range, encoding))
    }
    guard let node = outline.node(at: offset) else { return .null }
    let steps = outline.path(node)
    let isOnKey = outline.nodes[node].key.map { contains($0.range, offset) } ?? false
    if let key = outline.nodes[node].key, isOnKey {
      guard let text = hoverKey(path, kind, steps) else { return .null }
      return hover(text, document.text.range(key.range, encoding))
    }
    if kind == .pipeline, let value = outline.nodes[node].value, contains(value.range, offset),
      let text = hoverName(path, outline, outline.string(value), steps)
    {
      return hover(text, document.text.range(value.range, encoding))
    }
    return .null
  }

  private func contains(_ range: Range<Int>, _ offset: Int) -> Bool {
    range.lowerBound <= offset && offset <= range.upperBound
  }

  private func hover(_ text: String, _ range: Value) -> Value {
    .object([
      "contents": markup(text, isMarkdown: client.readsMarkdown.hover),
      "range": range,
    ])
  }

  /// A text as the editor takes it; plain, it is readable without Markdown's asterisks and fences.
  func markup(_ text: String, isMarkdown: Bool) -> Value {
    let shown =
      isMarkdown
      ? text
      : text.replacing("**", with: "").replacing("```\n", with: "").replacing("\n```", with: "")
        .replacing("`", with: "")
    return .object([
      "kind": .string(isMarkdown ? "markdown" : "plaintext"), "value": .string(shown),
    ])
  }

  private func hoverKey(
    _ path: String, _ kind: ProjectFinder.Kind, _ steps: [Outline.Step]
  ) -> String? {
    let name = steps.last?.key ?? ""
    if kind == .pipeline, PipelinePlace(path: steps).inStep?.count == 1,
      let found = kinds(ofPipeline: path).first(where: { $0.name == name })
    {
      return "**\(name)** (step kind)" + (found.summary.map { "\n\n" + $0 } ?? "")
    }
    guard let place = schemaPlace(path, steps) else { return nil }
    let types = place.types.joined(separator: " or ")
    let head = "**\(name)**" + (types.isEmpty ? "" : ": \(types)")
    let secret = place.isSecret ? "\n\nA secret: it is never shown." : ""
    return head + (documentation(place).map { "\n\n" + $0 } ?? "") + secret
  }

  /// A dataset's or stage's name where it is a value.
  private func hoverName(
    _ path: String, _ outline: Outline, _ name: String, _ steps: [Outline.Step]
  ) -> String? {
    let place = PipelinePlace(path: steps)
    if place.namesDataset(kinds(ofPipeline: path)),
      let found = names(outline, ["datasets"]).first(where: { $0.name == name })
    {
      return describe("data.\(name)", "dataset", found.summary, path)
    }
    let isStage = place.namesStage || steps.count == 3 && steps[2].key == "stage"
    if isStage, let found = stageNames(outline).first(where: { $0.name == name }) {
      return describe("stages.\(name)", "stage", found.summary, path)
    }
    return nil
  }

  private func describe(
    _ expression: String, _ what: String, _ summary: String?, _ path: String
  ) -> String {
    var text = "**\(expression)** (\(what))"
    if let summary { text += "\n\n" + summary }
    return text + values(of: expression, path)
  }

  /// The value with each project's inputs, as Markdown; empty if there is none.
  private func values(of expression: String, _ path: String) -> String {
    var lines: [String] = []
    for analysis in analyses(of: path) {
      guard let binder = analysis.evaluation,
        let value = ShownValue.of(expression, binder)
      else { continue }
      let shown = ShownValue.text(value, limit: 300)
      let config = analysis.project.inputs.first.map { " with `\(Paths.name(of: $0.path))`" } ?? ""
      let quoted = shown.contains("`") ? shown : "`\(shown)`"
      lines.append("\n\nValue\(config): \(quoted)")
    }
    return lines.joined()
  }

  // MARK: Expressions

  private func hover(_ path: String, _ outline: Outline, _ place: PartPlace) -> String? {
    let scan = place.scan
    let part = scan.parts[place.part]
    switch part.role {
    case .keyword, .number, .string, .sign, .invalid: return nil
    case .function(let isMember): return hoverFunction(scan, place.part, isMember)
    case .global, .member, .local: break
    }
    guard let model = analyses(of: path).lazy.compactMap(\.model).first else { return nil }
    let environment = environment(model, outline, outline.path(place.node))
    let types = ExpressionTypes(scan: scan, environment: environment)
    let whole = types.whole(place.part)
    let expression = scan.string(whole)
    if environment.variables[expression] == nil,
      FunctionDescription.all(in: environment).contains(where: {
        $0.name.hasPrefix(expression + ".") && !$0.isMember
      })
    {
      return "**\(expression)**: functions"
    }
    let type = types.type(of: whole)
    var text = "**\(expression)**: `\(type)`"
    if let field = types.field(place.part) {
      if !field.isRequired { text += " (may be absent)" }
      if let summary = field.summary { text += "\n\n" + summary }
      if field.isSecret { text += "\n\nA secret: it is never shown." }
    }
    if let summary = summary(part, outline) { text += "\n\n" + summary }
    let isLocal = !scan.locals.filter { $0.scope.contains(place.part) }.isEmpty
    if part.role != .local, !(isLocal && scan.parts[part.chainStart].role == .local) {
      text += values(of: expression, path)
    }
    return text
  }

  /// What the pipeline says of a name.
  private func summary(_ part: ExpressionScan.Part, _ outline: Outline) -> String? {
    switch (part.chain.first, part.chain.count) {
    case ("data", 2): names(outline, ["datasets"]).first { $0.name == part.chain[1] }?.summary
    case ("stages", 2): stageNames(outline).first { $0.name == part.chain[1] }?.summary
    case (let name?, 1):
      Self.ownNames[name] ?? names(outline, ["inputs"]).first { $0.name == name }?.summary
    default: nil
    }
  }

  private func hoverFunction(_ scan: ExpressionScan, _ part: Int, _ isMember: Bool) -> String? {
    let found = function(scan, part, isMember)
    guard let found else { return nil }
    let labels = found.overloads.isEmpty ? [found.label(nil)] : found.overloads.map(found.label)
    return "```\n\(labels.joined(separator: "\n"))\n```\n\n\(found.summary)"
  }

  /// The function that a name is, by itself or in a namespace.
  func function(_ scan: ExpressionScan, _ part: Int, _ isMember: Bool) -> FunctionDescription? {
    let all = FunctionDescription.all(in: knowledge.functions)
    let name = scan.string(part)
    if isMember, let dot = scan.dot(before: part), dot > 0 {
      let full = scan.string(dot - 1) + "." + name
      if let found = all.first(where: { !$0.isMember && $0.name == full }) { return found }
    }
    return all.first { $0.isMember == isMember && $0.name == name }
  }

  // MARK: Signatures

  func signatureHelp(_ params: Value) -> Value {
    guard let (_, document) = document(params) else { return .null }
    let offset = document.text.offset(params["position"], encoding)
    guard case .expression(_, let scan, _) = Cursor(document.text.bytes, offset).spot else {
      return .null
    }
    var depth = 0
    var argument = 0
    for at in scan.parts.indices.reversed() {
      if scan.isSign(at, .closeParenthesis) || scan.isSign(at, .closeBracket)
        || scan.isSign(at, .closeBrace)
      {
        depth += 1
      } else if scan.isSign(at, .openParenthesis) || scan.isSign(at, .openBracket)
        || scan.isSign(at, .openBrace)
      {
        if depth > 0 {
          depth -= 1
          continue
        }
        guard at > 0, case .function(let isMember) = scan.parts[at - 1].role,
          let found = function(scan, at - 1, isMember)
        else { return .null }
        return signatures(found, argument)
      } else if depth == 0, scan.isSign(at, .comma) {
        argument += 1
      }
    }
    return .null
  }

  private func signatures(_ function: FunctionDescription, _ argument: Int) -> Value {
    let overloads: [FunctionDescription.Overload?] =
      function.overloads.isEmpty ? [nil] : function.overloads
    let active =
      overloads.firstIndex { function.parameterLabels($0).count > argument } ?? 0
    return .object([
      "signatures": .list(
        overloads.map { overload in
          .object([
            "label": .string(function.label(overload)),
            "documentation": .string(function.summary),
            "parameters": .list(
              function.parameterLabels(overload).map { .object(["label": .string($0)]) }),
          ])
        }),
      "activeSignature": .number(active), "activeParameter": .number(argument),
    ])
  }
}
