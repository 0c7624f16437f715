/// What the program was called by. A link to it under the name of the program whose command lines it
/// takes over (`…emr-etl-runner`) lets it behave as that one where the two differ.
package enum ProgramName {
  /// The name without its folders; `penstock` where there is none to be seen.
  package static var current: String { isRunner ? name : "penstock" }

  /// Whether it stands in for EmrEtlRunner.
  package static var isRunner: Bool { name.hasSuffix("emr-etl-runner") }

  package static var version: String {
    isRunner ? "\(name) (penstock \(Version.text))" : "penstock \(Version.text)"
  }

  private static var name: String {
    let path = CommandLine.arguments.first ?? ""
    let start = path.utf8.lastIndex(of: 0x2F).map { path.utf8.index(after: $0) }
    return String(path[(start ?? path.startIndex)...])
  }
}
