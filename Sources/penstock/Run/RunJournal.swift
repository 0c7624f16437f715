import CommandLineSyntax
import Host
import Diagnostics
import Platform
import Executor
import Journal
import Sandbox
import SourceText

/// Where the journal of runs is.
enum RunJournal {
  /// For a command that records something.
  static func open(_ context: CommandContext) throws(WorldRefusal) -> Journal {
    let given = context.invocation[.journal]
    let path = try path(context.invocation)
    if given == nil, let sandbox = context.invocation[.sandbox],
      let problem = SandboxFolder.prepare(sandbox.value, for: journalName)
    {
      throw WorldRefusal(.journalUnusable(path, problem, at: sandbox.span), .failure)
    }
    do throws(FileFailure) {
      if given == nil { try Files.makeFolders(Files.folder(of: path)) }
    } catch {
      throw WorldRefusal(.journalUnusable(path, error.reason, at: given?.span), .failure)
    }
    return try use(path, given) { path throws(JournalError) in try Journal(path: path) }
  }

  /// For a command that only looks: nothing is made or changed, and where there is no journal yet,
  /// it has no runs.
  static func read(_ context: CommandContext) throws(WorldRefusal) -> Journal {
    let given = context.invocation[.journal]
    if let given, !given.value.isEmpty {
      let folder = Files.folder(of: given.value)
      // Rather a mistyped name than a journal that isn't there yet.
      guard folder.isEmpty || Files.exists(folder) else {
        throw WorldRefusal(
          .journalUnusable(given.value, "there is no folder `\(folder)`", at: given.span), .failure)
      }
    }
    return try use(path(context.invocation), given) { path throws(JournalError) in
      let scratch = Environment.value("TMPDIR") ?? ""
      return try Journal(reading: path, scratch: scratch.isEmpty ? "/tmp" : scratch)
    }
  }

  private static func use(
    _ path: String, _ given: Invocation.Text?,
    _ open: (String) throws(JournalError) -> Journal
  ) throws(WorldRefusal) -> Journal {
    do throws(JournalError) {
      return try open(path)
    } catch {
      throw WorldRefusal(
        .journalUnusable(path, error.words, hint: error.remedy, at: given?.span), .failure)
    }
  }

  /// The journal if there is one, for a command that writes nothing. One that can't be read is
  /// an error only if the command line names it.
  static func existing(_ context: CommandContext) throws(WorldRefusal) -> Journal? {
    guard let given = context.invocation[.journal] else { return try? read(context) }
    return Files.exists(given.value) ? try read(context) : nil
  }

  private static let journalName = "journal.db"

  /// The file of `--journal`; in a sandbox its own; else the user's, as the XDG specification has
  /// it (`$XDG_STATE_HOME/penstock/journal.db`, `~/.local/state/penstock/journal.db`).
  private static func path(_ invocation: Invocation) throws(WorldRefusal) -> String {
    if let given = invocation[.journal] { return given.value }
    if let sandbox = invocation[.sandbox]?.value {
      return SandboxFolder.state(of: sandbox) + "/" + journalName
    }
    if let state = Environment.value("XDG_STATE_HOME"), state.hasPrefix("/") {
      return Files.join(state, "penstock/journal.db")
    }
    guard let home = Environment.home else {
      throw WorldRefusal(
        .journalUnusable(
          "~/.local/state/penstock", "neither HOME nor /etc/passwd says where your home is",
          at: nil), .failure)
    }
    return Files.join(home, ".local/state/penstock/journal.db")
  }
}
