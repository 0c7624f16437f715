import Host
import Platform

/// A folder that is there while something is done with it.
struct TemporaryFolder {
  let path: String

  /// In the system's folder for such things, for this user only.
  static func with<Result>(
    _ body: (String) async -> Result
  ) async throws(FileFailure) -> Result {
    let parent = Environment.value("TMPDIR").flatMap { $0.isEmpty ? nil : $0 } ?? "/tmp"
    var template = Array(Files.join(parent, "penstock-test-XXXXXX").utf8CString)
    guard mkdtemp(&template) != nil else { throw .last }
    let path = template.withUnsafeBufferPointer { buffer in
      String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
    let result = await body(path)
    remove(path)
    return result
  }

  /// Removes a folder with all that is in it, and follows no links. What can't be removed stays.
  private static func remove(_ path: String) {
    var open = [path]
    var folders: [String] = []
    while let folder = open.popLast() {
      folders.append(folder)
      for name in names(in: folder) {
        let inner = Files.join(folder, name)
        var status = stat()
        if lstat(inner, &status) == 0, status.st_mode & S_IFMT == S_IFDIR {
          open.append(inner)
        } else {
          unlink(inner)
        }
      }
    }
    for folder in folders.reversed() { rmdir(folder) }
  }

  private static func names(in folder: String) -> [String] {
    guard let stream = opendir(folder) else { return [] }
    defer { _ = closedir(stream) }
    var names: [String] = []
    while let entry = Platform.readdir(stream) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names
  }
}
