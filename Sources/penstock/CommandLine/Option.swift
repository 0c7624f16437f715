import Compiler
import Diagnostics

/// Every option of every command: parsing, help, completions and suggestions all read this.
enum Option: String, CaseIterable, Sendable {
  case config, resolver, targets, enrichments
  case input
  case facts
  case debug
  case resumeFrom = "resume-from"
  case skip
  case skipStep = "skip-step"
  case include
  case empty
  case recover
  case lock
  case ignoreLockOnStart = "ignore-lock-on-start"
  case consul
  case usePersistentJobflow = "use-persistent-jobflow"
  case persistentJobflowDuration = "persistent-jobflow-duration"
  case runID = "run-id"
  case runTime = "run-time"
  case git, pipeline
  case exitCode = "exit-code"
  case failOn = "fail-on"
  case canonical, html
  case sandbox, fault, pace
  case journal
  case offline
  case run
  case lines
  case force
  case registry
  case timeout
  case emit
  case detailedExitcode = "detailed-exitcode"
  case explain
  case revealSecrets = "reveal-secrets"
  case strict
  case warn, allow
  case out
  case format
  case diagnostics
  case color
  case quiet, verbose
  case help
  case version

  var long: String { rawValue }
}

extension Option {
  /// What a `CODE` can be, sorted.
  static var codes: [String] { DiagnosticCode.allCases.map(\.rawValue).sorted() }

  /// What a value stands for, and how a shell completes it.
  enum Value: Sendable {
    case file(String)
    case folder(String)
    case text(String)
    case oneOf([String])
    case code

    /// How help shows it.
    var name: String {
      switch self {
      case .file(let name), .folder(let name), .text(let name): name
      case .oneOf(let choices): choices.joined(separator: "|")
      case .code: "CODE"
      }
    }
  }

  /// The one-letter form.
  var short: Character? {
    switch self {
    case .config: "c"
    case .resolver: "r"
    case .targets: "t"
    case .enrichments: "n"
    case .debug: "d"
    case .resumeFrom: "f"
    case .skip: "x"
    case .include: "i"
    case .lock: "l"
    case .out: "o"
    case .quiet: "q"
    case .verbose: "v"
    case .help: "h"
    case .input, .facts, .skipStep, .ignoreLockOnStart, .consul, .usePersistentJobflow,
      .persistentJobflowDuration, .runID, .runTime, .git, .pipeline, .exitCode, .failOn,
      .canonical, .html, .emit, .detailedExitcode, .explain, .revealSecrets, .strict, .warn, .allow,
      .format, .diagnostics, .color, .version, .sandbox, .fault, .journal, .offline, .run, .lines,
      .force, .empty, .pace, .registry, .timeout, .recover:
      nil
    }
  }

  /// Nil for an option that takes no value.
  func value(in command: CommandName) -> Value? {
    switch self {
    case .config: .file("FILE|-")
    case .out where command == .migrate: .folder("DIR")
    case .resolver, .facts, .out: .file("FILE")
    case .targets, .enrichments, .registry: .folder("DIR")
    case .input: .file("NAME=PATH")
    case .resumeFrom: .text("STAGE")
    case .skipStep: .text("NAME")
    case .empty: .text("S3-FOLDER")
    case .skip, .include: .text("A,B")
    case .lock: .file("PATH")
    case .consul: .text("ADDRESS")
    case .persistentJobflowDuration: .text("DURATION")
    case .runID: .text("ID")
    case .runTime: .text("RFC3339")
    case .git: .text("BASE[..HEAD]")
    case .pipeline: .file("PIPELINE")
    case .failOn: .text("CLASS,CLASS")
    case .html: .file("FILE")
    case .sandbox: .folder("DIR")
    case .fault: .text("WHAT=HOW")
    case .journal: .file("FILE")
    case .pace: .text("SECONDS")
    case .run, .recover: .text("RUN")
    case .lines: .text("NUMBER")
    case .timeout: .text("SECONDS")
    case .emit: .oneOf(Emit.allCases.map(\.rawValue))
    case .warn, .allow: .code
    case .format: .oneOf(command.formats)
    case .diagnostics: .oneOf(["text", "json", "sarif", "github"])
    case .color: .oneOf(["auto", "always", "never"])
    case .debug, .ignoreLockOnStart, .usePersistentJobflow, .detailedExitcode, .explain,
      .exitCode, .canonical, .revealSecrets, .strict, .quiet, .verbose, .help, .version, .offline,
      .force:
      nil
    }
  }

