import CommandLineSyntax
import Compiler
import Diagnostics
import Host
import LanguageServer
import Platform
import SourceText
import Subprocess
import Values

/// `penstock lsp`: a language server on standard input and output; with `--check`, once what it would
/// show.
enum LanguageServerCommand {
  static func run(_ context: CommandContext) -> ExitStatus {
    if context.invocation.has(.check) {
      return EditorCheck(context: context, server: server(context)).run()
    }
    if let argument = context.invocation.argument {
      return context.refuse(
        [.unexpectedArgument(argument.value, of: .lsp, at: argument.span)], .usage)
    }
    return serve(server(context))
  }

  private static func server(_ context: CommandContext) -> Server {
    var surroundings = Surroundings(environment: Environment.all(), timeZones: ZoneFiles.all) {
      given in
      if let given, let time = RunTime(rfc3339: given) { return (time.moment, time.utcOffset) }
      let now = Clock.now()
      return (now, Clock.utcOffset(at: now))
    }
    surroundings.givenTime = context.invocation[.runTime]?.value
    return Server(
      disk: EditorFiles(), surroundings: surroundings, version: Version.text,
      pages: Pages.address, runProgram: runSelf)
  }

  /// Runs this program once more.
  private static func runSelf(_ arguments: [String]) -> (output: String, isSuccess: Bool) {
    let request = ProcessRequest(
      arguments: ["/proc/self/exe"] + arguments, environment: Environment.all(), timeout: 60)
    guard let ended = ProcessRunner.runToEnd(request) else { return ("", false) }
    let output = String(decoding: ended.output + ended.errors, as: UTF8.self)
    return (output, ended.status == 0)
  }

  private static func serve(_ server: Server) -> ExitStatus {
    var channel = MessageChannel()
    while server.ending == nil {
      while let content = channel.next() {
        if !channel.write(server.receive(content)) { return .failure }
      }
      // What arrives meanwhile may cancel what comes next.
      if channel.read(waiting: false) { continue }
      if let answers = server.step() {
        if !channel.write(answers) { return .failure }
        continue
      }
      if channel.isAtEnd { return .failure }
      if !channel.write(server.idle()) { return .failure }
      _ = channel.read(waiting: true)
    }
    return server.ending == .afterShutdown ? .success : .failure
  }
}
