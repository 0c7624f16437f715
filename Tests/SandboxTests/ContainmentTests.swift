import AWSServices
import Foundation
import PlanFormat
import Sandbox
import TestSupport
import Testing
import Values

/// Whatever a bucket, a key, a cluster, a file or a link in a sandbox's folder is called: nothing
/// outside of the folder is read, written or deleted.
@Suite struct ContainmentTests {
  private let temporary = TemporaryFolder()
  private var top: String { temporary.path }
  private var box: String { top + "/box" }
  private var store: FolderStore { FolderStore(box) }

  init() throws {
    for folder in ["/box/b/in", "/outside"] {
      try FileManager.default.createDirectory(
        atPath: top + folder, withIntermediateDirectories: true)
    }
    try write("outside/keep", "precious\n")
    try write("box/b/in/a", "x\n")
  }

  private func write(_ path: String, _ text: String) throws {
    try Data(text.utf8).write(to: URL(filePath: top + "/" + path))
  }

  private func link(_ path: String, to target: String) throws {
    try FileManager.default.createDirectory(
      atPath: ((top + "/" + path) as NSString).deletingLastPathComponent,
      withIntermediateDirectories: true)
    try FileManager.default.createSymbolicLink(
      atPath: top + "/" + path, withDestinationPath: target)
  }

