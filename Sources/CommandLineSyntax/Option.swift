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

  private init(
    _ long: String, short: Character? = nil, takes value: Value? = nil, repeatable: Bool = false,
    _ summary: String
  ) {
    self.long = long
    self.short = short
    self.value = value
    self.summary = summary
    isRepeatable = repeatable
  }

  /// What a value is, and how a shell completes it.
  package enum Value: Sendable {
    case file(String)
    case folder(String)
    case text(String)
    case oneOf([String])
    case code

    /// How help shows it.
    package var name: String {
      switch self {
      case .file(let name), .folder(let name), .text(let name): name
      case .oneOf(let choices): choices.joined(separator: "|")
      case .code: "CODE"
      }
    }
  }

  /// Whether an empty value is a mistake: of a list it is no item, and of choices none of them.
  var needsText: Bool {
    switch value {
    case .file, .folder: true
    case .text: !isRepeatable && long != Self.include.long
    case .oneOf, .code, nil: false
    }
  }

  /// The values of a `CODE`, sorted.
  package static var codes: [String] { DiagnosticCode.allCases.map(\.rawValue).sorted() }

  /// The same option, as one command takes it.
  package func taking(_ value: Value? = nil, _ summary: String? = nil) -> Option {
    Option(
      long, short: short, takes: value ?? self.value, repeatable: isRepeatable,
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
    "config", short: "c", takes: .file("FILE|-"), "the configuration; - reads standard input")
  package static let resolver = Option(
    "resolver", short: "r", takes: .file("FILE"), "the schema resolver's configuration")
  package static let targets = Option(
    "targets", short: "t", takes: .folder("DIR"),
    "a folder of storage targets (its *.json, sorted by name)")
  package static let enrichments = Option(
    "enrichments", short: "n", takes: .folder("DIR"),
    "a folder of enrichments (its *.json, sorted by name)")
  package static let input = Option(
    "input", takes: .file("NAME=PATH"), repeatable: true,
    "any input of the pipeline, by its name (repeatable)")
  package static let facts = Option(
    "facts", takes: .file("FILE"), "answers about S3 and EMR, instead of asking AWS")
  package static let pipeline = Option(
    "pipeline", takes: .file("PIPELINE"),
    "the pipeline for inputs: a file, or a built-in one's name")
}

/// What runs, and how.
extension Option {
  package static let debug = Option("debug", short: "d", "enable EMR step debugging")
  package static let resumeFrom = Option(
    "resume-from", short: "f", takes: .text("STAGE"),
    "start at this stage, skipping all before it")
  package static let skip = Option(
    "skip", short: "x", takes: .text("A,B"), repeatable: true, "skip these stages (repeatable)"
  )
  package static let skipStep = Option(
    "skip-step", takes: .text("NAME"), repeatable: true,
    "skip a step that is done, by its full name (repeatable)")
  package static let repeatStep = Option(
    "repeat-step", takes: .text("NAME"), repeatable: true,
    "do a step again that must not be done twice and is done, by its full name (repeatable)")
  package static let include = Option(
    "include", short: "i", takes: .text("A,B"), repeatable: true,
    "add these optional parts of the pipeline (repeatable)")
  package static let empty = Option(
    "empty", takes: .text("S3-FOLDER"), repeatable: true,
    "first empty this location, which a failed run left incomplete (repeatable)")
  package static let recover = Option(
    "recover", takes: .text("RUN"),
    "recover this failed run: skip what is done, empty what it left incomplete")
  package static let lock = Option(
    "lock", short: "l", takes: .file("PATH"), "hold this lock during the run")
  package static let allowEdited = Option(
    "allow-edited", "carry out a plan although it was changed after it was made")
  package static let ignoreLockOnStart = Option(
    "ignore-lock-on-start", "start even if the lock is held")
  package static let consul = Option(
    "consul", takes: .text("ADDRESS"), "the Consul server that keeps the lock, instead of a file")
  package static let usePersistentJobflow = Option(
    "use-persistent-jobflow",
    "reuse the pipeline's waiting cluster, or start one that outlives the run")
  package static let persistentJobflowDuration = Option(
    "persistent-jobflow-duration", takes: .text("DURATION"),
    "how long such a cluster lives: 1d12h (0m: forever)")
  package static let runID = Option(
    "run-id", takes: .text("ID"), "the run's id (default: made from its time)")
  package static let runTime = Option(
    "run-time", takes: .text("RFC3339"), "the run's time (default: now)")
}

