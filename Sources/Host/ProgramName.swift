import Platform
import Text

/// The name under which the program was started. A link named like the program it replaces
/// (`…emr-etl-runner`) makes it behave like that one where the two differ.
package enum ProgramName {
  /// What to call the program by in a command line: its name; or its path as it was called, if a
  /// shell with the same PATH wouldn't find it by its name, as in cron. `penstock` if it isn't
  /// called in place of another program.
  package static var current: String { isRunner || isLoader ? callable : "penstock" }

  private static let callable: String = {
    let path = CommandLine.arguments.first ?? ""
    let folders = Environment.value("PATH") ?? ""
    return path.utf8.contains(.slash) && !finds(name, in: folders, as: path) ? path : name
  }()

  /// Whether the first program of this name in the folders of a PATH is the one at a path.
  static func finds(_ name: String, in folders: String, as path: String) -> Bool {
    let found = folders.utf8.split(separator: .colon).lazy
      .map { String(decoding: $0, as: UTF8.self) + "/" + name }
      .first { access($0, X_OK) == 0 }
    guard let found else { return false }
    var one = stat()
    var other = stat()
    return stat(found, &one) == 0 && stat(path, &other) == 0
      && one.st_dev == other.st_dev && one.st_ino == other.st_ino
  }

  /// Whether it replaces EmrEtlRunner.
  package static var isRunner: Bool { name.hasSuffix("emr-etl-runner") }

  /// Whether it was called in place of StorageLoader, which EmrEtlRunner replaced.
  package static var isLoader: Bool { name.hasSuffix("storage-loader") }

  /// A text in which commands are quoted as of `penstock`, with the name that the program was
  /// called by.
  package static func naming(_ text: String) -> String {
    current == "penstock"
      ? text : text.replacing("`penstock ", with: "`\(ShellText.join([current])) ")
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
