import AWSClient
import AWSServices
import Parallel
import Synchronization
import TestSupport
import Testing
import HTTP

/// Expired keys, and fresh ones when asked for.
private final class ExpiredKeys: CredentialProvider {
  private let areFresh = Mutex(false)
  private let areRenewable: Bool

  init(areRenewable: Bool) { self.areRenewable = areRenewable }

  func credentials() async throws(CredentialError) -> Credentials {
    Credentials(
      accessKeyID: areFresh.withLock { $0 } ? "NEW" : "OLD", secretAccessKey: "planted-secret-key",
      sessionToken: "planted-tok")
  }

  func renewed(after refused: Credentials) async throws(CredentialError) -> Credentials {
    areFresh.withLock { $0 = areRenewable }
    return try await credentials()
  }
}

/// Every operation with every fault over real sockets: each call ends in success or in an error
/// that tells whether it may have taken effect, and nothing that must not be repeated is done
/// twice.
@Suite struct FaultTests {
  struct Outcome: Sendable {
    var error: CloudError?
    var state: FaultyCloud.State
    var traffic: FaultProxy.State
    var waits: [Double]

    /// Its name in the table.
    func text(_ operation: FaultOperation, _ fault: Fault) -> String {
      let more: Int
      if let error {
        more = error.attempts - 1
      } else {
        more = traffic.requests.count - operation.requests
      }
      let name =
        (error?.kind).map { fault == .lengthTooShort ? "malformed" : $0.rawValue } ?? "done"
      return name + (more > 0 ? " +\(more)" : "")
    }
  }

  private static func run(
    _ operation: FaultOperation, _ fault: Fault, count: Int
  ) async throws -> Outcome {
    let clock = HandClock()
    let cloud = try FaultyCloud(fault, count: count, clock: clock)
    defer { cloud.stop() }
    // The test machine may be slow: time-outs are short only if no answer comes.
    let limits = TransportLimits(connect: 10, total: fault == .silence ? 1 : 20)
    let context = Fixtures.context(clock: clock, limits: limits)
    let keys = ExpiredKeys(areRenewable: fault != .expiredForGood)
    let clients = FaultOperation.Clients(
      emr: Fixtures.emr(cloud.endpoint, context, keys),
      store: Fixtures.store(cloud.endpoint, context, keys),
      sts: STSClient(context: context, region: "eu-west-1", endpoint: cloud.endpoint),
      sns: Fixtures.sns(cloud.endpoint, context, keys), credentials: keys)
    let error = await Fixtures.error { () throws(CloudError) in try await operation.call(clients) }
    return Outcome(
      error: error, state: cloud.snapshot, traffic: cloud.traffic, waits: clock.waits)
  }

  private static let faults = Fault.allCases.filter(\.isVisible)

  /// How a call ends whose answers all have the fault.
  private static func kind(_ fault: Fault) -> CloudError.Kind {
    switch fault {
    case .throttled, .throttledDone: .throttled
    case .internalError, .internalErrorDone, .unavailable, .unavailableDone, .gatewayPage:
      .unavailable
    case .reset, .resetDone, .silence, .headCut, .bodyMissing, .bodyCut, .chunksCut,
      .lengthTooLong:
      .lost
    case .openEndedCut, .lengthTooShort, .empty, .page, .garbled, .memberMissing,
      .memberOfOtherType, .optionOfOtherType, .ofOther, .tokenRepeats, .tokenCycle,
      .unreadableRefusal, .ineffective:
      .malformed
    case .expired, .expiredForGood: .unauthorized
    case .clockSlow, .clockFast: .clockSkew
    case .redirected, .moved: .refused
    }
  }

  /// How a call ends one of whose answers has the fault; nil for success.
  private static func kindOnce(
    _ operation: FaultOperation, _ fault: Fault
  ) -> CloudError.Kind? {
    switch fault {
    case .expiredForGood, .redirected: kind(fault)
    // S3 says where its buckets are.
    case .moved: operation.isOfS3 ? nil : .refused
    // A wrong token isn't seen before it comes again.
    case .tokenRepeats, .tokenCycle: nil
    // The service refused before doing anything.
    case .expired, .clockSlow, .clockFast: nil
    default: operation.isRepeatable ? nil : kind(fault)
    }
  }

