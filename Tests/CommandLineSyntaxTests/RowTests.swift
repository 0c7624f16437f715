import CommandLineSyntax
import Compiler
import DiagnosticRendering
import Diagnostics
import Testing

/// The rows of commands and options agree with each other and with what carries them out.
@Suite struct RowTests {
  @Test(arguments: CommandName.allCases)
  func namesAreUnique(command: CommandName) {
    let long = command.options.map(\.long)
    #expect(Set(long).count == long.count, "\(long)")
    let short = command.options.compactMap(\.short)
    #expect(Set(short).count == short.count, "\(short)")
  }

  @Test(arguments: CommandName.allCases)
  func everythingHasASummary(command: CommandName) {
    let summaries =
      [command.summary] + command.row.arguments.map(\.summary) + command.options.map(\.summary)
    for summary in summaries {
      #expect(!summary.isEmpty && !summary.hasSuffix(".") && !summary.contains("\n"), "\(summary)")
    }
    for argument in command.row.arguments {
      #expect(!argument.name.isEmpty && argument.name == argument.name.uppercased())
    }
    #expect(command.row.arguments.count <= 2)
  }

  @Test(arguments: CommandName.allCases)
  func optionsAreWellFormed(command: CommandName) {
    for option in command.options {
      #expect(
        !option.long.isEmpty
          && option.long.allSatisfy { $0.isASCII && ($0.isLowercase || $0 == "-") },
        "\(option.long)")
      #expect(option.value != nil || !option.isRepeatable, "\(option.long)")
      if case .oneOf(let choices)? = option.value {
        #expect(choices.count > 1 && Set(choices).count == choices.count, "\(option.long)")
      }
      #expect(option.value?.name != "", "\(option.long)")
    }
  }

  /// A letter is the same option in every command.
  @Test func lettersMeanTheSameEverywhere() {
    var meanings: [Character: Set<String>] = [:]
    for option in CommandName.allCases.flatMap(\.options) {
      if let short = option.short { meanings[short, default: []].insert(option.long) }
    }
    for (letter, names) in meanings { #expect(names.count == 1, "-\(letter) is \(names)") }
  }

  private static func choices(_ option: Option) -> [String]? {
    if case .oneOf(let choices)? = option.value { choices } else { nil }
  }

  @Test func choicesAreThoseOfTheProgram() {
    // Then come the documents of other engines.
    #expect(Self.choices(.emit)?.starts(with: Emit.allCases.map(\.rawValue)) == true)
    #expect(
      Self.choices(.diagnostics) == DiagnosticRenderer.Format.allCases.map(\.rawValue))
    #expect(Option.codes == DiagnosticCode.allCases.map(\.rawValue).sorted())
  }

  @Test func aCommandMayTakeAnOptionItsOwnWay() throws {
    let format = try #require(CommandName.graph.options.first { $0 == .format })
    #expect(Self.choices(format) == ["mermaid", "dot", "svg", "json"])
    #expect(Self.choices(.format) == ["text", "json"])
    let changed = Option.warn.taking(nil, "other words")
    #expect(changed == .warn && changed.isRepeatable && changed.summary == "other words")
    #expect(Set([Option.warn, changed]).count == 1)
  }
}
