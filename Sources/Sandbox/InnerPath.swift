import Platform
import Text

/// A path inside a sandbox's folder: the sandbox's only way to a file.
///
/// Each part is the name of an entry, never `..` or a path, and each folder on the way is opened
/// from the one above it without following links. So nothing outside of the folder can be read,
/// written or deleted, whatever a bucket, a key, a cluster or a file of the sandbox is called.
struct InnerPath: Sendable {
  /// The sandbox's folder, which may itself be reached by links.
  let top: String
  private let parts: [String]

  init(top: String) {
    self.top = top
    parts = []
  }

  private init(top: String, parts: [String]) {
    self.top = top
    self.parts = parts
  }

  /// - Throws: if a part isn't an entry's name.
  func appending(_ names: String...) throws(Files.Failure) -> InnerPath {
    try appending(names)
  }

  func appending(_ names: [String]) throws(Files.Failure) -> InnerPath {
    for name in names where name.isEmpty || name == "." || name == ".." || Self.isPath(name) {
      throw Files.Failure(
        path: top, reason: "`\(name)` isn't the name of a file in a sandbox", isRefusal: true)
    }
    return InnerPath(top: top, parts: parts + names)
  }

  private static func isPath(_ name: String) -> Bool {
    name.utf8.contains { $0 == .slash || $0 == 0 }
  }

  /// For people.
  var text: String { ([top] + parts).joined(separator: "/") }

  /// The entry's name; nil for the sandbox's folder.
  var name: String? { parts.last }

  /// Nil for the sandbox's folder.
  var parent: InnerPath? {
    parts.isEmpty ? nil : InnerPath(top: top, parts: parts.dropLast())
  }

  // MARK: Opening

  /// Calls `body` with the open folder; nil if there is none.
  /// - Throws: also if a link is in the way.
  func withFolder<Result>(
    makingIt makes: Bool = false, _ body: (Int32) throws(Files.Failure) -> Result
  ) throws(Files.Failure) -> Result? {
    guard let folder = try openFolder(makingIt: makes) else { return nil }
    defer { close(folder) }
    return try body(folder)
  }

  /// Calls `body` with the open folder that holds the entry, and the entry's name.
  func withEntry<Result>(
    makingFolders makes: Bool = false,
    _ body: (_ folder: Int32, _ name: String) throws(Files.Failure) -> Result
  ) throws(Files.Failure) -> Result? {
    guard let parent, let name else { return nil }
    return try parent.withFolder(makingIt: makes) { folder throws(Files.Failure) in
      try body(folder, name)
    }
  }

  private func openFolder(makingIt makes: Bool) throws(Files.Failure) -> Int32? {
    if makes { try Self.makeFolders(top) }
    var folder = Platform.open(top, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard folder >= 0 else {
      if errno == ENOENT || errno == ENOTDIR, !makes { return nil }
      throw Files.Failure(path: top)
    }
    for (index, part) in parts.enumerated() {
      let here = InnerPath(top: top, parts: Array(parts[...index]))
      let above = folder
      defer { close(above) }
      if makes, mkdirat(above, part, 0o700) != 0, errno != EEXIST {
        throw Files.Failure(path: here.text)
      }
      let next = openat(above, part, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
      guard next >= 0 else {
        let number = errno
        if number == ENOENT, !makes { return nil }
        if Files.isLink(above, part) { throw .link(here.text) }
        if number == ENOTDIR, !makes { return nil }
        throw Files.Failure(path: here.text, number: number)
      }
      folder = next
    }
    return folder
  }

  /// The folders above and including the sandbox's own.
  private static func makeFolders(_ path: String) throws(Files.Failure) {
    guard !path.isEmpty, mkdir(path, 0o700) != 0, errno != EEXIST else { return }
    guard errno == ENOENT, let slash = path.utf8.lastIndex(of: .slash), slash != path.startIndex
    else { throw Files.Failure(path: path) }
    try makeFolders(String(path[..<slash]))
    guard mkdir(path, 0o700) == 0 || errno == EEXIST else { throw Files.Failure(path: path) }
  }
}
