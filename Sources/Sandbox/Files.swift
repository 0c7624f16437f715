import AWSServices
import Host
import Platform

/// File operations of the sandbox, on paths inside its folder: whole files, written atomically, and
/// no links.
enum Files {
  struct Failure: Error, Sendable {
    var message: String
    /// Whether trying again can't help: the path isn't one that a sandbox uses.
    var isRefusal: Bool

    init(path: String, reason: String, isRefusal: Bool) {
      message = "\(path): \(reason)"
      self.isRefusal = isRefusal
    }

    /// The system's last failure, unless another one is given.
    init(path: String, number: Int32 = errno) {
      self.init(path: path, reason: String(cString: strerror(number)), isRefusal: false)
    }

    static func link(_ path: String) -> Failure {
      Failure(
        path: path, reason: "it is a link, which a sandbox doesn't follow", isRefusal: true)
    }

    /// As S3 or EMR would report it.
    func cloudError(_ operation: String) -> CloudError {
      CloudError(isRefusal ? .refused : .unavailable, operation: operation, message: message)
    }
  }

  /// Does what can fail on a file, and reports a failure as one of an operation of S3 or EMR.
  static func cloud<Result>(
    _ operation: String, _ body: () throws(Failure) -> Result
  ) throws(CloudError) -> Result {
    do throws(Failure) {
      return try body()
    } catch {
      throw error.cloudError(operation)
    }
  }

  static func isLink(_ folder: Int32, _ name: String) -> Bool {
    kind(folder, name) == S_IFLNK
  }

