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

  package init(_ folder: String) { top = folder }

  // MARK: Keys and paths

  /// A part of a key as a file name: `%` is escaped, and so is anything not allowed in a file name.
  static func name(_ part: Substring) -> String {
    switch part {
    case "": return "%2F"
    case ".": return "%2E"
    case "..": return "%2E%2E"
    default: break
    }
    let escaped = part.utf8.contains(where: isEscaped) ? escape(part) : String(part)
    return escaped.hasSuffix(fresh) ? String(escaped.dropLast(fresh.count)) + "%2F" : escaped
  }

  private static func isEscaped(_ byte: UInt8) -> Bool { byte == .percent || byte == 0 }

  private static func escape(_ part: Substring) -> String {
    String(
      decoding: part.utf8.flatMap { byte in
        isEscaped(byte) ? Array((byte == 0 ? "%00" : "%25").utf8) : [byte]
      }, as: UTF8.self)
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
      guard byte == .percent else {
        bytes.append(byte)
        continue
      }
      bytes.append(rest.starts(with: "00".utf8) ? 0 : byte)
      rest = rest.dropFirst(2)
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// The suffix of a file that is being written.
  private static var fresh: String { ".penstock-new" }

  /// Where an object is stored.
  /// - Throws: if the bucket's name isn't one; a key is always possible.
  func path(
    _ bucket: String, _ key: String, _ operation: String
  ) throws(CloudError) -> InnerPath {
    var parts = key.split(separator: "/", omittingEmptySubsequences: false).map(Self.name)
    if key.isEmpty || key.hasSuffix("/") { parts[parts.count - 1] = "%" }
    return try path(bucket, parts: parts, operation)
  }

  private func path(
    _ bucket: String, parts: [String], _ operation: String
  ) throws(CloudError) -> InnerPath {
    try check(bucket, operation)
    return try Files.cloud(operation) { () throws(Files.Failure) in
      try InnerPath(top: top).appending([bucket] + parts)
    }
  }

  private func lock(_ operation: String) throws(CloudError) -> InnerPath {
    try Files.cloud(operation) { () throws(Files.Failure) in
      try SandboxFolder.statePath(of: top).appending("s3.lock")
    }
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
    let limit = max(1, min(limit, 1000))
    var found = try keys(bucket, prefix)
    if let after {
      found.removeAll { !after.utf8.lexicographicallyPrecedes($0.utf8) }
    }
    var page: [ObjectPage.Entry] = []
    for key in found.prefix(limit) {
      let size = Files.size(try path(bucket, key, "ListObjectsV2"))
      page.append(ObjectPage.Entry(key: key, size: size))
    }
    return ObjectPage(entries: page, isTruncated: found.count > limit)
  }

  /// All keys of a bucket with a prefix, in byte order.
  func keys(_ bucket: String, _ prefix: String) throws(CloudError) -> [String] {
    // Only walks the folder that the prefix is certain to be in.
    let parts = prefix.split(separator: "/", omittingEmptySubsequences: false).dropLast()
      .map(Self.name)
    let start = try path(bucket, parts: parts, "ListObjectsV2")
    let files = try Files.cloud("ListObjectsV2") { () throws(Files.Failure) in
      try Files.walk(start)
    }
    let folder = parts.map { $0 + "/" }.joined()
    return files.filter { !$0.hasSuffix(Self.fresh) }
      .map { key(folder + $0) }
      .filter { $0.utf8.starts(with: prefix.utf8) }
      .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  package func get(
    bucket: String, key: String, range: ByteRange?
  ) async throws(CloudError) -> StoredObject {
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
    let file = try path(bucket, key, operation)
    return try Files.cloud(operation) { () throws(Files.Failure) in try Files.read(file) }
  }

  @discardableResult
  package func put(
    bucket: String, key: String, bytes: [UInt8], condition: PutCondition
  ) async throws(CloudError) -> String {
    let lock = try lock("PutObject")
    // Refuses a bucket's name before anything is written.
    _ = try path(bucket, key, "PutObject")
    try Files.locked(lock, "PutObject") { () throws(CloudError) in
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
    let file = try path(bucket, key, "PutObject")
    try Files.cloud("PutObject") { () throws(Files.Failure) in
      try Files.write(file, bytes, mark: Self.fresh)
    }
  }

  package func copy(from: ObjectAddress, to: ObjectAddress) async throws(CloudError) {
    let object = try await get(bucket: from.bucket, key: from.key, range: nil)
    try await put(bucket: to.bucket, key: to.key, bytes: object.bytes, condition: .always)
  }

  package func delete(
    bucket: String, key: String, ifMatch: String?
  ) async throws(CloudError) {
    let lock = try lock("DeleteObject")
    _ = try path(bucket, key, "DeleteObject")
    try Files.locked(lock, "DeleteObject") { () throws(CloudError) in
      if let ifMatch {
        let there = try read(bucket, key, "DeleteObject").map(Self.entityTag)
        guard there == ifMatch else { throw Self.conditionFailed("DeleteObject") }
      }
      try remove(bucket, key)
    }
  }

  func remove(_ bucket: String, _ key: String) throws(CloudError) {
    let file = try path(bucket, key, "DeleteObject")
    try Files.cloud("DeleteObject") { () throws(Files.Failure) in
      try Files.delete(file)
      guard let folder = file.parent else { return }
      Files.deleteEmptyFolders(from: folder, upTo: try InnerPath(top: top).appending(bucket))
    }
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
