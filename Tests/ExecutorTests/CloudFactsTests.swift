import AWSServices
import Executor
import PlanFormat
import Sandbox
import Synchronization
import TestSupport
import Testing
import Values

/// Keys in memory, with a count of requests.
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

/// Facts about S3, and how many requests they take.
@Suite struct CloudFactsTests {
  private func ask(
    _ store: CountingStore, _ questions: [FactQuestion], emptied: [String] = []
  ) async -> [FactAnswer] {
    let emr = SimulatedEMR(
      folder: TemporaryFolder().path, start: World.start, effects: StepEffects())
    return await AWSFacts(store: store, emr: emr, emptied: emptied).answers(to: questions)
  }

  private func isTrue(_ answer: FactAnswer?) -> Bool? {
    if case .known(.bool(let flag))? = answer { flag } else { nil }
  }

  @Test(arguments: [
    ([String](), true, 1), (["in/a"], false, 1), (["out/a"], true, 1),
    (["in/", "in_$folder$", "in/x_$folder$", "in/x/"], true, 1),
    (["in/"] + (10..<30).map { "in/x\($0)_$folder$" } + ["in/y"], false, 2),
    ((1000..<6000).map { "in/\($0)" }, false, 1),
  ])
  func emptinessCostsOneRequest(_ keys: [String], _ isEmpty: Bool, _ requests: Int) async {
    let store = CountingStore(keys)
    #expect(await isTrue(ask(store, [.isEmpty(location: "s3://b/in/")]).first) == isEmpty)
    #expect(store.requests == requests)
  }

  @Test func aPatternIsSearchedForUntilItIsFound() async {
    let store = CountingStore((1000..<4500).map { "in/\($0)" } + ["in/5.gz"])
    let found = await ask(store, [.hasMatch(location: "s3://b/in/", pattern: "gz$")])
    #expect(isTrue(found.first) == true)
    // Its first look takes 100 keys, each further one 1,000.
    #expect(store.requests == 5)
    let none = await ask(store, [.hasMatch(location: "s3://b/in/", pattern: "^in")])
    #expect(isTrue(none.first) == false)
  }

  @Test func runFoldersAreCountedAndTheLastIsFound() async throws {
    let runs = (1..<10).map { "e/run=2026-01-0\($0)/part-\($0)" }
    let store = CountingStore(runs + runs.map { $0 + "x" } + ["e/file", "e/a_$folder$"])
    let pattern = "^run=([0-9-]+)/"
    let answers = await ask(
      store,
      [
        .last(location: "s3://b/e/", pattern: pattern),
        .count(location: "s3://b/e/", pattern: pattern),
        .last(location: "s3://b/none/", pattern: pattern),
        .all(location: "s3://b/e/", pattern: pattern),
      ])
    guard case .known(.string(let last)) = answers[0], case .known(.int(let count)) = answers[1],
      case .known(.null) = answers[2]
    else {
      Issue.record("\(answers)")
      return
    }
    #expect(last == "2026-01-09" && count == 9)
    let all = (1..<10).map { Value.string("2026-01-0\($0)") }
    guard case .known(let found) = answers[3] else {
      Issue.record("\(answers[3])")
      return
    }
    #expect(found.equals(.list(all)))
  }

  @Test func anEmptyFolderIsTheLastOneOnlyOnRequest() async {
    let store = CountingStore([
      "e/run=1/a", "e/run=2/", "e/run=3/_$folder$", "e/run=4_$folder$",
    ])
    let answers = await ask(
      store,
      [
        .last(location: "s3://b/e/", pattern: "run=([0-9]+)/"),
        .lastFolder(location: "s3://b/e/", pattern: "run=([0-9]+)/"),
        .lastFolder(location: "s3://b/none/", pattern: "run=([0-9]+)/"),
      ])
    guard case .known(.string("1")) = answers[0], case .known(.string("2")) = answers[1],
      case .known(.null) = answers[2]
    else {
      Issue.record("\(answers)")
      return
    }
  }

  @Test func whatIsTooDeepIsSearchedForUntilItIsFound() async {
    let store = CountingStore(
      (1000..<2500).map { "in/\($0)" } + ["in/3/x/", "in/3/x.gz", "in/4/y/b", "in/5/z/c.gz"])
    func first(_ folders: Int64, _ pattern: String?) async -> String? {
      let question = FactQuestion.tooDeep(
        location: "s3://b/in/", folders: folders, pattern: pattern)
      guard case .known(let answer) = await ask(store, [question]).first else { return "?" }
      if case .string(let key) = answer { return key }
      return nil
    }
    #expect(await first(1, nil) == "4/y/b")
    #expect(store.requests == 2)
    #expect(await first(1, "gz$") == "5/z/c.gz")
    #expect(await first(0, nil) == "3/x.gz")
    #expect(await first(2, nil) == nil)
  }

  @Test func manyAreAskedAtOneTimeButNotTooMany() async {
    let store = CountingStore(["a3/x"], isSlow: true)
    let answers = await ask(store, (0..<40).map { .isEmpty(location: "s3://b/a\($0)/") })
    #expect(answers.map { isTrue($0) } == (0..<40).map { $0 != 3 })
    #expect(store.widest == 8 && store.requests == 40)
  }

  @Test func whatCannotBeAskedIsSaid() async {
    let answers = await ask(
      CountingStore([]), [.isEmpty(location: "s3://absent/x/"), .isEmpty(location: "s3://b/x/")])
    guard case .failed(let reason, _) = answers[0] else {
      Issue.record("\(answers)")
      return
    }
    #expect(reason == "ListObjectsV2 failed: x/")
    #expect(isTrue(answers[1]) == true)
  }

  @Test func whatIsEmptiedFirstIsGoneAlready() async {
    let store = CountingStore(["out/run=1/a", "out/run=1/b", "out/run=2/a"])
    let question = FactQuestion.isEmpty(location: "s3://b/out/")
    let one = await ask(store, [question], emptied: ["s3://b/out/run=1/"])
    #expect(isTrue(one.first) == false)
    let both = await ask(store, [question], emptied: ["s3a://b/out/run=1", "s3://b/out/run=2/"])
    #expect(isTrue(both.first) == true)
  }
}
