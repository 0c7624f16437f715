import Platform

/// A file as a lock: only one process can create it.
package struct FileLockStore: LockStore {
  private let path: String

  package init(path: String) { self.path = path }

  package var name: String { path }

  package func create(_ bytes: [UInt8]) async throws(LockFailure) -> String? {
    // Written to another file and linked into place, so that no process sees an incomplete lock.
    var template = Array("\(path).XXXXXX".utf8CString)
    let file = template.withUnsafeMutableBufferPointer { buffer in
      buffer.baseAddress.map { mkstemp($0) } ?? -1
    }
    let fresh = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    guard file >= 0 else { throw failure(path) }
    fchmod(file, 0o644)
    defer { unlink(fresh) }
    guard Self.write(file, bytes) else {
      let failure = failure(fresh)
      close(file)
      throw failure
    }
    close(file)
    if link(fresh, path) == 0 { return Self.revision(bytes) }
    guard errno == EEXIST else { throw failure(path) }
    return nil
  }

  package func read() async throws(LockFailure) -> StoredLock? {
    let file = Platform.open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else {
      if errno == ENOENT { return nil }
      throw failure(path)
    }
    defer { close(file) }
    let bytes = Self.read(file)
    return StoredLock(bytes: bytes, revision: Self.revision(bytes))
  }

  package func replace(_ bytes: [UInt8], revision: String) async throws(LockFailure) -> String? {
    try whileUnchanged(revision) { file in
      guard ftruncate(file, 0) == 0, lseek(file, 0, SEEK_SET) == 0, Self.write(file, bytes) else {
        return nil
      }
      return Self.revision(bytes)
    }
  }

  package func delete(revision: String) async throws(LockFailure) -> Bool {
    try whileUnchanged(revision) { _ in unlink(path) == 0 ? "" : nil } != nil
  }

  package func leave(revision: String) async {}

  /// Calls `body` if the file has the revision, while other Penstock processes can't change it.
  private func whileUnchanged(
    _ revision: String, _ body: (Int32) -> String?
  ) throws(LockFailure) -> String? {
    let file = Platform.open(path, O_RDWR | O_CLOEXEC)
    guard file >= 0 else {
      if errno == ENOENT { return nil }
      throw failure(path)
    }
    defer { close(file) }
    while flock(file, LOCK_EX) != 0 && errno == EINTR {}
    // It may have been removed and created again since it was opened.
    var opened = stat()
    var there = stat()
    guard fstat(file, &opened) == 0, stat(path, &there) == 0, opened.st_ino == there.st_ino,
      Self.revision(Self.read(file)) == revision
    else { return nil }
    return body(file)
  }

  private static func revision(_ bytes: [UInt8]) -> String {
    String(decoding: bytes, as: UTF8.self)
  }

  /// The first bytes of a file; locks aren't larger.
  private static func read(_ file: Int32) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: 16_384)
    lseek(file, 0, SEEK_SET)
    let count = bytes.withUnsafeMutableBytes { Platform.read(file, $0.baseAddress, $0.count) }
    return Array(bytes.prefix(max(0, count)))
  }

  private static func write(_ file: Int32, _ bytes: [UInt8]) -> Bool {
    let count = bytes.withUnsafeBytes { Platform.write(file, $0.baseAddress, $0.count) }
    return count == bytes.count && fsync(file) == 0
  }

  private func failure(_ path: String) -> LockFailure {
    LockFailure("\(path): \(String(cString: strerror(errno)))")
  }
}
