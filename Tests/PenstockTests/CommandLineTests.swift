import Diagnostics
import Foundation
import TestSupport
import Testing

@Suite struct CommandLineTests {
  @Test func showsItsVersion() throws {
    for arguments in [["--version"], ["-v"], ["-V"], ["version"]] {
      let run = try Run(arguments)
      #expect(run.status == 0)
      #expect(run.text.hasPrefix("penstock ") && run.text.hasSuffix("\n"))
      #expect(run.errors.isEmpty)
    }
  }

  @Test func helpGoesToStandardOutputOnlyWhereItWasAskedFor() throws {
    let asked = try Run(["--help"])
    #expect(asked.status == 0 && asked.errors.isEmpty && asked.text.contains("compile"))
    let bare = try Run([])
    #expect(bare.status == 64 && bare.output.isEmpty && bare.errors == asked.text)
    #expect(try Run(["help", "compile"]).text == Run(["compile", "--help"]).text)
    #expect(try Run(["compile", "-h", "--nonesuch"]).status == 0)
  }

  @Test(arguments: [
    (["compil"], Int32(64), "unknown-command", "did you mean `compile`?"),
    (["help", "chek"], 64, "unknown-command", "did you mean `check`?"),
    (["--versoin"], 64, "unknown-option", "did you mean `--version`?"),
    (["check", "--fatcs", "x"], 64, "unknown-option", "did you mean `--facts`?"),
    (["compile", "--strickt"], 1, "unknown-option", "did you mean `--strict`?"),
    (["compile", "-Z"], 1, "unknown-option", "`--help` lists the options"),
    (["compile", "--emit", "job-flows"], 1, "invalid-option-value", "did you mean `job-flow`?"),
    (["compile", "--emit=x"], 1, "invalid-option-value", "it takes `job-flow`"),
    (["compile", "-c"], 1, "missing-option-value", "it takes FILE|-"),
    (["compile", "-c", "--debug"], 1, "missing-option-value", "it takes FILE|-"),
    (["compile", "--debug=yes"], 1, "unexpected-option-value", ""),
    (["compile", "a", "b"], 1, "unexpected-argument", ""),
    (["compile", "a", "debug"], 1, "unexpected-argument", "did you mean `--debug`?"),
    (
      ["compile", "--allow", "json-sintax"], 1, "unknown-diagnostic", "did you mean `json-syntax`?"
    ),
    (["graph", "--format", "svgg"], 64, "invalid-option-value", ""),
    (["explain", "json-syntaxx"], 64, "unknown-diagnostic", "did you mean `json-syntax`?"),
    (["pipelines", "nonesuch"], 64, "unknown-pipeline", ""),
    (["schema", "nonesuch"], 64, "unknown-schema", ""),
    (["completions"], 64, "missing-argument", ""),
    (["completions", "csh"], 64, "invalid-option-value", ""),
    (["validate"], 64, "unknown-command", "did you mean `check`?"),
    (["compile", "--allow", "json-syntax"], 1, "invalid-option-value", "leave it out"),
    (["check", "--allow", "json-syntax"], 64, "invalid-option-value", "leave it out"),
    (["compile", "nonesuch"], 1, "unknown-pipeline", ""),
    // Whoever finds it, wrong usage has the command's status, and a file that isn't there has 1.
    (["check", "nonesuch"], 64, "unknown-pipeline", ""),
    (["plan", "nonesuch"], 64, "unknown-pipeline", ""),
    (["graph", "--run-id", ".."], 64, "invalid-option-value", "up to 128 letters"),
    (["run", "--run-id", ".."], 1, "invalid-option-value", "up to 128 letters"),
    (["check", "-c", "/nonesuch.yml"], 1, "unreadable-file", ""),
    (["plan", "-c", "/nonesuch.yml"], 1, "unreadable-file", ""),
    (["run", "--fault", "x=fail"], 1, "invalid-option-value", "--sandbox"),
    (["lint"], 1, "missing-argument", ""), (["lint", "all"], 1, "missing-argument", ""),
    (["lint", "nonesuch"], 1, "invalid-option-value", ""),
    (["apply"], 64, "missing-argument", ""), (["migrate"], 64, "missing-argument", ""),
    (["import"], 64, "missing-argument", ""),
    (["logs", "--lines", "x"], 64, "invalid-option-value", ""),
    (["diff", "--fail-on", "x", "a", "b"], 64, "invalid-option-value", ""),
    (["diff", "./nonesuch.json", "./nonesuch.json"], 1, "unreadable-file", ""),
    (["status", "--sandbox", "/nonesuch"], 1, "run-unknown", ""),
    (["compile", "./nonesuch.yml"], 1, "unreadable-file", ""),
    (["compile", "-c", "/nonesuch.yml"], 1, "unreadable-file", ""),
    (["compile", "-c", "/"], 1, "unreadable-file", ""),
    (["compile", "-t", "/nonesuch"], 1, "unreadable-file", ""),
    (["compile", "-n", "/dev/null"], 1, "unreadable-file", ""),
    (["compile", "--input", "config"], 1, "invalid-option-value", "NAME=PATH"),
    (["compile", "--input", "=x"], 1, "invalid-option-value", "NAME=PATH"),
    (["compile", "--run-time", "yesterday"], 1, "invalid-option-value", "RFC 3339"),
    (["compile", "--run-time", "2026-02-29T00:00:00Z"], 1, "invalid-option-value", "RFC 3339"),
    (["compile", "--run-time", "2026-02-28T00:00:00"], 1, "invalid-option-value", "RFC 3339"),
    (["compile", "--run-time", "2026-02-28T24:00:00Z"], 1, "invalid-option-value", "RFC 3339"),
    (["compile", "--run-id", "a/../b"], 1, "invalid-option-value", "up to 128 letters"),
    (["compile", "--run-id", ".."], 1, "invalid-option-value", "up to 128 letters"),
    (["compile", "--run-id", "a\nb"], 1, "invalid-option-value", "`a\\nb` isn't"),
    (["compile", "--run-id", "a\u{202E}b"], 1, "invalid-option-value", "`a\\u{202E}b` isn't"),
    (["compile", "--run-id", ""], 1, "missing-option-value", "is a variable unset?"),
    (["compile", "--persistent-jobflow-duration", "1x"], 1, "invalid-option-value", "1d12h"),
    (["compile", "--persistent-jobflow-duration", "1d2"], 1, "invalid-option-value", "1d12h"),
    (
      ["compile", "--persistent-jobflow-duration", "99999999999999999999d"], 1,
      "invalid-option-value", "1d12h"
    ),
  ])
  func refusesWhatItDoesNotKnow(
    arguments: [String], status: Int32, code: String, hint: String
  ) throws {
    let run = try Run(arguments)
    #expect(run.status == status)
    #expect(run.output.isEmpty)
    #expect(run.errors.contains("error[\(code)]: "))
    #expect(hint.isEmpty || run.errors.contains(hint), "\(run.errors)")
  }

