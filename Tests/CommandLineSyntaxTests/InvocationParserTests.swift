import CommandLineSyntax
import Diagnostics
import SourceText
import Testing

@Suite struct InvocationParserTests {
  /// What the command line's text has at a span.
  private static func text(_ span: Span, _ line: CommandLineText) -> String {
    #expect(span.source == CommandLineText.source)
    return String(decoding: line.file.text[Int(span.start)..<Int(span.end)], as: UTF8.self)
  }

  /// A command line's meaning in one line. Every part must be at its own place.
  private static func meaning(_ arguments: [String]) -> String {
    let line = CommandLineText(arguments)
    switch InvocationParser.parse(arguments, line) {
    case .nothing: return "nothing"
    case .version: return "version"
    case .complete(let words): return "complete \(words)"
    case .help(let command): return "help \(command?.rawValue ?? "-")"
    case .run(let invocation):
      var words = [invocation.command.rawValue]
      for argument in [invocation.argument, invocation.secondArgument] {
        guard let argument else { continue }
        #expect(text(argument.span, line) == argument.value)
        words.append(argument.value)
      }
      for (option, value) in invocation.options {
        let name = option.long
        if option.value == nil {
          #expect(value.value.isEmpty)
          words.append("\(name) at \(text(value.span, line))")
        } else {
          // A URL is decoded.
          let written = text(value.span, line)
          #expect(written == value.value || written.contains("%"))
          words.append("\(name)=\(value.value)")
        }
      }
      return words.joined(separator: ", ")
    case .refused(let diagnostics, let status):
      let all = diagnostics.map { diagnostic in
        let place = diagnostic.span.map { text($0, line) } ?? "nowhere"
        return "\(diagnostic.code.rawValue) at \(place): \(diagnostic.hint ?? "-")"
      }
      return "\(status.code): " + all.joined(separator: "; ")
    }
  }

  @Test(
    arguments: [
      ([], "nothing"), (["--version"], "version"), (["-v"], "version"), (["-V"], "version"),
      (["--help"], "help -"),
      (["-h"], "help -"), (["check", "--help"], "help check"), (["check", "-h"], "help check"),
      (["check", "--nonsense", "--help"], "help check"),
      // Options and their values.
      (["compile"], "compile"), (["compile", "p.yml"], "compile, p.yml"),
      (["compile", "--config", "c.yml"], "compile, config=c.yml"),
      (["compile", "--config=c.yml"], "compile, config=c.yml"),
      (["compile", "--config=a=b"], "compile, config=a=b"),
      (["compile", "--skip="], "compile, skip="),
      (["compile", "-c", "file:/a/c.yml"], "compile, config=/a/c.yml"),
      (["compile", "--config=file:///a/c.yml"], "compile, config=/a/c.yml"),
      (["compile", "-tfile://localhost/t/"], "compile, targets=/t/"),
      (["compile", "-c", "FILE:/a/my%20c%C3%A9.yml"], "compile, config=/a/my cé.yml"),
      (["compile", "-c", "File://LocalHost/a%2Fb%2g.yml"], "compile, config=/a/b%2g.yml"),
      (["compile", "-c", "file:a%00b%FF"], "compile, config=a%00b%FF"),
      (["compile", "-c", "a%20b.yml"], "compile, config=a%20b.yml"),
      (["compile", "-r", "file:r.json"], "compile, resolver=r.json"),
      (["compile", "-c", "./file:c.yml"], "compile, config=./file:c.yml"),
      (["compile", "-c", "c.yml"], "compile, config=c.yml"),
      (["compile", "-cc.yml"], "compile, config=c.yml"),
      (["compile", "-xenrich"], "compile, skip=enrich"),
      (["compile", "-dq"], "compile, debug at d, quiet at q"),
      (["compile", "-dcc.yml"], "compile, debug at d, config=c.yml"),
      (["compile", "-dqc", "c.yml"], "compile, debug at d, quiet at q, config=c.yml"),
      (["compile", "--debug", "p.yml"], "compile, p.yml, debug at --debug"),
      (["compile", "-x", "a", "--skip=b", "-xc"], "compile, skip=a, skip=b, skip=c"),
      (["compile", "-c", "a", "-c", "a"], "compile, config=a, config=a"),
      (["compile", "--config", "-"], "compile, config=-"),
      (["compile", "-c-"], "compile, config=-"),
      // What looks like an option but isn't one of the command's is a value.
      (["compile", "--run-id", "--x"], "compile, run-id=--x"),
      // Unique beginnings.
      (["compile", "--resu", "enrich"], "compile, resume-from=enrich"),
      (["compile", "--deb"], "compile, debug at --deb"),
      (["compile", "--skip", "a"], "compile, skip=a"),
      // Arguments.
      (["compile", "-"], "compile, -"), (["compile", "--", "--debug"], "compile, --debug"),
      (["compile", "--", "--"], "compile, --"), (["compile", "-d", "--"], "compile, debug at d"),
      (["migrate", "a", "b"], "migrate, a, b"),
      (["diff", "a", "--exit-code", "b"], "diff, a, b, exit-code at --exit-code"),
      (["compile", "my file", "--config", "it's"], "compile, my file, config=it's"),
      (["compile", "ü.yml", "-cé"], "compile, ü.yml, config=é"), (["compile", ""], "compile, "),
    ] as [([String], String)])
  func isUnderstood(arguments: [String], meaning: String) {
    #expect(Self.meaning(arguments) == meaning)
  }

