package import Diagnostics
package import Expressions
package import Passes
package import PlanFormat
package import SourceText
package import Values

/// A file that a run takes, as it was read.
package struct InputFile: Sendable {
  /// The name of the pipeline's input that it is for.
  package var role: String
  package var file: SourceFile
  /// Where the command line gives it.
  package var place: Span?

  package init(role: String, file: SourceFile, place: Span? = nil) {
    self.role = role
    self.file = file
    self.place = place
  }
}

/// A run that failed, and is gone on with.
package struct RecoveredRun: Sendable {
  /// As the command line names it.
  package var name: String
  /// Of its plan: `sha256:…`.
  package var digest: String
  /// What it had asked. Its answers hold: since then the run itself may have changed what S3 holds.
  package var questions: Set<FactQuestion>

  package init(name: String, digest: String, questions: Set<FactQuestion>) {
    self.name = name
    self.digest = digest
    self.questions = questions
  }
}

/// What the command line says about a compilation.
package struct CompilerOptions: Sendable {
  package var debug = false
  package var resumeFrom: String?
  package var skip: [String] = []
  /// Names of steps that are left out.
  package var skipSteps: [String] = []
  package var include: [String] = []
  /// The failed run that this one goes on with; nil where it is a run of its own.
  package var recovered: RecoveredRun?
  /// S3 locations that are emptied before the run begins, and count as empty.
  package var emptiedFirst: [String] = []
  package var persistent = false
  /// How long a persistent cluster may live; 0: for ever.
  package var persistentMinutes = 0
  package var runID: String?
  package var runTime: Value.Timestamp
  /// The local time zone's offset from UTC at `runTime`: run ids are local times.
  package var utcOffsetSeconds: Int
  package var places = OptionPlaces()
  /// Warnings are errors.
  package var strict = false
  package var revealSecrets = false
  /// Warnings of these codes are not given.
  package var allowed: [DiagnosticCode] = []
  /// Errors of these codes are warnings.
  package var warned: [DiagnosticCode] = []

  package init(runTime: Value.Timestamp, utcOffsetSeconds: Int) {
    self.runTime = runTime
    self.utcOffsetSeconds = utcOffsetSeconds
  }

  /// The run's name: as it was given, or made from its time.
  package var effectiveRunID: String { ofRun.effectiveRunID }

  var ofRun: RunOptions {
    var options = RunOptions(runTime: runTime)
    options.isDebugging = debug
    options.resumeFrom = resumeFrom
    options.skip = skip
    options.skipSteps = skipSteps
    options.include = include
    options.isPersistent = persistent
    options.runID = runID
    options.utcOffsetSeconds = utcOffsetSeconds
    options.places = places
    return options
  }
}

/// Everything that a compilation reads; nothing is read later.
package struct CompilerInput: Sendable {
  /// The command line, for what is wrong with its options: the source of the places in them. Nil
  /// where there are none.
  package var commandLine: SourceFile?
  package var pipeline: SourceFile
  package var files: [InputFile]
  /// Step kinds of the user's own, beside the built-in ones.
  package var stepKinds: [SourceFile]
  /// Schemas of the user's own, by the path that the pipeline gives.
  package var schemas: [String: SourceFile]
  /// For templates.
  package var environment: [String: String]
  package var facts: SourceFile?
  /// Zones of time, of which expressions ask for the few that they name.
  package var timeZones = TimeZones.none
  /// What is known besides the facts file, answer by answer.
  package var answers: [FactQuestion: Value] = [:]
  /// Whether a run is refused because of what was assumed of the world. Not where the world is asked
  /// next, nor by those who only check.
  package var refusesOnAssumption = true
  package var options: CompilerOptions

  package init(
    pipeline: SourceFile, files: [InputFile], stepKinds: [SourceFile] = [],
    schemas: [String: SourceFile] = [:], environment: [String: String], facts: SourceFile?,
    options: CompilerOptions
  ) {
    self.pipeline = pipeline
    self.files = files
    self.stepKinds = stepKinds
    self.schemas = schemas
    self.environment = environment
    self.facts = facts
    self.options = options
  }
}

extension CompilerOptions {
  /// Diagnostics with the user's choices about severities.
  package func effective(_ diagnostics: [Diagnostic]) -> [Diagnostic] {
    diagnostics.compactMap { diagnostic in
      var diagnostic = diagnostic
      if diagnostic.severity == .error, warned.contains(diagnostic.code) {
        diagnostic.severity = .warning
      } else if diagnostic.severity == .warning {
        if allowed.contains(diagnostic.code) { return nil }
        if strict { diagnostic.severity = .error }
      }
      return diagnostic
    }
  }
}
