import AWSServices

/// A place that can hold one lock: a file, an object in S3, a key in Consul.
///
/// A revision tells one state of the place from every other; what changes the place names the
/// revision that it expects, so that of two who try only one succeeds.
package protocol LockStore: Sendable {
  /// The place as people write it.
  var name: String { get }

  /// Puts a lock where there is none.
  /// - Returns: its revision; nil where there is one already.
  func create(_ bytes: [UInt8]) async throws(LockFailure) -> String?

  /// The lock that is there; nil where there is none.
  func read() async throws(LockFailure) -> StoredLock?

  /// Puts another lock in the place of one.
  /// - Returns: its revision; nil where the place has changed.
  func replace(_ bytes: [UInt8], revision: String) async throws(LockFailure) -> String?

  /// Removes a lock; false where the place has changed.
  func delete(revision: String) async throws(LockFailure) -> Bool

  /// The holder stops, and leaves the lock where it is.
  func leave(revision: String) async
}

package struct StoredLock: Sendable {
  package var bytes: [UInt8]
  package var revision: String
  /// Whether the place itself knows that its holder is at work; nil where it cannot tell.
  package var isHeld: Bool?

  package init(bytes: [UInt8], revision: String, isHeld: Bool? = nil) {
    self.bytes = bytes
    self.revision = revision
    self.isHeld = isHeld
  }
}

/// Why a lock's place cannot be used, in words.
package struct LockFailure: Error, Hashable, Sendable {
  package var message: String
  /// Whether what was asked may have been done.
  package var isEffectUnknown: Bool

  package init(_ message: String, isEffectUnknown: Bool = false) {
    self.message = message
    self.isEffectUnknown = isEffectUnknown
  }

  init(_ error: CloudError) {
    message = "\(error.operation) failed: \(error.message)"
    isEffectUnknown = error.isEffectUnknown
  }
}
