import Digests
import Foundation
import Synchronization
import TestSupport
import Text
import Values

/// A small AWS in memory: clusters whose steps take ten seconds each of the run's own clock, and a
/// bucket for data and locks.
final class RunCloud: Sendable {
  struct Step: Sendable {
    var id: String
    var name: String
    var created: Int64
  }

  struct Cluster: Sendable {
    var id: String
    var name: String
    var created: Int64
    var tags: [String: String]
    var isPersistent: Bool
    var steps: [Step]
    var terminated: Int64?
  }

  struct State: Sendable {
    var clusters: [Cluster] = []
    var objects: [String: (body: [UInt8], mark: String)] = [:]
    var count = 0
    /// The name of a step that fails.
    var failing = ""
    /// For how many seconds a new cluster is missing in lists.
    var lag: Int64 = 0

    mutating func id(_ prefix: String) -> String {
      count += 1
      return "\(prefix)-\(count)"
    }
  }

  let state = Mutex(State())
  private let clock: RunClock

  init(_ clock: RunClock) { self.clock = clock }

  func answer(_ request: SocketServer.Request) -> SocketServer.Reply {
    let asked = AWSRequest(request)
    guard let operation = asked.operation else {
      return asked.isSTS ? Self.caller : state.withLock { Self.objects(&$0, asked) }
    }
    let body = (try? JSONSerialization.jsonObject(with: Data(request.body))) as? [String: Any]
    let now = clock.now.seconds
    let answer = state.withLock { state -> Data? in
      let answer = Self.answer(&state, operation, body ?? [:], now)
      return answer.flatMap { try? JSONSerialization.data(withJSONObject: $0) }
    }
    guard let answer else {
      return .answer(
        status: 400, body: #"{"__type":"ValidationException","message":"this can't be done"}"#)
    }
    return .answer(status: 200, body: String(decoding: answer, as: UTF8.self))
  }

  private static let caller = SocketServer.Reply.answer(
    status: 200,
    body: "<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:iam::1:user/u</Arn>"
      + "<UserId>u</UserId><Account>123456789012</Account></GetCallerIdentityResult>"
      + "</GetCallerIdentityResponse>")
}

// EMR.
extension RunCloud {
  private static let starting: Int64 = 10
  static let working: Int64 = 10
  private static let ending: Int64 = 5
  /// How many entries a page of a list has.
  private static let pageSize = 2

  /// Nil if it is refused.
  private static func answer(
    _ state: inout State, _ operation: String, _ body: [String: Any], _ now: Int64
  ) -> [String: Any]? {
    if operation == "RunJobFlow" { return launch(&state, body, now) }
    if operation == "ListClusters" { return clusters(state, body, now) }
    let ids =
      body["JobFlowIds"] as? [String]
      ?? ["ClusterId", "JobFlowId", "ResourceId"].compactMap { body[$0] as? String }
    guard let id = ids.first, let index = state.clusters.firstIndex(where: { $0.id == id }) else {
      return nil
    }
    let cluster = state.clusters[index]
    switch operation {
    case "AddJobFlowSteps":
      guard isLive(look(cluster, state, now).state) else { return nil }
      let steps = steps(of: body, &state, now)
      state.clusters[index].steps += steps
      return ["StepIds": steps.map(\.id)]
    case "DescribeCluster": return ["Cluster": description(cluster, state, now)]
    case "ListSteps":
      let all = zip(cluster.steps, look(cluster, state, now).steps).reversed().map { step, status in
        ["Id": step.id, "Name": step.name, "Status": status] as [String: Any]
      }
      return page(all, "Steps", body)
    case "AddTags":
      state.clusters[index].tags.merge(tags(of: body)) { $1 }
      return [:]
    case "TerminateJobFlows":
      state.clusters[index].terminated = cluster.terminated ?? now
      return [:]
    case "CancelSteps": return ["CancelStepsInfoList": [Any]()]
    default: return nil
    }
  }

  private static func launch(
    _ state: inout State, _ body: [String: Any], _ now: Int64
  ) -> [String: Any]? {
    let instances = body["Instances"] as? [String: Any]
    let steps = steps(of: body, &state, now)
    let cluster = Cluster(
      id: state.id("j"), name: body["Name"] as? String ?? "", created: now, tags: tags(of: body),
      isPersistent: instances?["KeepJobFlowAliveWhenNoSteps"] as? Bool ?? false, steps: steps)
    state.clusters.append(cluster)
    return ["JobFlowId": cluster.id]
  }

  private static func tags(of body: [String: Any]) -> [String: String] {
    let all = (body["Tags"] as? [[String: String]] ?? []).map {
      ($0["Key"] ?? "", $0["Value"] ?? "")
    }
    return Dictionary(all) { $1 }
  }

  private static func steps(
    of body: [String: Any], _ state: inout State, _ now: Int64
  ) -> [Step] {
    var steps: [Step] = []
    for step in body["Steps"] as? [[String: Any]] ?? [] {
      steps.append(
        Step(id: state.id("s"), name: step["Name"] as? String ?? "", created: now))
    }
    return steps
  }

  private static func isLive(_ state: String) -> Bool {
    ["STARTING", "BOOTSTRAPPING", "RUNNING", "WAITING"].contains(state)
  }

