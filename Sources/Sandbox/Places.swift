import Cloud

/// The files of a simulated cluster: folders of S3 and of its own HDFS, by their addresses.
struct Places: Sendable {
  let store: FolderStore
  /// The folder that is the cluster's HDFS.
  let hdfs: String

  init(folder: String, cluster: String) {
    store = FolderStore(folder)
    hdfs = Self.hdfs(folder: folder, cluster: cluster)
  }

  static func hdfs(folder: String, cluster: String) -> String {
    SandboxFolder.state(of: folder) + "/hdfs/\(cluster)"
  }

  enum Address {
    case object(bucket: String, key: String)
    case file(path: String)
  }

  /// Nil where it is neither an S3 nor an HDFS address.
  static func address(_ place: String) -> Address? {
    for scheme in ["s3://", "s3n://", "s3a://"] where place.hasPrefix(scheme) {
      let rest = place.dropFirst(scheme.count)
      guard let slash = rest.firstIndex(of: "/") else {
        return rest.isEmpty ? nil : .object(bucket: String(rest), key: "")
      }
      return .object(bucket: String(rest[..<slash]), key: String(rest[rest.index(after: slash)...]))
    }
    var path = place[...]
    if path.hasPrefix("hdfs://") {
      path = path.dropFirst("hdfs://".count)
      // What stands before the path is the name node, of which there is one.
      guard let slash = path.firstIndex(of: "/") else { return nil }
      path = path[slash...]
    }
    guard path.hasPrefix("/") else { return nil }
    let parts = path.split(separator: "/").filter { $0 != "." && $0 != ".." }
    let ending = path.hasSuffix("/") && !parts.isEmpty ? "/" : ""
    return .file(path: parts.joined(separator: "/") + ending)
  }

  /// The place as a folder: with a slash at its end, and without a job's `*`.
  static func folder(_ place: String) -> String {
    var place = place[...]
    while place.hasSuffix("*") { place = place.dropLast() }
    return place.hasSuffix("/") ? String(place) : place + "/"
  }

  /// Paths of the files below a folder, relative to it, in the order of their bytes. Folder markers
  /// are none.
  func files(below folder: String) -> [String] {
    switch Self.address(folder) {
    case .object(let bucket, let key):
      store.keys(bucket, key).map { String($0.dropFirst(key.count)) }
        .filter { !$0.isEmpty && !$0.hasSuffix("/") && !$0.hasSuffix("_$folder$") }
    case .file(let path): Files.walk(hdfs + "/" + path)
    case nil: []
    }
  }

  func read(_ file: String) throws(CloudError) -> [UInt8] {
    switch Self.address(file) {
    case .object(let bucket, let key): return try store.read(bucket, key, "GetObject") ?? []
    case .file(let path):
      do {
        return try Files.read(hdfs + "/" + path) ?? []
      } catch {
        throw CloudError(.unavailable, operation: "read", message: error.message)
      }
    case nil: return []
    }
  }

  func write(_ file: String, _ bytes: [UInt8]) throws(CloudError) {
    switch Self.address(file) {
    case .object(let bucket, let key): try store.write(bucket, key, bytes)
    case .file(let path):
      do {
        try Files.write(hdfs + "/" + path, bytes, mark: ".penstock-new")
      } catch {
        throw CloudError(.unavailable, operation: "write", message: error.message)
      }
    case nil: break
    }
  }

  func delete(_ file: String) throws(CloudError) {
    switch Self.address(file) {
    case .object(let bucket, let key): try store.remove(bucket, key)
    case .file(let path):
      do {
        try Files.delete(hdfs + "/" + path)
      } catch {
        throw CloudError(.unavailable, operation: "delete", message: error.message)
      }
      Files.deleteEmptyFolders(from: Files.parent(of: hdfs + "/" + path), upTo: hdfs)
    case nil: break
    }
  }
}
