import AWSServices
import Executor
import Values

/// Events of a run, for the tests.
enum Events {
  static func at(_ seconds: Int64, _ kind: RunEvent.Kind) -> RunEvent {
    RunEvent(
      time: Value.Timestamp(seconds: 1_772_341_567 + seconds, nanoseconds: 250_000_000), kind: kind)
  }

  static func step(
    _ name: String, _ state: StepState, _ started: Int64? = nil, _ ended: Int64? = nil,
    failure: String? = nil
  ) -> StepDescription {
    func time(_ seconds: Int64) -> Value.Timestamp {
      Value.Timestamp(seconds: 1_772_341_567 + seconds, nanoseconds: 999_000_000)
    }
    var step = StepDescription(id: "s-\(name)", name: name, state: state)
    step.started = started.map(time)
    step.ended = ended.map(time)
    step.failure = failure.map {
      StepDescription.Failure(reason: "Unknown", message: $0, logFile: "s3://logs/\(name)")
    }
    return step
  }

  static let began = at(0, .began(pipeline: "p", runID: "r1", steps: ["load", "sum up"]))
}
