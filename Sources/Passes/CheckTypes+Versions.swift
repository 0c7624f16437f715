import Documents
import Diagnostics
import Expressions
import PipelineSyntax
import SourceText
import Values

/// Types in the table of versions that go together.
extension TypeChecker {
  func check(_ versions: VersionsDecl, into diagnostics: inout [Diagnostic]) {
    var items: [String: ValueType] = [:]
    for subject in versions.subjects {
      var inner = environment
      if let item = subject.item {
        let type = itemType(of: item.of, into: &diagnostics)
        items[subject.name.value] = type
        inner = inner.declaring(item.name.value, type)
      }
      if let when = subject.when { inner = assume(when, in: inner, into: &diagnostics) }
      if let version = subject.version { expect(version, .string, inner, into: &diagnostics) }
      if let place = subject.at {
        check(place: place, item: subject.item?.name.value, inner, into: &diagnostics)
      }
    }
    let names = versions.subjects.map(\.name.value)
    for rule in versions.rules {
      for subject in rule.subjects where !names.contains(subject.value) {
        diagnostics.append(.unknownVersion(of: subject.value, among: names, at: subject.span))
      }
      var inner = environment
      for subject in rule.subjects.compactMap({ versions.subject(named: $0.value) }) {
        guard let item = subject.item, let type = items[subject.name.value] else { continue }
        inner = inner.declaring(item.name.value, type)
      }
      if let when = rule.when { inner = assume(when, in: inner, into: &diagnostics) }
      for text in [rule.message, rule.because, rule.hint] {
        if let text { _ = type(of: text, inner, into: &diagnostics) }
      }
    }
  }

  /// The type of an item of an input that is a folder.
  private func itemType(of node: NodeID, into diagnostics: inout [Diagnostic]) -> ValueType {
    let type = type(of: node, environment, into: &diagnostics)
    if pipeline.folder(node) != nil, case .list(let element) = type.withoutAbsence {
      return element
    }
    if type != .error {
      diagnostics.append(.wrongType("an input that is a folder", found: type, at: tree.span(node)))
    }
    return .error
  }
}

extension PipelineDecl {
  /// The input that is a folder and that an expression names: `${targets}`.
  func folder(_ node: NodeID) -> InputDecl? {
    var ignored: [Diagnostic] = []
    guard tree.hasExpression(node),
      let reference = tree.template(node, into: &ignored)?.singleExpression?.reference,
      reference.members.isEmpty
    else { return nil }
    return inputs.first { $0.name.value == reference.name && $0.isMany }
  }
}
