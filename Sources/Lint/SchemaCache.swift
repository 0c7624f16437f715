import Host
import Text
import Digests
import Platform
package import Iglu
import SourceText
import Values

/// One registry's schemas cached in files, and the fact that it lacks others.
///
/// A file's time is when the registry was asked; an empty file means that it has no such schema.
package struct SchemaCache: Sendable {
  package struct Entry {
    /// Nil if the registry doesn't have the schema.
    package var bytes: [UInt8]?
    package var isFresh: Bool
  }

  /// How long schemas are cached, and how many.
  package struct Limits {
    var seconds: Int64
    var missingSeconds: Int64
    var count: Int

    /// Schemas don't change, but a missing one may be added soon.
    package init(cacheSize: Int?, cacheSeconds: Int?) {
      seconds = Int64(cacheSeconds ?? 24 * 3600)
      missingSeconds = min(seconds, 3600)
      count = cacheSize ?? 500
    }
  }

  /// Nil if nothing is cached.
  private let folder: String?
  private let limits: Limits
  private let now: Int64

  /// - Parameter identity: the registry's address and key.
  package init(identity: String, limits: Limits) {
    self.init(identity: identity, limits: limits, home: Self.home)
  }

  /// - Parameter home: the folder of all registries' caches; nil if nothing is to be cached.
  package init(identity: String, limits: Limits, home: String?) {
    let digest = SHA256.name(of: Array(identity.utf8)).dropFirst("sha256:".count).prefix(24)
    folder = limits.count > 0 ? home.map { "\($0)/\(digest)" } : nil
    self.limits = limits
    now = Clock.now().seconds
  }

  /// `$XDG_CACHE_HOME/penstock/iglu`, or the same in `~/.cache`.
  private static var home: String? {
    if let given = Environment.value("XDG_CACHE_HOME"), given.hasPrefix("/") {
      return Files.join(given, "penstock/iglu")
    }
    guard let home = Environment.home else { return nil }
    return Files.join(home, ".cache/penstock/iglu")
  }

  private func path(_ key: SchemaKey) -> String? {
    folder.map { "\($0)/\(PercentEncoding.encode(key.path))" }
  }

  package func entry(_ key: SchemaKey) -> Entry? {
    guard let path = path(key) else { return nil }
    var status = stat()
    guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
    let age = now - Int64(status.st_mtim.tv_sec)
    guard status.st_size > 0 else {
      return Entry(bytes: nil, isFresh: (0..<max(1, limits.missingSeconds)).contains(age))
    }
    guard let bytes = try? Files.read(path) else { return nil }
    return Entry(bytes: bytes, isFresh: (0..<max(1, limits.seconds)).contains(age))
  }

  /// Caches a schema, or that there is none. A failure to write is ignored.
  package func keep(_ bytes: [UInt8]?, for key: SchemaKey) {
    guard let folder, let path = path(key) else { return }
    Self.makeFolders(folder)
    try? Output.replace(path, with: bytes ?? [], isPrivate: true)
  }

  /// Removes the oldest files if there are too many.
  package func prune() {
    guard let folder, let names = try? Files.names(in: folder, withEnding: ""),
      names.count > limits.count
    else { return }
    let aged = names.map { name -> (time: Int, path: String) in
      let path = Files.join(folder, name)
      var status = stat()
      return (stat(path, &status) == 0 ? status.st_mtim.tv_sec : 0, path)
    }
    // Oldest first, and by name, for determinism.
    for old in aged.sorted(by: { $0 < $1 }).prefix(names.count - limits.count) { unlink(old.path) }
  }

  /// Creates folders that others can't read, since registries may be private.
  private static func makeFolders(_ path: String) {
    guard !Files.isFolder(path) else { return }
    let parent = Files.folder(of: path)
    if parent.utf8.count > 1 { makeFolders(String(parent.dropLast())) }
    mkdir(path, 0o700)
  }
}
