import Platform

/// A private copy of a journal's files, to read one that would have to be changed for that: of an
/// older format, or with a transaction of a dead process that is to be rolled back.
struct JournalCopy {
  private let folder: String
  var path: String { folder + "/journal.db" }

  private static let endings = [""] + Database.endings
  /// SQLite makes the shared memory of a write-ahead log again.
  private static let copied = endings.filter { $0 != "-shm" }

  /// - Parameter scratch: a folder for temporary files.
  /// - Throws: `.busy` if it changes all the time.
  init(of path: String, in scratch: String) throws(JournalError) {
    let path = Database.real(try Database.checked(path))
    var template = Array("\(scratch)/penstock-XXXXXX".utf8CString)
    let made = template.withUnsafeMutableBufferPointer { buffer in
      buffer.baseAddress.flatMap { mkdtemp($0) }.map { String(cString: $0) }
    }
    guard let made else { throw Self.failure }
    folder = made
    do throws(JournalError) {
      for _ in 0..<20 {
        let before = Self.state(of: path)
        for ending in Self.copied { try Self.copy(path + ending, self.path + ending) }
        if Self.state(of: path) == before { return }
        usleep(50_000)
      }
      throw .busy
    } catch {
      remove()
      throw error
    }
  }

  func remove() {
    for ending in Self.endings { unlink(path + ending) }
    rmdir(folder)
  }

  /// Changes with each of the files.
  private static func state(of path: String) -> [Int64] {
    copied.flatMap { ending -> [Int64] in
      var status = stat()
      guard stat(path + ending, &status) == 0 else { return [0, 0, 0, 0] }
      return [
        Int64(truncatingIfNeeded: status.st_ino), Int64(status.st_size),
        Int64(status.st_mtim.tv_sec), Int64(status.st_mtim.tv_nsec),
      ]
    }
  }

  /// Copies a file if it is there.
  private static func copy(_ from: String, _ to: String) throws(JournalError) {
    let source = open(from, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
    guard source >= 0 else {
      guard errno == ENOENT else {
        throw errno == EACCES ? .beside(path: from, problem: "can't be read") : failure
      }
      unlink(to)
      return
    }
    defer { close(source) }
    let target = open(to, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0o600)
    guard target >= 0 else { throw failure }
    defer { close(target) }
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = buffer.withUnsafeMutableBytes { read(source, $0.baseAddress, $0.count) }
      if count == 0 { return }
      guard count > 0 else {
        if errno == EINTR { continue }
        throw failure
      }
      let written = buffer.withUnsafeBytes { write(target, $0.baseAddress, count) }
      guard written == count else { throw failure }
    }
  }

  private static var failure: JournalError {
    .storage(message: "it can't be copied to be read: \(String(cString: strerror(errno)))")
  }
}
