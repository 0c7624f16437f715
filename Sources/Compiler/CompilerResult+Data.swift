import Passes
import PipelineIR

extension CompilerResult {
  /// The names of the run's steps that must not be done twice for the same data.
  package var stepsDoneOnce: Set<String> {
    guard let program else { return [] }
    return Set(program.steps.filter(\.isOnce).map { program.text($0.name) })
  }

  /// The durable places that say which data the run works on: a run with another id and time, that
  /// finds other latest folders, has other ones.
  package func placesOfItsData() -> Set<String> {
    guard let program, let bound = reached.bound else { return [] }
    return bound.context.placesOfThisData(program)
  }
}