  @Test(
    arguments: [
      (["complie"], "64: unknown-command at complie: did you mean `compile`?"),
      (["frobnicate"], "64: unknown-command at frobnicate: `penstock help` lists the commands"),
      ([""], "64: unknown-command at : `penstock help` lists the commands"),
      (["--hepl"], "64: unknown-option at --hepl: did you mean `--help`?"),
      (["-z"], "64: unknown-option at -z: `--help` lists the options"),
      (["check", "--confg", "x"], "64: unknown-option at --confg: did you mean `--config`?"),
      (["check", "-config", "x"], "64: unknown-option at -config: did you mean `--config`?"),
      (["check", "-config=x"], "64: unknown-option at -config=x: did you mean `--config`?"),
      (["check", "—config", "x"], "64: unknown-option at —config: did you mean `--config`?"),
      (["check", "–c", "x"], "64: unknown-option at –c: did you mean `-c`?"),
      (["check", "-c=x"], "64: unknown-option at -c=x: did you mean `-c x`?"),
      (["check", "--confg=x"], "64: unknown-option at --confg: did you mean `--config`?"),
      (["check", "--re", "x"], "64: unknown-option at --re: `--help` lists the options"),
      (["check", "--con=c"], "64: unknown-option at --con: `--help` lists the options"),
      (["check", "--=x"], "64: unknown-option at --: `--help` lists the options"),
      (["check", "-z"], "64: unknown-option at z: `--help` lists the options"),
      (["check", "-dé"], "64: unknown-option at é: `--help` lists the options"),
      (
        ["check", "--config"],
        "64: missing-option-value at --config: it takes FILE|-; is a variable unset?"
      ),
      (["check", "-c"], "64: missing-option-value at c: it takes FILE|-; is a variable unset?"),
      (
        ["check", "--config", "--debug"],
        "64: missing-option-value at --config: it takes FILE|-; is a variable unset?"
      ),
      (
        ["check", "-c", "-d"],
        "64: missing-option-value at c: it takes FILE|-; is a variable unset?"
      ),
      (
        ["check", "-c", "--"],
        "64: missing-option-value at c: it takes FILE|-; is a variable unset?"
      ),
      (["check", "--debug=yes"], "64: unexpected-option-value at --debug: -"),
      (["check", "--config="], "64: missing-option-value at : is a variable unset?"),
      (["check", "-t", "file:"], "64: missing-option-value at : is a variable unset?"),
      (["run", "-l", ""], "1: missing-option-value at : is a variable unset?"),
      (["run", "-f", ""], "1: missing-option-value at : is a variable unset?"),
      (["check", "--color=alway"], "64: invalid-option-value at alway: did you mean `always`?"),
      (
        ["check", "--color", ""], "64: invalid-option-value at : it takes `auto`, `always`, `never`"
      ),
      (
        ["check", "--warn", "facts-shap"],
        "64: unknown-diagnostic at facts-shap: did you mean `facts-shape`?"
      ),
      (["check", "a", "b"], "64: unexpected-argument at b: -"),
      (["check", "a", "config"], "64: unexpected-argument at config: did you mean `--config`?"),
      (["migrate", "a", "b", "c"], "64: unexpected-argument at c: -"),
      (["history", "x"], "64: unexpected-argument at x: -"),
      (
        ["check", "--nope", "-c"],
        "64: unknown-option at --nope: `--help` lists the options; missing-option-value at c: it takes FILE|-; is a variable unset?"
      ),
    ] as [([String], String)])
  func isRefused(arguments: [String], refusal: String) {
    #expect(Self.meaning(arguments) == refusal)
  }

