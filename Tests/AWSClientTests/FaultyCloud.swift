import AWSClient
import AWSServices
import Synchronization
import TestSupport
import Values
import HTTP

/// A small AWS on a socket whose first answers, or all of them, are faulty.
final class FaultyCloud: Sendable {
  struct State: Sendable {
    var requests = 0
    var clusters = 0
    var steps = 0
    var isTerminated = false
    var cancelled: Set<String> = []
    var tags: [String: String] = [:]
    var objects: [String: (body: String, tag: String, mark: String)] = [:]
    var writes = 0
  }

  private let state = Mutex(State())
  private let fault: Fault
  /// How many requests the fault affects.
  private let count: Int
  private let clock: HandClock
  private let server = Mutex<SocketServer?>(nil)

  init(_ fault: Fault, count: Int, clock: HandClock) throws {
    self.fault = fault
    self.count = count
    self.clock = clock
    state.withLock { $0.objects["there"] = ("old", "\"t0\"", "") }
    let socket = try SocketServer { [weak self] request in self?.reply(request) ?? .reset }
    server.withLock { $0 = socket }
  }

  var snapshot: State { state.withLock { $0 } }
  var endpoint: Endpoint { server.withLock { $0?.endpoint } ?? Endpoint(host: "none") }
  func stop() { server.withLock { $0?.stop() } }

  private func reply(_ request: SocketServer.Request) -> SocketServer.Reply {
    let isFaulty = state.withLock { state in
      state.requests += 1
      return state.requests <= count
    }
    let isSigned = request.headers["authorization"] != nil
    switch fault {
    case .expired where isSigned || request.text.contains("WebIdentity"):
      // All keys but renewed ones are rejected; if the fault persists, those too.
      let isOld = request.headers["authorization"]?.contains("Credential=OLD/") ?? isFaulty
      if isOld || (count > 1 && isFaulty) { return refusal(request, 400, "ExpiredToken") }
    case .skewed where isSigned:
      if isFaulty && count > 1 || !isOnTime(request) {
        return refusal(request, 403, skewCode(request))
      }
    case .throttled where isFaulty: return refusal(request, 0, "throttled")
    case .internalError where isFaulty: return refusal(request, 500, "InternalFailure")
    case .unavailable where isFaulty: return refusal(request, 503, "ServiceUnavailable")
    case .resetBefore where isFaulty: return .reset
    case .throttled, .throttledAfterEffect, .internalError, .internalErrorAfterEffect,
      .unavailable, .resetBefore, .resetAfter, .timeOut, .truncated, .malformed, .expired, .skewed:
      break
    }
    let answer = dated(perform(request))
    guard isFaulty, fault.hasEffect else { return answer }
    switch fault {
    case .throttledAfterEffect: return refusal(request, 0, "throttled")
    case .internalErrorAfterEffect: return refusal(request, 500, "InternalFailure")
    case .resetAfter: return .reset
    case .timeOut: return .silence
    case .truncated: return .half(answer)
    case .malformed: return garbled(answer)
    case .throttled, .internalError, .unavailable, .resetBefore, .expired, .skewed: return answer
    }
  }

  /// The services' time: an hour ahead of the client's if clocks differ.
  private var now: Value.Timestamp {
    var now = clock.now
    if fault == .skewed { now.seconds += 3600 }
    return now
  }

  private func isOnTime(_ request: SocketServer.Request) -> Bool {
    let text = request.headers["x-amz-date"] ?? ""
    guard text.count == 16 else { return false }
    let part = { (from: Int, count: Int) in String(text.dropFirst(from).prefix(count)) }
    let iso =
      "\(part(0, 4))-\(part(4, 2))-\(part(6, 2))T\(part(9, 2)):\(part(11, 2)):\(part(13, 2))Z"
    guard let time = TimeText.iso(iso) else { return false }
    return abs(time.seconds - now.seconds) < 300
  }

  private func dated(_ reply: SocketServer.Reply) -> SocketServer.Reply {
    guard case .answer(let status, var headers, let body) = reply else { return reply }
    headers["Date"] = Self.httpDate(now)
    return .answer(status: status, headers: headers, body: body)
  }

  static func httpDate(_ time: Value.Timestamp) -> String {
    let civil = time.civil
    let months = [
      "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
    func two(_ number: Int) -> String { Value.Timestamp.padded(number, 2) }
    return "Mon, \(two(civil.day)) \(months[civil.month - 1]) \(civil.year) "
      + "\(two(civil.hour)):\(two(civil.minute)):\(two(civil.second)) GMT"
  }

  private func garbled(_ reply: SocketServer.Reply) -> SocketServer.Reply {
    guard case .answer(let status, let headers, let body) = reply, !body.isEmpty else {
      return reply
    }
    return .answer(
      status: status, headers: headers, body: String(body.dropLast(body.count / 3)) + "\u{1}<")
  }

  private func refusal(
    _ request: SocketServer.Request, _ status: Int, _ code: String
  ) -> SocketServer.Reply {
    let isEMR = request.headers["x-amz-target"] != nil
    let isSTS = !isEMR && request.path == "/" && request.method == "POST"
    var (status, code) = (status, code)
    if code == "throttled" {
      (status, code) =
        isEMR ? (400, "ThrottlingException") : isSTS ? (400, "Throttling") : (503, "SlowDown")
    }
    if code == "ExpiredToken", isEMR { code = "ExpiredTokenException" }
    let isLate = fault == .skewed && code != "RequestTimeTooSkewed"
    let secret = request.text.contains("WebIdentity") ? "planted-web-token" : "planted-secret-key"
    let message = (isLate ? "Signature expired: " : "refused for ") + secret
    let body =
      isEMR
      ? #"{"__type":"x#\#(code)","message":"\#(message)"}"#
      : isSTS
        ? "<ErrorResponse><Error><Code>\(code)</Code><Message>\(message)</Message></Error></ErrorResponse>"
        : "<Error><Code>\(code)</Code><Message>\(message)</Message></Error>"
    return dated(.answer(status: status, headers: [:], body: body))
  }

  private func skewCode(_ request: SocketServer.Request) -> String {
    if request.headers["x-amz-target"] != nil { return "InvalidSignatureException" }
    return request.path == "/" && request.method == "POST"
      ? "SignatureDoesNotMatch" : "RequestTimeTooSkewed"
  }
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
        return #"{"Cluster":{"Id":"j-1","Name":"n","Status":{"State":"WAITING"}}}"#
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
      case "ElasticMapReduce.AddTags": state.tags["k"] = "v"
      default: break
      }
      return "{}"
    }
    return .answer(status: 200, body: answer)
  }

  private func performSTS(_ request: SocketServer.Request) -> SocketServer.Reply {
    let action = SocketServer.fields(request.text)["Action"] ?? ""
    let result =
      action == "GetCallerIdentity"
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
