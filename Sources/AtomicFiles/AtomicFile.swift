internal import Platform

/// Files that appear under their name only once they are complete: a reader sees the old file
/// or the new one, and a process that dies leaves nothing half written.
///
/// While it is written, a file has no name at all where the system can do that (Linux: O_TMPFILE).
/// If it replaces another one, it has a name of its own for a moment, in which signals wait.
package enum AtomicFile {
  package enum Naming: Sendable {
    /// Only if nothing has the name yet.
    case new
    /// Whatever has the name loses it; a link isn't followed.
    case replacing
  }

  /// Writes a file.
  /// - Parameters:
  ///   - name: relative to the folder, or absolute.
  ///   - folder: an open folder; nil for the working folder.
  ///   - mode: the file's permissions, whatever the umask.
  ///   - fresh: a unique temporary name in the same folder, used only if a name is needed.
  ///   - isDurable: whether the file and its name are on disk afterwards.
  /// - Returns: 0, or the system's error: EEXIST if the name is taken.
  package static func write(
    _ bytes: [UInt8], as name: String, in folder: Int32? = nil, naming: Naming, mode: UInt32,
    fresh: String, isDurable: Bool = true
  ) -> Int32 {
    let folder = folder ?? AT_FDCWD
    let parent = parent(of: name)
    let unnamed = openat(folder, parent, unnamedFlags, mode_t(0o600))
    if unnamed >= 0 {
      defer { close(unnamed) }
      var failure = fill(unnamed, bytes, mode, isDurable)
      if failure == 0 {
        failure = giveName("/proc/self/fd/\(unnamed)", folder, name, naming, fresh)
      }
      // There is no /proc: the file is written again, with a name.
      if failure != ENOENT { return settle(failure, folder, parent, isDurable) }
    }
    return withoutSignals {
      let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
      let file = openat(folder, fresh, flags, mode_t(0o600))
      guard file >= 0 else { return errno }
      var failure = fill(file, bytes, mode, isDurable)
      close(file)
      if failure == 0, naming == .replacing {
        failure = renameat(folder, fresh, folder, name) == 0 ? 0 : errno
      } else if failure == 0 {
        failure = linkat(folder, fresh, folder, name, 0) == 0 ? 0 : errno
      }
      if failure != 0 || naming == .new { unlinkat(folder, fresh, 0) }
      return settle(failure, folder, parent, isDurable)
    }
  }

  /// Brings the names in a folder to the disk: a file's removal, or its new name.
  package static func synchronize(folderOf name: String, in folder: Int32? = nil) {
    _ = settle(0, folder ?? AT_FDCWD, parent(of: name), true)
  }

  /// O_WRONLY | O_TMPFILE | O_CLOEXEC; the flag's definition is one that Swift doesn't import.
  private static var unnamedFlags: Int32 {
    #if os(Linux)
      O_WRONLY | O_CLOEXEC | O_DIRECTORY | 0o20_000_000
    #else
      -1
    #endif
  }

  private static func parent(of name: String) -> String {
    guard let slash = name.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "." }
    return String(name[...slash])
  }

  private static func fill(
    _ file: Int32, _ bytes: [UInt8], _ mode: UInt32, _ isDurable: Bool
  ) -> Int32 {
    guard fchmod(file, mode_t(mode)) == 0 else { return errno }
    let failure: Int32 = bytes.withUnsafeBytes { buffer in
      var written = 0
      while let base = buffer.baseAddress, written < buffer.count {
        let count = Platform.write(file, base + written, buffer.count - written)
        if count < 0, errno == EINTR { continue }
        guard count > 0 else { return count == 0 ? EIO : errno }
        written += count
      }
      return 0
    }
    if failure != 0 { return failure }
    return !isDurable || fsync(file) == 0 ? 0 : errno
  }

  /// Gives an open file without a name one.
  private static func giveName(
    _ open: String, _ folder: Int32, _ name: String, _ naming: Naming, _ fresh: String
  ) -> Int32 {
    // Nothing is there, most of the time.
    if linkat(AT_FDCWD, open, folder, name, AT_SYMLINK_FOLLOW) == 0 { return 0 }
    guard errno == EEXIST, naming == .replacing else { return errno }
    return withoutSignals {
      guard linkat(AT_FDCWD, open, folder, fresh, AT_SYMLINK_FOLLOW) == 0 else { return errno }
      guard renameat(folder, fresh, folder, name) == 0 else {
        let failure = errno
        unlinkat(folder, fresh, 0)
        return failure
      }
      return 0
    }
  }

  private static func settle(
    _ failure: Int32, _ folder: Int32, _ parent: String, _ isDurable: Bool
  ) -> Int32 {
    guard failure == 0, isDurable else { return failure }
    // A folder that may be written but not read can't be opened; then the name comes to the disk
    // later.
    let opened = openat(folder, parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard opened >= 0 else { return 0 }
    defer { close(opened) }
    // Some file systems don't synchronise folders.
    return fsync(opened) == 0 || errno == EINVAL ? 0 : errno
  }

  /// Signals that would end the process come afterwards.
  private static func withoutSignals(_ body: () -> Int32) -> Int32 {
    var all = sigset_t()
    var before = sigset_t()
    sigfillset(&all)
    pthread_sigmask(SIG_BLOCK, &all, &before)
    defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
    return body()
  }
}
