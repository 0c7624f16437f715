/// A file that a migration writes.
package struct MigratedFile: Sendable {
  /// Relative to the output folder.
  package var path: String
  package var text: [UInt8]
  /// Whether it may hold a password.
  package var isSecret: Bool
}
