import CommandLineSyntax
import SourceText
import Testing

@Suite struct CompleterTests {
  /// What the fake pipeline and journal have.
  private static func lookup(_ kind: LiveName, _ invocation: Invocation)
    -> [Completer.Candidate]
  {
    let names: [String] =
      switch kind {
      case .stage: invocation.argument?.value == "other" ? ["one"] : ["staging", "enrich", "shred"]
      case .part: ["vacuum"]
      case .step: ["[shred] spark: Shred", "bad\u{1B}[2J", "two\nlines", "rlo\u{202E}"]
      case .run: ["2026-03-01-02-00-00", "2026-03-02-02-00-00"]
      case .failedRun: ["2026-03-01-02-00-00"]
      case .openRun: ["2026-03-02-02-00-00"]
      case .pipeline: ["snowplow", "lakehouse"]
      case .input: ["config", "tables"]
      case .parameter: ["day", "size"]
      case .schema: ["plan"]
      case .warning: ["data-unread"]
      case .diagnostic: ["data-unread", "json-syntax"]
      }
    return names.map { Completer.Candidate($0, "a summary") }
  }

  private static func answer(_ words: [String]) -> Completer.Answer {
    Completer.answer(words, lookup: lookup)
  }

  private static func texts(_ words: [String]) -> [String] {
    answer(words).candidates.map(\.text)
  }

  @Test func commandsComeFirst() {
    #expect(Self.texts([""]) == CommandName.allCases.map(\.rawValue))
    #expect(Self.texts([]) == CommandName.allCases.map(\.rawValue))
    #expect(Self.texts(["comp"]) == ["compile", "completions"])
    #expect(Self.texts(["--v"]) == ["--version"])
    #expect(Self.texts(["nonesuch", ""]).isEmpty)
  }

  @Test(arguments: CommandName.allCases)
  func everyListedOptionIsOffered(command: CommandName) {
    let offered = Self.answer([command.rawValue, "--"]).candidates
    #expect(offered.map(\.text) == command.listedOptions.map { "--" + $0.long })
    #expect(offered.allSatisfy { !$0.summary.isEmpty })
    // In lists of options and values, none comes twice.
    for option in command.listedOptions where option.value != nil && !option.isRepeatable {
      let later = Self.texts([command.rawValue, "--\(option.long)", "x", "--"])
      #expect(!later.contains("--" + option.long))
    }
  }

  @Test(
    arguments: [
      (["compile", "--emit", "re"], ["requests"]),
      (["compile", "--emit=re"], ["--emit=requests"]),
      (["compile", "--emit", "plan", "--diag"], ["--diagnostics"]),
      (["run", "--skip", "en"], ["enrich"]), (["run", "-x", "en"], ["enrich"]),
      (["run", "-dx", "en"], ["enrich"]), (["run", "other", "-x", ""], ["one"]),
      (["run", "-x", "enrich,s"], ["enrich,staging", "enrich,shred"]),
      (["run", "--skip=shred,staging,"], ["--skip=shred,staging,enrich"]),
      (["run", "--recover", ""], ["2026-03-01-02-00-00"]),
      (["apply", "2026"], ["2026-03-02-02-00-00"]),
      (["status", "2026-03-01"], ["2026-03-01-02-00-00"]),
      (["logs", ""], ["[shred] spark: Shred"]),
      (["logs", "--run", "2026-03-02"], ["2026-03-02-02-00-00"]),
      (["diff", "--fail-on", "security,d"], ["security,data"]),
      (["diff", "--pipeline", "la"], ["lakehouse"]),
      (["check", "--input", ""], ["config=", "tables="]),
      (["check", "--input=ta"], ["--input=tables="]),
      (["compile", "--allow", ""], ["data-unread"]),
      (["explain", "j"], ["json-syntax"]), (["lint", "e"], ["enrichments"]),
      (["help", "comp"], ["compile", "completions"]), (["graph", "s"], ["snowplow"]),
      (["schema", ""], ["plan"]), (["explain", "json-syntax", "x"], []),
      (["run", "--run-id", "x", "--nonesuch="], []), (["run", "--lines=2"], []),
    ])
  func names(words: [String], expected: [String]) {
    #expect(Self.texts(words) == expected)
  }

  @Test(
    arguments: [
      (["compile", "-c", "con"], ":files\t"), (["compile", "--config=con"], ":files\t--config="),
      (["compile", "-t", ""], ":folders\t"), (["compile", "--emit", ""], ":none"),
      (["check", "--input", "config=a"], ":files\tconfig="),
      (["check", "--input=config=a=b"], ":files\t--input=config="),
      (["check", "my"], ":files\t"), (["diff", "a.json", "b"], ":files\t"),
      (["diff", "a", "b", ""], ":none"), (["history", ""], ":none"),
    ])
  func files(words: [String], last: String) {
    let text = Self.answer(words).text
    #expect(text.hasSuffix("\n"))
    #expect(text.split(separator: "\n").last.map(String.init) == last)
  }

  /// Without an argument to offer, options are.
  @Test func optionsComeWhereNothingElseDoes() {
    #expect(Self.texts(["history", ""]).contains("--journal"))
    #expect(!Self.texts(["run", ""]).contains("--journal"))
    #expect(Self.texts(["run", "--", "--"]).isEmpty)
  }

  /// Names come from files, and go to a terminal.
  @Test func nothingHasControlCharacters() {
    for words in [["logs", ""], ["run", "--skip-step", ""]] {
      #expect(Self.texts(words) == ["[shred] spark: Shred"])
    }
  }

  @Test func scriptsAskTheProgram() {
    for script in [BashCompletions.script, ZshCompletions.script, FishCompletions.script] {
      #expect(script.contains("completions --complete"))
      #expect(script.contains("snowplow-emr-etl-runner"))
      #expect(!script.contains("--resolver"), "no list of its own")
    }
  }

  @Test func wordsToCompleteAreNotParsed() {
    let words = ["compile", "--help", "--nonesuch", "-c", ""]
    let arguments = ["completions", "--complete"] + words
    guard case .complete(words) = InvocationParser.parse(arguments, CommandLineText(arguments))
    else {
      Issue.record("not the words")
      return
    }
  }
}