  private func expectOutsideUntouched(_ what: String) {
    let names = FileManager.default.enumerator(atPath: top)?.compactMap { $0 as? String } ?? []
    let outside = names.filter { $0 != "box" && !$0.hasPrefix("box/") }.sorted()
    #expect(outside == ["outside", "outside/keep"], "\(what)")
    #expect(
      FileManager.default.contents(atPath: top + "/outside/keep") == Data("precious\n".utf8),
      "\(what)")
  }

  private var emr: SimulatedEMR {
    SimulatedEMR(
      folder: box, start: Value.Timestamp(seconds: 1_790_000_000, nanoseconds: 0),
      effects: StepEffects())
  }

  /// Runs a copy on its own cluster; its final state.
  private func copy(
    _ arguments: [String], name: String = "copy", log: String = "s3://b/logs/"
  ) async throws -> StepState? {
    let id = try await emr.runJobFlow(
      .object([
        "Name": .string("copy"), "LogUri": .string(log),
        "Steps": .list([
          .object([
            "Name": .string(name), "ActionOnFailure": .string("TERMINATE_CLUSTER"),
            "HadoopJarStep": .object([
              "Jar": .string("command-runner.jar"),
              "Args": .strings(["s3-dist-cp"] + arguments),
            ]),
          ])
        ]),
      ]))
    try await emr.clock().sleep(seconds: 3600)
    return try await emr.listSteps(cluster: id).first?.state
  }

  @Test(arguments: ["..", ".", ".penstock", "", "b/../../outside", "../outside", "b\0"])
  func bucketsAreNames(_ bucket: String) async throws {
    await #expect(throws: CloudError.self) {
      try await store.put(bucket: bucket, key: "outside/new", bytes: [], condition: .always)
    }
    await #expect(throws: CloudError.self) {
      try await store.delete(bucket: bucket, key: "outside/keep", ifMatch: nil)
    }
    await #expect(throws: CloudError.self) {
      _ = try await store.get(bucket: bucket, key: "outside/keep", range: nil)
    }
    await #expect(throws: CloudError.self) {
      _ = try await store.list(bucket: bucket, prefix: "outside/", after: nil, limit: 10)
    }
    expectOutsideUntouched(bucket)
  }

  @Test(arguments: [
    "../../outside/keep", "/../../outside/keep", "..", "../..", "/", "//etc",
    "a/../../../outside/k",
    "a\0b", "./keep",
  ])
  func keysAreNamesOfFilesInside(_ key: String) async throws {
    try await store.put(bucket: "b", key: key, bytes: [1], condition: .always)
    #expect(try await store.get(bucket: "b", key: key, range: nil).bytes == [1])
    let listed = try await store.list(bucket: "b", prefix: "", after: nil, limit: 100)
    #expect(listed.entries.map(\.key).contains(key))
    try await store.delete(bucket: "b", key: key, ifMatch: nil)
    await #expect(throws: CloudError.self) {
      _ = try await store.get(bucket: "b", key: key, range: nil)
    }
    expectOutsideUntouched(key)
  }

  /// What a copy's own settings make of names: the name that it captures, with dots in it.
  @Test func copiesWriteInside() async throws {
    try write("box/b/in/..x.._..", "y\n")
    for place in ["hdfs:///data/", "s3://b/out/"] {
      _ = try await copy([
        "--src", "s3://b/in/", "--dest", place, "--groupBy", #".*/(\.\.)x(\.\.)_(\.\.)"#,
      ])
      _ = try await copy([
        "--src", "s3://b/in/", "--dest", place, "--groupBy", #".*(/)in/(\.\.)x(\.\.)_(\.\.)"#,
      ])
    }
    for place in [
      "hdfs:///../../../../outside/", "s3://../outside/", "s3://b/../../outside/",
      "file:///../../../../../outside/",
    ] {
      #expect(try await copy(["--src", "s3://b/in/", "--dest", place]) == .failed)
      #expect(
        try await copy(["--src", place, "--dest", "s3://b/out/", "--deleteOnSuccess"]) == .failed)
      _ = try await copy(["--src", "s3://none/", "--dest", "s3://b/x/"], log: place)
    }
    expectOutsideUntouched("copies")
  }

  /// The sandbox's own record, as another program may have written it.
  @Test func theRecordLeadsNowhere() async throws {
    _ = try await copy(["--src", "s3://b/in/", "--dest", "hdfs:///data/"])
    let path = box + "/.penstock/emr.json"
    let record = String(
      decoding: try #require(FileManager.default.contents(atPath: path)), as: UTF8.self)
    let id = try #require(record.firstMatch(of: /j-[A-Z0-9]+/)).output
    for evil in ["../../../outside", "..", "/", "../../outside/../../outside"] {
      try Data(record.replacing(id, with: evil).utf8).write(to: URL(filePath: path))
      _ = try? await emr.terminateJobFlows([evil])
      try await emr.clock().sleep(seconds: 3600)
      _ = try? await copy(["--src", "s3://b/in/", "--dest", "hdfs:///data/"])
      expectOutsideUntouched(evil)
    }
  }

  @Test(arguments: ["box/b/link", "box/c", "box/b/in/link", "box/.penstock/hdfs"])
  func linksAreNotFollowed(_ place: String) async throws {
    try link(place, to: top + "/outside")
    let bucket = place == "box/c" ? "c" : "b"
    let prefix = place.hasPrefix("box/b/") ? place.dropFirst("box/b/".count) + "/" : ""
    _ = try? await store.put(
      bucket: bucket, key: prefix + "new", bytes: [1], condition: .always)
    _ = try? await store.delete(bucket: bucket, key: prefix + "keep", ifMatch: nil)
    if place != "box/.penstock/hdfs" {
      let error = await #expect(throws: CloudError.self) {
        _ = try await store.list(bucket: bucket, prefix: "", after: nil, limit: 10)
      }
      #expect(error?.message.contains("it is a link") == true, "\(error?.message ?? "")")
      await #expect(throws: CloudError.self) {
        _ = try await store.get(bucket: bucket, key: prefix + "keep", range: nil)
      }
    }
    _ = try await copy(["--src", "s3://\(bucket)/", "--dest", "hdfs:///data/", "--deleteOnSuccess"])
    _ = try await copy(["--src", "s3://b/in/", "--dest", "s3://\(bucket)/\(prefix)"])
    expectOutsideUntouched(place)
  }

  /// Files of the sandbox that are links: the state, what is being written, an object.
  @Test func linkedFilesAreNotFollowed() async throws {
    let target = top + "/outside/keep"
    try link("box/b/in/object", to: target)
    try link("box/b/in/new.penstock-new", to: target)
    try link("box/.penstock/emr.json.new", to: target)
    try link("box/.penstock/s3.lock2", to: target)
    await #expect(throws: CloudError.self) {
      _ = try await store.get(bucket: "b", key: "in/object", range: nil)
    }
    try await store.put(bucket: "b", key: "in/new", bytes: [1], condition: .always)
    try await store.put(bucket: "b", key: "in/object", bytes: [1], condition: .always)
    #expect(try await store.get(bucket: "b", key: "in/object", range: nil).bytes == [1])
    _ = try await copy(["--src", "s3://b/in/", "--dest", "s3://b/out/"])
    expectOutsideUntouched("files")
    for lock in ["s3.lock", "emr.lock", "emr.json"] {
      let path = "box/.penstock/" + lock
      try? FileManager.default.removeItem(atPath: top + "/" + path)
      try link(path, to: target)
      _ = try? await store.put(bucket: "b", key: "in/new", bytes: [2], condition: .always)
      _ = try? await copy(["--src", "s3://b/in/", "--dest", "s3://b/out2/"])
      try FileManager.default.removeItem(atPath: top + "/" + path)
      expectOutsideUntouched(lock)
    }
    try link("box/.penstock/journal.db", to: target)
    #expect(SandboxFolder.prepare(box, for: "journal.db")?.contains("it is a link") == true)
  }

  @Test func aPipeInABucketIsNoObject() async throws {
    mkfifo(box + "/b/in/pipe", 0o600)
    await #expect(throws: CloudError.self) {
      _ = try await store.get(bucket: "b", key: "in/pipe", range: nil)
    }
    let listed = try await store.list(bucket: "b", prefix: "", after: nil, limit: 10)
    #expect(listed.entries.map(\.key) == ["in/a"])
  }

  /// A run that waits for its sandbox to come back gives up, since its time passes.
  @Test func timePassesInASandboxThatIsGone() async throws {
    let emr = SimulatedEMR(
      folder: box + "/gone", start: Value.Timestamp(seconds: 1000, nanoseconds: 0),
      effects: StepEffects())
    let clock = emr.clock()
    #expect(clock.now.seconds == 1000)
    try await clock.sleep(seconds: 60)
    #expect(clock.now.seconds == 1060)
    try FileManager.default.removeItem(atPath: box + "/gone")
    try write("box/gone", "a file")
    try await clock.sleep(seconds: 60)
    #expect(clock.now.seconds == 1120)
    await #expect(throws: CloudError.self) {
      _ = try await emr.listClusters(states: [], createdAfter: nil)
    }
  }
}
