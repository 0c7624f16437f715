import Documents
import Diagnostics
import Expressions
import PipelineSyntax
import SourceText
import Values

/// Types in the settings of the cluster, and in the job flow.
extension TypeChecker {
  func check(
    _ cluster: ClusterDecl, jobFlow: ValueType, into diagnostics: inout [Diagnostic]
  ) {
    if let region = cluster.region { expect(region, .string, environment, into: &diagnostics) }
    if let flag = cluster.encrypted { expect(flag, .bool, environment, into: &diagnostics) }
    if let name = cluster.reuseName { expect(name, .string, environment, into: &diagnostics) }
    if let id = cluster.reuseID { expect(id, .string, environment, into: &diagnostics) }
    if let tries = cluster.bootstrapTries {
      _ = type(of: tries, environment, into: &diagnostics)
    }
    if let body = cluster.jobFlow {
      for entry in tree.entries(body) where tree.string(entry.key) == "Steps" {
        diagnostics.append(.stepsInJobFlow(at: tree.span(entry.key)))
      }
      let inner = environment.declaring("cluster", Self.clusterType("region"))
      note(body, inner)
      check(body: body, jobFlow, inner, into: &diagnostics)
    }
  }

  /// Checks the job flow against EMR's type for it.
  func check(
    body node: NodeID, _ type: ValueType, _ outer: TypeEnvironment,
    into diagnostics: inout [Diagnostic]
  ) {
    switch tree.kind(node) {
    case .map:
      var object: ObjectType?
      if case .object(let known) = type.withoutAbsence { object = known }
      let outer =
        tree.value(node, "$when").map { assume($0, in: outer, quietly: true, into: &diagnostics) }
        ?? outer
      for entry in tree.entries(node) {
        let key = tree.string(entry.key)
        if key == "$when" || key == "$each" { continue }
        let field = object?.field(key)
        if let object, field == nil, object.additional == nil, key != "$value" {
          diagnostics.append(
            .unknownMember(key, of: object, at: tree.span(entry.key)))
          continue
        }
        check(
          body: entry.value, field?.type ?? object?.additional ?? .dyn, outer, into: &diagnostics)
      }
    case .list:
      var item = ValueType.dyn
      if case .list(let of) = type.withoutAbsence { item = of }
      for child in tree.items(node) {
        var inner = outer
        if let each = tree.value(child, "$each") {
          inner = declaring(each, in: inner, into: &diagnostics)
        }
        if let when = tree.value(child, "$when") {
          inner = assume(when, in: inner, into: &diagnostics)
        }
        note(child, inner)
        let content = tree.value(child, "$value") ?? child
        let found =
          tree.kind(content) == .string
          ? self.type(of: content, inner, into: &diagnostics) : .dyn
        if case .list(let spliced) = found.withoutAbsence {
          if !spliced.isAssignable(to: item) {
            diagnostics.append(
              .wrongType("\(item)", found: spliced, at: tree.span(content)))
          }
        } else if tree.kind(content) == .string {
          report(found, expected: item, content, into: &diagnostics)
        } else {
          check(body: content, item, inner, into: &diagnostics)
        }
      }
    case .null, .bool, .int, .float: break
    case .string: expect(node, type, outer, into: &diagnostics)
    }
  }
}
