/// The calls that Penstock makes to S3, implemented by the real service and by a folder.
package protocol ObjectStore: Sendable {
  /// One page of a bucket's keys with a prefix, in byte order.
  /// - Parameters:
  ///   - after: only keys after this one.
  ///   - limit: the maximum number of keys, 1 to 1000.
  /// - Throws: `.notFound` if the bucket doesn't exist.
  func list(
    bucket: String, prefix: String, after: String?, limit: Int
  ) async throws(CloudError) -> ObjectPage

  /// An object's bytes.
  /// - Parameter range: the bytes to get; nil for all. `suffix` counts from the end.
  func get(bucket: String, key: String, range: ByteRange?) async throws(CloudError) -> StoredObject

  /// Writes an object atomically.
  /// - Returns: its entity tag.
  /// - Throws: `.preconditionFailed` if the condition doesn't hold.
  @discardableResult
  func put(
    bucket: String, key: String, bytes: [UInt8], condition: PutCondition
  ) async throws(CloudError) -> String

  /// Copies within S3, without downloading the bytes.
  func copy(from: ObjectAddress, to: ObjectAddress) async throws(CloudError)

  /// Deletes an object; it isn't an error if there is none.
  /// - Parameter ifMatch: only delete an object with this entity tag.
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
  /// Whether there are keys after the last one.
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
