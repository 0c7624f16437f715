package import Diagnostics
package import Expressions
package import Passes
package import PlanFormat
package import SourceText
package import Values

/// An input file of a run, as read.
package struct InputFile: Sendable {
  /// The name of the pipeline's input.
  package var role: String
  package var file: SourceFile
  /// Where it is on the command line.
  package var place: Span?

  package init(role: String, file: SourceFile, place: Span? = nil) {
    self.role = role
    self.file = file
    self.place = place
  }
}

/// A failed run that is being recovered.
package struct RecoveredRun: Sendable {
  /// Its name on the command line.
  package var name: String
  /// Its plan's digest: `sha256:…`.
  package var digest: String
  /// The facts it had asked for. They still apply: the run itself may have changed S3 since.
  package var questions: Set<FactQuestion>

  package init(name: String, digest: String, questions: Set<FactQuestion>) {
    self.name = name
    self.digest = digest
    self.questions = questions
  }
}

/// The command-line options of a compilation.
package struct CompilerOptions: Sendable {
  package var debug = false
  package var resumeFrom: String?
  package var skip: [String] = []
  /// Stages besides which none is done; empty: all are.
  package var only: [String] = []
  /// Names of steps besides which none is done; empty: all are.
  package var onlySteps: [String] = []
  /// Names of steps that are left out.
  package var skipSteps: [String] = []
  /// Names of steps that are done although they must not be done twice and the journal says that
  /// they are done.
  package var repeatedSteps: [String] = []
  package var include: [String] = []
  /// The failed run that this one recovers; nil if it is a new run.
  package var recovered: RecoveredRun?
  /// S3 locations that are emptied before the run begins, and so count as empty.
  package var emptiedFirst: [String] = []
  package var persistent = false
  /// How long a persistent cluster may live; 0: forever.
  package var persistentMinutes = 0
  /// Whether to start the cluster alone, without the stages.
  package var isClusterOnly = false
  /// After how many seconds without work a cluster that outlives the run ends by itself; nil: as its
  /// request says.
  package var leaseSeconds: Int64?
  /// The id of the cluster to run on, whatever the pipeline says.
  package var cluster: String?
  /// The service that runs the steps as jobs; nil if a cluster runs them.
  package var jobs: JobHost?
  package var runID: String?
  package var runTime: Value.Timestamp
  /// The local time zone's offset from UTC at `runTime`: run ids are local times.
  package var utcOffsetSeconds: Int
  package var places = OptionPlaces()
  /// Warnings are errors.
  package var strict = false
  /// Whether texts stand in for the run's id and time.
  var hasStandIns = false
  /// Whether the job flow is for others to submit, who don't add steps in order.
  package var isSubmittedAtOnce = false
  package var revealSecrets = false
  /// Codes whose warnings aren't reported.
  package var allowed: [DiagnosticCode] = []
  /// Codes whose errors are warnings.
  package var warned: [DiagnosticCode] = []

  package init(runTime: Value.Timestamp, utcOffsetSeconds: Int) {
    self.runTime = runTime
    self.utcOffsetSeconds = utcOffsetSeconds
  }

  /// The run's id: as given, or made from its time.
  package var effectiveRunID: String { ofRun.effectiveRunID }

  var ofRun: RunOptions {
    var options = RunOptions(runTime: runTime)
    options.isDebugging = debug
    options.resumeFrom = resumeFrom
    options.skip = skip
    options.only = only
    options.onlySteps = onlySteps
    options.skipSteps = skipSteps
    options.include = include
    options.isPersistent = persistent
    options.isClusterOnly = isClusterOnly
    options.leaseSeconds = leaseSeconds
    options.cluster = cluster
    options.jobs = jobs
    options.runID = runID
    if hasStandIns { options.standInID = StandIn.runID.text }
    options.isRecovery = recovered != nil
    options.isSubmittedAtOnce = isSubmittedAtOnce
    options.utcOffsetSeconds = utcOffsetSeconds
    options.places = places
    return options
  }
}

/// Everything that a compilation reads: it reads nothing later.
package struct CompilerInput: Sendable {
  /// The command line, as the source of options' spans; nil if there is none.
  package var commandLine: SourceFile?
  package var pipeline: SourceFile
  /// Files of the same role are laid over one another, the last on top.
  package var files: [InputFile]
  /// `KEY=VALUE`: values of inputs that the command line changes.
  package var settings: [Spanned<String>] = []
  /// `NAME=VALUE`: the values of the pipeline's parameters.
  package var parameters: [Spanned<String>] = []
  /// The files that the pipeline uses, by their paths as asked for.
  package var used: [String: SourceFile] = [:]
  /// The user's step kinds, in addition to the built-in ones.
  package var stepKinds: [SourceFile]
  /// The user's schemas, by the path in the pipeline.
  package var schemas: [String: SourceFile]
  /// For templates.
  package var environment: [String: String]
  package var facts: SourceFile?
  /// For comparisons: the facts of the other side, which count where `facts` says nothing; a bucket
  /// that neither lists is unknown, instead of missing.
  package var otherFacts: SourceFile?
  package var isComparing = false
  /// Time zones; expressions look up the few that they name.
  package var timeZones = TimeZones.none
  /// Answers that are known in addition to the facts file.
  package var answers: [FactQuestion: Value] = [:]
  /// What an earlier compilation with the same schemas read; with a command line it isn't used.
  package var prepared: PreparedSchemas?
  /// Whether assumptions about S3 and EMR may cause errors: not if these are asked next, and not
  /// for `check`.
  package var refusesOnAssumption = true
  /// Where it is noted what the run comes across.
  package var coverage: CoverageRecord?
  /// Sees what is made of stand-ins for the values of a run; nil if there are none.
  var standIns: StandInWatch?
  /// The parameters that have stand-ins, by their indices.
  var standInParameters: [Int] = []
  package var options: CompilerOptions

  /// Whether the command line gives nothing that the pipeline takes.
  package var hasNoInputs: Bool { files.isEmpty && settings.isEmpty && parameters.isEmpty }

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
