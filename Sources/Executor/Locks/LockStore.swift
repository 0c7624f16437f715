import AWSServices

/// A place that can hold one lock: a file, an object in S3, a key in Consul.
///
/// A revision identifies one state of the place. A change names the revision that it expects, so
/// that of two attempts only one succeeds.
package protocol LockStore: Sendable {
  /// The place's name for people.
  var name: String { get }

  /// Creates the lock, if there is none.
  /// - Returns: its revision; nil if there already is one.
  func create(_ bytes: [UInt8]) async throws(LockFailure) -> String?

  /// The existing lock; nil if there is none.
  func read() async throws(LockFailure) -> StoredLock?

  /// Replaces a lock by another.
  /// - Returns: its revision; nil if the place has changed.
  func replace(_ bytes: [UInt8], revision: String) async throws(LockFailure) -> String?

  /// Removes a lock; false if the place has changed.
  func delete(revision: String) async throws(LockFailure) -> Bool

  /// Called when the holder stops and leaves the lock in place.
  func leave(revision: String) async
}

package struct StoredLock: Sendable {
  package var bytes: [UInt8]
  package var revision: String
  /// Whether the place itself knows that its holder is at work; nil if it can't tell.
  package var isHeld: Bool?
  /// Whether the place itself knows that it was taken as a lock, whatever is in it.
  package var wasTaken: Bool

  package init(
    bytes: [UInt8], revision: String, isHeld: Bool? = nil, wasTaken: Bool = false
  ) {
    self.bytes = bytes
    self.revision = revision
    self.isHeld = isHeld
    self.wasTaken = wasTaken
  }
}

/// Why a lock's place can't be used, in words.
package struct LockFailure: Error, Hashable, Sendable {
  package var message: String
  /// Whether the request may have taken effect.
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