  /// A cluster's state at a time, and its steps' statuses.
  private static func look(
    _ cluster: Cluster, _ state: State, _ now: Int64
  ) -> (state: String, steps: [[String: Any]]) {
    var free = cluster.created + starting
    var isFailed = false
    var statuses: [[String: Any]] = []
    for step in cluster.steps {
      let start = max(free, step.created)
      let end = start + working
      var timeline = ["CreationDateTime": step.created]
      let word: String
      if isFailed || start >= cluster.terminated ?? .max {
        word = "CANCELLED"
      } else {
        let isFailing = step.name == state.failing
        word = now < start ? "PENDING" : now < end ? "RUNNING" : isFailing ? "FAILED" : "COMPLETED"
        if now >= start { timeline["StartDateTime"] = start }
        if now >= end { timeline["EndDateTime"] = end }
        free = end
        isFailed = word == "FAILED"
      }
      statuses.append(["State": word, "Timeline": timeline])
    }
    return (word(cluster, now, free, isFailed), statuses)
  }

  private static func word(
    _ cluster: Cluster, _ now: Int64, _ free: Int64, _ isFailed: Bool
  ) -> String {
    if let terminated = cluster.terminated, now >= terminated { return "TERMINATED" }
    if now < cluster.created + starting / 2 { return "STARTING" }
    if now < cluster.created + starting { return "BOOTSTRAPPING" }
    if now < free { return "RUNNING" }
    if cluster.isPersistent { return "WAITING" }
    if now < free + ending { return "TERMINATING" }
    return isFailed ? "TERMINATED_WITH_ERRORS" : "TERMINATED"
  }

  private static func summary(_ cluster: Cluster, _ state: State, _ now: Int64) -> [String: Any] {
    [
      "Id": cluster.id, "Name": cluster.name,
      "Status": [
        "State": look(cluster, state, now).state,
        "Timeline": ["CreationDateTime": cluster.created],
      ] as [String: Any],
    ]
  }

  private static func description(
    _ cluster: Cluster, _ state: State, _ now: Int64
  ) -> [String: Any] {
    var map = summary(cluster, state, now)
    map["Tags"] = cluster.tags.map { ["Key": $0.key, "Value": $0.value] }
    map["LogUri"] = "s3://data/log/"
    return map
  }

  private static func clusters(
    _ state: State, _ body: [String: Any], _ now: Int64
  ) -> [String: Any] {
    let wanted = body["ClusterStates"] as? [String]
    let after = (body["CreatedAfter"] as? NSNumber)?.int64Value ?? .min
    let all = state.clusters.reversed().filter { cluster in
      cluster.created + state.lag <= now && cluster.created >= after
        && wanted?.contains(look(cluster, state, now).state) ?? true
    }
    return page(all.map { summary($0, state, now) }, "Clusters", body)
  }

  /// A page of a list; its token is the number of entries before it.
  private static func page(
    _ all: [[String: Any]], _ key: String, _ body: [String: Any]
  ) -> [String: Any] {
    let start = min((body["Marker"] as? String).flatMap { Int($0) } ?? 0, all.count)
    let end = min(start + pageSize, all.count)
    var answer: [String: Any] = [key: Array(all[start..<end])]
    if end < all.count { answer["Marker"] = String(end) }
    return answer
  }
}

// S3.
extension RunCloud {
  private static func objects(
    _ state: inout State, _ asked: AWSRequest
  ) -> SocketServer.Reply {
    let request = asked.request
    guard let key = asked.objectKey else { return listing(state, request) }
    let found = state.objects[key]
    let tag = found.map { entityTag($0.body) }
    switch request.method {
    case "GET", "HEAD":
      guard let found, let tag else { return error(404, "NoSuchKey") }
      return .answer(
        status: 200, headers: ["ETag": tag, "x-amz-meta-written-by-call": found.mark],
        body: String(decoding: found.body, as: UTF8.self))
    case "PUT":
      if request.headers["if-none-match"] == "*", found != nil {
        return error(412, "PreconditionFailed")
      }
      if let wanted = request.headers["if-match"], wanted != tag {
        return error(412, "PreconditionFailed")
      }
      state.objects[key] = (request.body, request.headers["x-amz-meta-written-by-call"] ?? "")
      return .answer(status: 200, headers: ["ETag": entityTag(request.body)])
    default:
      if let wanted = request.headers["if-match"], wanted != tag {
        return error(412, "PreconditionFailed")
      }
      state.objects[key] = nil
      return .answer(status: 204)
    }
  }

  private static func entityTag(_ body: [UInt8]) -> String {
    "\"\(ASCII.hex(MD5.digest(body)))\""
  }

  private static func error(_ status: Int, _ code: String) -> SocketServer.Reply {
    .answer(status: status, body: "<Error><Code>\(code)</Code><Message>no</Message></Error>")
  }

  private static func listing(
    _ state: State, _ request: SocketServer.Request
  ) -> SocketServer.Reply {
    let (prefix, after) = (request.query["prefix"] ?? "", request.query["start-after"] ?? "")
    let limit = request.query["max-keys"].flatMap { Int($0) } ?? 1000
    let keys = state.objects.keys.filter { $0.hasPrefix(prefix) && $0 > after }.sorted()
    let entries = keys.prefix(limit).map { "<Contents><Key>\($0)</Key><Size>1</Size></Contents>" }
    return .answer(
      status: 200,
      body: "<ListBucketResult><KeyCount>\(entries.count)</KeyCount>"
        + "<IsTruncated>\(keys.count > limit)</IsTruncated>\(entries.joined())</ListBucketResult>")
  }
}
