import Expressions
package import PipelineIR
package import Values

/// The values that expressions may name, at one moment of the compilation.
package struct Scope: Sendable {
  package var variables: [String: Value]

  package init(variables: [String: Value] = [:]) { self.variables = variables }

  package func adding(_ name: String, _ value: Value) -> Scope {
    var scope = self
    scope.variables[name] = value
    return scope
  }
}

extension Context {
  /// What expressions see while `program` is what it is: the inputs and `let`s, which stages run,
  /// and where datasets are.
  package func scope(for program: Program) -> Scope {
    var scope = base
    scope.variables.merge(program.lets) { $1 }
    scope.variables["stages"] = .map(
      ValueMap(
        program.stages.map { (key: .string($0.name), value: .bool($0.status == .selected)) }))
    scope.variables["data"] = .map(
      ValueMap(
        program.datasets.compactMap { dataset in
          dataset.value.map { (key: .string(dataset.name), value: $0) }
        }))
    scope.variables["cluster"] = .map(
      ValueMap([
        "region": .string(program.cluster.region), "release": .string(program.cluster.release),
      ]))
    return scope
  }
}

extension Dataset {
  /// Its location, or the list of its locations, as expressions see it; nil where it does not exist.
  package var value: Value? {
    guard let locations else { return nil }
    if isList { return .list(locations.map { .string($0) }) }
    return locations.first.map { .string($0) }
  }
}
