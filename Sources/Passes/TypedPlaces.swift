package import Documents
package import Expressions

/// What expressions can refer to at each place of a pipeline, as far as it is known: collected while
/// types are checked.
package final class TypedPlaces {
  private var environments: [NodeID: TypeEnvironment] = [:]

  package init() {}

  /// Of several environments for one node, the first counts: it is checked with that.
  func note(_ node: NodeID, _ environment: TypeEnvironment) {
    if environments[node] == nil { environments[node] = environment }
  }

  /// What is known inside a node; nil if nothing else than around it.
  package subscript(node: NodeID) -> TypeEnvironment? { environments[node] }
}
