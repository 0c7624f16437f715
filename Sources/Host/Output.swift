import AtomicFiles
import Platform
import Synchronization

/// Writing: standard output, standard error, and files that are written completely or not at all.
package enum Output {
  package static func isTerminal(_ file: Int32) -> Bool { isatty(file) == 1 }

  package static func write(_ bytes: some Collection<UInt8>, to file: Int32) throws(FileFailure) {
    let failure: FileFailure?? = bytes.withContiguousStorageIfAvailable { buffer in
      writeAll(UnsafeRawBufferPointer(buffer), to: file)
    }
    guard let failure else { return try write(Array(bytes), to: file) }
    if let failure { throw failure }
  }

  /// Writes warnings and errors; if even that fails, nothing can be reported. Does nothing while
  /// standard error is reserved.
  package static func report(_ bytes: [UInt8]) {
    if reservation.withLock({ $0 == nil }) { try? write(bytes, to: STDERR_FILENO) }
  }

  /// What is written to standard error at the end, and nothing else; nil if it isn't reserved.
  private static let reservation = Mutex<(@Sendable () -> [UInt8])?>(nil)

  /// Reserves standard error for one document, which is written when the process ends.
  package static func reserveErrors(for document: @escaping @Sendable () -> [UInt8]) {
    reservation.withLock { $0 = document }
    atexit { Output.writeReserved() }
  }

  /// Writes the document for which standard error is reserved, once.
  static func writeReserved() {
    let document = reservation.withLock { held -> (@Sendable () -> [UInt8])? in
      let document = held
      if document != nil { held = { [] } }
      return document
    }
    if let document { try? write(document(), to: STDERR_FILENO) }
  }

  package static func report(_ text: String) { report(Array(text.utf8)) }

  /// Replaces a file's contents. A reader sees the old file or the new one, never a mix; on failure
  /// the old one stays.
  ///
  /// A pipe or device is written to directly. A new file has the usual permissions, an existing
  /// one's are kept, and a link is followed. A private file is only the owner's, whatever the umask
  /// and whatever was there; it takes the place of a link, whose target may be another's.
  package static func replace(
    _ path: String, with bytes: [UInt8], isPrivate: Bool = false
  ) throws(FileFailure) {
    let path = isPrivate ? path : resolved(path)
    var status = stat()
    let isThere = stat(path, &status) == 0
    if isThere, status.st_mode & S_IFMT == S_IFDIR { throw FileFailure(number: EISDIR) }
    if isThere, status.st_mode & S_IFMT != S_IFREG || isOwnDescriptor(path) {
      return try writeDirectly(bytes, to: path)
    }
    var mode = isPrivate ? 0o600 : 0o666 & ~currentMask()
    if isThere, !isPrivate { mode = status.st_mode & 0o777 }
    let folder = Files.folder(of: path)
    try replace(
      path, with: bytes, mode: UInt32(mode),
      by: folder + ".penstock-" + String(UInt64.random(in: .min ... .max), radix: 36))
  }

  /// Replaces a file, or a link, which isn't followed.
  /// - Parameters:
  ///   - folder: an open folder, which relative names are in; nil for the working folder.
  ///   - fresh: a unique temporary name (see `AtomicFile`).
  ///   - isDurable: whether it has to be on disk afterwards.
  package static func replace(
    _ name: String, in folder: Int32? = nil, with bytes: [UInt8], mode: UInt32, by fresh: String,
    isDurable: Bool = true
  ) throws(FileFailure) {
    let number = AtomicFile.write(
      bytes, as: name, in: folder, naming: .replacing, mode: mode, fresh: fresh,
      isDurable: isDurable)
    guard number == 0 else { throw FileFailure(number: number) }
  }

  /// Whether a path names one of the process's open files, as `/dev/stdout` does. `/dev/shm` is a
  /// folder like any other.
  private static func isOwnDescriptor(_ path: String) -> Bool {
    (path.hasPrefix("/dev/") && !path.hasPrefix("/dev/shm/")) || path.hasPrefix("/proc/")
  }

  private static func writeAll(_ buffer: UnsafeRawBufferPointer, to file: Int32) -> FileFailure? {
    guard let base = buffer.baseAddress else { return nil }
    var written = 0
    while written < buffer.count {
      let count = Platform.write(file, base + written, buffer.count - written)
      if count < 0 {
        if errno == EINTR { continue }
        return .last
      }
      written += count
    }
    return nil
  }

  /// Adds to the end of a file, which is made if it isn't there. Doesn't wait for a pipe's reader.
  package static func append(_ bytes: [UInt8], to path: String) throws(FileFailure) {
    let file = open(path, O_WRONLY | O_APPEND | O_CREAT | O_NONBLOCK | O_CLOEXEC, 0o666)
    guard file >= 0 else { throw .last }
    defer { _ = close(file) }
    try write(bytes, to: file)
  }

  private static func writeDirectly(_ bytes: [UInt8], to path: String) throws(FileFailure) {
    let file = open(path, O_WRONLY | O_APPEND | O_CLOEXEC)
    guard file >= 0 else { throw .last }
    defer { _ = close(file) }
    try write(bytes, to: file)
  }

  /// The path with links resolved; unchanged if nothing exists there yet.
  private static func resolved(_ path: String) -> String {
    guard let real = realpath(path, nil) else { return path }
    defer { free(real) }
    return String(cString: real)
  }

  private static func currentMask() -> mode_t {
    let mask = umask(0o077)
    _ = umask(mask)
    return mask
  }
}
