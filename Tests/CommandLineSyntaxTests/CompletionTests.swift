import CommandLineSyntax
import Testing

/// Each shell's completions name every command, and every option of each.
@Suite struct CompletionTests {
  private static func choices(_ command: CommandName) -> [String] {
    command == .explain ? ["code-one", "code-two"] : []
  }

  /// The part of a script from one text to another.
  private static func part(_ script: String, from start: String, to end: String) throws -> Substring
  {
    let first = try #require(script.firstRange(of: start), "no \(start)")
    let rest = script[first.upperBound...]
    return rest[..<(rest.firstRange(of: end)?.lowerBound ?? rest.endIndex)]
  }

  private static func words(_ text: some StringProtocol) -> Set<String> {
    let separators: Set<Character> = [" ", "\n", "\"", "'", "=", "|", ")"]
    return Set(String(text).split(whereSeparator: separators.contains).map { String($0) })
  }

  @Test(arguments: CommandName.allCases)
  func bash(command: CommandName) throws {
    let script = BashCompletions.script(Self.choices)
    let clause = try Self.part(
      script, from: "\n      \(command.rawValue))\n", to: "\n        esac ;;\n")
    let offered = Self.words(try Self.part(String(clause), from: "$current == -*", to: "\n"))
    for option in command.options {
      #expect(offered.contains("--\(option.long)"))
      guard option.value != nil else { continue }
      #expect(Self.words(clause).contains("--\(option.long)"))
      if let short = option.short { #expect(Self.words(clause).contains("-\(short)")) }
    }
    #expect(
      Self.words(try Self.part(script, from: "words=\"", to: "else\n")).contains(command.rawValue))
  }

  @Test(arguments: CommandName.allCases)
  func zsh(command: CommandName) throws {
    let script = ZshCompletions.script(Self.choices)
    #expect(script.contains("    '\(command.rawValue):"))
    let clause = try Self.part(
      script, from: "\n    \(command.rawValue))\n      _arguments", to: " ;;\n")
    for option in command.options {
      let start = option.isRepeatable ? "'*" : "'"
      #expect(clause.contains("\(start)--\(option.long)["))
      if let short = option.short { #expect(clause.contains("\(start)-\(short)[")) }
    }
  }

  @Test(arguments: CommandName.allCases)
  func fish(command: CommandName) {
    let lines = FishCompletions.script(Self.choices).split(separator: "\n")
    #expect(lines.contains { $0.contains("-n __fish_use_subcommand -a \(command.rawValue) ") })
    let own = lines.filter { $0.contains("'__fish_seen_subcommand_from \(command.rawValue)'") }
    for option in command.options {
      let line = own.first { $0.contains(" -l \(option.long) ") }
      #expect(line != nil, "no --\(option.long)")
      if let short = option.short { #expect(line?.contains(" -s \(short) ") == true) }
    }
  }

  @Test func choicesAreOffered() {
    for script in [
      BashCompletions.script(Self.choices), ZshCompletions.script(Self.choices),
      FishCompletions.script(Self.choices),
    ] {
      #expect(script.contains("code-one code-two"))
      #expect(script.contains("job-flow requests plan ir"), "values of --emit")
    }
  }

  /// A summary's own quotes and brackets don't end the text around it.
  @Test func zshTextsAreQuoted() {
    for line in ZshCompletions.script(Self.choices).split(separator: "\n")
    where line.hasPrefix("        '") {
      let text = line.replacing("'\\''", with: "")
      #expect(text.filter { $0 == "'" }.count == 2, "\(line)")
    }
  }
}
