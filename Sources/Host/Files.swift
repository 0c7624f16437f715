import Text
import Platform

/// Reading: files, folders and standard input.
package enum Files {
  /// Offsets into a source have 32 bits; a larger file is a mistake.
  private static let largest = 1 << 30

  package static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

  package static func isFolder(_ path: String) -> Bool { kind(path) == S_IFDIR }

  package static func isFile(_ path: String) -> Bool { kind(path) == S_IFREG }

  /// Nil if nothing exists there.
  private static func kind(_ path: String) -> mode_t? {
    var status = stat()
    return stat(path, &status) == 0 ? status.st_mode & S_IFMT : nil
  }

  /// The folder that contains a path, with a final slash; empty for the working folder.
  package static func folder(of path: String) -> String {
    guard let slash = path.utf8.lastIndex(of: .slash) else { return "" }
    return String(path[...slash])
  }

  /// Creates a folder and its parents, accessible only to the owner.
  package static func makeFolders(_ path: String, mode: UInt32 = 0o700) throws(FileFailure) {
    guard !path.isEmpty, !isFolder(path) else { return }
    var parent = path[...]
    while parent.hasSuffix("/") { parent = parent.dropLast() }
    try makeFolders(folder(of: String(parent)), mode: mode)
    guard mkdir(path, mode_t(mode)) == 0 || errno == EEXIST else { throw .last }
  }

  package static func read(_ path: String) throws(FileFailure) -> [UInt8] {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { throw .last }
    defer { _ = close(file) }
    return try readAll(file)
  }

  package static func readStandardInput() throws(FileFailure) -> [UInt8] {
    try readAll(STDIN_FILENO)
  }

  /// The names in a folder with a given ending, sorted by bytes, without hidden files.
  package static func names(in folder: String, withEnding ending: String) throws(FileFailure)
    -> [String]
  {
    guard let stream = opendir(folder) else { throw .last }
    defer { _ = closedir(stream) }
    var names: [String] = []
    while let entry = Platform.readdir(stream) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      if !name.hasPrefix("."), name.hasSuffix(ending) { names.append(name) }
    }
    return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  package static func join(_ folder: String, _ name: String) -> String {
    folder.hasSuffix("/") ? folder + name : folder + "/" + name
  }

  private static func readAll(_ file: Int32) throws(FileFailure) -> [UInt8] {
    var status = stat()
    guard fstat(file, &status) == 0 else { throw .last }
    if status.st_mode & S_IFMT == S_IFDIR { throw FileFailure(number: EISDIR) }
    // Pipes and the kernel's files have no size; the chunk grows with what is read.
    let size = Int(clamping: status.st_size)
    var chunk = size > 0 ? min(size, largest) + 1 : 16 << 10
    var bytes: [UInt8] = []
    while true {
      guard bytes.count <= largest, size <= largest else {
        throw FileFailure(reason: "it is larger than 1 GiB")
      }
      var count = 0
      var failure: Int32 = 0
      let more = [UInt8](unsafeUninitializedCapacity: chunk) { buffer, filled in
        repeat {
          count = Platform.read(file, buffer.baseAddress, chunk)
          failure = errno
        } while count < 0 && failure == EINTR
        filled = max(0, count)
      }
      if count < 0 { throw FileFailure(number: failure) }
      if bytes.isEmpty { bytes = more } else { bytes += more }
      // The end: as reported for a pipe, and known for a file of that size.
      if count == 0 || (size > 0 && bytes.count == size) { return bytes }
      chunk = max(16 << 10, min(bytes.count, 1 << 24))
    }
  }
}
