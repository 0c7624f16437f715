/// A file that a migration writes.
package struct MigratedFile: Sendable {
  /// From the folder that was asked for.
  package var path: String
  package var text: [UInt8]
  /// Whether it may hold a password.
  package var isSecret: Bool
}
