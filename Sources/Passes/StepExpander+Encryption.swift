import Documents
import Diagnostics
import Expressions
import PipelineIR
import PipelineSyntax
import SourceText
import Values

/// Parameters for writing encrypted data, added if the cluster's data is encrypted.
extension StepExpander {
  /// Adds the kind's `encrypted` parameters that the step doesn't set.
  ///
  ///     s3-dist-cp: { src: A, dest: B }    →    s3-dist-cp: { src: A, dest: B, s3ServerSideEncryption: true }
  func addEncryption(
    to items: inout [Parameter], of declaration: StepDecl, _ kind: StepKindDecl,
    _ report: inout Report
  ) {
    guard program.cluster.isEncrypted, let node = kind.encrypted else { return }
    let span = tree.span(declaration.name ?? declaration.node)
    var added: [String] = []
    for entry in kind.tree.entries(node) {
      let name = kind.tree.string(entry.key)
      guard !items.contains(where: { $0.name == name }) else { continue }
      items.append(
        Parameter(name: name, value: Value(kind.tree, entry.value), key: nil, span: span))
      added.append(name)
    }
    guard !added.isEmpty else { return }
    report.explain(
      "step `\(name(of: declaration))`", .changed,
      "the cluster's data is encrypted: \(added.joined(separator: ", "))", at: span)
  }

  /// The kind's `encrypted` parameters that its `arguments` don't mention.
  func unplacedEncryption(_ kind: StepKindDecl) -> [String] {
    guard program.cluster.isEncrypted, let node = kind.encrypted else { return [] }
    return kind.tree.entries(node).map { kind.tree.string($0.key) }.filter { name in
      !kind.arguments.contains { argument in
        switch argument {
        case .text(let text):
          kind.tree.references(in: text).contains {
            $0.name == "parameters" && ($0.members.first ?? name) == name
          }
        case .option(let placed, _), .each(let placed, _), .value(let placed),
          .pairs(let placed, _), .options(let placed?, _, _):
          placed == name
        case .options(nil, _, _): true
        }
      }
    }
  }

  private func name(of declaration: StepDecl) -> String {
    var ignored: [Diagnostic] = []
    return declaration.name.flatMap { binder.text($0, into: &ignored) } ?? ""
  }
}
