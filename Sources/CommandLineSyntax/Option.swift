import Diagnostics

/// An option of the command line, in one row: parsing, help, completions and suggestions read it.
///
/// An option is identified by its long name; a command may give it another value or meaning.
package struct Option: Sendable {
  /// Without the leading dashes.
  package let long: String
  /// The one-letter form.
  package let short: Character?
  /// Nil for an option that takes no value.
  package let value: Value?
  package let summary: String
  /// Whether several values add up; of other options the last one counts.
  package let isRepeatable: Bool
  /// The part of a command's help that lists it.
  package let group: Group

  private init(
    _ group: Group, _ long: String, short: Character? = nil, takes value: Value? = nil,
    repeatable: Bool = false, _ summary: String
  ) {
    self.group = group
    self.long = long
    self.short = short
    self.value = value
    self.summary = summary
    isRepeatable = repeatable
  }

  /// The parts of a command's options in its help, in this order. Their raw values are headings.
  package enum Group: String, CaseIterable, Sendable {
    case comparison = "What is compared"
    case inputs = "Inputs"
    case running = "What runs"
    case lock = "The lock"
    case world = "Where it runs, and where runs are recorded"
    case output = "Output"
    case general = "Errors, warnings and help"
  }

  /// What a value is, and how a shell completes it.
  package enum Value: Sendable {
    case file(String)
    case folder(String)
    case text(String)
    case oneOf([String])
    /// A diagnostic that may be a warning.
    case warning
    /// One of the names that only a look at the pipeline or the journal tells.
    case name(String, LiveName)
    /// Such names, separated by commas.
    case names(String, LiveName)
    /// Some of these texts, separated by commas.
    case someOf(String, [String])

    /// How help shows it.
    package var name: String {
      switch self {
      case .file(let name), .folder(let name), .text(let name), .name(let name, _),
        .names(let name, _), .someOf(let name, _):
        name
      case .oneOf(let choices): choices.joined(separator: "|")
      case .warning: "CODE"
      }
    }
  }

  /// Whether an empty value is a mistake: of a list it is no item, and of choices none of them.
  var needsText: Bool {
    switch value {
    case .file, .folder: true
    case .text, .name: !isRepeatable
    case .names, .someOf, .oneOf, .warning, nil: false
    }
  }

  /// All diagnostics, sorted.
  package static var codes: [String] { DiagnosticCode.allCases.map(\.rawValue).sorted() }

  /// The same option, as one command takes it.
  package func taking(
    _ value: Value? = nil, _ summary: String? = nil, in group: Group? = nil
  ) -> Option {
    Option(
      group ?? self.group, long, short: short, takes: value ?? self.value, repeatable: isRepeatable,
      summary ?? self.summary)
  }
}

extension Option: Hashable {
  package static func == (left: Option, right: Option) -> Bool { left.long == right.long }

  package func hash(into hasher: inout Hasher) { hasher.combine(long) }
}

/// Inputs of a pipeline.
extension Option {
  package static let config = Option(
    .inputs, "config", short: "c", takes: .file("FILE|-"), repeatable: true,
    "the configuration; - reads standard input (repeatable: later ones are laid over earlier ones)")
  package static let resolver = Option(
    .inputs, "resolver", short: "r", takes: .file("FILE"), "the schema resolver's configuration")
  package static let targets = Option(
    .inputs, "targets", short: "t", takes: .folder("DIR"),
    "a folder of storage targets (its *.json, sorted by name)")
  package static let enrichments = Option(
    .inputs, "enrichments", short: "n", takes: .folder("DIR"),
    "a folder of enrichments (its *.json, sorted by name)")
  package static let input = Option(
    .inputs, "input", takes: .file("NAME=PATH"), repeatable: true,
    "any input of the pipeline, by its name (repeatable)")
  package static let from = Option(
    .inputs, "from",
    takes: .someOf(
      "KIND",
      [
        "job-flow", "aws-cli", "cluster", "dataflow-runner", "airflow", "terraform",
        "cloudformation",
      ]), "what the source is (default: what its contents say)")
  package static let variable = Option(
    .inputs, "var", takes: .text("NAME=VALUE"), repeatable: true,
    "the value of one of the source's variables (repeatable)")
  package static let region = Option(
    .inputs, "region", takes: .text("REGION"), "the AWS region, where the source doesn't say it")
  package static let set = Option(
    .inputs, "set", takes: .text("KEY=VALUE"), repeatable: true,
    "change a value of an input for this run: a.b.c=3, INPUT.a.b=x (repeatable)")
  package static let param = Option(
    .inputs, "param", takes: .name("NAME=VALUE", .parameter), repeatable: true,
    "the value of a parameter of the pipeline (repeatable)")
  package static let facts = Option(
    .inputs, "facts", takes: .file("FILE"), "answers about S3 and EMR, instead of asking AWS")
  package static let pipeline = Option(
    .comparison, "pipeline", takes: .file("PIPELINE"),
    "the pipeline for inputs: a file, or a built-in one's name")
}

