/// The part of a command line that selects what a run does.
struct RunSelection {
  private let options: CompilerOptions

  init(_ options: CompilerOptions) { self.options = options }

  /// The run's id, if the user gave it.
  var arguments: [String] {
    var arguments: [String] = []
    if let resumeFrom = options.resumeFrom { arguments += ["--resume-from", resumeFrom] }
    if !options.skip.isEmpty { arguments += ["--skip", options.skip.joined(separator: ",")] }
    if !options.only.isEmpty { arguments += ["--only", options.only.joined(separator: ",")] }
    for step in options.onlySteps { arguments += ["--only-step", step] }
    for step in options.skipSteps { arguments += ["--skip-step", step] }
    for step in options.repeatedSteps { arguments += ["--repeat-step", step] }
    for place in options.emptiedFirst { arguments += ["--empty", place] }
    if let runID = options.runID { arguments += ["--run-id", runID] }
    if let recovered = options.recovered { arguments += ["--recover", recovered.name] }
    return arguments
  }
}
