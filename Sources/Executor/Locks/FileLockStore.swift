import AtomicFiles
import Platform

/// A file as a lock: only one process can create it.
///
/// The file is a regular one, or there is an error: a pipe would never answer, and a link or a
/// device isn't the place that the user named.
package struct FileLockStore: LockStore {
  private let path: String

  package init(path: String) { self.path = path }

  package var name: String { path }

  /// How long other programs may keep the file locked (`flock`).
  private static var patience: Duration { .milliseconds(400) }

  package func create(_ bytes: [UInt8]) async throws(LockFailure) -> String? {
    try write(bytes, .new) ? Self.revision(bytes) : nil
  }

  /// Writes the lock, so that no process sees an incomplete one; false if there is one already.
  private func write(
    _ bytes: [UInt8], _ naming: AtomicFile.Naming
  ) throws(LockFailure) -> Bool {
    // A lock's text has its holder's token, which no other has.
    let fresh = "\(path).\(String(Self.fingerprint(bytes), radix: 36))"
    let number = AtomicFile.write(bytes, as: path, naming: naming, mode: 0o600, fresh: fresh)
    if number == EEXIST, naming == .new { return false }
    guard number == 0 else { throw failure(number) }
    return true
  }

  /// FNV-1a.
  private static func fingerprint(_ bytes: [UInt8]) -> UInt64 {
    bytes.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
  }

  package func read() async throws(LockFailure) -> StoredLock? {
    do throws(LockFailure) {
      guard let file = try open(O_RDONLY) else { return nil }
      defer { close(file) }
      let bytes = Self.read(file)
      return StoredLock(bytes: bytes, revision: Self.revision(bytes))
    } catch {
      // Another user's lock: it is held, but only its owner may read by whom.
      guard error == failure(EACCES), kind == S_IFREG else { throw error }
      return StoredLock(bytes: [], revision: "")
    }
  }

  package func replace(_ bytes: [UInt8], revision: String) async throws(LockFailure) -> String? {
    try await whileUnchanged(revision) { () throws(LockFailure) in
      try write(bytes, .replacing) ? Self.revision(bytes) : nil
    }
  }

  package func delete(revision: String) async throws(LockFailure) -> Bool {
    let done: String? = try await whileUnchanged(revision) { () throws(LockFailure) in
      guard unlink(path) == 0 else { throw failure() }
      AtomicFile.synchronize(folderOf: path)
      return ""
    }
    return done != nil
  }

  package func leave(revision: String) async {}

  // MARK: The file

  /// The open file; nil if there is none.
  private func open(_ mode: Int32) throws(LockFailure) -> Int32? {
    // Looked at first, as opening a device can have effects.
    guard let kind else {
      if errno == ENOENT { return nil }
      throw failure()
    }
    try check(kind)
    let file = Platform.open(path, mode | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
    guard file >= 0 else {
      if errno == ENOENT { return nil }
      throw errno == ELOOP ? Self.unusable("it is a link") : failure()
    }
    // It may have become something else since.
    var status = stat()
    do throws(LockFailure) {
      guard fstat(file, &status) == 0 else { throw failure() }
      try check(status.st_mode & S_IFMT)
    } catch {
      close(file)
      throw error
    }
    return file
  }

  /// What there is at the path, without following links; nil if nothing, or if that's unknown.
  private var kind: mode_t? {
    var status = stat()
    return lstat(path, &status) == 0 ? status.st_mode & S_IFMT : nil
  }

  private func check(_ kind: mode_t) throws(LockFailure) {
    let what: String
    switch kind {
    case S_IFREG: return
    case S_IFDIR: what = "a folder"
    case S_IFIFO: what = "a pipe"
    case S_IFLNK: what = "a link"
    case S_IFSOCK: what = "a socket"
    default: what = "a device"
    }
    throw Self.unusable("it is \(what)")
  }

  private static func unusable(_ reason: String) -> LockFailure {
    LockFailure("\(reason), not a regular file")
  }

  /// Calls `body` if the file has the revision, while other Penstock processes can't change it.
  private func whileUnchanged(
    _ revision: String, _ body: () throws(LockFailure) -> String?
  ) async throws(LockFailure) -> String? {
    guard let file = try open(O_RDWR) else { return nil }
    defer { close(file) }
    // By the clock, not by counting pauses: on a busy machine a pause takes longer than asked for.
    let end = ContinuousClock.now + Self.patience
    while flock(file, LOCK_EX | LOCK_NB) != 0 {
      guard errno == EWOULDBLOCK || errno == EINTR else { throw failure() }
      guard ContinuousClock.now < end, !Task.isCancelled else {
        throw LockFailure("another program keeps the file locked")
      }
      try? await Task.sleep(for: .milliseconds(10))
    }
    // It may have been removed and created again since it was opened.
    var opened = stat()
    var there = stat()
    guard fstat(file, &opened) == 0, lstat(path, &there) == 0, opened.st_ino == there.st_ino,
      opened.st_dev == there.st_dev, Self.revision(Self.read(file)) == revision
    else { return nil }
    return try body()
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

  /// Without the path: the lock is named where it is reported.
  private func failure(_ number: Int32 = errno) -> LockFailure {
    LockFailure(String(cString: strerror(number)))
  }
}
