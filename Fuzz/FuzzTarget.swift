import Documents
import DiagnosticRendering
import Diagnostics
import Expressions
import Platform
import SourceText
import Values
import YAMLSyntax

/// What is fuzzed: each takes any bytes, and must neither trap nor hang on them.
enum FuzzTarget: String, CaseIterable {
  case json, hocon, yaml, ruby, expression, template, schema, pipeline, migration, iglu

  func run(_ bytes: [UInt8]) {
    if self == .pipeline { return WholeCompilation.run(bytes) }
    if self == .migration { return Migrating.run(bytes) }
    var diagnostics: [Diagnostic] = []
    let source = SourceID(index: 0)
    let file = SourceFile(name: "fuzz", text: bytes)
    switch self {
    case .json:
      JSONReader.read(bytes, source: source, into: &diagnostics).map(Self.visit)
    case .hocon:
      // A joined text has no single place, so its text doesn't map back.
      HOCONReader.read(bytes, source: source, into: &diagnostics).map(Self.visitPlaces)
    case .yaml:
      YAMLReader.read(file, source: source, rules: .core, into: &diagnostics).map(Self.visit)
    case .ruby:
      let rendered = TemplateRenderer.render(
        bytes, name: "fuzz", environment: { $0 == "EMPTY" ? "" : $0 }, source: source,
        into: &diagnostics)
      if let rendered {
        YAMLReader.read(rendered, source: source, rules: .ruby, into: &diagnostics)
          .map(Self.visit)
      }
    case .expression:
      let text = String(decoding: bytes, as: UTF8.self)
      let expression = Expression.parse(
        text, locate: { Span(source, $0) }, into: &diagnostics)
      _ = expression?.check(in: TypeEnvironment(), into: &diagnostics)
      _ = expression?.evaluate(in: EvaluationContext(variables: [:]))
    case .template:
      let text = String(decoding: bytes, as: UTF8.self)
      let template = Template.parse(text, locate: { Span(source, $0) }, into: &diagnostics)
      _ = template?.check(in: TypeEnvironment(), into: &diagnostics)
      _ = template?.evaluate(in: EvaluationContext(variables: [:]))
    case .schema: Validation.run(bytes, source, into: &diagnostics)
    case .iglu: Describing.run(bytes, source, into: &diagnostics)
    case .pipeline, .migration: break
    }
    Self.render(diagnostics, file)
  }

  private static func visitPlaces(_ tree: Tree) {
    for index in tree.nodes.indices {
      let span = tree.span(NodeID(index: UInt32(index)))
      precondition(span.start <= span.end && Int(span.end) <= tree.text.count)
    }
    _ = TemplateMarks.scan(tree)
  }

  /// Looks at every node as later phases do.
  private static func visit(_ tree: Tree) {
    for index in tree.nodes.indices {
      let node = NodeID(index: UInt32(index))
      precondition(Int(tree.span(node).end) <= tree.text.count)
      guard tree.kind(node) != .list, tree.kind(node) != .map else { continue }
      precondition(tree.decodedMap(of: node).derivedCount == tree.withBytes(node, \.count))
    }
    _ = TemplateMarks.scan(tree)
  }

  /// What is said of any bytes must be sayable.
  private static func render(_ diagnostics: [Diagnostic], _ file: SourceFile) {
    var sources = SourceSet()
    sources.add(file)
    render(diagnostics, sources)
  }

  static func render(_ diagnostics: [Diagnostic], _ sources: SourceSet) {
    for format in DiagnosticRenderer.Format.allCases {
      _ = DiagnosticRenderer.render(
        Array(diagnostics.prefix(20)), sources: sources, format: format)
    }
  }

  /// PENSTOCK_FUZZ_TARGET names it.
  static let chosen: FuzzTarget? = getenv("PENSTOCK_FUZZ_TARGET").flatMap {
    FuzzTarget(rawValue: String(cString: $0))
  }
}
