/// The layout of a sandbox's folder: a folder for each bucket, which people fill and read, and the
/// sandbox's own state.
package enum SandboxFolder {
  /// Where the simulated EMR keeps its clusters, their HDFS and loaded data; a bucket's name can't
  /// start with a dot.
  package static func state(of folder: String) -> String { folder + "/.penstock" }
}
