import AWSServices
import CommandLineSyntax
import Host
import Compiler
import DiagnosticRendering
import Diagnostics
import Executor
import Platform
import Journal
import PlanFormat
import SourceText
import Documents
import Text
import Synchronization
import Values

/// Carries out a plan in a world, and reports on it.
struct Application: Sendable {
  let context: CommandContext
  let planned: PlannedRun
  let world: RunWorld
  let journal: Journal
  /// The command that continues the run.
  let command: String
  /// The command line as typed: `context` may have options of the plan as well.
  let typed: Invocation
  /// The facts from a file, if there is one.
  var facts: Facts?
  /// Whether the plan was made just now, so that no other process can have begun it.
  var isNew = false
  /// Whether another process has made the plan, maybe with the credentials of another account.
  var checksAccount = false

  func carryOut() async throws(WorldRefusal) -> ExitStatus {
    let printer = EventPrinter(context, world)
    var options = ApplyOptions(
      runKey: planned.key, applyCommand: command,
      secrets: planned.secrets)
    options.recoverCommand = context.recovery(planned.plan.runID)
    options.cancelCommand = context.command("cancel", planned.plan.runID)
    options.isNew = isNew
    options.lock = try LockPlace.store(of: context.invocation, in: world)
    options.ignoresLock = context.invocation.has(.ignoreLockOnStart)
    let drawing = Task.detached { await printer.keepDrawing() }
    let outcome = await Executor.apply(
      planned.plan, services: services(printer), options: options)
    drawing.cancel()
    guard let failure = outcome.failure else { return .success }
    // A program that reads diagnostics is to read all of them; people have read what was printed.
    if !printer.hasToldEnd || context.console.format != .text {
      return context.refuse([diagnostic(of: failure)], failure.status)
    }
    return failure.status
  }

  /// What the executor says, with the place in the command line that it is about.
  private func diagnostic(of failure: RunFailure) -> Diagnostic {
    var diagnostic = failure.diagnostic
    if failure.code == .lockHeld || failure.code == .lockUnusable {
      diagnostic.span = typed[.lock]?.span
    }
    if failure.code == .journalUnusable { diagnostic.span = typed[.journal]?.span }
    return diagnostic
  }

  private func services(_ printer: EventPrinter) -> Services {
    var services = Services(
      emr: world.emr, store: world.store, time: world.time, random: SystemRandom(),
      journal: journal, owner: Machine.owner(), emptied: planned.plan.emptiedFirst,
      isAlive: { Machine.isAlive($0) },
      events: { printer.show($0) }, checkpoint: checkpoint)
    if let facts { services.facts = facts }
    if world.isSandbox { services.listLag = 0 }
    if checksAccount { services.account = world.account }
    services.notifier = world.notifier
    if let sender = world.sender {
      let settings = SecretTexts(planned.secrets).fill(planned.plan.settings["events"] ?? .null)
      services.monitor = RunMonitor(settings, version: Version.text, sender: sender)
    }
    services.lineage = lineage
    return services
  }

  /// What the pipeline or the environment asks for. A sandbox's events stay in its folder.
  private var lineage: LineageReporter? {
    let settings = SecretTexts(planned.secrets).fill(planned.plan.settings["lineage"] ?? .null)
    guard
      let settings = LineageSettings(
        settings, variables: Environment.all(), version: Version.text)
    else { return nil }
    if let deliver = world.lineage { return LineageReporter(settings, deliver: deliver) }
    switch settings.target {
    case .file(let path):
      return LineageReporter(settings) { event, _ throws(CloudError) in
        try LineageFile.append(event, to: path)
      }
    case .server(let url, let key):
      return world.sender.map {
        LineageReporter(settings, deliver: LineageReporter.deliver(to: url, key: key, by: $0))
      }
    }
  }

  /// If the sandbox asks for it, the process dies as by `kill -9`.
  private var checkpoint: @Sendable (Checkpoint) async -> Void {
    guard let limit = world.crashAfter else { return { _ in } }
    let passed = Self.passed
    return { checkpoint in
      switch checkpoint {
      case .beforeEntry, .beforeRequest: return
      case .afterEntry, .afterRequest: break
      }
      if passed.count.withLock({
        $0 += 1; return $0
      }) == limit {
        kill(getpid(), SIGKILL)
      }
    }
  }

  /// How far this process has got, with all of its runs.
  private static let passed = Passed()

  private final class Passed: Sendable {
    let count = Mutex(0)
  }
}

extension CommandContext {
  /// Says that the cluster that a run is to start is there, so that there is nothing to do.
  func tellUp(_ cluster: String) -> ExitStatus {
    guard invocation[.format]?.value == "json" else {
      return write(VisibleText.line("the cluster \(cluster) is up already") + "\n")
    }
    var writer = CanonicalJSONWriter(pretty: false)
    writer.value(
      .map(ValueMap(["event": .string("up-already"), "cluster": .string(cluster)])),
      revealingSecrets: false)
    writer.newline()
    return write(String(decoding: writer.bytes, as: UTF8.self))
  }
}
