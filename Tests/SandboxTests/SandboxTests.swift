import AWSServices
import Foundation
import Gzip
import PlanFormat
import Sandbox
import TestSupport
import Testing
import Values

@Suite struct SandboxTests {
  private let temporary = TemporaryFolder()
  private var folder: String { temporary.path }
  private var store: FolderStore { FolderStore(folder) }

  private func put(_ key: String, _ text: String) async throws {
    try await store.put(bucket: "b", key: key, bytes: Array(text.utf8), condition: .always)
  }

  private func keys(_ prefix: String) async throws -> [String] {
    try await store.list(bucket: "b", prefix: prefix, after: nil, limit: 1000).entries.map(\.key)
  }

  private func text(_ key: String) async throws -> String {
    String(decoding: try await store.get(bucket: "b", key: key, range: nil).bytes, as: UTF8.self)
  }

  /// Runs one copy on its own cluster, and returns its final state.
  private func copy(_ arguments: String...) async throws -> StepState {
    let emr = SimulatedEMR(
      folder: folder, start: Value.Timestamp(seconds: 1_790_000_000, nanoseconds: 0),
      effects: StepEffects())
    let id = try await emr.runJobFlow(
      .object([
        "Name": .string("copy"),
        "Steps": .list([
          .object([
            "Name": .string("copy"), "ActionOnFailure": .string("TERMINATE_CLUSTER"),
            "HadoopJarStep": .object([
              "Jar": .string("/usr/share/aws/emr/s3-dist-cp/lib/s3-dist-cp.jar"),
              "Args": .strings(arguments),
            ]),
          ])
        ]),
      ]))
    try await emr.clock().sleep(seconds: 3600)
    return try #require(try await emr.listSteps(cluster: id).first).state
  }

  @Test func objectsAreListedInOrderAndPages() async throws {
    for key in ["b", "a/1", "a-1", "a/b/c", "a//x", "a/", "%", "a/..", "ü"] {
      try await put(key, key)
    }
    let sorted = ["%", "a-1", "a/", "a/..", "a//x", "a/1", "a/b/c", "b", "ü"]
    #expect(try await keys("") == sorted)
    #expect(try await keys("a/") == ["a/", "a/..", "a//x", "a/1", "a/b/c"])
    #expect(try await text("a/..") == "a/..")
    let page = try await store.list(bucket: "b", prefix: "", after: "a-1", limit: 2)
    #expect(page.entries.map(\.key) == ["a/", "a/.."])
    #expect(page.isTruncated)
    #expect(
      try await store.list(bucket: "none", prefix: "", after: nil, limit: 1).entries.isEmpty)
    await #expect(throws: CloudError.self) {
      try await store.put(bucket: ".penstock", key: "x", bytes: [], condition: .always)
    }
    await #expect(throws: CloudError.self) {
      try await store.put(bucket: "..", key: "x", bytes: [], condition: .always)
    }
  }

  @Test func conditionsHold() async throws {
    let tag = try await store.put(bucket: "b", key: "k", bytes: [1], condition: .ifAbsent)
    await #expect(throws: CloudError.self) {
      try await store.put(bucket: "b", key: "k", bytes: [2], condition: .ifAbsent)
    }
    let next = try await store.put(bucket: "b", key: "k", bytes: [2], condition: .ifMatches(tag))
    await #expect(throws: CloudError.self) {
      try await store.delete(bucket: "b", key: "k", ifMatch: tag)
    }
    try await store.delete(bucket: "b", key: "k", ifMatch: next)
    try await store.delete(bucket: "b", key: "k", ifMatch: nil)
    #expect(try await keys("") == [])
  }

  @Test func patternsChooseAndMove() async throws {
    for name in ["x/a.log", "x/b.txt", "x/y/c.log"] { try await put(name, name) }
    #expect(
      try await copy(
        "--src", "s3://b/x/", "--dest", "s3://b/to/", "--srcPattern", ".*\\.log",
        "--deleteOnSuccess", "--s3Endpoint", "s3.amazonaws.com") == .completed)
    #expect(try await keys("") == ["to/a.log", "to/y/c.log", "x/b.txt"])
  }

  /// An invalid bucket name isn't a way out of the sandbox's folder.
  @Test func bucketsStayInTheFolder() async throws {
    let outside = URL(filePath: folder).deletingLastPathComponent()
      .appending(path: "outside-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: outside, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: outside) }
    try Data("precious".utf8).write(to: outside.appending(path: "keep"))
    try await put("in/a", "a")
    let place = "s3://../\(outside.lastPathComponent)/"
    #expect(
      try await copy("--src", place, "--dest", "s3://b/moved/", "--deleteOnSuccess") == .failed)
    #expect(try await copy("--src", "s3://b/in/", "--dest", place) == .failed)
    #expect(try await copy("--src", "s3://b/in/", "--dest", "hdfs:///../../x/") == .failed)
    #expect(try FileManager.default.contentsOfDirectory(atPath: outside.path) == ["keep"])
    #expect(try await keys("") == ["in/a"])
  }

  @Test func groupsAreJoinedAndPacked() async throws {
    for (name, text) in [("p-1-x", "1\n"), ("p-2-x", "2\n"), ("q-1-x", "3\n"), ("other", "4\n")] {
      try await put("in/d/\(name)", text)
    }
    #expect(
      try await copy(
        "--src=s3://b/in", "--dest=s3://b/out", "--groupBy=.*/([pq]-)\\d+-(.*)",
        "--targetSize=24", "--outputCodec=gz") == .completed)
    #expect(try await keys("out/") == ["out/d/p-x.gz", "out/d/q-x.gz"])
    let packed = try await store.get(bucket: "b", key: "out/d/p-x.gz", range: nil).bytes
    #expect(GzipStream.decompress(packed, limit: 100) == Array("1\n2\n".utf8))
    // Without a codec it stays compressed; with `none` it doesn't.
    #expect(
      try await copy("--src", "s3://b/out/", "--dest", "s3://b/plain/", "--outputCodec", "none")
        == .completed)
    #expect(try await text("plain/d/p-x") == "1\n2\n")
    #expect(
      try await copy("--src", "s3://b/in/", "--dest", "s3://b/lzo/", "--outputCodec", "lzo")
        == .completed)
    #expect(try await keys("lzo/").allSatisfy { $0.hasSuffix(".lzo") })
  }

  @Test func whatCannotBeCopiedFails() async throws {
    #expect(try await copy("--src", "s3://b/none/", "--dest", "s3://b/to/") == .failed)
    try await put("x/a", "")
    #expect(
      try await copy("--src", "s3://b/x/", "--dest", "s3://b/to/", "--srcPattern", "(") == .failed)
    #expect(try await copy("--src", "s3://b/x/") == .failed)
  }

  @Test func gzipIsReadWithinBounds() {
    let text = Array(String(repeating: "line\n", count: 100_000).utf8)
    let packed = GzipStream.compress(text) ?? []
    #expect(packed.count < 5000)
    #expect(GzipStream.decompress(packed, limit: .max) == text)
    #expect(GzipStream.decompress(packed, limit: 10) == Array(text.prefix(10)))
    #expect(GzipStream.tail(packed, keep: 7, limit: .max) == Array(text.suffix(7)))
    #expect(GzipStream.decompress(Array(packed.dropLast(9)), limit: .max) == nil)
    #expect(GzipStream.decompress([0x1F, 0x8B, 1, 2, 3], limit: 10) == nil)
    #expect(GzipStream.decompress([], limit: 10) == nil)
  }
}
