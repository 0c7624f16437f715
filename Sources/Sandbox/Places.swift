import AWSServices
import Locations

/// The files of a simulated cluster: folders in S3 and in its own HDFS, by location.
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

  /// The folder of a program's argument: a bare path is on the cluster's own disks.
  static func folder(_ text: String) throws(DistCp.Failure) -> Location {
    do throws(LocationProblem) {
      return try Location(text.hasPrefix("/") ? "hdfs://\(text)" : text).folder
    } catch {
      throw DistCp.Failure(message: "IllegalArgumentException: \(text): \(error.words)")
    }
  }

  /// Where a folder on the cluster's own disks is stored; nil for other folders.
  private func path(of folder: Location) -> String? {
    switch folder.scheme {
    case "hdfs": "\(hdfs)/\(folder.key)"
    case "file": "\(hdfs)/.file/\(folder.key)"
    default: nil
    }
  }

  /// Paths of the files below a folder, relative to it, in byte order, without folder markers.
  func files(below folder: Location) -> [String] {
    if folder.isInS3 {
      return store.keys(folder.bucket, folder.key).compactMap { folder.name(ofKey: $0) }
        .filter { !$0.isEmpty && !Location.isMarker($0) }
    }
    return path(of: folder).map(Files.walk) ?? []
  }

  /// Whether a folder exists, for programs that refuse to overwrite one: anything in it counts.
  func isThere(_ folder: Location) -> Bool {
    if folder.isInS3 { return !store.keys(folder.bucket, folder.key).isEmpty }
    return path(of: folder).map(Files.isFolder) ?? false
  }

  func read(_ name: String, in folder: Location) throws -> [UInt8] {
    let bytes =
      folder.isInS3
      ? try store.read(folder.bucket, folder.key + name, "GetObject")
      : try path(of: folder).flatMap { try Files.read($0 + name) }
    guard let bytes else {
      throw DistCp.Failure(
        message: "FileNotFoundException: No such file or directory '\(folder.text + name)'")
    }
    return bytes
  }

  func write(_ name: String, in folder: Location, _ bytes: [UInt8]) throws(CloudError) {
    if folder.isInS3 { return try store.write(folder.bucket, folder.key + name, bytes) }
    guard let path = path(of: folder) else { return }
    do {
      try Files.write(path + name, bytes, mark: ".penstock-new")
    } catch {
      throw CloudError(.unavailable, operation: "write", message: error.message)
    }
  }

  func delete(_ name: String, in folder: Location) throws(CloudError) {
    if folder.isInS3 { return try store.remove(folder.bucket, folder.key + name) }
    guard let path = path(of: folder) else { return }
    do {
      try Files.delete(path + name)
    } catch {
      throw CloudError(.unavailable, operation: "delete", message: error.message)
    }
    Files.deleteEmptyFolders(from: Files.parent(of: path + name), upTo: hdfs)
  }
}
