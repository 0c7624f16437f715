package import Diagnostics

/// The commands; `row` says all there is to know of each.
package enum CommandName: String, CaseIterable, Sendable {
  case compile, check, test, plan, apply, run, up
  case backfill = "for"
  case status, history, logs, cancel, down, unlock, diff, graph,
    lint, fmt, initialize = "init", migrate, `import`, lsp, doctor, explain,
    pipelines, schema, completions, version, help

  /// The pipeline that is used if none is named.
  package static let defaultPipeline = "snowplow"

  /// The name of the program that Penstock replaces, under which it may be called.
  package static let runner = "snowplow-emr-etl-runner"

  /// The command for what other tools call by this name.
  static func named(elsewhere name: String) -> CommandName? {
    switch name {
    case "validate", "verify": .check
    case "build", "synth", "render", "generate": .compile
    case "preview": .plan
    case "deploy", "execute", "submit": .run
    case "backfill", "foreach": .backfill
    case "start", "resume", "continue": .apply
    case "list", "ls", "runs", "jobs": .history
    case "show", "describe", "ps", "state": .status
    case "stop", "kill", "abort", "terminate": .cancel
    case "destroy", "teardown": .down
    case "log", "tail": .logs
    case "force-unlock": .unlock
    case "compare": .diff
    case "convert", "upgrade": .migrate
    case "completion": .completions
    case "format", "prettify": .fmt
    case "new", "create", "scaffold": .initialize
    default: nil
    }
  }

  package var summary: String { row.summary }
  package var argument: CommandRow.Argument? { row.arguments.first }
  package var secondArgument: CommandRow.Argument? { row.arguments.dropFirst().first }
  /// What it accepts.
  package var options: [Option] {
    let row = row
    return row.options + row.unused + Self.common
  }
  /// What has an effect, as help and completions list it: `options` without those that are only
  /// accepted.
  package var listedOptions: [Option] { row.options + Self.common }
  package var usageStatus: ExitStatus { row.usageStatus }
}

/// What there is to know of a command.
package struct CommandRow: Sendable {
  package struct Argument: Sendable {
    package let name: String
    package let summary: String
    package let isRequired: Bool
    /// What a shell offers.
    let values: [Option.Value]
    /// Whether there may be any number of it; only the last argument can be.
    package let isRepeatable: Bool

    init(
      _ name: String, _ summary: String, _ values: Option.Value..., isRequired: Bool = false,
      isRepeatable: Bool = false
    ) {
      self.name = name
      self.summary = summary
      self.isRequired = isRequired
      self.isRepeatable = isRepeatable
      self.values = values
    }

    /// How a command's usage shows it.
    package var usage: String {
      isRequired ? name : isRepeatable ? "[\(name)…]" : "[\(name)]"
    }
  }

  package let summary: String
  /// None, one or two; the last one may be repeatable.
  package let arguments: [Argument]
  /// Its own, without those that every command takes.
  package let options: [Option]
  /// Options of a run that it accepts and doesn't need, so that it may be called with a run's command
  /// line.
  let unused: [Option]
  /// The exit status after a mistake on the command line. `compile`, `run` and `lint` take the
  /// options of a program that existed before Penstock, and exit as it did.
  let usageStatus: ExitStatus

  package init(
    _ summary: String, _ arguments: Argument..., options: [Option]..., unused: [Option] = [],
    usageStatus: ExitStatus = .usage
  ) {
    self.summary = summary
    self.arguments = arguments
    self.options = options.flatMap(\.self)
    self.unused = unused
    self.usageStatus = usageStatus
  }
}

extension CommandName {
  private static let common: [Option] = [.diagnostics, .color, .quiet, .verbose, .help]
  private static let inputs: [Option] = [
    .config, .resolver, .targets, .enrichments, .input, .set, .param, .facts,
  ]
  private static let running: [Option] = [
    .skip, .only, .resumeFrom, .skipStep, .onlyStep, .empty, .include, .debug,
    .usePersistentJobflow, .persistentJobflowDuration, .lease, .cluster, .runID, .runTime,
  ]
  private static let jobs: [Option] = [
    .target.taking(
      .oneOf(["emr-serverless", "emr-on-eks"]), "run the steps as jobs there, without a cluster",
      in: .world),
    .targetOption.taking(
      nil, "where and as whom the jobs run (repeatable)", in: .world),
  ]
  private static let locks: [Option] = [.lock, .consul, .ignoreLockOnStart]
  private static let severities: [Option] = [.strict, .warn, .allow]
  private static let pipeline = CommandRow.Argument(
    "PIPELINE", "a file, or the name of a built-in pipeline (default: \(defaultPipeline))",
    .name("PIPELINE", .pipeline), .file("PIPELINE"))
  private static let runArgument = CommandRow.Argument(
    "RUN", "the run's id, or its plan (default: the latest run)", .name("RUN", .run), .file("RUN"))

  package var row: CommandRow {
    switch self {
    case .compile, .check, .plan, .run, .up, .backfill, .graph: pipelineRow
    case .apply, .status, .history, .logs, .cancel, .down, .unlock, .doctor: runRow
    case .diff, .lint, .fmt, .initialize, .migrate, .import, .lsp: fileRow
    case .test: testRow
    case .explain, .pipelines, .schema, .completions, .version, .help: programRow
    }
  }

