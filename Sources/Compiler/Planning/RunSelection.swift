/// The part of a command line that chooses what a run does.
struct RunSelection {
  var resumeFrom: String?
  var skip: [String] = []
  var skipSteps: [String] = []
  var emptiedFirst: [String] = []
  var runID: String?

  init(resumeFrom: String?, skip: [String], skipSteps: [String], runID: String?) {
    self.resumeFrom = resumeFrom
    self.skip = skip
    self.skipSteps = skipSteps
    self.runID = runID
  }

  /// As it was chosen; the run's name only where the user gave it.
  init(_ options: CompilerOptions) {
    resumeFrom = options.resumeFrom
    skip = options.skip
    skipSteps = options.skipSteps
    emptiedFirst = options.emptiedFirst
    runID = options.runID
  }

  var arguments: [String] {
    var arguments: [String] = []
    if let resumeFrom { arguments += ["--resume-from", resumeFrom] }
    if !skip.isEmpty { arguments += ["--skip", skip.joined(separator: ",")] }
    for step in skipSteps { arguments += ["--skip-step", step] }
    for place in emptiedFirst { arguments += ["--empty", place] }
    if let runID { arguments += ["--run-id", runID] }
    return arguments
  }
}
