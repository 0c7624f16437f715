extension CommandName {
  /// Whether its argument can be a file too.
  var takesFile: Bool {
    switch self {
    case .compile, .check, .plan, .apply, .run, .status, .cancel, .unlock, .diff, .graph, .migrate:
      true
    case .history, .logs, .lint, .explain, .pipelines, .schema, .completions, .help: false
    }
  }
}
