import Foundation

/// What goes wrong with a call to AWS.
///
/// After `lengthTooShort`, the connection is in a state that the client finds out sooner or later:
/// its next request may be lost.
package enum Fault: String, CaseIterable, Sendable {
  case throttled = "throttled"
  case internalError = "500"
  case unavailable = "503"
  case gatewayPage = "502 with a proxy's page"
  case unreadableRefusal = "400 that can't be read"
  case reset = "reset before the effect"
  case expired = "token expired"
  case expiredForGood = "token expired, no fresh one"
  case clockSlow = "clock 20 minutes slow"
  case clockFast = "clock 20 minutes fast"
  case redirected = "307 to another host"
  case moved = "301 to another region"
  case throttledDone = "throttled, though done"
  case internalErrorDone = "500, though done"
  case unavailableDone = "503, though done"
  case resetDone = "reset after the effect"
  case silence = "no answer, though done"
  case headCut = "head cut"
  case bodyMissing = "closed after the head"
  case bodyCut = "body cut"
  case chunksCut = "chunked body cut"
  case openEndedCut = "body cut, of no stated length"
  case lengthTooLong = "`Content-Length` too long"
  case lengthTooShort = "`Content-Length` too short"
  case empty = "empty body"
  case page = "200 with a proxy's page"
  case garbled = "garbled body"
  case memberMissing = "required member missing"
  case memberOfOtherType = "required member of another type"
  case optionOfOtherType = "optional member of another type"
  case ofOther = "answer to something else"
  case tokenRepeats = "page token repeats"
  case tokenCycle = "page tokens in a cycle"
  case ineffective = "answered, but not done"

  /// Whether the service does what is asked before it fails to say so.
  package var hasEffect: Bool {
    switch self {
    case .throttled, .internalError, .unavailable, .gatewayPage, .unreadableRefusal, .reset,
      .expired, .expiredForGood, .clockSlow, .clockFast, .redirected, .moved, .ineffective:
      false
    case .throttledDone, .internalErrorDone, .unavailableDone, .resetDone, .silence, .headCut,
      .bodyMissing, .bodyCut, .chunksCut, .openEndedCut, .lengthTooLong, .lengthTooShort, .empty,
      .page, .garbled, .memberMissing, .memberOfOtherType, .optionOfOtherType, .ofOther,
      .tokenRepeats, .tokenCycle:
      true
    }
  }

  /// Whether the client can see that something has gone wrong.
  package var isVisible: Bool { self != .ineffective }

  /// By how many seconds the services' clock is ahead of the client's.
  package var clockOffset: Int64 {
    switch self {
    case .clockSlow: 1200
    case .clockFast: -1200
    default: 0
    }
  }
}

