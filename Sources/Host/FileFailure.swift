import Platform

/// Why a file couldn't be read or written, in the system's words.
package struct FileFailure: Error, Hashable, Sendable {
  package let reason: String

  package init(reason: String) { self.reason = reason }

  /// The message for an error number.
  package init(number: Int32) {
    switch number {
    case ENOENT: reason = "there is no such file or folder"
    case EACCES, EPERM: reason = "permission denied"
    case EISDIR: reason = "it is a folder"
    case ENOTDIR: reason = "it is not a folder"
    default: reason = strerror(number).map { String(cString: $0) } ?? "error \(number)"
    }
  }

  package static var last: FileFailure { FileFailure(number: errno) }
}