/// Where a run happens, and where it is recorded.
extension Option {
  package static let sandbox = Option(
    "sandbox", takes: .folder("DIR"), "use a simulated EMR, and this folder as S3, instead of AWS")
  package static let fault = Option(
    "fault", takes: .text("WHAT=HOW"), repeatable: true,
    "make something fail in the sandbox: STEP=fail, crash-after=N, … (repeatable)")
  package static let pace = Option(
    "pace", takes: .text("SECONDS"),
    "how many sandbox seconds pass per real second (default: no waiting)")
  package static let journal = Option(
    "journal", takes: .file("FILE"),
    "where runs are recorded (default: the user's journal, or the sandbox's)")
  package static let offline = Option(
    "offline", "ask nothing: use what is known, or else assume the normal case")
  package static let run = Option(
    "run", takes: .text("RUN"), "the run's id, or its plan (default: the latest run)")
}

/// What is written, and in which form.
extension Option {
  package static let emit = Option(
    "emit", takes: .oneOf(["job-flow", "requests", "plan", "ir"]),
    "what to write (default: job-flow)")
  package static let revealSecrets = Option(
    "reveal-secrets", "write secrets themselves instead of placeholders")
  package static let explain = Option(
    "explain", "say what each pass added, dropped or changed, and why")
  package static let html = Option(
    "html", takes: .file("FILE"),
    "also write the plan as an HTML page with its graph, which loads nothing")
  package static let canonical = Option(
    "canonical", "write A in canonical form, to which the edits of --format json apply")
  package static let out = Option(
    "out", short: "o", takes: .file("FILE"), "write to this file, completely or not at all")
  package static let format = Option(
    "format", takes: .oneOf(["text", "json"]), "the format of the output")
  package static let lines = Option(
    "lines", takes: .text("NUMBER"), "how many lines of each log (default: 100)")
  package static let diagnostics = Option(
    "diagnostics", takes: .oneOf(["text", "json", "sarif", "github"]),
    "the format of errors and warnings (default: text)")
  package static let color = Option(
    "color", takes: .oneOf(["auto", "always", "never"]),
    "whether to use colours (default: auto, on a terminal unless NO_COLOR is set)")
  package static let quiet = Option("quiet", short: "q", "errors only")
  package static let verbose = Option("verbose", short: "v", "say more")
}

/// What decides the exit status, and what a command may do.
extension Option {
  package static let strict = Option("strict", "treat warnings as errors")
  package static let warn = Option(
    "warn", takes: .code, repeatable: true, "keep this a warning with --strict (repeatable)")
  package static let allow = Option(
    "allow", takes: .code, repeatable: true, "do not report this warning (repeatable)")
  package static let detailedExitcode = Option(
    "detailed-exitcode", "exit with 2 if there is something to do, with 0 if not")
  package static let exitCode = Option(
    "exit-code", "exit with 2 if any change is more than cosmetic")
  package static let failOn = Option(
    "fail-on", takes: .text("CLASS,CLASS"), repeatable: true,
    "exit with 2 if there are changes of these classes (repeatable)")
  package static let git = Option(
    "git", takes: .text("REV[..HEAD]"),
    "compare the inputs in a revision and the working tree, or in two revisions")
  package static let force = Option("force", "even if the holder may still be at work")
  package static let to = Option(
    "to", takes: .oneOf(["current", "rdb"]),
    "the current layout (default), or the inputs of the RDB Transformer's pipeline")
  package static let registry = Option(
    "registry", takes: .folder("DIR"), repeatable: true,
    "a folder of schemas to look in before all registries (repeatable)")
  package static let timeout = Option(
    "timeout", takes: .text("SECONDS"),
    "how many seconds to wait for a registry's answer (default: 10)")
  package static let help = Option("help", short: "h", "show help")
  package static let version = Option("version", "show the version")
}
