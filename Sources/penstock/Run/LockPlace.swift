import CommandLineSyntax
import AWSServices
import Diagnostics
import Executor
import Host
import Locations
import SourceText

/// Where a lock is kept: in Consul with `--consul`, in an object for `s3://…`, else in a file.
enum LockPlace {
  static func store(
    _ name: String, consul: String?, in world: RunWorld, at span: Span
  ) throws(WorldRefusal) -> any LockStore {
    if let consul {
      guard let sender = world.sender else {
        throw WorldRefusal(
          .lockUnusable(name, "there is no Consul in a sandbox", at: span), .failure)
      }
      return ConsulLockStore(address: consul, key: name, sender: sender)
    }
    if isFile(name) {
      guard !Files.isFolder(name) else {
        throw WorldRefusal(.lockIsFolder(name, at: span), .failure)
      }
      return FileLockStore(path: name)
    }
    guard let store = ObjectLockStore(location: name, store: world.store) else {
      throw WorldRefusal(
        .lockUnusable(name, "it isn't an object: give `s3://BUCKET/KEY`", at: span), .failure)
    }
    return store
  }

  /// Whether a lock's name, without Consul, is a file's path: a text that doesn't start with a
  /// scheme.
  static func isFile(_ name: String) -> Bool {
    do throws(LocationProblem) {
      return try !Location(name).isInS3
    } catch {
      return error == .noScheme
    }
  }

  /// The lock that a run holds; nil if it holds none.
  static func store(
    of invocation: Invocation, in world: RunWorld
  ) throws(WorldRefusal) -> (any LockStore)? {
    guard let lock = invocation[.lock] else { return nil }
    return try store(lock.value, consul: invocation[.consul]?.value, in: world, at: lock.span)
  }
}
