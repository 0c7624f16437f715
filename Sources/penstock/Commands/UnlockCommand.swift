import CommandLineSyntax
import Host
import Diagnostics
import Executor
import Journal
import SourceText
import Text

/// `penstock unlock`: releases a lock, or a run's journal, left by a process that is gone.
enum UnlockCommand {
  static func run(_ context: CommandContext) -> ExitStatus {
    guard let argument = context.invocation.argument else {
      let span = context.commandLine.span(1, 0..<0)
      return context.refuse([.missingArgument("LOCK", of: .unlock, at: span)], .usage)
    }
    Interruptible.run {
      do throws(WorldRefusal) {
        if let words = try unlockJournal(argument, context) { return context.write(words) }
        return context.write(try await unlock(argument, context))
      } catch {
        return context.refuse([error.diagnostic], error.status)
      }
    }
  }

  /// Nil if the argument isn't a run in the journal.
  private static func unlockJournal(
    _ argument: Invocation.Text, _ context: CommandContext
  ) throws(WorldRefusal) -> String? {
    guard !argument.value.contains("/"), !Files.exists(argument.value),
      !context.invocation.has(.consul)
    else { return nil }
    let journal = try RunJournal.read(context)
    let found: RunLookup
    do throws(WorldRefusal) {
      found = try RunLookup.find(argument, in: journal)
    } catch {
      guard error.diagnostic.code == .runUnknown else { throw error }
      return nil
    }
    let run = found.overview.run
    guard let holder = run.holder else { return line("the run \(run.runID) isn't held") }
    let who = "\(holder.user), process \(holder.process) on \(holder.host)"
    guard context.invocation.has(.force) || !Machine.isAlive(holder) else {
      throw WorldRefusal(
        .runStillLocked(run.runID, by: who, at: argument.span), .lockHeld)
    }
    let written = try RunJournal.open(context)
    do throws(JournalError) {
      try Executor.unlock(run.key, in: written)
    } catch {
      throw WorldRefusal(.journal(error, at: written.path))
    }
    return line("the run \(run.runID), which was held by \(who), is released")
  }

  private static func line(_ text: String) -> String { VisibleText.line(text) + "\n" }

  private static func unlock(
    _ argument: Invocation.Text, _ context: CommandContext
  ) async throws(WorldRefusal) -> String {
    let store = try store(argument, context)
    let holder = try await call(argument) { () throws(LockFailure) in
      try await RunLock.holder(
        of: store, asSeenBy: Machine.owner(), isAlive: { Machine.isAlive($0) })
    }
    guard let holder else { return line("the lock \(store.name) isn't held") }
    guard holder.isKnown else {
      throw WorldRefusal(.lockForeign(argument.value, at: argument.span), .failure)
    }
    let summary = RunLock.summary(holder, store.name)
    guard context.invocation.has(.force) || holder.isGone else {
      throw WorldRefusal(.lockStillHeld(summary, at: argument.span), .lockHeld)
    }
    let isRemoved = try await call(argument) { () throws(LockFailure) in
      try await RunLock.remove(store, heldBy: holder)
    }
    guard isRemoved else {
      throw WorldRefusal(
        .lockStillHeld(
          "the lock \(store.name) has changed hands in the meantime", at: argument.span),
        .lockHeld)
    }
    return line("the lock \(store.name) is released")
  }

  private static func call<Result: Sendable>(
    _ argument: Invocation.Text, _ body: () async throws(LockFailure) -> Result
  ) async throws(WorldRefusal) -> Result {
    do throws(LockFailure) {
      return try await body()
    } catch {
      throw WorldRefusal(
        .lockUnusable(argument.value, error.message, at: argument.span), .failure)
    }
  }

  /// A lock in a file doesn't need AWS.
  private static func store(
    _ argument: Invocation.Text, _ context: CommandContext
  ) throws(WorldRefusal) -> any LockStore {
    let consul = context.invocation[.consul]?.value
    if consul == nil, LockPlace.isFile(argument.value) {
      return FileLockStore(path: argument.value)
    }
    return try LockPlace.store(
      argument.value, consul: consul, in: RunWorld.open(context, RunWorld.Entry()),
      at: argument.span)
  }
}
