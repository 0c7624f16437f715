package import AWSServices
import Locations

/// An object in S3 as a lock: created only if it doesn't exist.
package struct ObjectLockStore: LockStore {
  package let name: String
  private let store: any ObjectStore
  private let bucket: String
  private let key: String

  /// Nil if the location doesn't name an object (`s3://bucket/key`).
  package init?(location: String, store: any ObjectStore) {
    guard let place = try? Location(location), place.isInS3, !place.key.isEmpty,
      !Location.isMarker(place.key)
    else { return nil }
    name = location
    self.store = store
    bucket = place.bucket
    key = place.key
  }

  package func create(_ bytes: [UInt8]) async throws(LockFailure) -> String? {
    try await put(bytes, .ifAbsent)
  }

  package func replace(_ bytes: [UInt8], revision: String) async throws(LockFailure) -> String? {
    try await put(bytes, .ifMatches(revision))
  }

  private func put(
    _ bytes: [UInt8], _ condition: PutCondition
  ) async throws(LockFailure) -> String? {
    do throws(CloudError) {
      return try await store.put(bucket: bucket, key: key, bytes: bytes, condition: condition)
    } catch {
      if error.kind == .preconditionFailed { return nil }
      throw LockFailure(error)
    }
  }

  package func read() async throws(LockFailure) -> StoredLock? {
    do throws(CloudError) {
      let object = try await store.get(bucket: bucket, key: key, range: nil)
      return StoredLock(bytes: object.bytes, revision: object.entityTag)
    } catch {
      if error.kind == .notFound, error.code != "NoSuchBucket" { return nil }
      throw LockFailure(error)
    }
  }

  package func delete(revision: String) async throws(LockFailure) -> Bool {
    do throws(CloudError) {
      try await store.delete(bucket: bucket, key: key, ifMatch: revision)
      return true
    } catch {
      if error.kind == .preconditionFailed || error.kind == .notFound { return false }
      throw LockFailure(error)
    }
  }

  package func leave(revision: String) async {}
}
