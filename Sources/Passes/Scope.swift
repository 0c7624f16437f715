import Expressions
package import PipelineIR
import PipelineSyntax
import PlanFormat
import SourceText
package import Values

/// The values that expressions may refer to, at one point of the compilation.
package struct Scope: Sendable {
  package var variables: [String: Value]

  package init(variables: [String: Value] = [:]) { self.variables = variables }

  package func adding(_ name: String, _ value: Value) -> Scope {
    var scope = self
    scope.variables[name] = value
    return scope
  }

  func adding(_ more: [String: Value]) -> Scope {
    var scope = self
    scope.variables.merge(more) { $1 }
    return scope
  }
}

extension Context {
  /// What expressions see with the program in this state: the inputs and `let`s, which stages run,
  /// and where datasets are.
  package func scope(for program: Program) -> Scope {
    var scope = base
    scope.variables.merge(program.lets) { $1 }
    scope.variables["stages"] = .map(program.selection)
    scope.variables["data"] = .map(program.data)
    if !pipeline.outputs.isEmpty { scope.variables[OutputUses.variable] = .map(placeholders) }
    scope.variables["cluster"] = .map(
      ValueMap([
        "region": .string(program.cluster.region), "release": .string(program.cluster.release),
      ]))
    return scope
  }

  /// Outputs as arguments have them until they are read.
  private var placeholders: ValueMap {
    ValueMap(
      pipeline.outputs.map { output in
        let name = output.name.value
        return (key: .string(name), value: .string(Plan.Output.placeholder(name)))
      })
  }
}
