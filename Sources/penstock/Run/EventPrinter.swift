import CommandLineSyntax
import Host
import Reports
import AWSServices
import Diagnostics
import Executor
import Platform
import SourceText
import Synchronization
import Values

/// Shows what happens in a run: redrawn in place on a terminal, as lines in a log, or as JSON.
///
/// JSON is the command's output and goes to standard output, as does the log of the program it
/// replaces; everything else goes to standard error.
final class EventPrinter: Sendable {
  private enum Form: Sendable {
    case live(LiveRenderer)
    case lines(LineRenderer)
    case json
    /// In place of EmrEtlRunner; what that didn't log goes to standard error.
    case runner(RunnerLog, LineRenderer)
    /// Failures only.
    case quiet(LineRenderer)
  }

  private struct State: Sendable {
    var form: Form
    var hasToldEnd = false
  }

  private let state: Mutex<State>
  private let time: any TimeSource
  /// The run's id, where several are under way at once.
  private let label: String

  /// With simulated time, redrawing in place would be too fast to follow.
  init(_ context: CommandContext, _ world: RunWorld) {
    time = world.time
    label = context.label
    let invocation = context.invocation
    let form: Form =
      if invocation[.format]?.value == "json" {
        .json
      } else if invocation.has(.quiet) {
        .quiet(LineRenderer())
      } else if ProgramName.isRunner {
        .runner(
          RunnerLog(process: getpid(), utcOffset: Clock.utcOffset(at: world.now)), LineRenderer())
      } else if world.timeFlies || !context.label.isEmpty || invocation.has(.verbose)
        || !Self.canDraw
        || context.console.format.isDocument
      {
        .lines(LineRenderer())
      } else {
        .live(Self.live(hasColor: context.console.isColored))
      }
    state = Mutex(State(form: form))
  }

  private static var canDraw: Bool {
    Output.isTerminal(STDERR_FILENO) && Environment.value("TERM") != "dumb"
  }

  private static func live(hasColor: Bool) -> LiveRenderer {
    let size = Console.size(of: STDERR_FILENO) ?? (80, 24)
    return LiveRenderer(hasColor: hasColor, width: size.width, height: size.height)
  }

  /// Whether it has shown how the run ended, or that this process stops.
  var hasToldEnd: Bool { state.withLock { $0.hasToldEnd } }

  func show(_ event: RunEvent) {
    state.withLock { state in
      switch event.kind {
      case .ended, .interrupted: state.hasToldEnd = true
      case .refused: if case .runner = state.form { state.hasToldEnd = true }
      default: break
      }
      switch state.form {
      case .live(var renderer):
        Output.report(renderer.render(event))
        state.form = .live(renderer)
      case .lines(var renderer):
        Output.report(labelled(renderer.render(event)))
        state.form = .lines(renderer)
      case .json:
        try? Output.write(
          Array(JSONEventRenderer.render(Self.naming(event), run: label).utf8), to: STDOUT_FILENO)
      case .runner(var log, var renderer):
        let entries = ProgramName.naming(log.render(event))
        try? Output.write(Array(entries.utf8), to: STDOUT_FILENO)
        let text = renderer.render(event)
        if Self.isRunnersReport(event) { Output.report(ProgramName.naming(text)) }
        state.form = .runner(log, renderer)
      case .quiet(var renderer):
        let text = renderer.render(event)
        if ProgramName.isRunner ? Self.isRunnersReport(event) : Self.isFailure(event) {
          Output.report(labelled(ProgramName.naming(text)))
        }
        state.form = .quiet(renderer)
      }
    }
  }

  /// Lines with the run's id before each.
  private func labelled(_ text: String) -> String {
    guard !label.isEmpty, !text.isEmpty else { return text }
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
    return lines.map { "\(label) \($0)\n" }.joined()
  }

  /// With the commands in it under the name that the program was called by.
  private static func naming(_ event: RunEvent) -> RunEvent {
    guard case .warning(let text) = event.kind else { return event }
    var named = event
    named.kind = .warning(ProgramName.naming(text))
    return named
  }

  /// What goes to standard error besides the log: nothing of a run that ends well, for `cron` would
  /// send it as a mail.
  private static func isRunnersReport(_ event: RunEvent) -> Bool {
    switch event.kind {
    case .failed, .interrupted: true
    default: false
    }
  }

  private static func isFailure(_ event: RunEvent) -> Bool {
    switch event.kind {
    case .failed, .interrupted, .warning: true
    case .ended(let end): !end.isSuccess && end.status != .noData
    case .began, .resumed, .factChecked, .emptied, .searching, .launching, .launched, .attached,
      .jobsRun,
      .addingSteps, .addedSteps, .retrying, .cluster, .step, .clusterLost, .callFailed, .cancelling,
      .outputRead, .stageDecided, .noData, .heldBack, .cancellingStep,
      .terminating,
      .programLog, .refused, .notified:
      false
    }
  }

  /// Keeps the times on a terminal advancing until the task is cancelled.
  func keepDrawing() async {
    while !Task.isCancelled {
      try? await Task.sleep(for: .seconds(1))
      state.withLock { state in
        guard case .live(var renderer) = state.form, !Task.isCancelled else { return }
        Output.report(renderer.tick(time.now))
        state.form = .live(renderer)
      }
    }
  }
}
