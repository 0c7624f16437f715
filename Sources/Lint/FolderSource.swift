import Host
import Compiler
package import Iglu

/// A folder in a static registry's layout: `schemas/VENDOR/NAME/FORMAT/VERSION`.
package struct FolderSource: SchemaSource {
  private let folder: String

  package init(folder: String) { self.folder = folder }

  private func path(_ parts: String...) -> String {
    parts.reduce(Files.join(folder, "schemas")) { Files.join($0, $1) }
  }

  package func schema(_ key: SchemaKey) async -> SourceAnswer {
    let family = key.family
    let file = path(family.vendor, family.name, family.format, "\(key.version)")
    do throws(FileFailure) {
      return .found(SchemaText(bytes: try Files.read(file), name: file))
    } catch {
      if Files.exists(file) {
        return .failed(RegistryFailure(.failed, "cannot be read: \(error.reason)"))
      }
      return Files.isFolder(path())
        ? .missing
        : .failed(RegistryFailure(.unreachable, "doesn't exist: no folder `\(path())`"))
    }
  }

  package func versions(of family: SchemaFamily, near version: SchemaVersion) async
    -> [SchemaVersion]
  {
    names(in: path(family.vendor, family.name, family.format)).compactMap { SchemaVersion($0) }
  }

  package func names(of vendor: String) async -> [String] { names(in: path(vendor)) }

  package func vendors() async -> [String] { names(in: path()) }

  private func names(in folder: String) -> [String] {
    (try? Files.names(in: folder, withEnding: "")) ?? []
  }
}

/// The schemas in the binary.
package struct BuiltinSource: SchemaSource {
  package init() {}

  package func schema(_ key: SchemaKey) async -> SourceAnswer {
    guard let path = KnownSchemas.builtinFile(key), let bytes = Builtins.file(path) else {
      return .missing
    }
    return .found(SchemaText(bytes: bytes, name: "<builtin>/\(path)"))
  }

  package func versions(of family: SchemaFamily, near version: SchemaVersion) async
    -> [SchemaVersion]
  {
    (KnownSchemas.families[family] ?? []).filter {
      let path = KnownSchemas.builtinFile(SchemaKey(family: family, version: $0))
      return path.map { Builtins.file($0) != nil } ?? false
    }
  }

  package func names(of vendor: String) async -> [String] { [] }

  package func vendors() async -> [String] { [] }
}
