import CommandLineSyntax
import Compiler
import Diagnostics
import Host
import SourceText
import Text

/// `penstock help`, and `--help` anywhere.
enum HelpCommand {
  static func run(_ context: CommandContext) -> ExitStatus {
    if let folder = context.invocation[.man] { return writePages(folder, context) }
    guard let name = context.invocation.argument else { return context.write(overview) }
    guard let command = CommandName(rawValue: name.value) else {
      return context.refuse([.unknownCommand(name.value, at: name.span)], .usage)
    }
    return context.write(text(of: command))
  }

  static var overview: String {
    """
    Compiles batch pipelines to Amazon EMR job flows.

    usage: \(ProgramName.current) COMMAND [options]

    \(Columns.folded(CommandName.allCases.map { ($0.rawValue, $0.summary) }))
    `\(ProgramName.current) help COMMAND` lists a command's options, with examples.

    """
  }

  /// In place of StorageLoader, which has no commands.
  static var ofLoader: String {
    """
    StorageLoader is a part of EmrEtlRunner since R90: its command `run` loads and archives.

    usage: \(ProgramName.current) [StorageLoader's options]

    Prints EmrEtlRunner's command line of today for one of StorageLoader, and carries out nothing.

    """
  }

  static func text(of command: CommandName) -> String {
    HelpText.text(of: command, program: ProgramName.current)
  }

  /// Writes all pages into a folder.
  private static func writePages(
    _ folder: Invocation.Text, _ context: CommandContext
  ) -> ExitStatus {
    var path = folder.value
    do throws(FileFailure) {
      try Files.makeFolders(folder.value, mode: 0o777)
      for page in ManPage.all(version: Version.text, date: BuildInfo.date ?? "") {
        path = Files.join(folder.value, page.name)
        try Output.replace(path, with: Array(page.text.utf8))
      }
      return .success
    } catch {
      return context.refuse([.outputFailed(path, error.reason, at: folder.span)], .failure)
    }
  }
}
