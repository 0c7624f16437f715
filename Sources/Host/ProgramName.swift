import Text

/// The name under which the program was started. A link named like the program it replaces
/// (`…emr-etl-runner`) makes it behave like that one where the two differ.
package enum ProgramName {
  /// The name without folders; `penstock` if it isn't known.
  package static var current: String { isRunner || isLoader ? name : "penstock" }

  /// Whether it replaces EmrEtlRunner.
  package static var isRunner: Bool { name.hasSuffix("emr-etl-runner") }

  /// Whether it was called in place of StorageLoader, which EmrEtlRunner replaced.
  package static var isLoader: Bool { name.hasSuffix("storage-loader") }

  /// A text in which commands are quoted as of `penstock`, with the name that the program was
  /// called by.
  package static func naming(_ text: String) -> String {
    current == "penstock" ? text : text.replacing("`penstock ", with: "`\(current) ")
  }

  package static var version: String {
    isRunner || isLoader ? "\(name) (penstock \(Version.text))" : "penstock \(Version.text)"
  }

  private static var name: String {
    let path = CommandLine.arguments.first ?? ""
    let start = path.utf8.lastIndex(of: .slash).map { path.utf8.index(after: $0) }
    return String(path[(start ?? path.startIndex)...])
  }
}
