import AWSServices
import Locations

/// The files of a simulated cluster: folders in S3 and in its own HDFS, by location.
struct Places: Sendable {
  let store: FolderStore
  /// The folder that is the cluster's HDFS.
  let hdfs: InnerPath

  init(folder: String, cluster: String) throws(Files.Failure) {
    store = FolderStore(folder)
    hdfs = try Self.hdfs(folder: folder, cluster: cluster)
  }

  static func hdfs(folder: String, cluster: String) throws(Files.Failure) -> InnerPath {
    try SandboxFolder.statePath(of: folder).appending("hdfs", cluster)
  }

  /// The folder of a program's argument: a bare path is on the cluster's own disks.
  static func folder(_ text: String) throws(DistCp.Failure) -> Location {
    do throws(LocationProblem) {
      return try Location(text.hasPrefix("/") ? "hdfs://\(text)" : text).folder
    } catch {
      throw DistCp.Failure(message: "IllegalArgumentException: \(text): \(error.words)")
    }
  }

  /// Where a file or folder on the cluster's own disks is stored; nil for other places.
  private func path(
    of folder: Location, _ name: String = ""
  ) throws(Files.Failure) -> InnerPath? {
    let top: InnerPath
    switch folder.scheme {
    case "hdfs": top = hdfs
    case "file": top = try hdfs.appending(".file")
    default: return nil
    }
    return try top.appending((folder.key + name).split(separator: "/").map(String.init))
  }

  /// Paths of the files below a folder, relative to it, in byte order, without folder markers.
  func files(below folder: Location) throws -> [String] {
    if folder.isInS3 {
      return try store.keys(folder.bucket, folder.key).compactMap { folder.name(ofKey: $0) }
        .filter { !$0.isEmpty && !Location.isMarker($0) }
    }
    return try path(of: folder).map(Files.walk) ?? []
  }

  /// Whether a folder exists, for programs that refuse to overwrite one: anything in it counts.
  func isThere(_ folder: Location) throws -> Bool {
    if folder.isInS3 { return try !store.keys(folder.bucket, folder.key).isEmpty }
    return try path(of: folder).map(Files.isFolder) ?? false
  }

  func read(_ name: String, in folder: Location) throws -> [UInt8] {
    let bytes =
      folder.isInS3
      ? try store.read(folder.bucket, folder.key + name, "GetObject")
      : try path(of: folder, name).flatMap(Files.read)
    guard let bytes else {
      throw DistCp.Failure(
        message: "FileNotFoundException: No such file or directory '\(folder.text + name)'")
    }
    return bytes
  }

  func write(_ name: String, in folder: Location, _ bytes: [UInt8]) throws {
    if folder.isInS3 { return try store.write(folder.bucket, folder.key + name, bytes) }
    guard let path = try path(of: folder, name) else { return }
    try Files.write(path, bytes, mark: ".penstock-new")
  }

  func delete(_ name: String, in folder: Location) throws {
    if folder.isInS3 { return try store.remove(folder.bucket, folder.key + name) }
    guard let path = try path(of: folder, name) else { return }
    try Files.delete(path)
    if let above = path.parent { Files.deleteEmptyFolders(from: above, upTo: hdfs) }
  }
}
