import CSQLite
import Platform

/// A connection to SQLite, with the few operations that a journal needs.
struct Database: ~Copyable {
  private let handle: OpaquePointer

  enum Parameter {
    case int(Int64)
    case text(String)
    case null
  }

  /// - Parameter path: a file's path, never one of SQLite's special names (`:memory:`, an empty
  ///   one),
  ///   which would keep nothing on disk.
  /// - Throws: `.storage`.
  init(path: String, readOnly: Bool) throws(JournalError) {
    guard !path.isEmpty else { throw .storage(message: "its path is empty") }
    let path = path.hasPrefix("/") ? path : "./" + path
    if !readOnly { try Self.make(path) }
    var opened: OpaquePointer?
    let flags =
      (readOnly ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE)
      | SQLITE_OPEN_FULLMUTEX
    let status = sqlite3_open_v2(path, &opened, flags, nil)
    guard status == SQLITE_OK, let opened else {
      let message = opened.map { String(cString: sqlite3_errmsg($0)) }
      sqlite3_close_v2(opened)
      throw .storage(message: message ?? String(cString: sqlite3_errstr(status)))
    }
    handle = opened
    sqlite3_extended_result_codes(handle, 1)
    sqlite3_busy_timeout(handle, 10_000)
  }

  deinit { sqlite3_close_v2(handle) }

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
    var status = stat()
    guard number == EEXIST, stat(path, &status) == 0 else {
      let reason =
        number == EEXIST
        ? "it is a link to a file that doesn't exist" : String(cString: strerror(number))
      throw .storage(message: reason)
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw .storage(message: "it isn't a regular file")
    }
  }

  var failure: JournalError { .storage(message: String(cString: sqlite3_errmsg(handle))) }

  /// Runs one statement, and calls `row` for each row of its result.
  func run(
    _ sql: String, _ parameters: [Parameter] = [], row: (Row) -> Void = { _ in }
  ) throws(JournalError) {
    var prepared: OpaquePointer?
    guard sqlite3_prepare_v2(handle, sql, -1, &prepared, nil) == SQLITE_OK, let prepared else {
      throw failure
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
      guard status == SQLITE_OK else { throw failure }
    }
    while true {
      switch sqlite3_step(prepared) {
      case SQLITE_ROW: row(Row(statement: prepared))
      case SQLITE_DONE: return
      default: throw failure
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
  }
}