  @Test func pointsAtTheVeryWord() throws {
    let run = try Run(["check", "--input", "a b=c", "--fromat=x"])
    #expect(
      run.errors == """
        <command line>:1:32: error[unknown-option]: unknown option `--fromat`
         1 | penstock check --input 'a b=c' --fromat=x
           |                                ^^^^^^^^
          hint: did you mean `--format`?

        1 error

        """)
  }

  @Test func reportsAllThatIsWrong() throws {
    let run = try Run(["compile", "/dev/null", "-c", "/a", "-r", "/b", "--run-time", "x"])
    #expect(run.errors.hasSuffix("3 errors\n"))
  }

  @Test func saysItInTheFormThatWasAskedFor() throws {
    let json = try Run(["check", "--nonesuch", "--diagnostics", "json"])
    #expect(json.errors.hasPrefix("[\n  {\n    \"file\": \"<command line>\""))
    let github = try Run(["compile", "/dev/null", "-c", "/nonesuch", "--diagnostics=github"])
    #expect(github.errors.hasPrefix("::error file=<command line>,line=1,col=31,"))
    let sarif = try Run(["compile", "/dev/null", "-c", "/nonesuch", "--diagnostics=sarif"])
    #expect(sarif.errors.contains("\"ruleId\": \"unreadable-file\""))
  }

  @Test func coloursAsToldAndNeverIntoAFile() throws {
    let arguments = ["compile", "-c", "/nonesuch"]
    #expect(try !Run(arguments).errors.contains("\u{1B}"))
    #expect(try Run(arguments + ["--color", "always"]).errors.contains("\u{1B}[1;31m"))
    #expect(try !Run(arguments + ["--color=never"]).errors.contains("\u{1B}"))
  }

  @Test func standardInputIsReadOnce() throws {
    let run = try Run(["compile", "-c", "-", "-r", "-"], input: "{}")
    #expect(run.status == 1)
    #expect(run.errors.contains("standard input was already read"))
  }

  @Test func neitherHangsNorDiesOfOddArguments() throws {
    for arguments in [
      [""], ["compile", ""], ["compile", "--"], ["-"], ["--"], ["compile", "--="],
      ["compile", "-\u{1F600}"], ["compile", "-c", ""], ["check", "\u{1B}[2J"],
    ] {
      let run = try Run(arguments)
      #expect(run.status == 1 || run.status == 64)
      #expect(!run.errors.contains("\u{1B}"))
    }
  }
}
