internal import CBuiltins

/// What the program was built from.
package enum BuildInfo {
  /// The commit's first digits, with `-modified` if files were changed after it; nil for a build that
  /// doesn't know it.
  package static var commit: String? { text(penstock_commit()) }

  /// The commit's day, in UTC; `2026-03-01`.
  package static var date: String? { text(penstock_commit_date()) }

  /// The version of the pipeline language: `penstock:` in pipelines and step kinds.
  package static var language: String { "v1" }

  private static func text(_ bytes: UnsafePointer<CChar>?) -> String? {
    guard let bytes, bytes.pointee != 0 else { return nil }
    return String(cString: bytes)
  }
}
