import AWSServices
import Synchronization
import Values

/// A sandbox's folder, which keeps its world, so that several processes share it.
final class WorldFile: Sendable {
  private struct Memory: Sendable {
    var faults: Faults
    var silenced: [String] = []
    var silencedCalls = 0
    /// The world as last seen, and the file's bytes then.
    var seen: (world: SandboxWorld, bytes: [UInt8])?
    /// The time as last seen, and what was waited since then while the file couldn't be used.
    var time: Int64?
  }

  let folder: String
  /// When a new world begins.
  private let start: Int64
  private let memory: Mutex<Memory>

  init(folder: String, start: Value.Timestamp, faults: Faults) {
    self.folder = folder
    self.start = start.seconds
    memory = Mutex(Memory(faults: faults))
  }

  /// The world's time. While its file can't be used, time passes all the same: code that waits for it
  /// to get better comes to an end.
  var now: Int64 {
    let seconds = try? update("clock", changes: false) { $0.world.now }
    return memory.withLock { memory in
      memory.time = seconds ?? memory.time ?? start
      return memory.time ?? start
    }
  }

  func pass(seconds: Int64) {
    if (try? update("clock", changes: true, { $0.world.now += seconds })) != nil { return }
    let now = now
    memory.withLock { $0.time = now + seconds }
  }

  private func path(_ name: String, _ operation: String) throws(CloudError) -> InnerPath {
    try Files.cloud(operation) { () throws(Files.Failure) in
      try SandboxFolder.statePath(of: folder).appending(name)
    }
  }

  /// Lets `body` see or change the world, after everything that is due; other callers wait.
  func update<Result>(
    _ operation: String, changes: Bool, _ body: (inout Simulation) throws(CloudError) -> Result
  ) throws(CloudError) -> Result {
    // The lock file also excludes this process's other tasks.
    let lock = try path("emr.lock", operation)
    return try Files.locked(lock, operation) { () throws(CloudError) in
      var memory = self.memory.withLock { $0 }
      defer { self.memory.withLock { [memory] in $0 = memory } }
      var simulation = Simulation(
        world: try load(&memory, operation), faults: memory.faults, silenced: memory.silenced,
        silencedCalls: memory.silencedCalls, folder: folder)
      defer {
        memory.faults = simulation.faults
        memory.silenced = simulation.silenced
        memory.silencedCalls = simulation.silencedCalls
      }
      try advance(&simulation, &memory, operation)
      let result: Swift.Result<Result, CloudError>
      do throws(CloudError) {
        result = .success(try body(&simulation))
      } catch {
        result = .failure(error)
      }
      if changes { try save(simulation.world, &memory, operation) }
      try advance(&simulation, &memory, operation)
      return try result.get()
    }
  }

  /// Does everything that is due by now, in order, and saves each change.
  private func advance(
    _ simulation: inout Simulation, _ memory: inout Memory, _ operation: String
  ) throws(CloudError) {
    while simulation.advance() { try save(simulation.world, &memory, operation) }
  }

  private func load(
    _ memory: inout Memory, _ operation: String
  ) throws(CloudError) -> SandboxWorld {
    let path = try path("emr.json", operation)
    let bytes = try Files.cloud(operation) { () throws(Files.Failure) in try Files.read(path) }
    guard let bytes else { return SandboxWorld(now: start) }
    if let seen = memory.seen, seen.bytes == bytes { return seen.world }
    guard let world = SandboxWorld(bytes) else {
      throw CloudError(
        .malformed, operation: operation, message: "\(path.text) isn't a sandbox's record")
    }
    memory.seen = (world, bytes)
    return world
  }

  private func save(
    _ world: SandboxWorld, _ memory: inout Memory, _ operation: String
  ) throws(CloudError) {
    let bytes = world.bytes
    let path = try path("emr.json", operation)
    try Files.cloud(operation) { () throws(Files.Failure) in
      try Files.write(path, bytes, mark: ".new")
    }
    memory.seen = (world, bytes)
  }
}