extension Fault {
  /// The answer in place of the service's own; nil where the fault can't affect it.
  package func reply(
    to request: AWSRequest, _ answer: SocketServer.Reply, at time: String
  ) -> SocketServer.Reply? {
    switch self {
    case .throttled, .throttledDone: request.refusal(of: "throttled", at: time)
    case .internalError, .internalErrorDone: request.refusal(500, of: "InternalFailure", at: time)
    case .unavailable, .unavailableDone:
      request.refusal(503, of: "ServiceUnavailable", at: time)
    case .gatewayPage: .answer(status: 502, body: Self.loginPage)
    case .unreadableRefusal: .answer(status: 400, body: #"{"__type":"Thrott"#)
    case .reset, .resetDone: .reset
    case .silence: .silence
    case .expired where !request.isSigned: nil
    case .expired, .expiredForGood: request.refusal(of: "ExpiredToken", at: time)
    case .clockSlow, .clockFast: request.isSigned ? request.refusal(of: "skewed", at: time) : nil
    case .redirected:
      .answer(status: 307, headers: ["Location": "http://elsewhere.example/planted-path"])
    case .moved:
      .answer(
        status: 301,
        headers: [
          "Location": "http://us-west-2.example/", "x-amz-bucket-region": "us-west-2",
        ])
    case .ineffective:
      request.operation == "AddTags" ? .answer(status: 200, body: "{}") : nil
    case .page:
      .answer(status: 200, headers: ["Content-Type": "text/html"], body: Self.loginPage)
    case .bodyMissing, .bodyCut, .chunksCut, .openEndedCut, .lengthTooLong, .lengthTooShort:
      request.request.method == "HEAD" ? nil : cut(answer)
    case .headCut: cut(answer)
    case .empty, .garbled, .memberMissing, .memberOfOtherType, .optionOfOtherType, .ofOther,
      .tokenRepeats, .tokenCycle:
      altered(answer, request)
    }
  }

  private static var loginPage: String { "<html><body>Please log in</body></html>" }

  /// An answer whose bytes on the wire aren't all of it.
  private func cut(_ answer: SocketServer.Reply) -> SocketServer.Reply? {
    guard case .answer(let status, let headers, let body) = answer, status != 204 else {
      return self == .headCut ? .raw(Array("HTTP/1.1 204 No C".utf8)) : nil
    }
    let head = "HTTP/1.1 \(status) X\r\n" + headers.map { "\($0): \($1)\r\n" }.joined()
    let length = body.utf8.count
    guard length > 0 || self == .headCut || self == .lengthTooLong else { return nil }
    let half = String(decoding: Array(body.utf8).prefix(length / 2), as: UTF8.self)
    let text =
      switch self {
      case .headCut: head + "Content-Le"
      case .bodyMissing: head + "Content-Length: \(length)\r\n\r\n"
      case .bodyCut: head + "Content-Length: \(length)\r\n\r\n" + half
      case .chunksCut:
        head + "Transfer-Encoding: chunked\r\n\r\n"
          + String(half.utf8.count, radix: 16) + "\r\n" + half + "\r\n"
      case .openEndedCut: head + "Connection: close\r\n\r\n" + half
      case .lengthTooLong: head + "Content-Length: \(length + 9)\r\n\r\n" + body
      default: head + "Content-Length: \(length / 2)\r\n\r\n" + body
      }
    return .raw(Array(text.utf8))
  }

  /// A success that isn't as its model has it.
  private func altered(
    _ answer: SocketServer.Reply, _ request: AWSRequest
  ) -> SocketServer.Reply? {
    guard case .answer(let status, var headers, let body) = answer, (200..<300).contains(status)
    else { return nil }
    switch self {
    case .empty where request.mayBeEmpty: return nil
    case .empty: return body.isEmpty ? nil : .answer(status: status, headers: headers)
    case .garbled:
      guard !body.isEmpty, !request.isObject else { return nil }
      let part = String(body.dropLast(body.count / 3))
      return .answer(status: status, headers: headers, body: part + "\u{1}<")
    case .memberMissing where headers["ETag"] != nil:
      headers["ETag"] = nil
      return .answer(status: status, headers: headers, body: body)
    default:
      let new = request.isXML ? alteredXML(body) : alteredJSON(body, request)
      return new.map { .answer(status: status, headers: headers, body: $0) }
    }
  }

  private func alteredXML(_ body: String) -> String? {
    let name = ["IsTruncated", "Account", "SessionToken", "ETag", "MessageId"]
      .first { body.contains("<\($0)>") }
    guard let name, let start = body.range(of: "<\(name)>"),
      let end = body.range(of: "</\(name)>")
    else { return nil }
    let new: String
    switch self {
    case .memberMissing: new = ""
    case .memberOfOtherType: new = "<\(name)><a>1</a></\(name)>"
    case .optionOfOtherType where name == "IsTruncated":
      new = "<KeyCount>many</KeyCount>" + body[start.lowerBound..<end.upperBound]
    case .ofOther where name == "IsTruncated":
      new =
        "<Contents><Key>z</Key><Size>1</Size></Contents>"
        + "<Contents><Key>a</Key><Size>1</Size></Contents>"
        + body[start.lowerBound..<end.upperBound]
    default: return nil
    }
    return body.replacingCharacters(in: start.lowerBound..<end.upperBound, with: new)
  }

  private func alteredJSON(_ body: String, _ request: AWSRequest) -> String? {
    guard var map = AWSRequest.object(Array(body.utf8)), let operation = request.operation else {
      return nil
    }
    let required: [String: String] = [
      "RunJobFlow": "JobFlowId", "AddJobFlowSteps": "StepIds", "DescribeCluster": "Cluster",
      "ListClusters": "Clusters", "ListSteps": "Steps", "CancelSteps": "CancelStepsInfoList",
    ]
    let isListing = operation.hasPrefix("List")
    let marker = AWSRequest.object(request.body)?["Marker"] as? String
    switch self {
    case .memberMissing, .memberOfOtherType:
      guard let key = required[operation] else { return nil }
      map[key] = self == .memberMissing ? nil : 7
    case .optionOfOtherType where isListing: map["Marker"] = 7
    case .tokenRepeats where isListing: map["Marker"] = marker ?? "again"
    case .tokenCycle where isListing: map["Marker"] = marker == "A" ? "B" : "A"
    case .ofOther where operation == "AddJobFlowSteps":
      map["StepIds"] = (map["StepIds"] as? [String] ?? []) + ["s-MORE"]
    case .optionOfOtherType where operation == "DescribeCluster",
      .ofOther where operation == "DescribeCluster":
      guard var cluster = map["Cluster"] as? [String: Any] else { return nil }
      cluster[self == .ofOther ? "Id" : "LogUri"] = self == .ofOther ? "j-OTHER" : 7
      map["Cluster"] = cluster
    default: return nil
    }
    return AWSRequest.text(map)
  }
}
