import Diagnostics
import SourceText
import Text

/// A command line of an earlier release of EmrEtlRunner, or of StorageLoader, as its users have it
/// in cron: what of it is out of date, and the command line that asks for the same today.
///
/// It isn't carried out, because `run` does more than it did: it also loads and archives.
struct FormerCommandLine {
  let arguments: [String]
  let text: CommandLineText
  let former: [FormerOption]
  /// Today's options.
  let options: [Option]
  let isLoader: Bool
  var today: [String]
  var skipped: [String] = []
  var resumesFromShred = false
  /// What is out of date, each at its place.
  var parts: [(message: String, span: Span)] = []

  /// The error for a command line of EmrEtlRunner before R91, or with options of that time; nil for
  /// any other.
  static func ofRunner(_ arguments: [String], _ text: CommandLineText) -> Diagnostic? {
    guard let first = arguments.first else { return nil }
    if first == "generate" { return generating(arguments, text) }
    let command = CommandName(rawValue: first)
    guard command != nil || first.hasPrefix("-") else { return nil }
    var line = FormerCommandLine(arguments, text, command ?? .run, FormerOption.ofRunner)
    if command == nil {
      line.parts.append(
        (
          "a command is missing: since R91 it is `run`, which also loads and archives, as "
            + "StorageLoader did", text.span(0, 0..<first.utf8.count)
        ))
    }
    guard line.readAll(from: command == nil ? 0 : 1), !line.parts.isEmpty else { return nil }
    if command == nil, !line.has(.resolver) { line.today += ["--resolver", "resolver.json"] }
    return line.diagnostic(as: text.program)
  }

  /// The error for any command line of StorageLoader.
  static func ofLoader(_ arguments: [String], _ text: CommandLineText) -> Diagnostic {
    var line = FormerCommandLine(arguments, text, nil, FormerOption.ofLoader)
    line.parts.append(
      (
        "StorageLoader is a part of EmrEtlRunner since R90: `run` loads and archives, so this is "
          + "only for what a run left to load", text.programSpan
      ))
    let isKnown = line.readAll(from: 0)
    if !isKnown { line.today = ["run"] }
    for (option, value) in [
      (Option.config, "config.yml"), (.resolver, "resolver.json"), (.targets, "targets"),
    ] where !line.has(option) {
      line.today += ["--\(option.long)", value]
    }
    if line.skipped.isEmpty {
      line.today += ["--\(Option.resumeFrom.long)", "rdb_load"]
    } else {
      line.skipped =
        ["staging", "enrich", "shred", "elasticsearch", "archive_raw"] + line.skipped
    }
    return line.diagnostic(as: CommandName.defaultPipeline + "-emr-etl-runner")
  }

  /// `generate emr-config`, `generate emr-playbook` and `generate all` printed that they weren't
  /// supported yet.
  private static func generating(_ arguments: [String], _ text: CommandLineText) -> Diagnostic? {
    let what = arguments.dropFirst().first
    let options: [String: [FormerOption]] = [
      "emr-config": FormerOption.ofConfigGenerator,
      "emr-playbook": FormerOption.ofPlaybookGenerator, "all": [],
    ]
    let former = what.map { options[$0] ?? [] } ?? []
    var line = FormerCommandLine(arguments, text, .compile, former)
    line.parts.append(
      (
        "`generate` did nothing in any release: `compile` writes the cluster and its steps",
        text.span(0, 0..<8)
      ))
    if !line.readAll(from: what.map { options[$0] == nil } ?? true ? 1 : 2) {
      line.today = ["compile"]
    }
    return line.diagnostic(as: text.program)
  }

  private init(
    _ arguments: [String], _ text: CommandLineText, _ command: CommandName?,
    _ former: [FormerOption]
  ) {
    self.arguments = arguments
    self.text = text
    self.former = former
    options = command?.options ?? []
    isLoader = command == nil
    today = [command?.rawValue ?? "run"]
  }

  private func has(_ option: Option) -> Bool {
    today.contains { word in
      word == "--\(option.long)" || word.hasPrefix("--\(option.long)=")
        || option.short.map { word.hasPrefix("-\($0)") } ?? false
    }
  }

  private func diagnostic(as program: String) -> Diagnostic {
    var words = [program] + today
    var skipped: [String] = []
    for stage in self.skipped where !skipped.contains(stage) { skipped.append(stage) }
    if resumesFromShred {
      // The two options exclude each other.
      if skipped.allSatisfy({ ["staging", "enrich", "archive_raw"].contains($0) }) {
        skipped = []
        words += ["--\(Option.resumeFrom.long)", "shred"]
      } else {
        skipped = ["staging", "enrich"] + skipped.filter { $0 != "staging" && $0 != "enrich" }
      }
    }
    if !skipped.isEmpty { words += ["--\(Option.skip.long)", skipped.joined(separator: ",")] }
    return .outdatedCommandLine(parts, today: ShellText.join(words))
  }
}
