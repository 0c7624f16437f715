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
  /// Whether a command is named.
  let hasCommand: Bool
  var today: [String]
  var skipped: [String] = []
  /// Whether `emr` was skipped.
  var skipsCluster = false
  /// Where data is taken from, instead of the configuration's place.
  var place: FormerPlace?
  /// How many options are known.
  var knownOptions = 0
  /// What is out of date, each at its place.
  var parts: [(message: String, span: Span)] = []
  /// What was wrong at that time too.
  var problems: [Diagnostic] = []

  /// The errors for a command line of EmrEtlRunner before R91, or with options of that time; nil for
  /// any other.
  static func ofRunner(_ arguments: [String], _ text: CommandLineText) -> [Diagnostic]? {
    guard let first = arguments.first else { return nil }
    if first == "generate" { return generating(arguments, text) }
    let command = CommandName(rawValue: first)
    guard command != nil || first.hasPrefix("-") else { return nil }
    var line = FormerCommandLine(
      arguments, text, command ?? .run, FormerOption.ofRunner, hasCommand: command != nil)
    if command == nil {
      line.parts.append(
        (
          "a command is missing: since R91 it is `run`, which also loads and archives, as "
            + "StorageLoader did", text.span(0, 0..<first.utf8.count)
        ))
    }
    line.readAll(from: command == nil ? 0 : 1)
    guard line.knownOptions > 0, !line.parts.isEmpty else { return nil }
    if command == nil, !line.has(.resolver) { line.today += ["--resolver", "resolver.json"] }
    return line.diagnostics(as: text.program)
  }

  /// The errors for any command line of StorageLoader.
  static func ofLoader(_ arguments: [String], _ text: CommandLineText) -> [Diagnostic] {
    var line = FormerCommandLine(arguments, text, nil, FormerOption.ofLoader, hasCommand: false)
    line.parts.append(
      (
        "StorageLoader is a part of EmrEtlRunner since R90: `run` loads and archives, so this is "
          + "only for what a run left to load", text.programSpan
      ))
    line.readAll(from: 0)
    for (option, value) in [
      (Option.config, "config.yml"), (.resolver, "resolver.json"), (.targets, "targets"),
    ] where !line.has(option) {
      line.today += ["--\(option.long)", value]
    }
    if line.skipped.isEmpty {
      line.today += ["--\(Option.resumeFrom.long)", "rdb_load"]
    } else {
      line.skipped += ["staging", "enrich", "shred", "elasticsearch", "archive_raw"]
    }
    // The other program has the same name but for its end, and is beside this one.
    let end = "storage-loader"
    let base = text.program.hasSuffix(end) ? text.program.dropLast(end.count) : ""
    return line.diagnostics(as: base + "emr-etl-runner")
  }

  /// `generate emr-config`, `generate emr-playbook` and `generate all` printed that they weren't
  /// supported yet.
  private static func generating(_ arguments: [String], _ text: CommandLineText) -> [Diagnostic] {
    let what = arguments.dropFirst().first { !$0.hasPrefix("-") }
    let isNamed = what != nil && arguments.dropFirst().first == what
    let options: [String: [FormerOption]] = [
      "emr-config": FormerOption.ofConfigGenerator,
      "emr-playbook": FormerOption.ofPlaybookGenerator, "all": [],
    ]
    let former = isNamed ? what.flatMap { options[$0] } : nil
    var line = FormerCommandLine(arguments, text, .compile, former ?? [], hasCommand: false)
    line.parts.append(
      (
        "`generate` did nothing in any release: `compile` writes the cluster and its steps",
        text.span(0, 0..<8)
      ))
    if let what, isNamed, former == nil {
      line.problems.append(
        .invalidOptionValue(
          what, of: "generate", among: options.keys.sorted(), at: text.span(1, 0..<what.utf8.count))
      )
    }
    line.readAll(from: isNamed ? 2 : 1)
    return line.diagnostics(as: text.program)
  }

  private init(
    _ arguments: [String], _ text: CommandLineText, _ command: CommandName?,
    _ former: [FormerOption], hasCommand: Bool
  ) {
    self.arguments = arguments
    self.text = text
    self.former = former
    options = command?.options ?? []
    isLoader = command == nil
    self.hasCommand = hasCommand
    today = [command?.rawValue ?? "run"]
  }

  private func has(_ option: Option) -> Bool {
    today.contains { word in
      word == "--\(option.long)" || word.hasPrefix("--\(option.long)=")
        || option.short.map { word.hasPrefix("-\($0)") } ?? false
    }
  }

  private func diagnostics(as program: String) -> [Diagnostic] {
    var problems = problems
    if let place, has(.resumeFrom) {
      problems.append(
        .exclusiveOptions(place.option.long, Option.resumeFrom.long, at: text.programSpan))
    }
    let hint =
      if !problems.isEmpty {
        "correct the other errors first: then this one has today's command line"
      } else if isEmpty {
        "remove the line: nothing that it asks for is left to do"
      } else {
        "write `\(ShellText.join([program] + today + selection))`"
      }
    return problems + [.outdatedCommandLine(parts, hint: hint)]
  }

  /// All stages that are left out, in their order.
  private var skippedStages: [String] {
    var stages = Set(skipped + (place?.skips ?? []))
    // Before R87, raw events were archived after the cluster's work, by EmrEtlRunner itself; but
    // events that were only just staged aren't to be archived.
    if skipsCluster, !stages.contains("staging") { stages.insert("archive_raw") }
    return FormerStage.all.filter(stages.contains)
  }

  /// Whether all is left out that a run does.
  private var isEmpty: Bool { FormerStage.main.allSatisfy(skippedStages.contains) }

  /// The options that select stages.
  private var selection: [String] {
    var words: [String] = []
    var stages = skippedStages
    if let run = place?.runID {
      words = ["--\(Option.resumeFrom.long)", "shred", "--\(Option.runID.long)", run]
      stages.removeAll { $0 == "staging" || $0 == "enrich" }
    }
    return words + (stages.isEmpty ? [] : ["--\(Option.skip.long)", stages.joined(separator: ",")])
  }
}
