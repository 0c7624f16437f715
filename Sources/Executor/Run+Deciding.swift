import AWSServices
import Diagnostics
import Locations
import PlanFormat
import Values

/// What is decided while the run goes on, by the small values that its steps leave in S3.
extension Run {
  /// The step whose outputs have to be read now; nil if there are none to read.
  ///
  /// Those of steps that are done already are read before anything is begun.
  var stepToRead: String? {
    guard !plan.outputs.isEmpty, record.brokenOutput == nil else { return nil }
    return plan.outputs.first { output in
      guard record.outputs[output.name] == nil else { return false }
      guard let index = plan.steps.firstIndex(where: { $0.name == output.step }) else {
        return true
      }
      return record.steps[index].description?.state == .completed
    }?.step
  }

  /// Reads the outputs of a step, and records them: what is decided once stays so, whatever becomes of
  /// the objects.
  mutating func readOutputs(of step: String) async throws(RunStop) {
    var values: [(name: String, value: Value)] = []
    for output in plan.outputs(of: step) {
      let bytes: [UInt8]?
      do throws(CloudError) {
        bytes = try await read(output)
        blindSince = nil
      } catch {
        if error.kind == .cancelled || Task.isCancelled { throw .interrupted }
        return try await tryAgain(redacted(error))
      }
      do throws(Plan.Output.Problem) {
        values.append((output.name, try output.value(bytes)))
      } catch {
        let failure = RunFailure.outputUnreadable(output, error)
        guard record.hasBegun || plan.steps.contains(where: { $0.name == step }) else {
          throw .refused(failure)
        }
        try await note(.outputBroken(output: output.name, problem: failure.diagnostic.message))
        return tell(.warning(failure.diagnostic.message))
      }
    }
    try await note(
      .outputsRead(step: step, values: ValueMap(values.map { (.string($0.name), $0.value) })))
    for (name, value) in values {
      tell(.outputRead(name: name, value: value.outputText, step: step))
    }
    for stage in plan.stages {
      guard let condition = stage.condition, let holds = condition.value(record.outputs),
        condition.outputs.contains(where: { name in values.contains { $0.name == name } })
      else { continue }
      tell(.stageDecided(stage: stage.name, runs: holds, because: condition.text))
    }
    if let decider = record.noDataDecider(plan), decider.name == step {
      tell(.noData(step: step, because: decider.condition.text))
    }
  }

  /// An object's bytes, no more than one beyond the output's limit; nil if there is none.
  private func read(_ output: Plan.Output) async throws(CloudError) -> [UInt8]? {
    guard let location = try? Location(output.location) else { return nil }
    do throws(CloudError) {
      // An empty object has no first byte.
      let page = try await services.store.list(
        bucket: location.bucket, prefix: location.key, after: nil, limit: 1)
      guard let entry = page.entries.first, entry.key == location.key else { return nil }
      if entry.size == 0 || output.kind == .marker { return [] }
      return try await services.store.get(
        bucket: location.bucket, key: location.key,
        range: .bytes(first: 0, last: output.limit)
      ).bytes
    } catch {
      if error.kind == .notFound { return nil }
      throw error
    }
  }

  /// Deletes what earlier tries, or earlier runs, have left where steps write their outputs, so that
  /// nothing but their own can be read. The steps aren't on the cluster.
  mutating func clearOutputs(of steps: [Int]) async throws(RunStop) {
    let names = Set(steps.map { plan.steps[$0].name })
    let outputs = plan.outputs.filter { names.contains($0.step) }
    guard !outputs.isEmpty else { return }
    try checkJournal()
    await services.checkpoint(.beforeRequest("DeleteObject"))
    for output in outputs {
      guard let location = try? Location(output.location) else { continue }
      while true {
        do throws(CloudError) {
          try await services.store.delete(
            bucket: location.bucket, key: location.key, ifMatch: nil)
          blindSince = nil
          break
        } catch {
          if error.kind == .notFound { break }
          if error.kind == .cancelled || Task.isCancelled { throw .interrupted }
          try await tryAgain(redacted(error))
        }
      }
    }
    await services.checkpoint(.afterRequest("DeleteObject"))
  }

  /// A request's step with the outputs that it takes.
  func filled(_ body: Value?, of index: Int) -> Value? {
    let takes = plan.steps[index].takes
    return takes.isEmpty ? body : body.map { record.outputs.fill($0, of: takes) }
  }

  /// Why the run ends although no step failed; nil if it doesn't.
  var decidedEnd: RunFailure? {
    if let decider = record.noDataDecider(plan) {
      return .noData(decider.name, decider.condition)
    }
    guard let broken = record.brokenOutput,
      let output = plan.outputs.first(where: { $0.name == broken.name })
    else { return nil }
    return .outputUnreadable(output, broken.problem)
  }
}

extension RunRecord {
  /// The step whose outputs say that there is no data, and by what.
  func noDataDecider(_ plan: Plan) -> (name: String, condition: Plan.Condition)? {
    guard !outputs.isEmpty else { return nil }
    for (step, known) in zip(plan.steps, steps) {
      guard let condition = step.noData, known.description?.state == .completed,
        condition.value(outputs) == true
      else { continue }
      return (step.name, condition)
    }
    return nil
  }

  /// The step that is completed, but hasn't left an output that can be read.
  var stepWithoutOutput: Int? { brokenOutput.flatMap { writers[$0.name] } }

  /// Whether a step is completed and its outputs can be read.
  package func isDone(_ index: Int) -> Bool {
    steps.indices.contains(index) && steps[index].description?.state == .completed
      && index != stepWithoutOutput
  }

  /// Whether a step is left out, as its stage's condition doesn't hold.
  package func isSkipped(_ index: Int) -> Bool {
    conditions.indices.contains(index) && conditions[index]?.value(outputs) == false
  }
}
