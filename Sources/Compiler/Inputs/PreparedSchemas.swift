import Passes
import Schemas
import SourceText
import Synchronization
import Values

/// What one compilation read of schemas and built-in step kinds, for the next ones with the same
/// schemas: an editor compiles after every key.
package struct PreparedSchemas: Sendable {
  /// The files that its spans refer to, among others.
  let sources: SourceSet
  let ours: SchemaLibrary
  let library: SchemaLibrary
  /// The built-in step kinds, by name.
  let kinds: [String: StepKind]
  let types = KnownTypes()
}

/// The types of schemas, each drawn once.
final class KnownTypes: Sendable {
  private let known = Mutex<[String: ValueType]>([:])

  /// - Parameters:
  ///   - path: the schema's.
  ///   - name: the type's name in errors.
  func type(_ path: String, _ name: String, _ draw: () -> ValueType) -> ValueType {
    let key = name + " " + path
    if let type = known.withLock({ $0[key] }) { return type }
    let type = draw()
    known.withLock { $0[key] = type }
    return type
  }
}
