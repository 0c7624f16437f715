import Host
import LanguageServer

/// The disk, for the language server.
struct EditorFiles: WorkspaceFiles {
  func read(_ path: String) -> [UInt8]? { path.hasPrefix("/") ? try? Files.read(path) : nil }

  func isFile(_ path: String) -> Bool { Files.isFile(path) }

  func isFolder(_ path: String) -> Bool { Files.isFolder(path) }

  func names(in folder: String) -> [String] {
    (try? Files.names(in: folder, withEnding: "")) ?? []
  }
}
