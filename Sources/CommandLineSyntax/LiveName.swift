/// Names that a shell offers and that only the pipeline or the journal has.
package enum LiveName: Sendable, Hashable {
  /// A stage of the pipeline.
  case stage
  /// An optional part of the pipeline.
  case part
  /// A step of the run that the command line names, or else of the latest.
  case step
  /// A run in the journal.
  case run
  /// A run that failed.
  case failedRun
  /// A run that `apply` can begin or continue.
  case openRun
  /// A built-in pipeline.
  case pipeline
  /// An input of the pipeline.
  case input
  /// A parameter of the pipeline.
  case parameter
  /// A built-in schema.
  case schema
  /// A diagnostic that can be a warning.
  case warning
  /// Any diagnostic.
  case diagnostic
}
