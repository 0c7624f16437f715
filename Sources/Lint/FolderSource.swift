import Host
import Compiler
import Iglu

/// A folder in a static registry's layout: `schemas/VENDOR/NAME/FORMAT/VERSION`.
struct FolderSource: SchemaSource {
  let folder: String

  private func path(_ parts: String...) -> String {
    parts.reduce(Files.join(folder, "schemas")) { Files.join($0, $1) }
  }

  func schema(_ key: SchemaKey) async -> SourceAnswer {
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

  func versions(of family: SchemaFamily, near version: SchemaVersion) async -> [SchemaVersion] {
    names(in: path(family.vendor, family.name, family.format)).compactMap { SchemaVersion($0) }
  }

  func names(of vendor: String) async -> [String] { names(in: path(vendor)) }

  func vendors() async -> [String] { names(in: path()) }

  private func names(in folder: String) -> [String] {
    (try? Files.names(in: folder, withEnding: "")) ?? []
  }
}

/// The schemas in the binary.
struct BuiltinSource: SchemaSource {
  func schema(_ key: SchemaKey) async -> SourceAnswer {
    guard let path = KnownSchemas.builtinFile(key), let bytes = Builtins.file(path) else {
      return .missing
    }
    return .found(SchemaText(bytes: bytes, name: "<builtin>/\(path)"))
  }

  func versions(of family: SchemaFamily, near version: SchemaVersion) async -> [SchemaVersion] {
    (KnownSchemas.families[family] ?? []).filter {
      let path = KnownSchemas.builtinFile(SchemaKey(family: family, version: $0))
      return path.map { Builtins.file($0) != nil } ?? false
    }
  }

  func names(of vendor: String) async -> [String] { [] }

  func vendors() async -> [String] { [] }
}
