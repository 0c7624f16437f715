import Platform

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

  /// Writes warnings and errors; if even that fails, nothing can be reported.
  package static func report(_ bytes: [UInt8]) { try? write(bytes, to: STDERR_FILENO) }

  package static func report(_ text: String) { report(Array(text.utf8)) }

  /// Replaces a file's contents. A reader sees the old file or the new one, never a mix; on failure
  /// the old one stays.
  ///
  /// Links are followed; a pipe or device is written to directly. A new file has the usual
  /// permissions, or only the owner's if `isPrivate`; an existing file's are kept.
  package static func replace(
    _ path: String, with bytes: [UInt8], isPrivate: Bool = false
  ) throws(FileFailure) {
    let path = resolved(path)
    var status = stat()
    let isThere = stat(path, &status) == 0
    if isThere, status.st_mode & S_IFMT == S_IFDIR { throw FileFailure(number: EISDIR) }
    if isThere, status.st_mode & S_IFMT != S_IFREG { return try writeDirectly(bytes, to: path) }

    var mode = isPrivate ? 0o600 : 0o666 & ~currentMask()
    if isThere { mode = status.st_mode & (isPrivate ? 0o700 : 0o777) }
    var template = Array((Files.folder(of: path) + ".penstock-XXXXXX").utf8CString)
    let file = mkstemp(&template)
    guard file >= 0 else { throw .last }
    do throws(FileFailure) {
      guard fchmod(file, mode) == 0 else { throw FileFailure.last }
      try write(bytes, to: file)
      guard fsync(file) == 0, rename(template, path) == 0 else { throw FileFailure.last }
      _ = close(file)
    } catch {
      _ = close(file)
      _ = unlink(template)
      throw error
    }
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

  private static func writeDirectly(_ bytes: [UInt8], to path: String) throws(FileFailure) {
    let file = open(path, O_WRONLY | O_CLOEXEC)
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
