import Documents
import Diagnostics
import PipelineSyntax
import SourceText
import TestSupport
import Testing
import Values
import YAMLSyntax

/// A text with marks, read as a tree.
struct Reading {
  let source: MarkedSource
  let tree: Tree
  var diagnostics: [Diagnostic] = []

  init(_ text: String) throws {
    source = MarkedSource(text)
    tree = try #require(
      YAMLReader.read(
        source.file, source: MarkedSource.source, rules: .core, into: &diagnostics))
    try #require(diagnostics.isEmpty)
  }

  mutating func pipeline() -> PipelineDecl { PipelineDecl(tree, into: &diagnostics) }

  mutating func kind() -> StepKindDecl? { StepKindDecl(tree, into: &diagnostics) }

  func text(_ node: NodeID?) -> String? { node.map { tree.string($0) } }
}
