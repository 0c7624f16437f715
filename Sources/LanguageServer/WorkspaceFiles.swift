/// The files of the workspace, as they are on disk.
package protocol WorkspaceFiles {
  /// Nil if there is no such file, or it can't be read.
  func read(_ path: String) -> [UInt8]?
  func isFile(_ path: String) -> Bool
  func isFolder(_ path: String) -> Bool
  /// The names of the files and folders in a folder, sorted by bytes; hidden ones aren't listed.
  func names(in folder: String) -> [String]
}

/// Files as the editor has them: open documents, and else the disk.
struct Overlay {
  let disk: any WorkspaceFiles
  /// Only looked up, and listed sorted.
  var open: [String: LineText] = [:]

  func read(_ path: String) -> [UInt8]? { open[path]?.bytes ?? disk.read(path) }

  func isFile(_ path: String) -> Bool { open[path] != nil || disk.isFile(path) }

  func isFolder(_ path: String) -> Bool {
    disk.isFolder(path) || open.keys.contains { $0.hasPrefix(path + "/") }
  }

  func names(in folder: String, ending: String) -> [String] {
    let prefix = folder.hasSuffix("/") ? folder : folder + "/"
    var names = Set(disk.names(in: folder).filter { $0.hasSuffix(ending) })
    for path in open.keys where path.hasPrefix(prefix) && path.hasSuffix(ending) {
      let name = path.dropFirst(prefix.count)
      if !name.utf8.contains(UInt8(ascii: "/")), !name.hasPrefix(".") { names.insert(String(name)) }
    }
    return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }
}
