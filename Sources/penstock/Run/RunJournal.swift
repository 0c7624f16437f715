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
  /// The file of `--journal`; in a sandbox its own; else the user's, as the XDG specification has
  /// it (`$XDG_STATE_HOME/penstock/journal.db`, `~/.local/state/penstock/journal.db`).
  static func open(_ context: CommandContext) throws(WorldRefusal) -> Journal {
    let given = context.invocation[.journal]
    let path = if let given { given.value } else { try defaultPath(context.invocation) }
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
    do throws(JournalError) {
      return try Journal(path: path)
    } catch {
      throw WorldRefusal(.journalUnusable(path, error.words, at: given?.span), .failure)
    }
  }

  private static let journalName = "journal.db"

  private static func defaultPath(_ invocation: Invocation) throws(WorldRefusal) -> String {
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
