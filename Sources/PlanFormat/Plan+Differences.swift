import Values

extension Plan {
  /// The names of the parts that differ from another plan's, as in a plan's document and in its
  /// order; empty if the plans are equal.
  package func parts(otherThanIn other: Plan) -> [String] {
    let parts: [(name: String, isSame: Bool)] = [
      ("formatVersion", format == other.format),
      ("madeBy", madeBy == other.madeBy),
      ("pipeline", pipeline == other.pipeline),
      ("files", files == other.files),
      ("arguments", arguments == other.arguments),
      (
        "run",
        runID == other.runID && runTime == other.runTime
          && utcOffsetSeconds == other.utcOffsetSeconds && timeoutSeconds == other.timeoutSeconds
          && emptiedFirst == other.emptiedFirst && recovered == other.recovered
          && attempt == other.attempt
      ),
      ("params", params == other.params || params.isEmpty && other.format < Self.formatVersion),
      ("account", account == other.account),
      ("cluster", cluster == other.cluster),
      ("facts", facts == other.facts),
      ("stages", stages == other.stages),
      ("steps", workingSteps == other.workingSteps),
      ("done", done == other.done),
      ("restores", restores == other.restores),
      ("requests", requests == other.requests),
      ("secrets", secrets == other.secrets),
      // Plans of older versions have none, and nothing is done with them.
      (
        "documents",
        documents == other.documents || documents.count == 0 || other.documents.count == 0
      ),
      ("warnings", warnings == other.warnings),
      ("settings", settings == other.settings),
    ]
    return parts.filter { !$0.isSame }.map(\.name)
  }
}