/// What runs, and how.
extension Option {
  package static let debug = Option(.running, "debug", short: "d", "enable EMR step debugging")
  package static let resumeFrom = Option(
    .running, "resume-from", short: "f", takes: .name("STAGE", .stage),
    "start at this stage, skipping all before it")
  package static let skip = Option(
    .running, "skip", short: "x", takes: .names("A,B", .stage), repeatable: true,
    "skip these stages (repeatable)"
  )
  package static let only = Option(
    .running, "only", takes: .names("A,B", .stage), repeatable: true,
    "do only these stages (repeatable)")
  package static let onlyStep = Option(
    .running, "only-step", takes: .name("NAME", .step), repeatable: true,
    "do only this step, by its full name (repeatable)")
  package static let skipStep = Option(
    .running, "skip-step", takes: .name("NAME", .step), repeatable: true,
    "skip a step that is done, by its full name (repeatable)")
  package static let repeatStep = Option(
    .running, "repeat-step", takes: .name("NAME", .step), repeatable: true,
    "repeat a step that must not be done twice and is done, by its full name (repeatable)")
  package static let include = Option(
    .running, "include", short: "i", takes: .names("A,B", .part), repeatable: true,
    "add these optional parts of the pipeline (repeatable)")
  package static let empty = Option(
    .running, "empty", takes: .text("S3-FOLDER"), repeatable: true,
    "first empty this location, which a failed run left incomplete (repeatable)")
  package static let recover = Option(
    .running, "recover", takes: .name("RUN", .failedRun),
    "recover this failed run: skip what is done, empty what it left incomplete")
  package static let lock = Option(
    .lock, "lock", short: "l", takes: .file("PATH"), "hold this lock during the run")
  package static let allowEdited = Option(
    .world, "allow-edited", "carry out a plan although it was changed after it was made")
  package static let ignoreLockOnStart = Option(
    .lock, "ignore-lock-on-start", "start even if the lock is held")
  package static let consul = Option(
    .lock, "consul", takes: .text("ADDRESS"),
    "the Consul server that keeps the lock, instead of a file")
  package static let usePersistentJobflow = Option(
    .running, "use-persistent-jobflow",
    "reuse the pipeline's waiting cluster, or start one that outlives the run")
  package static let cluster = Option(
    .running, "cluster", takes: .text("ID"),
    "run on this cluster, also while it works for others: j-…")
  package static let persistentJobflowDuration = Option(
    .running, "persistent-jobflow-duration", takes: .text("DURATION"),
    "how long such a cluster lives: 1d12h (0m: forever)")
  package static let lease = Option(
    .running, "lease", takes: .text("DURATION"),
    "how long such a cluster may be without work before EMR ends it: 1h30m (at most 7d)")
  package static let runID = Option(
    .running, "run-id", takes: .name("ID", .run), "the run's id (default: made from its time)")
  package static let runTime = Option(
    .running, "run-time", takes: .text("RFC3339"), "the run's time (default: now)")
}

/// A range of runs.
extension Option {
  package static let every = Option(
    .running, "every", takes: .text("SPAN"),
    "how far apart the runs' times are: 1h, 1d, 1w, 1mo, 1y (default: 1d)")
  package static let maxActive = Option(
    .running, "max-active", takes: .text("NUMBER"),
    "how many runs may be under way at once (default: 1, in order)")
  package static let keepGoing = Option(
    .running, "keep-going", "go on with the other times after a run has failed")
  package static let dryRun = Option(
    .output, "dry-run", "show the times, what is known of their runs, and what would be done")
}

/// Where a run happens, and where it is recorded.
extension Option {
  package static let sandbox = Option(
    .world, "sandbox", takes: .folder("DIR"),
    "use a simulated EMR, and this folder as S3, instead of AWS")
  package static let fault = Option(
    .world, "fault", takes: .text("WHAT=HOW"), repeatable: true,
    "make something fail in the sandbox: STEP=fail, crash-after=N, … (repeatable)")
  package static let outcome = Option(
    .world, "outcome", takes: .text("OUTPUT=VALUE"), repeatable: true,
    "what a step leaves as its output in the sandbox (repeatable)")
  package static let pace = Option(
    .world, "pace", takes: .text("SECONDS"),
    "how many sandbox seconds pass per real second (default: no waiting)")
  package static let journal = Option(
    .world, "journal", takes: .file("FILE"),
    "where runs are recorded (default: the user's journal, or the sandbox's)")
  package static let offline = Option(
    .world, "offline", "ask nothing: use what is known, or else assume the normal case")
  package static let run = Option(
    .world, "run", takes: .name("RUN", .run), "the run's id, or its plan (default: the latest run)")
}

