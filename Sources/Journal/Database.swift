import CSQLite
import Platform

/// A connection to SQLite, with the few operations that a journal needs.
struct Database: ~Copyable {
  private let handle: OpaquePointer

  enum Parameter {
    case int(Int64)
    case text(String)
    case null

    static func text(ifAny text: String?) -> Parameter { text.map { .text($0) } ?? .null }
  }

  /// - Parameter path: a file's path, never one of SQLite's special names (`:memory:`, an empty
  ///   one), which would keep nothing on disk. For writing, the file is created if there is none.
  init(path: String, readOnly: Bool) throws(JournalError) {
    let path = try Self.checked(path)
    try Self.checkBeside(path)
    if !readOnly { try Self.make(path) }
    var opened: OpaquePointer?
    let flags =
      (readOnly ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE) | SQLITE_OPEN_FULLMUTEX
    let status = sqlite3_open_v2(path, &opened, flags, nil)
    guard status == SQLITE_OK, let opened else {
      let number = opened.map { sqlite3_system_errno($0) } ?? 0
      sqlite3_close_v2(opened)
      let failure = Self.failure(status, number, String(cString: sqlite3_errstr(status)))
      throw failure == .readOnly && access(path, R_OK) != 0 ? .unreadable : failure
    }
    // SQLite opens a file that can't be written for reading.
    guard readOnly || sqlite3_db_readonly(opened, "main") == 0 else {
      sqlite3_close_v2(opened)
      throw .readOnly
    }
    handle = opened
    sqlite3_extended_result_codes(handle, 1)
    sqlite3_busy_timeout(handle, 10_000)
  }

  /// One that is nowhere, for a journal that isn't there yet.
  init() throws(JournalError) {
    var opened: OpaquePointer?
    let status = sqlite3_open_v2(
      ":memory:", &opened, SQLITE_OPEN_READWRITE | SQLITE_OPEN_FULLMUTEX, nil)
    guard status == SQLITE_OK, let opened else {
      sqlite3_close_v2(opened)
      throw .storage(message: String(cString: sqlite3_errstr(status)))
    }
    handle = opened
  }

  deinit { sqlite3_close_v2(handle) }

  /// A path that SQLite takes for a file's.
  static func checked(_ path: String) throws(JournalError) -> String {
    guard !path.isEmpty else { throw .storage(message: "its path is empty") }
    return path.hasPrefix("/") ? path : "./" + path
  }

  /// Creates the file if there is none: SQLite would let others read it, and gives the files beside
  /// it the same permissions. It isn't opened, since closing it would drop the locks that other
  /// connections of this process have.
  private static func make(_ path: String) throws(JournalError) {
    if mknod(path, S_IFREG | 0o600, 0) == 0 {
      // Even with a umask that takes something away from the owner.
      _ = chmod(path, 0o600)
      return
    }
    let number = errno
    // A file system that can't be written says so before it says that the file is there.
    guard try isThere(path) else {
      throw number == EACCES || number == EPERM || number == EROFS
        ? .readOnly : .storage(message: String(cString: strerror(number)))
    }
  }

  /// Whether there is a regular file; false if there is nothing.
  /// - Throws: if there is something else.
  static func isThere(_ path: String) throws(JournalError) -> Bool {
    var status = stat()
    guard stat(path, &status) == 0 else {
      let number = errno
      guard number == ENOENT else {
        throw number == EACCES ? .unreadable : .storage(message: String(cString: strerror(number)))
      }
      guard lstat(path, &status) != 0 else {
        throw .storage(message: "it is a link to a file that doesn't exist")
      }
      return false
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw .storage(message: "it isn't a regular file")
    }
    return true
  }

  /// What the files beside a journal end with that SQLite makes, or an older version of this
  /// program had.
  static let endings = ["-journal", "-wal", "-shm"]

  /// The path beside which SQLite has its files: that of the file itself, not that of a link to it.
  static func real(_ path: String) -> String {
    var status = stat()
    guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFLNK,
      let resolved = realpath(path, nil)
    else { return path }
    defer { free(resolved) }
    return String(cString: resolved)
  }

  /// Makes sure that what there is beside a journal are regular files: SQLite would wait for a pipe
  /// forever, and its errors don't say which file they are about.
  static func checkBeside(_ path: String) throws(JournalError) {
    let path = real(path)
    for ending in endings {
      var status = stat()
      guard lstat(path + ending, &status) == 0 else { continue }
      let what: String
      switch status.st_mode & S_IFMT {
      case S_IFREG: continue
      case S_IFDIR: what = "a folder"
      case S_IFIFO: what = "a pipe"
      case S_IFLNK: what = "a link"
      case S_IFSOCK: what = "a socket"
      default: what = "a device"
      }
      // As it was named, without what `checked` adds.
      let named = path.hasPrefix("./") ? String(path.dropFirst(2)) : path
      throw .beside(path: named + ending, problem: "is \(what), not a regular file")
    }
  }