  /// Commands that replace older programs end as those did.
  @Test(arguments: CommandName.allCases)
  func theExitStatusIsTheCommands(command: CommandName) {
    let arguments = [command.rawValue, "--no-such-option"]
    guard
      case .refused(let diagnostics, let status) =
        InvocationParser.parse(arguments, CommandLineText(arguments))
    else {
      Issue.record("not refused")
      return
    }
    #expect(status == command.usageStatus && diagnostics.map(\.code) == [.unknownOption])
    let older: Set<CommandName> = [.compile, .run, .lint]
    #expect(status == (older.contains(command) ? .failure : .usage))
  }

  private static func invocation(_ arguments: [String]) throws -> (Invocation, CommandLineText) {
    let line = CommandLineText(arguments)
    guard case .run(let invocation) = InvocationParser.parse(arguments, line) else {
      throw Refused()
    }
    return (invocation, line)
  }

  private struct Refused: Error {}

  @Test(
    arguments: [
      (["--skip", "a"], ["a"]), (["--skip", "a,b"], ["a", "b"]),
      (["-xa,b", "-x", "c"], ["a", "b", "c"]),
      (["--skip=a, b,,  c d,"], ["a", "b", "c d"]), (["--skip", ","], []), (["--skip="], []),
      ([], []),
      (["--skip", "é,ü"], ["é", "ü"]),
    ] as [([String], [String])])
  func listsHaveTheirItems(options: [String], items: [String]) throws {
    let (invocation, line) = try Self.invocation(["compile"] + options)
    let list = invocation.list(.skip)
    #expect(list.map(\.value) == items)
    for item in list { #expect(Self.text(item.span, line) == item.value) }
  }

  /// What was given first would be dropped without a word.
  @Test func differentValuesAreRefused() {
    #expect(throws: (any Error).self) {
      try Self.invocation(["check", "-ra", "--resolver", "b", "-d"])
    }
  }

  /// Configurations are laid over one another.
  @Test func configurationsAreKeptInTheirOrder() throws {
    let (invocation, _) = try Self.invocation(["check", "-ca", "--config", "b", "-c", "a"])
    #expect(invocation.all(.config).map(\.value) == ["a", "b", "a"])
  }

  @Test func theSameValueMayBeGivenTwice() throws {
    let (invocation, _) = try Self.invocation(["check", "-ca", "--config", "a", "-d"])
    #expect(invocation[.config]?.value == "a")
    #expect(invocation.all(.config).map(\.value) == ["a", "a"])
    #expect(invocation.has(.debug) && !invocation.has(.quiet) && invocation[.resolver] == nil)
  }
}