/// What is written, and in which form.
extension Option {
  package static let emit = Option(
    .output, "emit",
    takes: .oneOf(
      [
        "job-flow", "requests", "plan", "ir", "dag", "state-machine", "policy", "cluster",
        "playbook",
      ]),
    "what to write (default: job-flow, or all that the target takes)")
  package static let target = Option(
    .output, "target",
    takes: .oneOf(
      ["airflow", "step-functions", "dataflow-runner", "emr-serverless", "emr-on-eks"]),
    "compile for another engine: its files, or a plan of jobs that Penstock runs there")
  package static let targetOption = Option(
    .output, "target-option", takes: .text("NAME=VALUE"), repeatable: true,
    "what the engine is to know (repeatable)")
  package static let revealSecrets = Option(
    .output, "reveal-secrets", "write secrets themselves instead of placeholders")
  package static let explain = Option(
    .output, "explain", "say what each pass added, dropped or changed, and why")
  package static let html = Option(
    .output, "html", takes: .file("FILE"),
    "also write the plan as an HTML page with its graph, which loads nothing")
  package static let canonical = Option(
    .comparison, "canonical", "write A in canonical form, to which the edits of --format json apply"
  )
  package static let out = Option(
    .output, "out", short: "o", takes: .file("FILE"), "write to this file, completely or not at all"
  )
  package static let format = Option(
    .output, "format", takes: .oneOf(["text", "json"]), "the format of the output")
  package static let lines = Option(
    .output, "lines", takes: .text("NUMBER"), "how many lines of each log (default: 100)")
  package static let diagnostics = Option(
    .general, "diagnostics", takes: .oneOf(["text", "json", "sarif", "github"]),
    "the format of errors and warnings (default: text)")
  package static let color = Option(
    .general, "color", takes: .oneOf(["auto", "always", "never"]),
    "whether to use colours (default: auto, on a terminal unless NO_COLOR is set)")
  package static let quiet = Option(.general, "quiet", short: "q", "errors only")
  package static let verbose = Option(.general, "verbose", short: "v", "say more")
}

/// Tests of pipelines.
extension Option {
  package static let filter = Option(
    .running, "filter", takes: .text("TEXT"), repeatable: true,
    "run only tests whose name or file has this text (repeatable)")
  package static let list = Option(.running, "list", "list the tests, and run none")
  package static let update = Option(
    .output, "update", "write the files of snapshots that differ or don't exist")
  package static let coverage = Option(
    .output, "coverage", "also say what of the pipelines no test covers")
  package static let failUnder = Option(
    .output, "fail-under", takes: .text("PERCENT"),
    "with --coverage: fail if less than this is covered")
}
/// A new project.
extension Option {
  package static let projectName = Option(
    .output, "name", takes: .text("NAME"), "the pipeline's name (default: the folder's)")
  package static let projectRegion = Option(
    .output, "region", takes: .text("REGION"), "the AWS region (default: us-east-1)")
  package static let builtin = Option(
    .output, "from", takes: .name("PIPELINE", .pipeline),
    "begin with this built-in pipeline and its example")
}

/// What decides the exit status, and what a command may do.
extension Option {
  package static let strict = Option(.general, "strict", "treat warnings as errors")
  package static let warn = Option(
    .general, "warn", takes: .warning, repeatable: true,
    "keep this a warning with --strict (repeatable)")
  package static let allow = Option(
    .general, "allow", takes: .warning, repeatable: true, "do not report this warning (repeatable)")
  package static let detailedExitcode = Option(
    .output, "detailed-exitcode", "exit with 2 if there is something to do, with 0 if not")
  package static let exitCode = Option(
    .comparison, "exit-code", "exit with 2 if any change is more than cosmetic")
  package static let failOn = Option(
    .comparison, "fail-on",
    takes: .someOf("CLASS,CLASS", ["security", "data", "new-cluster", "cost", "unknown"]),
    repeatable: true,
    "exit with 2 if there are changes of these classes (repeatable)")
  package static let git = Option(
    .comparison, "git", takes: .text("REV[..HEAD]"),
    "compare the inputs in a revision and the working tree, or in two revisions")
  package static let force = Option(.lock, "force", "even if the holder may still be at work")
  package static let to = Option(
    .output, "to", takes: .oneOf(["current", "rdb"]),
    "the current layout (default), or the inputs of the RDB Transformer's pipeline")
  package static let registry = Option(
    .inputs, "registry", takes: .folder("DIR"), repeatable: true,
    "a folder of schemas to look in before all registries (repeatable)")
  package static let timeout = Option(
    .inputs, "timeout", takes: .text("SECONDS"),
    "how many seconds to wait for a registry's answer (default: 10)")
  package static let recovery = Option(
    .output, "recovery", "show instead what to do after a failure in each step")
  package static let check = Option(
    .output, "check", "write nothing; list the files whose layout would change, and exit with 1")
  package static let differences = Option(
    .output, "diff", "write no files; show the changes as a unified diff")
  package static let man = Option(
    .output, "man", takes: .folder("DIR"), "write the man pages of all commands to this folder")
  package static let complete = Option(
    .output, "complete", takes: .text("WORD…"),
    "print what can come last in this command line, for the scripts of shells")
  package static let help = Option(.general, "help", short: "h", "show help")
  package static let version = Option(.general, "version", "show the version")
}