  /// What it does for a command.
  func summary(in command: CommandName) -> String {
    switch (self, command) {
    case (.offline, .lint): "ask nobody: take what is kept, and what is in folders"
    case (.force, .migrate): "replace files that are there"
    case (.out, .migrate): "write to this folder, all files or none"
    default: summary
    }
  }

  private var summary: String {
    switch self {
    case .config: "the configuration; - reads standard input"
    case .resolver: "the schema resolver's configuration"
    case .targets: "a folder of storage targets (its *.json, sorted by name)"
    case .enrichments: "a folder of enrichments (its *.json, sorted by name)"
    case .input: "any input of the pipeline, by its name (repeatable)"
    case .facts: "answers about the world (what S3 and EMR hold), instead of asking AWS"
    case .debug: "have EMR keep what its debugging needs"
    case .resumeFrom: "start at this stage, leaving out all before it"
    case .skip: "leave these stages out (repeatable)"
    case .skipStep: "leave out a step that is done, by its whole name (repeatable)"
    case .empty: "empty what a failed run left there in part, and this one makes again (repeatable)"
    case .recover: "go on with this failed run: leave out what is done, empty what it left in part"
    case .include: "add these optional works (repeatable)"
    case .lock: "hold this lock while the run lasts"
    case .ignoreLockOnStart: "start even where the lock is held"
    case .consul: "where the lock is kept, if not in a file"
    case .usePersistentJobflow:
      "run on a waiting cluster of the pipeline's name, or leave one behind"
    case .persistentJobflowDuration: "how long such a cluster lives: 1d12h (0m: for ever)"
    case .runID: "the run's name (else made from its time)"
    case .runTime: "the run's moment (else now)"
    case .git: "compare the inputs as they stand in two revisions (HEAD where one is named)"
    case .pipeline: "the pipeline of inputs: a file, or a built-in one's name"
    case .exitCode: "end with 2 where there is a change of substance"
    case .failOn: "end with 2 where there is a change of these classes (repeatable)"
    case .html: "write the plan as a page too, which shows its graph and needs no network"
    case .canonical: "write A's canonical form, which the edits of --format json are made to"
    case .sandbox: "a simulated EMR, and a folder as S3, in AWS's place"
    case .fault: "let something fail in the sandbox: STEP=fail, crash-after=N, … (repeatable)"
    case .pace: "how many of the sandbox's seconds pass in a real one (else time flies)"
    case .journal: "where runs are noted (else the user's own journal, or the sandbox's)"
    case .offline: "ask nobody: take what is known, and else the normal case"
    case .run: "the run's id, or its plan (else the latest run)"
    case .lines: "how many lines of each log (else 100)"
    case .force: "even where the holder may still be at work"
    case .registry: "a folder of schemas that is asked before all registries (repeatable)"
    case .timeout: "how long a registry has for an answer (else 10)"
    case .emit: "what is written (else job-flow)"
    case .detailedExitcode: "end with 2 where there is something to do, with 0 where there is not"
    case .explain: "say what each pass added, dropped or changed, and why"
    case .revealSecrets: "write secrets themselves instead of placeholders"
    case .strict: "take warnings for errors"
    case .warn: "leave this a warning under --strict (repeatable)"
    case .allow: "do not report this warning (repeatable)"
    case .out: "write to this file, all of it or nothing"
    case .format: "how the answer is written"
    case .diagnostics: "how errors and warnings are written (else text)"
    case .color: "whether text is coloured (else auto: on a terminal, unless NO_COLOR is set)"
    case .quiet: "errors only"
    case .verbose: "say more"
    case .help: "show help"
    case .version: "show the version"
    }
  }

  /// Options that stand for several values add up; of the others the last one counts.
  var isRepeatable: Bool {
    switch self {
    case .input, .skip, .skipStep, .include, .failOn, .warn, .allow, .fault, .empty, .registry: true
    case .config, .resolver, .targets, .enrichments, .facts, .debug, .resumeFrom, .lock,
      .ignoreLockOnStart, .consul, .usePersistentJobflow, .persistentJobflowDuration, .runID,
      .runTime, .git, .pipeline, .exitCode, .canonical, .html, .emit, .detailedExitcode, .explain,
      .revealSecrets, .strict, .out, .format,
      .diagnostics, .color,
      .quiet, .verbose, .help, .version, .sandbox, .journal, .offline, .run, .lines, .force, .pace,
      .timeout, .recover:
      false
    }
  }
}
