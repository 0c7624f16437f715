import AWSServices
import Host
import PipelineTests
import Platform
import Sandbox
import Subprocess

/// Runs pipelines in sandboxes for tests: as `penstock run` in a process of its own, since a run may
/// be killed on purpose, and reads the machine's environment.
struct SandboxProcess: SandboxRunner {
  func problem(ofFault text: String) -> String? { Faults.parse(text) == nil ? Faults.forms : nil }

  func carryOut(
    _ trial: SandboxTrial
  ) async -> Result<(run: SandboxOutcome, recovered: SandboxOutcome?), SandboxProblem> {
    do throws(FileFailure) {
      return try await TemporaryFolder.with { folder in
        do throws(SandboxProblem) {
          return .success(try await carryOut(trial, in: folder))
        } catch {
          return .failure(error)
        }
      }
    } catch {
      return .failure(SandboxProblem(reason: error.reason))
    }
  }

  private func carryOut(
    _ trial: SandboxTrial, in folder: String
  ) async throws(SandboxProblem) -> (run: SandboxOutcome, recovered: SandboxOutcome?) {
    let box = Files.join(folder, "s3")
    try await fill(box, trial.objects)
    let inputs = try writeInputs(trial.inputs, in: folder)
    var words = ["run", trial.pipeline] + inputs + trial.arguments
    words += ["--sandbox", box] + Self.forPrograms
    // What programs find out is the same in a recovery.
    let outcomes = trial.outcomes.flatMap { ["--outcome", $0] }
    let run = try await outcome(
      words + outcomes + trial.faults.flatMap { ["--fault", $0] }, trial, folder)
    guard trial.recovers, let command = run.recoveryCommand else { return (run, nil) }
    var recovery = ShellWords.split(command)
    // The name of the program.
    if !recovery.isEmpty { recovery.removeFirst() }
    return (run, try await outcome(recovery + outcomes + Self.forPrograms, trial, folder))
  }

  private static let forPrograms = ["--format", "json", "--diagnostics", "json"]

  private func fill(
    _ box: String, _ objects: [SandboxTrial.Object]
  ) async throws(SandboxProblem) {
    let store = FolderStore(box)
    do throws(FileFailure) {
      try Files.makeFolders(box)
    } catch {
      throw SandboxProblem(reason: error.reason)
    }
    for object in objects {
      do throws(CloudError) {
        try await store.put(
          bucket: object.bucket, key: object.key, bytes: Array(object.text.utf8),
          condition: .always)
      } catch {
        throw SandboxProblem(reason: error.message)
      }
    }
  }

  /// Writes the inputs to files of their own, and names them as options.
  private func writeInputs(
    _ inputs: [SandboxTrial.Input], in folder: String
  ) throws(SandboxProblem) -> [String] {
    var words: [String] = []
    do throws(FileFailure) {
      for (number, input) in inputs.enumerated() {
        let base = input.name.split(separator: "/").last.map(String.init) ?? input.role
        let parent = Files.join(folder, "inputs/\(input.role)")
        let home = input.isInFolder ? parent : "\(parent)/\(number)"
        try Files.makeFolders(home)
        let name = input.isInFolder ? "\(pad(number))-\(json(base))" : base
        let path = Files.join(home, name)
        try Output.replace(path, with: input.text)
        let option = ["--input", "\(input.role)=\(input.isInFolder ? parent : path)"]
        if !input.isInFolder || !words.contains(option[1]) { words += option }
      }
    } catch {
      throw SandboxProblem(reason: error.reason)
    }
    return words
  }

  private func pad(_ number: Int) -> String {
    String(repeating: "0", count: max(0, 4 - "\(number)".utf8.count)) + "\(number)"
  }

  private func json(_ name: String) -> String { name.hasSuffix(".json") ? name : name + ".json" }

  private func outcome(
    _ words: [String], _ trial: SandboxTrial, _ folder: String
  ) async throws(SandboxProblem) -> SandboxOutcome {
    var environment = trial.environment
    for name in ["PATH", "TMPDIR", "TZDIR"] where environment[name] == nil {
      environment[name] = Environment.value(name)
    }
    environment["TZ"] = "UTC"
    environment["HOME"] = folder
    let request = ProcessRequest(
      arguments: [try Self.program()] + words, environment: environment, timeout: 600)
    guard let ended = ProcessRunner.runToEnd(request) else {
      throw SandboxProblem(reason: "the program can't be started")
    }
    return SandboxOutcome(
      status: ended.status, events: ended.output, errors: ended.errors,
      objects: try await objects(Files.join(folder, "s3")))
  }

  private static func program() throws(SandboxProblem) -> String {
    var bytes = [UInt8](repeating: 0, count: 4096)
    let count = bytes.withUnsafeMutableBytes { buffer in
      buffer.baseAddress.map { readlink("/proc/self/exe", $0, buffer.count) } ?? -1
    }
    guard count > 0, count < bytes.count else {
      throw SandboxProblem(reason: "it can't be found out where this program is")
    }
    return String(decoding: bytes[..<count], as: UTF8.self)
  }

  /// All objects, by bucket and key, in order.
  private func objects(
    _ box: String
  ) async throws(SandboxProblem) -> [(path: String, text: [UInt8])] {
    let store = FolderStore(box)
    var found: [(path: String, text: [UInt8])] = []
    do throws(FileFailure) {
      for bucket in try Files.names(in: box, withEnding: "")
      where Files.isFolder(Files.join(box, bucket)) {
        found += try await objects(store, bucket)
      }
    } catch {
      throw SandboxProblem(reason: error.reason)
    }
    return found
  }

  private func objects(
    _ store: FolderStore, _ bucket: String
  ) async throws(FileFailure) -> [(path: String, text: [UInt8])] {
    var found: [(path: String, text: [UInt8])] = []
    do throws(CloudError) {
      var after: String?
      while true {
        let page = try await store.list(bucket: bucket, prefix: "", after: after, limit: 1000)
        for entry in page.entries {
          let object = try await store.get(bucket: bucket, key: entry.key, range: nil)
          found.append(("\(bucket)/\(entry.key)", object.bytes))
        }
        guard page.isTruncated, let last = page.entries.last else { return found }
        after = last.key
      }
    } catch {
      throw FileFailure(reason: error.message)
    }
  }
}
