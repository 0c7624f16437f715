import Text
import Platform

/// File operations for the sandbox: whole files, written atomically.
enum Files {
  struct Failure: Error, Sendable {
    var path: String
    var number: Int32

    var message: String { "\(path): \(String(cString: strerror(number)))" }
  }

  /// Nil if there is no such file.
  static func read(_ path: String) throws(Failure) -> [UInt8]? {
    let file = Platform.open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else {
      if errno == ENOENT || errno == ENOTDIR { return nil }
      throw Failure(path: path, number: errno)
    }
    defer { close(file) }
    var status = stat()
    guard fstat(file, &status) == 0 else { throw Failure(path: path, number: errno) }
    guard status.st_mode & S_IFMT == S_IFREG else { return nil }
    var bytes = [UInt8](repeating: 0, count: max(0, Int(status.st_size)))
    var filled = 0
    while filled < bytes.count {
      let count = bytes.withUnsafeMutableBytes { buffer in
        Platform.read(file, buffer.baseAddress.map { $0 + filled }, buffer.count - filled)
      }
      if count < 0 {
        if errno == EINTR { continue }
        throw Failure(path: path, number: errno)
      }
      if count == 0 { break }
      filled += count
    }
    bytes.removeLast(bytes.count - filled)
    return bytes
  }

  /// Writes to a temporary file first, so that a reader sees either the old one or the new one.
  static func write(_ path: String, _ bytes: [UInt8], mark: String) throws(Failure) {
    try makeFolder(parent(of: path))
    let fresh = path + mark
    let file = Platform.open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard file >= 0 else { throw Failure(path: fresh, number: errno) }
    var written = 0
    while written < bytes.count {
      let count = bytes.withUnsafeBytes { buffer in
        Platform.write(file, buffer.baseAddress.map { $0 + written }, buffer.count - written)
      }
      if count < 0 {
        if errno == EINTR { continue }
        let failure = Failure(path: fresh, number: errno)
        close(file)
        unlink(fresh)
        throw failure
      }
      written += count
    }
    close(file)
    guard rename(fresh, path) == 0 else {
      let failure = Failure(path: path, number: errno)
      unlink(fresh)
      throw failure
    }
  }

  static func makeFolder(_ path: String) throws(Failure) {
    guard !path.isEmpty, mkdir(path, 0o755) != 0, errno != EEXIST else { return }
    guard errno == ENOENT else { throw Failure(path: path, number: errno) }
    let above = parent(of: path)
    guard above != path else { throw Failure(path: path, number: ENOENT) }
    try makeFolder(above)
    guard mkdir(path, 0o755) == 0 || errno == EEXIST else {
      throw Failure(path: path, number: errno)
    }
  }

  /// Deletes a file, if there is one.
  static func delete(_ path: String) throws(Failure) {
    guard unlink(path) == 0 || errno == ENOENT || errno == ENOTDIR else {
      throw Failure(path: path, number: errno)
    }
  }

  /// Deletes empty folders, from this one upwards, but not `top`.
  static func deleteEmptyFolders(from path: String, upTo top: String) {
    var folder = path
    while folder.count > top.count, folder.hasPrefix(top), rmdir(folder) == 0 {
      folder = parent(of: folder)
    }
  }

  struct Entry {
    var name: String
    var isFolder: Bool
  }

  /// A folder's entries; nil if it isn't a folder.
  static func entries(_ path: String) -> [Entry]? {
    guard let folder = opendir(path) else { return nil }
    defer { closedir(folder) }
    var entries: [Entry] = []
    while let entry = readdir(folder) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      guard name != ".", name != ".." else { continue }
      var isFolder = Int(entry.pointee.d_type) == Int(DT_DIR)
      if Int(entry.pointee.d_type) == Int(DT_UNKNOWN) || Int(entry.pointee.d_type) == Int(DT_LNK) {
        var status = stat()
        isFolder = stat(path + "/" + name, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
      }
      entries.append(Entry(name: name, isFolder: isFolder))
    }
    return entries
  }

  /// Paths of all files below a folder, relative to it, in byte order.
  static func walk(_ path: String) -> [String] {
    var found: [String] = []
    var folders = [""]
    while let folder = folders.popLast() {
      for entry in entries(path + (folder.isEmpty ? "" : "/" + folder)) ?? [] {
        let inner = folder.isEmpty ? entry.name : folder + "/" + entry.name
        if entry.isFolder { folders.append(inner) } else { found.append(inner) }
      }
    }
    return found.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  static func size(_ path: String) -> Int64 {
    var status = stat()
    return stat(path, &status) == 0 ? Int64(status.st_size) : 0
  }

  static func isFolder(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  static func deleteTree(_ path: String) {
    var folders = [path]
    var all: [String] = []
    while let folder = folders.popLast() {
      all.append(folder)
      for entry in entries(folder) ?? [] {
        if entry.isFolder {
          folders.append(folder + "/" + entry.name)
        } else {
          unlink(folder + "/" + entry.name)
        }
      }
    }
    for folder in all.reversed() { rmdir(folder) }
  }

  static func parent(of path: String) -> String {
    guard let slash = path.utf8.lastIndex(of: .slash) else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  /// Holds a lock file while `body` runs; other processes wait.
  static func locked<Result, Problem: Error>(
    _ path: String, _ body: () throws(Problem) -> Result
  ) throws(Problem) -> Result {
    let file = Platform.open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    if file >= 0 { while flock(file, LOCK_EX) != 0 && errno == EINTR {} }
    // Closing releases the lock.
    defer { if file >= 0 { close(file) } }
    return try body()
  }
}