  private static func check(
    _ operation: FaultOperation, _ fault: Fault, _ outcome: Outcome, expected: CloudError.Kind?
  ) {
    let cell = "\(operation.rawValue), \(fault.rawValue)"
    let (error, state) = (outcome.error, outcome.state)
    let isLost = fault == .lengthTooShort && error?.kind == .lost && expected == .malformed
    #expect(error?.kind == expected || isLost, "\(cell): \(error.map { "\($0)" } ?? "done")")
    #expect(state.clusters <= 1 && state.steps <= 1, "\(cell): done twice")
    if operation == .putIfAbsent || operation == .putIfMatch {
      #expect(state.writes <= 1, "\(cell): written twice")
    }
    let requests = outcome.traffic.requests.count
    // A conditional write may be followed by a look at what was written.
    #expect(requests <= operation.requests + 4, "\(cell): too many requests")
    #expect(outcome.waits.allSatisfy { $0 <= 20 } && outcome.waits.count <= 4, "\(cell)")
    if fault == .expired, operation.isSigned { #expect(outcome.traffic.key == "NEW", "\(cell)") }
    if let error {
      #expect(error.attempts >= 1 && error.attempts <= 3, "\(cell)")
      #expect(error.operation.isEmpty == false && !error.message.isEmpty, "\(cell)")
      #expect(!"\(error)".contains("planted"), "\(cell) tells a secret")
      // If the error says that nothing was done, the call may be repeated.
      #expect(error.isEffectUnknown || !operation.isDone(state), "\(cell): done unnoticed")
      if fault == .redirected {
        #expect(error.message.contains("redirect to `elsewhere.example`"), "\(cell)")
      }
    } else if operation.hasEffect {
      #expect(operation.isDone(state), "\(cell): not done")
    }
  }

  @Test(.timeLimit(.minutes(5))) func everyOperationWithEveryFault() async throws {
    struct Cell: Hashable, Sendable {
      var operation: FaultOperation
      var fault: Fault
      var isLasting: Bool
    }
    let cells = FaultOperation.allCases.flatMap { operation in
      Self.faults.flatMap { fault in
        [false, true].map { Cell(operation: operation, fault: fault, isLasting: $0) }
      }
    }
    let outcomes = await cells.concurrently(width: 32) { cell -> String in
      let outcome: Outcome
      do {
        outcome = try await Self.run(cell.operation, cell.fault, count: cell.isLasting ? .max : 1)
      } catch {
        Issue.record("\(cell): \(error)")
        return ""
      }
      let isStruck = !outcome.traffic.struck.isEmpty
      let expected =
        cell.isLasting ? Self.kind(cell.fault) : Self.kindOnce(cell.operation, cell.fault)
      Self.check(cell.operation, cell.fault, outcome, expected: isStruck ? expected : nil)
      return isStruck ? outcome.text(cell.operation, cell.fault) : ReliabilityPage.unaffected
    }
    let texts = Dictionary(uniqueKeysWithValues: zip(cells, outcomes))
    #expect(texts.count == FaultOperation.allCases.count * Self.faults.count * 2)
    let tables = [false, true].map { isLasting in
      Self.table { operation, fault in
        texts[Cell(operation: operation, fault: fault, isLasting: isLasting)] ?? ""
      }
    }
    try ReliabilityPage.expect("One answer fails", tables[0])
    try ReliabilityPage.expect("Every answer fails", tables[1])
  }

  /// Calls whose outcomes don't differ share a column.
  private static func table(_ cell: (FaultOperation, Fault) -> String) -> String {
    ReliabilityPage.table(
      rows: faults.map(\.rawValue),
      columns: FaultOperation.allCases.map { operation in
        ("`\(operation.rawValue)`", faults.map { cell(operation, $0) })
      })
  }

  /// If nothing listens at the port, the request was not sent, and all calls may be retried.
  @Test(arguments: FaultOperation.allCases)
  func nobodyListens(_ operation: FaultOperation) async throws {
    let clock = HandClock()
    let server = try SocketServer(isListening: false) { _ in .reset }
    let context = Fixtures.context(clock: clock)
    let keys = FixedCredentials(Fixtures.keys)
    let clients = FaultOperation.Clients(
      emr: Fixtures.emr(server.endpoint, context, keys),
      store: Fixtures.store(server.endpoint, context, keys),
      sts: STSClient(context: context, region: "eu-west-1", endpoint: server.endpoint),
      sns: Fixtures.sns(server.endpoint, context, keys), credentials: keys)
    let error = await Fixtures.error { () throws(CloudError) in try await operation.call(clients) }
    #expect(error?.kind == .unreachable, "\(error.map { "\($0)" } ?? "done")")
    #expect(error?.attempts == 3 && clock.waits == [0.5, 1])
  }

  @Test func retryAfterIsWaited() async throws {
    let clock = HandClock()
    let requests = Mutex(0)
    let server = try SocketServer { _ in
      requests.withLock { count in
        count += 1
        return count == 1
          ? .answer(status: 503, headers: ["Retry-After": "9"])
          : .answer(status: 200, body: #"{"Steps":[]}"#)
      }
    }
    defer { server.stop() }
    let emr = Fixtures.emr(
      server.endpoint, Fixtures.context(clock: clock), FixedCredentials(Fixtures.keys))
    #expect(try await emr.listSteps(cluster: "j-1").isEmpty)
    #expect(clock.waits == [9])
  }

  /// The retry budget is shared, so that many calls don't hammer a service that is down.
  @Test func aServiceThatIsDownIsNotHammered() async throws {
    let requests = Mutex(0)
    let server = try SocketServer { _ in
      requests.withLock { $0 += 1 }
      return .answer(status: 500)
    }
    defer { server.stop() }
    let emr = Fixtures.emr(
      server.endpoint, Fixtures.context(), FixedCredentials(Fixtures.keys))
    for _ in 0..<120 {
      let error = await Fixtures.error { () throws(CloudError) in
        try await emr.describeCluster("j-1")
      }
      #expect(error?.kind == .unavailable)
    }
    // 500 tokens at 5 per retry are 100 retries, and none is returned.
    #expect(requests.withLock { $0 } == 220)
  }

  /// A lost answer doesn't make another run's lock ours.
  @Test(arguments: [Fault.internalError, .internalErrorDone])
  func anothersObjectStaysAnothers(_ fault: Fault) async throws {
    let clock = HandClock()
    let cloud = try FaultyCloud(fault, count: 1, clock: clock)
    defer { cloud.stop() }
    let store = Fixtures.store(
      cloud.endpoint, Fixtures.context(clock: clock), FixedCredentials(Fixtures.keys))
    let error = await Fixtures.error { () throws(CloudError) in
      try await store.put(bucket: "bkt", key: "there", bytes: [65], condition: .ifAbsent)
    }
    #expect(error?.kind == .preconditionFailed && cloud.snapshot.writes == 0)
  }

  /// Only the bucket's region is used from a redirect of S3.
  @Test func aBucketElsewhereIsAskedThere() async throws {
    let regions = Mutex<[String]>([])
    let server = try SocketServer { request in
      let scope = request.headers["authorization"] ?? ""
      let region = scope.split(separator: "/").dropFirst(2).first.map(String.init) ?? ""
      regions.withLock { $0.append(region) }
      return region == "us-west-2"
        ? .answer(status: 200, headers: ["ETag": "\"t\""], body: "x")
        : .answer(
          status: 301,
          headers: ["x-amz-bucket-region": "us-west-2", "Location": "http://127.0.0.1:1/"])
    }
    defer { server.stop() }
    let store = Fixtures.store(
      server.endpoint, Fixtures.context(), FixedCredentials(Fixtures.keys))
    for _ in 0..<2 {
      #expect(try await store.get(bucket: "bkt", key: "k", range: nil).bytes == [0x78])
    }
    #expect(regions.withLock { $0 } == ["eu-west-1", "us-west-2", "us-west-2"])
  }

  @Test func redirectsAreNotFollowed() async throws {
    let server = try SocketServer { _ in
      .answer(status: 307, headers: ["Location": "http://127.0.0.1:1/elsewhere"])
    }
    defer { server.stop() }
    let context = Fixtures.context()
    let keys = FixedCredentials(Fixtures.keys)
    let emr = await Fixtures.error { () throws(CloudError) in
      try await Fixtures.emr(server.endpoint, context, keys).describeCluster("j-1")
    }
    let store = await Fixtures.error { () throws(CloudError) in
      try await Fixtures.store(server.endpoint, context, keys)
        .get(bucket: "bkt", key: "k", range: nil)
    }
    #expect(emr?.kind == .refused && store?.kind == .refused)
  }

  @Test func cancellingEndsACall() async throws {
    let server = try SocketServer { _ in .silence }
    defer { server.stop() }
    let emr = Fixtures.emr(
      server.endpoint, Fixtures.context(), FixedCredentials(Fixtures.keys))
    let call = Task {
      await Fixtures.error { () throws(CloudError) in try await emr.describeCluster("j-1") }
    }
    try await Task.sleep(nanoseconds: 50_000_000)
    call.cancel()
    #expect(await call.value?.kind == .cancelled)
  }

  @Test func anAnswerMayBeTooLarge() async throws {
    let server = try SocketServer { _ in
      .answer(status: 200, headers: ["ETag": "\"t\""], body: String(repeating: "x", count: 5000))
    }
    defer { server.stop() }
    let limits = TransportLimits(bodyBytes: 4999)
    let store = Fixtures.store(
      server.endpoint, Fixtures.context(limits: limits), FixedCredentials(Fixtures.keys))
    let error = await Fixtures.error { () throws(CloudError) in
      try await store.get(bucket: "bkt", key: "k", range: nil)
    }
    #expect(error?.kind == .malformed && error?.attempts == 1)
  }

  @Test(arguments: ["", ".", "..", "a/b", "a?b", "a b", "a%2Fb"])
  func aBucketsNameCannotChangeTheAddress(_ bucket: String) async throws {
    let store = Fixtures.store(
      Endpoint(host: "127.0.0.1", isSecure: false, port: 1), Fixtures.context(),
      FixedCredentials(Fixtures.keys))
    let error = await Fixtures.error { () throws(CloudError) in
      try await store.get(bucket: bucket, key: "k", range: nil)
    }
    #expect(error?.kind == .refused && error?.attempts == 0)
  }
}
