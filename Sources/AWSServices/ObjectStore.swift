/// What Penstock asks of S3. The real service and a folder both answer to it.
package protocol ObjectStore: Sendable {
  /// One page of a bucket's keys with a prefix, in the order of their bytes.
  /// - Parameters:
  ///   - after: only keys behind this one.
  ///   - limit: at most so many keys, 1 to 1000.
  /// - Throws: `.notFound` where there is no such bucket.
  func list(
    bucket: String, prefix: String, after: String?, limit: Int
  ) async throws(CloudError) -> ObjectPage

  /// An object's bytes.
  /// - Parameter range: of bytes; nil for all. `suffix` counts from the end.
  func get(bucket: String, key: String, range: ByteRange?) async throws(CloudError) -> StoredObject

  /// Writes an object whole or not at all.
  /// - Returns: its entity tag.
  /// - Throws: `.preconditionFailed` where the condition does not hold.
  @discardableResult
  func put(
    bucket: String, key: String, bytes: [UInt8], condition: PutCondition
  ) async throws(CloudError) -> String

  /// Copies within S3, the bytes never pass through here.
  func copy(from: ObjectAddress, to: ObjectAddress) async throws(CloudError)

  /// Deletes; an object that is not there is no error.
  /// - Parameter ifMatch: only where the entity tag is this one.
  func delete(bucket: String, key: String, ifMatch: String?) async throws(CloudError)
}

package struct ObjectAddress: Hashable, Sendable {
  package var bucket: String
  package var key: String

  package init(bucket: String, key: String) {
    self.bucket = bucket
    self.key = key
  }
}

package struct ObjectPage: Hashable, Sendable {
  package struct Entry: Hashable, Sendable {
    package var key: String
    package var size: Int64

    package init(key: String, size: Int64) {
      self.key = key
      self.size = size
    }
  }

  package var entries: [Entry]
  /// Whether there are keys behind the last one.
  package var isTruncated: Bool

  package init(entries: [Entry], isTruncated: Bool) {
    self.entries = entries
    self.isTruncated = isTruncated
  }
}

package enum ByteRange: Hashable, Sendable {
  case bytes(first: Int64, last: Int64)
  case suffix(Int64)
}

package struct StoredObject: Hashable, Sendable {
  package var bytes: [UInt8]
  package var entityTag: String

  package init(bytes: [UInt8], entityTag: String) {
    self.bytes = bytes
    self.entityTag = entityTag
  }
}

package enum PutCondition: Hashable, Sendable {
  case always
  /// `If-None-Match: *`.
  case ifAbsent
  /// `If-Match` with this entity tag.
  case ifMatches(String)
}
