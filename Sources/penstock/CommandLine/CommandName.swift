/// Every command, with what it takes.
enum CommandName: String, CaseIterable, Sendable {
  case compile, check, plan, apply, run, status, history, logs, cancel, unlock, diff, graph,
    lint, migrate, explain,
    pipelines, schema, completions, help

  var summary: String {
    switch self {
    case .compile: "compile a pipeline and its inputs to an EMR job flow"
    case .check: "check a pipeline, with its inputs or alone"
    case .plan: "show what a run will do and why, and write the plan"
    case .diff: "show what is different between two job flows, and what it means"
    case .apply: "do exactly what a plan says, or go on with it"
    case .run: "plan and apply in one"
    case .status: "show how a run stands"
    case .history: "list past runs"
    case .logs: "show the end of a step's logs"
    case .cancel: "stop a run"
    case .unlock: "release a lock that a run left"
    case .graph: "draw a pipeline's stages, steps and data"
    case .lint: "check the resolver, enrichments and targets against their schemas"
    case .migrate: "make today's files of a configuration in an older layout"
    case .explain: "show the page of a diagnostic"
    case .pipelines: "list the built-in pipelines, or print one"
    case .schema: "list the built-in schemas, or print one"
    case .completions: "write completions for a shell"
    case .help: "show help, of a command or of all"
    }
  }

  /// Its first argument, if it takes any; all are optional but the shell's name.
  var argument: (name: String, summary: String)? {
    switch self {
    case .compile, .check, .plan, .run, .graph:
      ("PIPELINE", "a file, or a built-in pipeline's name (else \(Self.defaultPipeline))")
    case .diff: ("A", "a plan, a job flow, what EMR tells of one, or a folder or file of inputs")
    case .apply: ("PLAN", "a plan's file, or the id of a run that was begun")
    case .status, .cancel: ("RUN", "the run's id, or its plan (else the latest run)")
    case .history: nil
    case .logs: ("STEP", "the step's name, a part of it, or its id (else the one that failed)")
    case .unlock: ("LOCK", "the lock as --lock names it, or the id of a run")
    case .lint: ("WHAT", "resolver, enrichments, targets or all")
    case .migrate: ("CONFIG", "the configuration")
    case .explain: ("CODE", "a diagnostic's code (else all are listed)")
    case .pipelines: ("NAME", "the pipeline to print")
    case .schema: ("NAME", "the schema to print")
    case .completions: ("SHELL", "bash, zsh or fish")
    case .help: ("COMMAND", "the command to tell of")
    }
  }

  /// Its second argument, if it takes one.
  var secondArgument: (name: String, summary: String)? {
    switch self {
    case .diff: ("B", "what A is compared with; not with --git")
    case .migrate: ("CONFIG", "StorageLoader's configuration of the same time, if there was one")
    default: nil
    }
  }

  /// Stands in where no pipeline is named.
  static let defaultPipeline = "snowplow"

  var options: [Option] {
    switch self {
    case .compile:
      Self.inputs + Self.running
        + [.emit, .explain, .revealSecrets, .strict, .warn, .allow, .out] + Self.common
    case .check: Self.inputs + Self.running + [.strict, .warn, .allow, .out] + Self.common
    case .plan:
      Self.inputs + Self.running
        + [
          .recover, .journal, .sandbox, .offline, .detailedExitcode, .explain, .strict, .warn,
          .allow, .format, .html,
          .out,
        ]
        + Self.common
    case .apply:
      [.lock, .ignoreLockOnStart, .consul, .journal, .sandbox, .pace, .fault, .format] + Self.common
    case .run:
      Self.inputs + Self.running
        + [.recover, .journal, .sandbox, .pace, .fault, .strict, .warn, .allow, .format]
        + Self.common
    case .status: [.journal, .sandbox, .offline, .format] + Self.common
    case .history: [.journal, .sandbox, .format] + Self.common
    case .logs: [.run, .lines, .journal, .sandbox] + Self.common
    case .cancel: [.journal, .sandbox] + Self.common
    case .unlock: [.consul, .force, .journal, .sandbox] + Self.common
    case .diff:
      [.git, .pipeline] + Self.inputs + Self.running
        + [.exitCode, .failOn, .format, .canonical, .strict, .warn, .allow, .out] + Self.common
    case .graph: Self.inputs + Self.running + [.format, .out] + Self.common
    case .lint:
      [.resolver, .enrichments, .targets, .registry, .offline, .timeout, .strict, .warn, .allow]
        + Self.common
    case .migrate: [.force, .out] + Self.common
    case .pipelines: [.format, .out] + Self.common
    case .explain, .schema: [.out] + Self.common
    case .completions, .help: Self.common
    }
  }

  private static let inputs: [Option] = [
    .config, .resolver, .targets, .enrichments, .input, .facts,
  ]
  private static let running: [Option] = [
    .debug, .resumeFrom, .skip, .skipStep, .empty, .include, .lock, .ignoreLockOnStart, .consul,
    .usePersistentJobflow, .persistentJobflowDuration, .runID, .runTime,
  ]
  private static let common: [Option] = [.diagnostics, .color, .quiet, .verbose, .help]

  /// What `--format` may say; the first is the default.
  var formats: [String] {
    switch self {
    case .graph: ["mermaid", "dot", "svg"]
    case .plan: ["text", "json", "markdown"]
    case .diff: ["text", "markdown", "json", "html"]
    case .compile, .check, .apply, .run, .status, .history, .logs, .cancel, .unlock,
      .lint, .migrate, .explain, .pipelines, .schema, .completions, .help:
      ["text", "json"]
    }
  }

  /// What a bad option or value ends with. `compile` takes the options of a command that existed
  /// before Penstock did, and ends as that one did.
  var usageStatus: ExitStatus {
    switch self {
    case .compile, .run, .lint: .failure
    case .check, .plan, .apply, .status, .history, .logs, .cancel, .unlock, .diff, .graph,
      .migrate, .explain, .pipelines, .schema, .completions, .help:
      .usage
    }
  }
}
