/// How a sandbox's folder is laid out: a folder for each bucket, as people fill and read them, and what
/// the sandbox knows besides.
package enum SandboxFolder {
  /// Where the simulated EMR keeps its clusters, their HDFS and what was loaded; no bucket's name
  /// starts with a dot.
  package static func state(of folder: String) -> String { folder + "/.penstock" }
}
