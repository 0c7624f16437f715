import Executor
import Foundation
import Journal
import TestSupport
import Testing
import Values

/// A file lock whose path holds something else.
@Suite struct LockPlaceTests {
  private let folder = TemporaryFolder()
  private var path: String { folder.path + "/run.lock" }
  private let owner = Owner(
    user: "me", host: "here", process: 1, processStart: "", since: World.start)

  enum Thing: String, CaseIterable, Sendable {
    case pipe = "a pipe"
    case folder = "a folder"
    case link = "a link"
    case dangling = "a link "
    case loop = "a link  "
    case device = "a device"
  }

  private func make(_ thing: Thing) throws {
    let files = FileManager.default
    switch thing {
    case .pipe: mkfifo(path, 0o600)
    case .folder: try files.createDirectory(atPath: path, withIntermediateDirectories: false)
    case .link:
      _ = files.createFile(atPath: path + ".other", contents: Data("{}".utf8))
      try files.createSymbolicLink(atPath: path, withDestinationPath: path + ".other")
    case .dangling: try files.createSymbolicLink(atPath: path, withDestinationPath: "none")
    case .loop: try files.createSymbolicLink(atPath: path, withDestinationPath: path)
    case .device: break
    }
  }

  @Test(arguments: Thing.allCases) func isRefusedWithinASecond(_ thing: Thing) async throws {
    try make(thing)
    let store = FileLockStore(path: thing == .device ? "/dev/null" : path)
    let begun = ContinuousClock.now
    let taken = await RunLock.acquire(
      store, for: "a", named: "small/a", owner: owner, token: "t", isAlive: { _ in false })
    let what = thing.rawValue.trimmingCharacters(in: .whitespaces)
    guard case .failed(let words) = taken else {
      Issue.record("\(taken)")
      return
    }
    if thing != .device { #expect(words.contains("it is \(what), not a regular file"), "\(words)") }
    await #expect(throws: LockFailure.self) { _ = try await store.read() }
    await #expect(throws: LockFailure.self) { _ = try await store.delete(revision: "") }
    await #expect(throws: LockFailure.self) { _ = try await store.replace([], revision: "") }
    #expect(ContinuousClock.now - begun < .seconds(300))
  }

  /// Another program may hold the file (`flock run.lock sleep 1000`).
  @Test func doesNotWaitForTheFile() async throws {
    let store = FileLockStore(path: path)
    let revision = try #require(try await store.create(Array("{}".utf8)))
    let file = open(path, O_RDWR)
    defer { close(file) }
    #expect(flock(file, LOCK_EX) == 0)
    await #expect(throws: LockFailure.self) { _ = try await store.delete(revision: revision) }
  }
}