  // MARK: The file

  /// Lets what was read from the file be read again: SQLite reads a page once, unless its header
  /// says that it has changed, which other programs' changes don't do.
  func forgetPages() { sqlite3_db_release_memory(handle) }

  /// Whether the file at the path isn't the one that is open: it was deleted, moved or replaced.
  var hasMoved: Bool { penstock_has_moved(handle) != 0 }

  /// Whether it has, or had, a write-ahead log, without which it isn't complete.
  var hasLog: Bool { penstock_has_log(handle) != 0 }

  // MARK: Failures

  /// - Parameter number: the system's last error, as SQLite doesn't keep that of a failed commit.
  private func failure(_ number: Int32 = 0) -> JournalError {
    let kept = sqlite3_system_errno(handle)
    return Self.failure(
      sqlite3_extended_errcode(handle), kept == 0 ? number : kept,
      String(cString: sqlite3_errmsg(handle)))
  }

  /// - Parameter number: the system's error, if that is what failed.
  private static func failure(
    _ status: Int32, _ number: Int32, _ message: String
  ) -> JournalError {
    switch status & 0xff {
    case SQLITE_FULL: return .full
    case SQLITE_CORRUPT: return .damaged(message: message)
    case SQLITE_NOTADB: return .damaged(message: "it isn't a journal, or no longer one")
    case SQLITE_BUSY, SQLITE_LOCKED: return .busy
    // SQLITE_READONLY_DBMOVED
    case SQLITE_READONLY: return status == SQLITE_READONLY | 4 << 8 ? .gone : .readOnly
    case SQLITE_IOERR, SQLITE_CANTOPEN, SQLITE_PERM, SQLITE_AUTH:
      switch number {
      case ENOSPC, EDQUOT, EFBIG: return .full
      case EACCES, EPERM, EROFS: return .readOnly
      case 0: return .storage(message: message)
      default: return .storage(message: String(cString: strerror(number)))
      }
    default: return .storage(message: message)
    }
  }

  // MARK: Statements

  /// Runs one statement, and calls `row` for each row of its result.
  func run(
    _ sql: String, _ parameters: [Parameter] = [], row: (Row) -> Void = { _ in }
  ) throws(JournalError) {
    var prepared: OpaquePointer?
    guard sqlite3_prepare_v2(handle, sql, -1, &prepared, nil) == SQLITE_OK, let prepared else {
      throw failure()
    }
    defer { sqlite3_finalize(prepared) }
    for (index, parameter) in parameters.enumerated() {
      let at = Int32(truncatingIfNeeded: index + 1)
      let status =
        switch parameter {
        case .int(let number): sqlite3_bind_int64(prepared, at, number)
        case .null: sqlite3_bind_null(prepared, at)
        case .text(let text): Self.bind(prepared, at, text)
        }
      guard status == SQLITE_OK else { throw failure() }
    }
    while true {
      errno = 0
      let status = sqlite3_step(prepared)
      let number = errno
      switch status {
      case SQLITE_ROW: row(Row(statement: prepared))
      case SQLITE_DONE: return
      default: throw failure(number)
      }
    }
  }

  private static func bind(_ statement: OpaquePointer, _ at: Int32, _ text: String) -> Int32 {
    var text = text
    return text.withUTF8 { utf8 in
      utf8.withMemoryRebound(to: CChar.self) { bytes in
        penstock_bind_text(statement, at, bytes.baseAddress, UInt64(bytes.count))
      }
    }
  }

  /// A row of a result; valid until the next one.
  struct Row {
    let statement: OpaquePointer

    func int(_ column: Int32) -> Int64 { sqlite3_column_int64(statement, column) }

    func isNull(_ column: Int32) -> Bool { sqlite3_column_type(statement, column) == SQLITE_NULL }

    func bytes(_ column: Int32) -> [UInt8] {
      guard let start = sqlite3_column_text(statement, column) else { return [] }
      let count = Int(sqlite3_column_bytes(statement, column))
      return [UInt8](UnsafeBufferPointer(start: start, count: count))
    }

    func text(_ column: Int32) -> String { String(decoding: bytes(column), as: UTF8.self) }

    func text(ifAny column: Int32) -> String? { isNull(column) ? nil : text(column) }
  }
}
