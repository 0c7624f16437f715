/// Where files are read from: the disk, or a revision of a repository.
package protocol FileTree: Sendable {
  func isFile(_ path: String) -> Bool
  func isFolder(_ path: String) -> Bool
  func read(_ path: String) throws(FileFailure) -> [UInt8]
  /// The names in a folder with a given ending, sorted by bytes, without hidden files.
  func names(in folder: String, withEnding ending: String) throws(FileFailure) -> [String]
}

/// The files on disk.
package struct Disk: FileTree {
  package init() {}

  package func isFile(_ path: String) -> Bool { Files.isFile(path) }

  package func isFolder(_ path: String) -> Bool { Files.isFolder(path) }

  package func read(_ path: String) throws(FileFailure) -> [UInt8] { try Files.read(path) }

  package func names(in folder: String, withEnding ending: String) throws(FileFailure) -> [String] {
    try Files.names(in: folder, withEnding: ending)
  }
}
