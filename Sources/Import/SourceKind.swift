package import Diagnostics

/// A form in which people have a job flow, and the function that reads it: a row of the list of
/// what `import` can read.
package struct SourceKind: Sendable {
  /// As `--from` names it.
  package let name: String
  /// What it is, for help and messages: "the body of RunJobFlow, as JSON or YAML".
  package let summary: String
  /// Whether files are of this form, as their contents say. The first kind in the list that says so
  /// reads them, so this must be sure.
  package let recognises: @Sendable (ImportSource) -> Bool
  /// The job flows in the files: none, and at least one error, if they can't be read. Several if
  /// the source has several; each becomes a pipeline.
  package let read: @Sendable (inout ImportSource, inout [Diagnostic]) -> [ImportedFlow]

  package init(
    _ name: String, _ summary: String,
    recognises: @escaping @Sendable (ImportSource) -> Bool,
    read: @escaping @Sendable (inout ImportSource, inout [Diagnostic]) -> [ImportedFlow]
  ) {
    self.name = name
    self.summary = summary
    self.recognises = recognises
    self.read = read
  }
}
