import CommandLineSyntax
import Diagnostics
import Testing

/// Help and man pages say all that the tables have.
@Suite struct HelpTextTests {
  @Test(arguments: CommandName.allCases)
  func fitsIntoEightyColumns(command: CommandName) {
    for line in HelpText.text(of: command, program: "penstock").split(separator: "\n") {
      #expect(line.count <= 80, "\(line)")
    }
  }

  @Test(arguments: CommandName.allCases)
  func hasEveryOptionOnce(command: CommandName) {
    let text = HelpText.text(of: command, program: "penstock")
    let lines = text.split(separator: "\n")
    for option in command.listedOptions {
      let form = "  " + (option.short.map { "-\($0), " } ?? "    ") + "--\(option.long)"
      let own = lines.filter { $0 == form || $0.hasPrefix(form + " ") }
      #expect(own.count == 1, "--\(option.long)")
    }
    for argument in command.row.arguments { #expect(text.contains("  \(argument.name)  ")) }
  }

  /// What has no effect is accepted where a run's command line is, and not listed.
  @Test func doesNotListWhatHasNoEffect() {
    for command in [CommandName.compile, .check, .diff, .graph] {
      for option in [Option.lock, .consul, .ignoreLockOnStart] {
        #expect(command.options.contains(option))
        #expect(!command.listedOptions.contains(option))
      }
    }
    for command in CommandName.allCases {
      #expect(Set(command.options).isSuperset(of: command.listedOptions))
    }
  }

  @Test(arguments: CommandName.allCases)
  func examplesAreCommandLines(command: CommandName) {
    #expect(!command.examples.isEmpty)
    for example in command.examples {
      let words = example.line.split(separator: " ").map(String.init)
      #expect(words.first == command.rawValue)
      #expect(!example.does.isEmpty && !example.does.hasSuffix("."))
      switch InvocationParser.parse(words, CommandLineText(words)) {
      case .run(let invocation): #expect(invocation.command == command)
      default: Issue.record("\(example.line)")
      }
    }
  }

  @Test(arguments: CommandName.allCases)
  func exitStatusesAreInOrder(command: CommandName) {
    let codes = command.exits.map(\.status.code)
    #expect(codes == codes.sorted() && Set(codes).count == codes.count)
    #expect(codes.contains(0) && codes.contains(command.usageStatus.code))
    #expect(command.exits.allSatisfy { !$0.when.isEmpty })
  }

  /// EmrEtlRunner's commands, and `compile`, exit with 1 after wrong usage; others with 64.
  @Test func wrongUsageHasOneStatus() {
    for command in CommandName.allCases {
      let isFormer = [.run, .lint, .compile].contains(command)
      #expect(command.usageStatus == (isFormer ? .failure : .usage), "\(command)")
    }
  }

  @Test func thereIsAManPageForEach() throws {
    let pages = ManPage.all(version: "1.2.3", date: "2026-03-01")
    #expect(
      pages.map(\.name) == ["penstock.1"]
        + CommandName.allCases.map { "penstock-\($0.rawValue).1" } + ["snowplow-emr-etl-runner.1"])
    for command in CommandName.allCases {
      let page = try #require(pages.first { $0.name == "penstock-\(command.rawValue).1" }).text
      #expect(page.contains("1 \"2026-03-01\" \"penstock 1.2.3\""))
      for option in command.listedOptions {
        let name = option.long.replacing("-", with: "\\-")
        #expect(page.contains("\\fB\\-\\-\(name)\\fR"), "\(command) --\(option.long)")
      }
      for line in page.split(separator: "\n") where line.hasPrefix(".") {
        let isRequest = [".TH", ".SH", ".SS", ".TP", ".br"].contains { line.hasPrefix($0) }
        #expect(isRequest, "\(line)")
      }
    }
  }
}
