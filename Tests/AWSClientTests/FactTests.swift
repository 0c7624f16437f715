import AWSClient
import Cloud
import Synchronization
import TestSupport
import Testing

/// Keys in memory, with a count of what was asked.
private final class CountingStore: ObjectStore {
  private let keys: [String]
  private let state = Mutex<(requests: Int, open: Int, widest: Int)>((0, 0, 0))
  private let isSlow: Bool

  init(_ keys: [String], isSlow: Bool = false) {
    self.keys = keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    self.isSlow = isSlow
  }

  var requests: Int { state.withLock { $0.requests } }
  var widest: Int { state.withLock { $0.widest } }

  func list(
    bucket: String, prefix: String, after: String?, limit: Int
  ) async throws(CloudError) -> ObjectPage {
    state.withLock { state in
      state.requests += 1
      state.open += 1
      state.widest = max(state.widest, state.open)
    }
    if isSlow { try? await Task.sleep(nanoseconds: 5_000_000) }
    defer { state.withLock { $0.open -= 1 } }
    if bucket == "absent" {
      throw CloudError(.notFound, operation: "ListObjectsV2", message: prefix)
    }
    let found = keys.filter { key in
      key.hasPrefix(prefix) && (after.map { $0.utf8.lexicographicallyPrecedes(key.utf8) } ?? true)
    }
    return ObjectPage(
      entries: found.prefix(limit).map { ObjectPage.Entry(key: $0, size: 1) },
      isTruncated: found.count > limit)
  }

  private func unused(_ name: String) -> CloudError {
    CloudError(.refused, operation: name, message: "not asked for by facts")
  }

  func get(bucket: String, key: String, range: ByteRange?) async throws(CloudError) -> StoredObject
  {
    throw unused("GetObject")
  }

  func put(
    bucket: String, key: String, bytes: [UInt8], condition: PutCondition
  ) async throws(CloudError) -> String { throw unused("PutObject") }

  func copy(from: ObjectAddress, to: ObjectAddress) async throws(CloudError) {
    throw unused("CopyObject")
  }

  func delete(bucket: String, key: String, ifMatch: String?) async throws(CloudError) {
    throw unused("DeleteObject")
  }
}

/// Facts, and how many requests they take.
@Suite struct FactTests {
  private static func at(_ key: String) -> ObjectAddress { ObjectAddress(bucket: "b", key: key) }

  @Test(arguments: [
    ([String](), true, 1), (["in/a"], false, 1), (["out/a"], true, 1),
    (["in/", "in_$folder$", "in/x_$folder$", "in/x/"], true, 1),
    (["in/"] + (10..<30).map { "in/x\($0)_$folder$" } + ["in/y"], false, 2),
    ((1000..<6000).map { "in/\($0)" }, false, 1),
  ])
  func emptinessCostsOneRequest(_ keys: [String], _ isEmpty: Bool, _ requests: Int) async throws {
    let store = CountingStore(keys)
    #expect(try await FactClient(store: store).isEmpty(Self.at("in/")) == isEmpty)
    #expect(store.requests == requests)
  }

  @Test func emptinessByPattern() async throws {
    let store = CountingStore((1000..<4500).map { "in/\($0)" } + ["in/5.gz"])
    let facts = FactClient(store: store)
    #expect(try await !facts.isEmpty(Self.at("in/")) { $0 == "5.gz" })
    #expect(store.requests == 5)
    #expect(try await facts.isEmpty(Self.at("in/")) { $0.hasPrefix("in") })
  }

  @Test func folders() async throws {
    let runs = (1..<10).map { "e/run=2026-01-0\($0)/part-\($0)" }
    let keys =
      runs + runs.map { $0 + "x" } + ["e/run=2026-01-05/z/z", "e/file", "e/zz/x", "e/a_$folder$"]
    let store = CountingStore(keys)
    let facts = FactClient(store: store)
    let names = (1..<10).map { "run=2026-01-0\($0)" } + ["zz"]
    #expect(try await facts.folders(at: Self.at("e/")) == names)
    let last = try await facts.lastFolder(at: Self.at("e/")) { $0.hasPrefix("run=") }
    #expect(last == "run=2026-01-09")
    #expect(try await facts.lastFolder(at: Self.at("none/")) { _ in true } == nil)
  }

  @Test func manyAreAskedAtOneTimeButNotTooMany() async throws {
    let store = CountingStore(["a3/x"], isSlow: true)
    let places = (0..<40).map { Self.at("a\($0)/") }
    let answers = try await FactClient(store: store).areEmpty(places)
    #expect(answers == (0..<40).map { $0 != 3 })
    #expect(store.widest == 8 && store.requests == 40)
  }

  @Test func theFirstErrorCounts() async throws {
    let places = ["1", "2", "3"].map { ObjectAddress(bucket: "absent", key: $0) }
    let error = await Fixtures.error { () throws(CloudError) in
      try await FactClient(store: CountingStore([])).areEmpty([Self.at("")] + places)
    }
    #expect(error?.message == "1")
  }

  @Test func tooManyIsSaid() async throws {
    let store = CountingStore((10_000..<14_000).map { "k\($0)" })
    let error = await Fixtures.error { () throws(CloudError) in
      try await FactClient(store: store, pageLimit: 2).keys(at: Self.at("k"))
    }
    #expect(error?.kind == .refused)
    #expect(
      try await FactClient(store: store, pageLimit: 2).keys(at: Self.at("k"), limit: 7).count == 7)
  }
}
