import Diagnostics
import Documents
import SourceText
package import Values

/// What a test wants to know of a sandbox.
package struct SandboxTrial: Sendable {
  package struct Object: Sendable {
    package var bucket: String
    package var key: String
    package var text: String
  }

  /// An input's name, its file's name, and its text.
  package struct Input: Sendable {
    package var role: String
    package var name: String
    package var text: [UInt8]
    /// Whether the input takes a folder.
    package var isInFolder: Bool
  }

  /// The pipeline's path, or its name.
  package var pipeline: String
  package var inputs: [Input]
  package var environment: [String: String]
  /// Options of `penstock run`.
  package var arguments: [String]
  package var objects: [Object]
  /// Waiting clusters and the like can't be given: a sandbox begins without any.
  package var faults: [String]
  /// What steps leave as their outputs: `NAME=VALUE`.
  package var outcomes: [String]
  /// Whether the command that the report prints is carried out too.
  package var recovers: Bool
}

/// What there is after a run in a sandbox.
package struct SandboxOutcome: Sendable {
  package var status: Int32
  /// The lines of `run --format json`.
  package var events: [UInt8]
  /// Standard error, with `--diagnostics json`.
  package var errors: [UInt8]
  /// The files of S3 after it, by address without `s3://`, sorted.
  package var objects: [(path: String, text: [UInt8])]

  package init(
    status: Int32, events: [UInt8], errors: [UInt8], objects: [(path: String, text: [UInt8])]
  ) {
    self.status = status
    self.events = events
    self.errors = errors
    self.objects = objects
  }
}

/// Carries out trials.
package protocol SandboxRunner: Sendable {
  /// The outcome of the run, and that of the recovery if there was one; or why it couldn't be made.
  func carryOut(
    _ trial: SandboxTrial
  ) async -> Result<(run: SandboxOutcome, recovered: SandboxOutcome?), SandboxProblem>

  /// Nil if it is a fault that can be simulated; else the forms of those that can.
  func problem(ofFault text: String) -> String?
}

package struct SandboxProblem: Error {
  package var reason: String

  package init(reason: String) { self.reason = reason }
}

extension SandboxOutcome {
  /// The events as values.
  package var eventValues: [Value] {
    events.split(separator: UInt8(ascii: "\n")).compactMap { Self.json(Array($0)) }
  }

  private static func json(_ bytes: [UInt8]) -> Value? {
    var ignored: [Diagnostic] = []
    return JSONReader.read(bytes, source: SourceID(index: 0), into: &ignored).flatMap { tree in
      tree.root.map { Value(tree, $0) }
    }
  }

  /// The command that recovers the run, as the report prints it.
  package var recoveryCommand: String? {
    guard case .string(let command)? = report?.member("recovery")?.member("command") else {
      return nil
    }
    return command
  }

  private var report: Value? {
    eventValues.last { $0.member("event")?.equals(.string("failed")) ?? false }
  }

  /// The members that tests expect.
  /// - Parameter buckets: those that a test names: a bucket that isn't there is empty.
  func value(buckets: [String]) -> Value {
    var map = ValueMap(["exit-status": .int(Int64(status))])
    for (member, state) in [
      ("completed", "COMPLETED"), ("failed", "FAILED"), ("cancelled", "CANCELLED"),
    ] {
      map[member] = .list(steps(state).map { .string($0) })
    }
    map["left-out"] = .list(
      eventValues.compactMap { event in
        guard event.member("event")?.equals(.string("stage-decided")) ?? false,
          event.member("runs")?.equals(.bool(false)) ?? false
        else { return nil }
        return event.member("stage")
      })
    var s3 = ValueMap()
    for bucket in buckets { s3[bucket] = .list([]) }
    var files = ValueMap()
    for object in objects {
      let parts = object.path.utf8.split(separator: UInt8(ascii: "/"), maxSplits: 1)
      guard parts.count == 2, let bucket = String(parts[0]), let key = String(parts[1]) else {
        continue
      }
      s3[bucket] = .list((s3[bucket]?.listItems ?? []) + [.string(key)])
      files["s3://" + object.path] = .string(String(decoding: object.text, as: UTF8.self))
    }
    map["s3"] = .map(s3)
    map["files"] = .map(files)
    if let report { map["report"] = report }
    if let recoveryCommand { map["recovery"] = .string(recoveryCommand) }
    map["errors"] =
      Self.json(errors).map { list in
        .list(
          (list.listItems ?? []).filter { $0.member("severity")?.equals(.string("error")) ?? false }
        )
      } ?? .list([])
    return .map(map)
  }

  /// The names of the steps whose last state is this, in the order in which they reached it.
  private func steps(_ state: String) -> [String] {
    var last: [String: String] = [:]
    var names: [String] = []
    for event in eventValues where event.member("event")?.equals(.string("step")) ?? false {
      guard case .string(let name)? = event.member("name"),
        case .string(let now)? = event.member("state"), last[name] != now
      else { continue }
      last[name] = now
      names.removeAll { $0 == name }
      names.append(name)
    }
    return names.filter { last[$0] == state }
  }
}