  /// Nil if there is no such entry.
  private static func kind(_ folder: Int32, _ name: String) -> mode_t? {
    var status = stat()
    return fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) == 0
      ? status.st_mode & S_IFMT : nil
  }

  // MARK: Files

  /// Nil if there is no such file.
  static func read(_ path: InnerPath) throws(Failure) -> [UInt8]? {
    let bytes: [UInt8]?? = try path.withEntry { folder, name throws(Failure) in
      // Opening a pipe must not wait for its writer.
      let file = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
      guard file >= 0 else {
        if errno == ENOENT { return nil }
        throw errno == ELOOP ? .link(path.text) : Failure(path: path.text)
      }
      defer { close(file) }
      return try read(file, path)
    }
    return bytes ?? nil
  }

  private static func read(_ file: Int32, _ path: InnerPath) throws(Failure) -> [UInt8]? {
    var status = stat()
    guard fstat(file, &status) == 0 else { throw Failure(path: path.text) }
    guard status.st_mode & S_IFMT == S_IFREG else { return nil }
    var bytes = [UInt8](repeating: 0, count: max(0, Int(status.st_size)))
    var filled = 0
    while filled < bytes.count {
      let count = bytes.withUnsafeMutableBytes { buffer in
        Platform.read(file, buffer.baseAddress.map { $0 + filled }, buffer.count - filled)
      }
      if count < 0 {
        if errno == EINTR { continue }
        throw Failure(path: path.text)
      }
      if count == 0 { break }
      filled += count
    }
    bytes.removeLast(bytes.count - filled)
    return bytes
  }

  /// Writes to a temporary file first, so that a reader sees either the old one or the new one.
  /// Files and folders are readable only by their owner, as they may hold copies of real data.
  static func write(_ path: InnerPath, _ bytes: [UInt8], mark: String) throws(Failure) {
    try path.withEntry(makingFolders: true) { folder, name throws(Failure) in
      let fresh = name + mark
      // One that was left by a process that died.
      unlinkat(folder, fresh, 0)
      do throws(FileFailure) {
        try Output.replace(
          name, in: folder, with: bytes, mode: 0o600, by: fresh, isDurable: false)
      } catch {
        throw Failure(path: path.text, reason: error.reason, isRefusal: false)
      }
    }
  }

  /// Deletes a file, if there is one.
  static func delete(_ path: InnerPath) throws(Failure) {
    try path.withEntry { folder, name throws(Failure) in
      guard unlinkat(folder, name, 0) == 0 || errno == ENOENT else {
        throw Failure(path: path.text)
      }
    }
  }

  static func size(_ path: InnerPath) -> Int64 {
    let size = try? path.withEntry { folder, name in
      var status = stat()
      return fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) == 0 ? Int64(status.st_size) : 0
    }
    return size ?? 0
  }

  // MARK: Folders

  static func makeFolder(_ path: InnerPath) throws(Failure) {
    _ = try path.withFolder(makingIt: true) { _ in }
  }

  static func isFolder(_ path: InnerPath) throws(Failure) -> Bool {
    try path.withFolder { _ in true } ?? false
  }

  /// Deletes empty folders, from this one upwards, but not `top`.
  static func deleteEmptyFolders(from path: InnerPath, upTo top: InnerPath) {
    var path = path
    while path.text.utf8.count > top.text.utf8.count, let parent = path.parent {
      let isDeleted = try? path.withEntry { folder, name in
        unlinkat(folder, name, AT_REMOVEDIR) == 0
      }
      guard isDeleted == true else { return }
      path = parent
    }
  }

  /// Paths of all files below a folder, relative to it, in byte order.
  /// - Throws: if a link is among them.
  static func walk(_ path: InnerPath) throws(Failure) -> [String] {
    var found: [String] = []
    var folders: [(path: InnerPath, prefix: String)] = [(path, "")]
    while let (folder, prefix) = folders.popLast() {
      for entry in try entries(folder) {
        switch entry.kind {
        case S_IFDIR: folders.append((try folder.appending(entry.name), prefix + entry.name + "/"))
        case S_IFREG: found.append(prefix + entry.name)
        case S_IFLNK: throw .link(try folder.appending(entry.name).text)
        default: break
        }
      }
    }
    return found.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  private struct Entry {
    var name: String
    var kind: mode_t
  }

  /// None if it isn't a folder.
  private static func entries(_ path: InnerPath) throws(Failure) -> [Entry] {
    let entries: [Entry]? = try path.withFolder { folder throws(Failure) in
      guard let stream = fdopendir(dup(folder)) else { throw Failure(path: path.text) }
      defer { closedir(stream) }
      var entries: [Entry] = []
      while let entry = readdir(stream) {
        let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
          String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
        guard name != ".", name != ".." else { continue }
        if let kind = kind(folder, name) { entries.append(Entry(name: name, kind: kind)) }
      }
      return entries
    }
    return entries ?? []
  }

  /// Deletes a folder with everything in it; links in it are deleted, not followed.
  static func deleteTree(_ path: InnerPath) throws(Failure) {
    var folders = [path]
    var all: [InnerPath] = []
    while let folder = folders.popLast() {
      all.append(folder)
      for entry in try entries(folder) {
        let inner = try folder.appending(entry.name)
        if entry.kind == S_IFDIR { folders.append(inner) } else { try delete(inner) }
      }
    }
    for folder in all.reversed() {
      _ = try folder.withEntry { above, name in unlinkat(above, name, AT_REMOVEDIR) }
    }
  }

  // MARK: Locking

  /// Holds a lock file while `body` runs; other processes wait.
  static func locked<Result>(
    _ path: InnerPath, _ operation: String, _ body: () throws(CloudError) -> Result
  ) throws(CloudError) -> Result {
    let file = try cloud(operation) { () throws(Failure) in
      try path.withEntry(makingFolders: true) { folder, name throws(Failure) in
        let file = openat(
          folder, name, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0o600)
        guard file >= 0 else {
          throw errno == ELOOP ? .link(path.text) : Failure(path: path.text)
        }
        fchmod(file, 0o600)
        return file
      }
    }
    guard let file else { return try body() }
    while flock(file, LOCK_EX) != 0 && errno == EINTR {}
    // Closing releases the lock.
    defer { close(file) }
    return try body()
  }
}
