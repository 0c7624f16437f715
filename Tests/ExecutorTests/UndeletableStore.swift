import AWSServices
import Values

/// A store that refuses to delete.
struct UndeletableStore: ObjectStore {
  var inner: any ObjectStore

  func list(
    bucket: String, prefix: String, after: String?, limit: Int
  ) async throws(CloudError) -> ObjectPage {
    try await inner.list(bucket: bucket, prefix: prefix, after: after, limit: limit)
  }

  func get(
    bucket: String, key: String, range: ByteRange?
  ) async throws(CloudError) -> StoredObject {
    try await inner.get(bucket: bucket, key: key, range: range)
  }

  func put(
    bucket: String, key: String, bytes: [UInt8], condition: PutCondition
  ) async throws(CloudError) -> String {
    try await inner.put(bucket: bucket, key: key, bytes: bytes, condition: condition)
  }

  func copy(from: ObjectAddress, to: ObjectAddress) async throws(CloudError) {
    try await inner.copy(from: from, to: to)
  }

  func delete(bucket: String, key: String, ifMatch: String?) async throws(CloudError) {
    throw CloudError(.forbidden, operation: "DeleteObject", message: "Access Denied")
  }
}
