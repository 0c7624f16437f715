import SourceText
import CommandLineSyntax
import Host
import Sandbox
import Values

/// The time of a run: the machine's, or a sandbox's own.
enum RunClock {
  /// When time begins in a new sandbox.
  static func start(
    _ invocation: Invocation, _ runTime: Value.Timestamp? = nil
  ) -> Value.Timestamp {
    invocation[.runTime].flatMap { RunTime(rfc3339: $0.value)?.moment } ?? runTime ?? Clock.now()
  }

  /// The current time in this command line's world, before anything else is known about it.
  static func now(_ invocation: Invocation) -> Value.Timestamp {
    guard let folder = invocation[.sandbox]?.value else { return Clock.now() }
    // Asking a sandbox makes it.
    guard Files.isFolder(folder) else { return start(invocation) }
    return SimulatedEMR(folder: folder, start: start(invocation), effects: StepEffects())
      .clock().now
  }
}
