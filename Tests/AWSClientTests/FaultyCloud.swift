import AWSClient
import AWSServices
import Synchronization
import TestSupport
import Values
import HTTP

/// A small AWS on a socket whose first answers, or all of them, are faulty.
final class FaultyCloud: Sendable {
  struct State: Sendable {
    var clusters = 0
    var steps = 0
    var isTerminated = false
    var isUnprotected = false
    var cancelled: Set<String> = []
    var tags: [String: String] = [:]
    var objects: [String: (body: String, tag: String, mark: String)] = [:]
    var writes = 0
    var published = 0
  }

  /// The entity tag of the object `there`: its digest, as S3's are.
  static let tag = "\"149603e6c03516362a8da23f624db945\""

  private let state = Mutex(State())
  private let proxy: FaultProxy
  private let server = Mutex<SocketServer?>(nil)

  /// - Parameter count: how many requests the fault affects.
  init(_ fault: Fault, count: Int, clock: HandClock) throws {
    proxy = FaultProxy([FaultProxy.Strike(fault, count: count)]) { clock.now }
    state.withLock { $0.objects["there"] = ("old", Self.tag, "") }
    let socket = try SocketServer { [weak self] request in
      guard let self else { return .reset }
      return proxy.reply(to: request) { self.perform(request) }
    }
    server.withLock { $0 = socket }
  }

  var snapshot: State { state.withLock { $0 } }
  var traffic: FaultProxy.State { proxy.snapshot }
  var endpoint: Endpoint { server.withLock { $0?.endpoint } ?? Endpoint(host: "none") }
  func stop() { server.withLock { $0?.stop() } }
}

// What the services do.
extension FaultyCloud {
  private func perform(_ request: SocketServer.Request) -> SocketServer.Reply {
    if let target = request.headers["x-amz-target"] { return performEMR(target, request) }
    if request.path == "/", request.method == "POST" { return performSTS(request) }
    return performS3(request)
  }

  private func performEMR(_ target: String, _ request: SocketServer.Request) -> SocketServer.Reply {
    let answer = state.withLock { state -> String in
      switch target {
      case "ElasticMapReduce.RunJobFlow":
        state.clusters += 1
        return #"{"JobFlowId":"j-\#(state.clusters)"}"#
      case "ElasticMapReduce.AddJobFlowSteps":
        state.steps += 1
        return #"{"StepIds":["s-\#(state.steps)"]}"#
      case "ElasticMapReduce.DescribeCluster":
        return #"{"Cluster":{"Id":"j-1","Name":"n","Status":{"State":"WAITING"},"Tags":[]}}"#
      case "ElasticMapReduce.ListClusters":
        return request.text.contains("Marker")
          ? #"{"Clusters":[{"Id":"j-2","Name":"n","Status":{"State":"RUNNING"}}]}"#
          : #"{"Clusters":[{"Id":"j-1","Name":"n","Status":{"State":"WAITING"}}],"Marker":"m"}"#
      case "ElasticMapReduce.ListSteps":
        return request.text.contains("Marker")
          ? #"{"Steps":[{"Id":"s-1","Name":"a","Status":{"State":"COMPLETED"}}]}"#
          : #"{"Steps":[{"Id":"s-2","Name":"b","Status":{"State":"PENDING"}}],"Marker":"m"}"#
      case "ElasticMapReduce.CancelSteps":
        state.cancelled.insert("s-1")
        return #"{"CancelStepsInfoList":[]}"#
      case "ElasticMapReduce.TerminateJobFlows": state.isTerminated = true
      case "ElasticMapReduce.SetTerminationProtection": state.isUnprotected = true
      case "ElasticMapReduce.AddTags": state.tags["k"] = "v"
      default: break
      }
      return "{}"
    }
    return .answer(status: 200, body: answer)
  }

  private func performSTS(_ request: SocketServer.Request) -> SocketServer.Reply {
    let action = SocketServer.fields(request.text)["Action"] ?? ""
    if action == "Publish" { state.withLock { $0.published += 1 } }
    let result =
      action == "Publish"
      ? "<MessageId>m</MessageId>"
      : action == "GetCallerIdentity"
        ? "<Arn>a</Arn><UserId>u</UserId><Account>1</Account>"
        : "<Credentials><AccessKeyId>A</AccessKeyId><SecretAccessKey>S</SecretAccessKey>"
          + "<SessionToken>T</SessionToken><Expiration>2030-01-01T00:00:00Z</Expiration></Credentials>"
    return .answer(
      status: 200,
      body: "<\(action)Response><\(action)Result>\(result)</\(action)Result></\(action)Response>")
  }

  private func performS3(_ request: SocketServer.Request) -> SocketServer.Reply {
    let key = String(request.path.split(separator: "/", maxSplits: 1).dropFirst().first ?? "")
    return state.withLock { state in
      let found = state.objects[key]
      switch request.method {
      case "GET" where key.isEmpty: return Self.listing(state)
      case "GET", "HEAD":
        guard let found else { return Self.missing }
        return .answer(
          status: 200, headers: ["ETag": found.tag, "x-amz-meta-written-by-call": found.mark],
          body: found.body)
      case "PUT":
        let source = request.headers["x-amz-copy-source"]
        if request.headers["if-none-match"] == "*", found != nil { return Self.unmet }
        if let tag = request.headers["if-match"], tag != found?.tag { return Self.unmet }
        state.writes += 1
        let mark = request.headers["x-amz-meta-written-by-call"] ?? ""
        let body = source == nil ? request.text : state.objects["there"]?.body ?? ""
        state.objects[key] = (body, "\"t\(state.writes)\"", mark)
        return source == nil
          ? .answer(status: 200, headers: ["ETag": "\"t\(state.writes)\""])
          : .answer(status: 200, body: "<CopyObjectResult><ETag>x</ETag></CopyObjectResult>")
      default:
        if let tag = request.headers["if-match"], tag != found?.tag { return Self.unmet }
        state.objects[key] = nil
        return .answer(status: 204)
      }
    }
  }

  private static let missing = SocketServer.Reply.answer(
    status: 404, body: "<Error><Code>NoSuchKey</Code><Message>no</Message></Error>")
  private static let unmet = SocketServer.Reply.answer(
    status: 412, body: "<Error><Code>PreconditionFailed</Code><Message>no</Message></Error>")

  private static func listing(_ state: State) -> SocketServer.Reply {
    let entries = state.objects.keys.sorted()
      .map { "<Contents><Key>\($0)</Key><Size>3</Size></Contents>" }.joined()
    return .answer(
      status: 200,
      body: "<ListBucketResult><IsTruncated>false</IsTruncated>\(entries)</ListBucketResult>")
  }
}