  /// Commands that compile a pipeline.
  private var pipelineRow: CommandRow {
    switch self {
    case .compile:
      CommandRow(
        "compile a pipeline and its inputs to an EMR job flow", Self.pipeline,
        options: Self.inputs, Self.running,
        [.emit, .target, .targetOption, .explain, .revealSecrets, .out], Self.severities,
        unused: Self.locks, usageStatus: .failure)
    case .check:
      CommandRow(
        "check a pipeline, with or without its inputs", Self.pipeline,
        options: Self.inputs, Self.running, [.format, .out], Self.severities, unused: Self.locks)
    case .plan:
      CommandRow(
        "show what a run will do and why, and write the plan", Self.pipeline,
        options: Self.inputs, Self.running, [.repeatStep, .recover], [.lock, .consul], Self.jobs,
        [.journal, .sandbox, .offline],
        [
          .out, .format.taking(.oneOf(["text", "json", "markdown"])), .html, .recovery, .explain,
          .detailedExitcode,
        ], Self.severities, unused: [.ignoreLockOnStart])
    case .run:
      CommandRow(
        "plan and apply in one go", Self.pipeline,
        options: Self.inputs, Self.running, [.repeatStep, .recover], Self.locks, Self.jobs,
        [.journal, .sandbox, .pace, .fault, .outcome], [.format], Self.severities,
        usageStatus: .failure)
    case .up:
      CommandRow(
        "start a pipeline's cluster, without its steps", Self.pipeline,
        options: Self.inputs,
        [
          .include, .debug,
          .lease.taking(
            nil, "how long it may be without work before EMR ends it: 1h30m (at most 7d)"),
          .runID, .runTime,
        ], Self.locks, [.journal, .sandbox, .pace, .fault], [.format], Self.severities,
        // The plan of a pipeline without stages may have been made with these.
        unused: [.usePersistentJobflow, .persistentJobflowDuration])
    case .backfill:
      CommandRow(
        "make one run for each time of a range, or go on with them", Self.pipeline,
        options: Self.inputs.filter { $0 != .facts },
        [
          .runTime.taking(
            .text("FROM..TO"), "the first and the last time: dates, or RFC 3339"),
          .every, .maxActive, .keepGoing, .skip, .include, .debug, .usePersistentJobflow,
          .persistentJobflowDuration, .lease, .cluster,
        ], Self.locks, [.journal, .sandbox, .pace, .fault, .outcome], [.dryRun, .format],
        Self.severities)
    default:
      CommandRow(
        "draw a pipeline's stages, steps and data", Self.pipeline,
        options: Self.inputs, Self.running,
        [.format.taking(.oneOf(["mermaid", "dot", "svg", "json"])), .out], unused: Self.locks)
    }
  }

  private var testRow: CommandRow {
    CommandRow(
      "run the tests of pipelines",
      CommandRow.Argument(
        "PATH", "a file of tests, or a folder to look for them in (default: this folder)",
        .file("PATH")),
      CommandRow.Argument("PATH", "further ones", .file("PATH"), isRepeatable: true),
      options: [
        .filter, .list, .update, .coverage, .failUnder,
        .format.taking(.oneOf(["text", "json", "junit", "tap"])), .out,
      ])
  }

  /// Commands about runs.
  private var runRow: CommandRow {
    switch self {
    case .apply:
      CommandRow(
        "carry out a plan exactly, or continue one",
        CommandRow.Argument(
          "PLAN", "a plan file, or the id of a run that was begun", .name("RUN", .openRun),
          .file("PLAN"), isRequired: true),
        options: Self.locks, [.journal, .sandbox, .pace, .fault, .outcome, .allowEdited, .format])
    case .status:
      CommandRow(
        "show the status of a run", Self.runArgument,
        options: [.journal, .sandbox, .offline, .format])
    case .history: CommandRow("list past runs", options: [.journal, .sandbox, .format])
    case .logs:
      CommandRow(
        "show the end of a step's logs",
        CommandRow.Argument(
          "STEP", "the step's name, part of it, or its id (default: the failed step)",
          .name("STEP", .step)),
        options: [.run, .journal, .sandbox, .lines])
    case .cancel: CommandRow("stop a run", Self.runArgument, options: [.journal, .sandbox])
    case .down:
      CommandRow(
        "end the waiting cluster of a run or a pipeline",
        CommandRow.Argument(
          "RUN", "the run's id or plan, or a pipeline's file (default: the latest run)",
          .name("RUN", .run), .file("RUN")),
        options: Self.inputs, [.include],
        [
          .force.taking(nil, "even if it works, or was chosen by its id", in: .world), .journal,
          .sandbox, .dryRun.taking(nil, "say what would be done, and change nothing"),
        ])
    case .unlock:
      CommandRow(
        "release a lock left by a run",
        CommandRow.Argument(
          "LOCK", "the lock as given to --lock, or the id of a run", .name("RUN", .run),
          .file("LOCK"), isRequired: true),
        options: [.consul, .force, .journal, .sandbox])
    default:
      CommandRow(
        "check what a run would need of this machine and of AWS", Self.pipeline,
        options: Self.inputs, [.include, .usePersistentJobflow], [.lock, .consul],
        [
          .journal, .sandbox,
          .offline.taking(nil, "ask no network: check only what this machine has"),
        ], [.format, .out])
    }
  }

