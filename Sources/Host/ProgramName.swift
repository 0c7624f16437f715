import Text

/// The name under which the program was started. A link named like the program it replaces
/// (`…emr-etl-runner`) makes it behave like that one where the two differ.
package enum ProgramName {
  /// The name without folders; `penstock` if it isn't known.
  package static var current: String { isRunner ? name : "penstock" }

  /// Whether it replaces EmrEtlRunner.
  package static var isRunner: Bool { name.hasSuffix("emr-etl-runner") }

  package static var version: String {
    isRunner ? "\(name) (penstock \(Version.text))" : "penstock \(Version.text)"
  }

  private static var name: String {
    let path = CommandLine.arguments.first ?? ""
    let start = path.utf8.lastIndex(of: .slash).map { path.utf8.index(after: $0) }
    return String(path[(start ?? path.startIndex)...])
  }
}
