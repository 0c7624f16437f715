import CommandLineSyntax
import Diagnostics
import Executor
import Host
import Locations
import Platform
import Reports
import SourceText
import Text

/// `penstock doctor`: what a run would meet on this machine and at AWS, asked without effect.
enum DoctorCommand {
  static func run(_ context: CommandContext) -> ExitStatus {
    Interruptible.run {
      let findings = await findings(context).map(\.namingTheProgram)
      if Task.isCancelled { return .interrupted }
      let bytes: [UInt8]
      if context.invocation[.format]?.value == "json" {
        bytes = RunText.bytes(FindingText.value(findings))
      } else {
        let isColored =
          context.invocation[.out] == nil
          && Console.isColored(context.invocation[.color]?.value, on: STDOUT_FILENO)
        bytes = Array(FindingText.text(of: findings, colored: isColored).utf8)
      }
      let written = context.write(bytes)
      guard written == .success else { return written }
      return findings.contains { $0.level == .problem } ? .failure : .success
    }
  }

  private static func findings(_ context: CommandContext) async -> [Finding] {
    let machine = MachineExamination(context)
    let run = RunExamination(context)
    var findings = machine.program + run.findings + machine.findings
    findings += await lock(context)
    guard !context.invocation.has(.offline) else {
      return findings + [
        Finding("aws", .unknown, "not asked, because of --offline")
      ]
    }
    if let sandbox = context.invocation[.sandbox], !Files.isFolder(sandbox.value) {
      return findings + [
        Finding("aws", .ok, "the sandbox `\(sandbox.value)`, which the first run in it makes"),
        Finding("permissions", .ok, "a sandbox asks for none"),
      ]
    }
    do throws(WorldRefusal) {
      let world = try RunWorld.open(context, run.entry)
      if let access = world.access {
        findings += Self.wayToAWS(access)
      } else {
        findings.append(Finding("aws", .ok, "a sandbox, which needs no credentials"))
      }
      let examination = CloudExamination(
        emr: world.emr, store: world.store, time: world.time, access: world.access)
      return findings + (await examination.findings(for: run.plan, lock: lockObject(context)))
    } catch {
      return findings + [
        Finding(
          "credentials", .problem, error.diagnostic.message,
          advice: error.diagnostic.hint ?? "docs/aws.md says where credentials come from")
      ]
    }
  }

  private static func wayToAWS(_ access: CloudAccess) -> [Finding] {
    let given = access.addresses.filter(\.isGiven).map { "\($0.service) at \($0.host)" }
    let addresses = access.addresses.map(\.host).joined(separator: ", ")
    var findings = [
      Finding("credentials", .ok, "from \(access.credentials)"),
      Finding("region", .ok, "\(access.region): \(addresses)"),
    ]
    if !given.isEmpty {
      findings.append(
        Finding(
          "region", .warning,
          "AWS_ENDPOINT_URL or the profile names \(given.joined(separator: ", "))",
          advice: "right for a test or a private endpoint; otherwise unset it"))
    }
    return findings
  }

  // MARK: The lock

  private static func lockObject(_ context: CommandContext) -> (bucket: String, key: String)? {
    guard let lock = context.invocation[.lock], !context.invocation.has(.consul),
      let location = try? Location(lock.value), location.isInS3
    else { return nil }
    return (location.bucket, location.key)
  }

  /// Whether it is held, and whether its place is there. Nothing is written.
  private static func lock(_ context: CommandContext) async -> [Finding] {
    guard let lock = context.invocation[.lock] else { return [] }
    let isFile = context.invocation[.consul] == nil && LockPlace.isFile(lock.value)
    if isFile {
      let folder = Files.folder(of: lock.value)
      let place = folder.isEmpty ? "." : folder
      guard Files.isFolder(place), access(place, W_OK | X_OK) == 0 else {
        return [
          Finding(
            "lock", .problem, "the lock's folder `\(place)` isn't there, or can't be written",
            advice: "create it, and let this user write there")
        ]
      }
    } else if context.invocation.has(.offline) {
      return [Finding("lock", .unknown, "\(lock.value): not asked, because of --offline")]
    }
    do throws(WorldRefusal) {
      let store: any LockStore
      if isFile {
        store = FileLockStore(path: lock.value)
      } else {
        store = try LockPlace.store(
          lock.value, consul: context.invocation[.consul]?.value,
          in: RunWorld.open(context, RunWorld.Entry()), at: lock.span)
      }
      return [await holder(of: store)]
    } catch {
      return [
        Finding(
          "lock", .problem, error.diagnostic.message,
          advice: error.diagnostic.hint ?? "name another with --lock")
      ]
    }
  }

  private static func holder(of store: any LockStore) async -> Finding {
    do throws(LockFailure) {
      let holder = try await RunLock.holder(
        of: store, asSeenBy: Machine.owner(), isAlive: { Machine.isAlive($0) })
      guard let holder else { return Finding("lock", .ok, "\(store.name) is free") }
      return Finding(
        "lock", .warning, RunLock.summary(holder, store.name),
        advice: RunLock.hint(holder) ?? "a run would end with 17: wait for that one, or look at it")
    } catch {
      return Finding(
        "lock", .problem, "\(store.name): \(error.message)",
        advice: "check the place and the permissions")
    }
  }
}

extension Finding {
  /// With the commands that it quotes under the name that the program was called by.
  fileprivate var namingTheProgram: Finding {
    Finding(area, level, ProgramName.naming(text), advice: advice.map(ProgramName.naming))
  }
}
