/// The layout of a sandbox's folder: a folder for each bucket, which people fill and read, and the
/// sandbox's own state.
package enum SandboxFolder {
  /// Where the simulated EMR keeps its clusters, their HDFS and loaded data; a bucket's name can't
  /// start with a dot.
  package static func state(of folder: String) -> String { folder + "/" + stateName }

  private static let stateName = ".penstock"

  static func statePath(of folder: String) throws(Files.Failure) -> InnerPath {
    try InnerPath(top: folder).appending(stateName)
  }

  /// Makes the state's folder, for a file that another part of the program keeps in it.
  /// - Returns: why that file can't be there; nil if it can.
  package static func prepare(_ folder: String, for name: String) -> String? {
    do throws(Files.Failure) {
      let path = try statePath(of: folder).appending(name)
      try path.withEntry(makingFolders: true) { folder, name throws(Files.Failure) in
        if Files.isLink(folder, name) { throw .link(path.text) }
      }
      return nil
    } catch {
      return error.message
    }
  }
}
