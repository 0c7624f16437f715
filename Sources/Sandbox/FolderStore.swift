import Text
package import AWSServices
import Locations
import Synchronization

/// A folder as S3: `DIR/BUCKET/KEY`.
///
/// A bucket is a folder, so that people can fill it with `cp`; a missing one is created by the
/// first `put`. Keys that can't be file names (`a//b`, `..`) are stored with those parts escaped.
package struct FolderStore: ObjectStore {
  /// The folder of buckets.
  let top: String
  private let lock: String

  package init(_ folder: String) {
    top = folder
    lock = SandboxFolder.state(of: folder) + "/s3.lock"
  }

  // MARK: Keys and paths

  /// A part of a key as a file name: `%` is escaped, and so is anything not allowed in a file name.
  private static func name(_ part: Substring) -> String {
    switch part {
    case "": return "%2F"
    case ".": return "%2E"
    case "..": return "%2E%2E"
    default: break
    }
    let escaped = part.utf8.contains(.percent) ? escape(part) : String(part)
    return escaped.hasSuffix(fresh) ? String(escaped.dropLast(fresh.count)) + "%2F" : escaped
  }

  private static func escape(_ part: Substring) -> String {
    String(
      decoding: part.utf8.flatMap { $0 == .percent ? Array("%25".utf8) : [$0] }, as: UTF8.self)
  }

  private static func part(_ name: Substring) -> String {
    switch name {
    // The last part of a key is a file, the others are folders.
    case "%", "%2F": return ""
    case "%2E": return "."
    case "%2E%2E": return ".."
    default: break
    }
    guard name.utf8.contains(.percent) else { return String(name) }
    if name.hasSuffix("%2F") { return part(name.dropLast(3)) + fresh }
    var bytes: [UInt8] = []
    var rest = name.utf8[...]
    while let byte = rest.popFirst() {
      bytes.append(byte)
      if byte == .percent { rest = rest.dropFirst(2) }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// The suffix of a file that is being written.
  private static var fresh: String { ".penstock-new" }

  func path(_ bucket: String, _ key: String) -> String {
    var parts = key.split(separator: "/", omittingEmptySubsequences: false).map(Self.name)
    if key.isEmpty || key.hasSuffix("/") { parts[parts.count - 1] = "%" }
    return "\(top)/\(bucket)/" + parts.joined(separator: "/")
  }

  private func key(_ path: String) -> String {
    path.split(separator: "/", omittingEmptySubsequences: false).map(Self.part)
      .joined(separator: "/")
  }

  private func check(_ bucket: String, _ operation: String) throws(CloudError) {
    guard let problem = BucketName.problem(with: bucket) else { return }
    throw CloudError(
      .refused, operation: operation, code: "InvalidBucketName",
      message: "`\(bucket)` isn't a bucket's name: \(problem.words)")
  }

  // MARK: ObjectStore

  package func list(
    bucket: String, prefix: String, after: String?, limit: Int
  ) async throws(CloudError) -> ObjectPage {
    try check(bucket, "ListObjectsV2")
    let limit = max(1, min(limit, 1000))
    var found = keys(bucket, prefix)
    if let after {
      found.removeAll { !after.utf8.lexicographicallyPrecedes($0.utf8) }
    }
    let page = found.prefix(limit).map { key in
      ObjectPage.Entry(key: key, size: Files.size(path(bucket, key)))
    }
    return ObjectPage(entries: page, isTruncated: found.count > limit)
  }

  /// All keys of a bucket with a prefix, in byte order.
  func keys(_ bucket: String, _ prefix: String) -> [String] {
    // Only walks the folder that the prefix is certain to be in.
    let parts = prefix.split(separator: "/", omittingEmptySubsequences: false).dropLast()
    let folder = parts.map(Self.name).joined(separator: "/")
    let start = "\(top)/\(bucket)" + (folder.isEmpty ? "" : "/" + folder)
    return Files.walk(start).filter { !$0.hasSuffix(Self.fresh) }
      .map { key(folder.isEmpty ? $0 : folder + "/" + $0) }
      .filter { $0.utf8.starts(with: prefix.utf8) }
      .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  package func get(
    bucket: String, key: String, range: ByteRange?
  ) async throws(CloudError) -> StoredObject {
    try check(bucket, "GetObject")
    guard let bytes = try read(bucket, key, "GetObject") else {
      throw CloudError(
        .notFound, operation: "GetObject", code: "NoSuchKey",
        message: "The specified key does not exist.")
    }
    let tag = Self.entityTag(bytes)
    switch range {
    case nil: return StoredObject(bytes: bytes, entityTag: tag)
    case .suffix(let count):
      let kept = Int(clamping: max(0, count))
      return StoredObject(bytes: Array(bytes.suffix(kept)), entityTag: tag)
    case .bytes(let first, let last):
      let low = min(max(0, Int(clamping: first)), bytes.count)
      let high = min(max(low, Int(clamping: last) &+ 1), bytes.count)
      return StoredObject(bytes: Array(bytes[low..<high]), entityTag: tag)
    }
  }

  func read(_ bucket: String, _ key: String, _ operation: String) throws(CloudError) -> [UInt8]? {
    do {
      return try Files.read(path(bucket, key))
    } catch {
      throw CloudError(.unavailable, operation: operation, message: error.message)
    }
  }

  @discardableResult
  package func put(
    bucket: String, key: String, bytes: [UInt8], condition: PutCondition
  ) async throws(CloudError) -> String {
    try check(bucket, "PutObject")
    try makeTop()
    try Files.locked(lock) { () throws(CloudError) in
      switch condition {
      case .always: break
      case .ifAbsent:
        if try read(bucket, key, "PutObject") != nil { throw Self.conditionFailed("PutObject") }
      case .ifMatches(let tag):
        let there = try read(bucket, key, "PutObject").map(Self.entityTag)
        guard there == tag else { throw Self.conditionFailed("PutObject") }
      }
      try write(bucket, key, bytes)
    }
    return Self.entityTag(bytes)
  }

  func write(_ bucket: String, _ key: String, _ bytes: [UInt8]) throws(CloudError) {
    do {
      try Files.write(path(bucket, key), bytes, mark: Self.fresh)
    } catch {
      throw CloudError(.unavailable, operation: "PutObject", message: error.message)
    }
  }

  private func makeTop() throws(CloudError) {
    do {
      try Files.makeFolder(SandboxFolder.state(of: top))
    } catch {
      throw CloudError(.unavailable, operation: "PutObject", message: error.message)
    }
  }

  package func copy(from: ObjectAddress, to: ObjectAddress) async throws(CloudError) {
    let object = try await get(bucket: from.bucket, key: from.key, range: nil)
    try await put(bucket: to.bucket, key: to.key, bytes: object.bytes, condition: .always)
  }

  package func delete(
    bucket: String, key: String, ifMatch: String?
  ) async throws(CloudError) {
    try check(bucket, "DeleteObject")
    try makeTop()
    try Files.locked(lock) { () throws(CloudError) in
      if let ifMatch {
        let there = try read(bucket, key, "DeleteObject").map(Self.entityTag)
        guard there == ifMatch else { throw Self.conditionFailed("DeleteObject") }
      }
      try remove(bucket, key)
    }
  }

  func remove(_ bucket: String, _ key: String) throws(CloudError) {
    let file = path(bucket, key)
    do {
      try Files.delete(file)
    } catch {
      throw CloudError(.unavailable, operation: "DeleteObject", message: error.message)
    }
    Files.deleteEmptyFolders(from: Files.parent(of: file), upTo: "\(top)/\(bucket)")
  }

  private static func conditionFailed(_ operation: String) -> CloudError {
    CloudError(
      .preconditionFailed, operation: operation, code: "PreconditionFailed",
      message: "At least one of the pre-conditions you specified did not hold")
  }

  /// Two 64-bit hashes of the bytes (FNV-1a, forwards and backwards): enough to distinguish an
  /// object from its predecessor.
  static func entityTag(_ bytes: [UInt8]) -> String {
    "\"\(Fingerprint.text(bytes))\""
  }
}