  /// Commands about files.
  private var fileRow: CommandRow {
    switch self {
    case .diff:
      CommandRow(
        "show the differences between two job flows, and what they mean",
        CommandRow.Argument(
          "A", "a plan, a job flow, EMR's description of one, or a folder or file of inputs",
          .file("A")),
        CommandRow.Argument("B", "what to compare A with; not with --git", .file("B")),
        options: [.git, .pipeline], Self.inputs, Self.running,
        [
          .exitCode, .failOn, .format.taking(.oneOf(["text", "markdown", "json", "html"])),
          .canonical, .out,
        ], Self.severities, unused: Self.locks)
    case .lint:
      CommandRow(
        "check the resolver, enrichments and targets against their schemas",
        CommandRow.Argument(
          "WHAT", "resolver, enrichments, targets or all",
          .oneOf(["resolver", "enrichments", "targets", "all"]), isRequired: true),
        options: [
          .resolver, .enrichments, .targets, .registry,
          .offline.taking(
            nil, "don't ask registries: use only cached schemas and folders", in: .inputs),
          .timeout, .format, .out,
        ], Self.severities,
        usageStatus: .failure)
    case .fmt:
      CommandRow(
        "write pipelines, step kinds and configs in one layout",
        CommandRow.Argument(
          "PATH", "a file, a folder, or - for standard input (default: the working folder)",
          .file("PATH")),
        CommandRow.Argument(
          "PATH", "further files and folders", .file("PATH"), isRepeatable: true),
        options: [.check, .differences])
    case .import:
      CommandRow(
        "make a pipeline of a job flow, and prove that it is the same",
        CommandRow.Argument(
          "SOURCE", "a file, a folder of files, - for standard input, or a cluster's id",
          .file("SOURCE"), isRequired: true),
        CommandRow.Argument(
          "SOURCE", "further files of the same source", .file("SOURCE"), isRepeatable: true),
        options: [
          .from, .region, .variable,
          .sandbox.taking(
            .folder("DIR"), "ask the simulated EMR in this folder about clusters", in: .inputs),
          .runTime.taking(
            nil, "the run's time whose dates the source has (default: the date that it has)",
            in: .inputs),
          .out.taking(.folder("DIR"), "write to this folder, all files or none"),
          .force.taking(nil, "replace existing files", in: .output),
        ])
    case .lsp:
      CommandRow(
        "serve editors: errors while typing, completion, hover and more",
        CommandRow.Argument(
          "PATH", "with --check: a file, or a folder of projects (default: this folder)",
          .file("PATH")),
        options: [
          .check.taking(nil, "show once what an editor would, and end"), .runTime, .format, .out,
        ])
    case .initialize:
      CommandRow(
        "write a new project: a pipeline, its inputs and its tests",
        CommandRow.Argument(
          "DIR", "the project's folder (default: the working folder)", .file("DIR")),
        options: [.projectName, .projectRegion, .builtin])
    default:
      CommandRow(
        "convert a configuration in an older layout to the current files",
        CommandRow.Argument("CONFIG", "the configuration", .file("CONFIG"), isRequired: true),
        CommandRow.Argument(
          "CONFIG",
          "the StorageLoader configuration that goes with it, if any; not with `--to rdb`",
          .file("CONFIG")),
        options: [
          .out.taking(.folder("DIR"), "write to this folder, all files or none"), .to,
          .force.taking(nil, "replace existing files", in: .output),
        ])
    }
  }

  /// Commands about the program itself.
  private var programRow: CommandRow {
    switch self {
    case .explain:
      CommandRow(
        "explain a diagnostic",
        CommandRow.Argument(
          "CODE", "a diagnostic's code (default: list all)", .name("CODE", .diagnostic)),
        options: [.format, .out])
    case .pipelines:
      CommandRow(
        "list the built-in pipelines, or print one",
        CommandRow.Argument("NAME", "the pipeline to print", .name("NAME", .pipeline)),
        options: [.format, .out])
    case .schema:
      CommandRow(
        "list the built-in schemas, or print one",
        CommandRow.Argument("NAME", "the schema to print", .name("NAME", .schema)),
        options: [.format, .out])
    case .completions:
      CommandRow(
        "print completions for a shell",
        CommandRow.Argument(
          "SHELL", "bash, zsh or fish", .oneOf(["bash", "zsh", "fish"]), isRequired: true),
        options: [.out, .complete])
    case .version: CommandRow("show the version", options: [.format])
    default:
      CommandRow(
        "show help for a command, or list all commands",
        CommandRow.Argument(
          "COMMAND", "the command to explain", .oneOf(Self.allCases.map(\.rawValue))),
        options: [.man])
    }
  }
}
