package import Diagnostics

/// The commands; `row` says all there is to know of each.
package enum CommandName: String, CaseIterable, Sendable {
  case compile, check, plan, apply, run, status, history, logs, cancel, unlock, diff, graph,
    lint, migrate, explain,
    pipelines, schema, completions, help

  /// The pipeline that is used if none is named.
  package static let defaultPipeline = "snowplow"

  package var summary: String { row.summary }
  package var argument: CommandRow.Argument? { row.arguments.first }
  package var secondArgument: CommandRow.Argument? { row.arguments.dropFirst().first }
  package var options: [Option] { row.options + Self.common }
  package var usageStatus: ExitStatus { row.usageStatus }
}

/// What there is to know of a command.
package struct CommandRow: Sendable {
  package typealias Argument = (name: String, summary: String)

  package let summary: String
  /// None, one or two; all are optional except a shell's name.
  package let arguments: [Argument]
  /// Its own, without those that every command takes.
  package let options: [Option]
  /// The exit status after a mistake on the command line. `compile`, `run` and `lint` take the
  /// options of a program that existed before Penstock, and exit as it did.
  let usageStatus: ExitStatus

  package init(
    _ summary: String, _ arguments: Argument..., options: [Option]...,
    usageStatus: ExitStatus = .usage
  ) {
    self.summary = summary
    self.arguments = arguments
    self.options = options.flatMap(\.self)
    self.usageStatus = usageStatus
  }
}

extension CommandName {
  private static let common: [Option] = [.diagnostics, .color, .quiet, .verbose, .help]
  private static let inputs: [Option] = [
    .config, .resolver, .targets, .enrichments, .input, .facts,
  ]
  private static let running: [Option] = [
    .debug, .resumeFrom, .skip, .skipStep, .empty, .include, .lock, .ignoreLockOnStart, .consul,
    .usePersistentJobflow, .persistentJobflowDuration, .runID, .runTime,
  ]
  private static let severities: [Option] = [.strict, .warn, .allow]
  private static let pipeline: CommandRow.Argument = (
    "PIPELINE", "a file, or the name of a built-in pipeline (default: \(defaultPipeline))"
  )
  private static let runArgument: CommandRow.Argument = (
    "RUN", "the run's id, or its plan (default: the latest run)"
  )

  package var row: CommandRow {
    switch self {
    case .compile:
      CommandRow(
        "compile a pipeline and its inputs to an EMR job flow", Self.pipeline,
        options: Self.inputs, Self.running, [.emit, .explain, .revealSecrets], Self.severities,
        [.out],
        usageStatus: .failure)
    case .check:
      CommandRow(
        "check a pipeline, with or without its inputs", Self.pipeline,
        options: Self.inputs, Self.running, Self.severities, [.out])
    case .plan:
      CommandRow(
        "show what a run will do and why, and write the plan", Self.pipeline,
        options: Self.inputs, Self.running,
        [.repeatStep, .recover, .journal, .sandbox, .offline, .detailedExitcode, .explain],
        Self.severities,
        [.format.taking(.oneOf(["text", "json", "markdown"])), .html, .out])
    case .apply:
      CommandRow(
        "carry out a plan exactly, or continue one",
        ("PLAN", "a plan file, or the id of a run that was begun"),
        options: [
          .allowEdited, .lock, .ignoreLockOnStart, .consul, .journal, .sandbox, .pace, .fault,
          .format,
        ])
    case .run:
      CommandRow(
        "plan and apply in one go", Self.pipeline,
        options: Self.inputs, Self.running,
        [.repeatStep, .recover, .journal, .sandbox, .pace, .fault],
        Self.severities, [.format],
        usageStatus: .failure)
    case .status:
      CommandRow(
        "show the status of a run", Self.runArgument,
        options: [.journal, .sandbox, .offline, .format])
    case .history: CommandRow("list past runs", options: [.journal, .sandbox, .format])
    case .logs:
      CommandRow(
        "show the end of a step's logs",
        ("STEP", "the step's name, part of it, or its id (default: the failed step)"),
        options: [.run, .lines, .journal, .sandbox])
    case .cancel: CommandRow("stop a run", Self.runArgument, options: [.journal, .sandbox])
    case .unlock:
      CommandRow(
        "release a lock left by a run", ("LOCK", "the lock as given to --lock, or the id of a run"),
        options: [.consul, .force, .journal, .sandbox])
    case .diff:
      CommandRow(
        "show the differences between two job flows, and what they mean",
        ("A", "a plan, a job flow, EMR's description of one, or a folder or file of inputs"),
        ("B", "what to compare A with; not with --git"),
        options: [.git, .pipeline], Self.inputs, Self.running,
        [
          .exitCode, .failOn, .format.taking(.oneOf(["text", "markdown", "json", "html"])),
          .canonical,
        ], Self.severities, [.out])
    case .graph:
      CommandRow(
        "draw a pipeline's stages, steps and data", Self.pipeline,
        options: Self.inputs, Self.running,
        [.format.taking(.oneOf(["mermaid", "dot", "svg", "json"])), .out])
    case .lint:
      CommandRow(
        "check the resolver, enrichments and targets against their schemas",
        ("WHAT", "resolver, enrichments, targets or all"),
        options: [
          .resolver, .enrichments, .targets, .registry,
          .offline.taking(nil, "don't ask registries: use only cached schemas and folders"),
          .timeout,
        ], Self.severities,
        usageStatus: .failure)
    case .migrate:
      CommandRow(
        "convert a configuration in an older layout to the current files",
        ("CONFIG", "the configuration"),
        (
          "CONFIG", "the StorageLoader configuration that goes with it, if any; not with `--to rdb`"
        ),
        options: [
          .force.taking(nil, "replace existing files"),
          .out.taking(.folder("DIR"), "write to this folder, all files or none"), .to,
        ])
    case .explain:
      CommandRow(
        "explain a diagnostic", ("CODE", "a diagnostic's code (default: list all)"),
        options: [.out])
    case .pipelines:
      CommandRow(
        "list the built-in pipelines, or print one", ("NAME", "the pipeline to print"),
        options: [.format, .out])
    case .schema:
      CommandRow(
        "list the built-in schemas, or print one", ("NAME", "the schema to print"),
        options: [.out])
    case .completions:
      CommandRow("print completions for a shell", ("SHELL", "bash, zsh or fish"))
    case .help:
      CommandRow(
        "show help for a command, or list all commands", ("COMMAND", "the command to explain"))
    }
  }
}
