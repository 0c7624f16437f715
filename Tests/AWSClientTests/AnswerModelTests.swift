import AWSClient
import AWSServices
import Foundation
import HTTP
import Synchronization
import TestSupport
import Testing
import Values

/// Each member of each answer that is missing or of another type, and answers cut at each byte.
@Suite struct AnswerModelTests {
  /// An operation, a whole answer to it, and the members that it can't do without.
  struct Model: Sendable {
    var operation: FaultOperation
    var answer: String
    var required: Set<String>
  }

  private static let state = #""Status":{"State":"RUNNING""#
  private static let reason = #""StateChangeReason":{"Code":"c","Message":"m"}"#

  static let models = [
    Model(operation: .runJobFlow, answer: #"{"JobFlowId":"j-1"}"#, required: ["JobFlowId"]),
    Model(
      operation: .addJobFlowSteps, answer: #"{"StepIds":["s-1"]}"#,
      required: ["StepIds", "StepIds.0"]),
    Model(
      operation: .describeCluster,
      answer: """
        {"Cluster":{"Id":"j-1","Name":"n",\(state),\(reason),\
        "Timeline":{"CreationDateTime":1.5,"ReadyDateTime":2,"EndDateTime":3}},\
        "LogUri":"u","MasterPublicDnsName":"d",\
        "Tags":[{"Key":"k","Value":"v"}]}}
        """,
      required: [
        "Cluster", "Cluster.Id", "Cluster.Name", "Cluster.Status", "Cluster.Status.State",
        "Cluster.Tags", "Cluster.Tags.0.Key",
      ]),
    Model(
      operation: .listClusters,
      answer: """
        {"Clusters":[{"Id":"j-1","Name":"n",\(state),"Timeline":{"CreationDateTime":1.5}}}],\
        "Marker":""}
        """,
      required: [
        "Clusters", "Clusters.0.Id", "Clusters.0.Name", "Clusters.0.Status",
        "Clusters.0.Status.State",
      ]),
    Model(
      operation: .listSteps,
      answer: """
        {"Steps":[{"Id":"s-1","Name":"n",\(state),\(reason),\
        "Timeline":{"CreationDateTime":1.5,"StartDateTime":2,"EndDateTime":3},\
        "FailureDetails":{"Reason":"r","Message":"m","LogFile":"l"}}}],"Marker":""}
        """,
      required: [
        "Steps", "Steps.0.Id", "Steps.0.Name", "Steps.0.Status", "Steps.0.Status.State",
      ]),
    Model(
      operation: .cancelSteps,
      answer: #"{"CancelStepsInfoList":[{"StepId":"s-1","Status":"SUBMITTED"}]}"#,
      required: [
        "CancelStepsInfoList", "CancelStepsInfoList.0.StepId", "CancelStepsInfoList.0.Status",
      ]),
  ]

  private static let xml: [(operation: FaultOperation, answer: String)] = [
    (
      .listObjects,
      "<ListBucketResult><KeyCount>1</KeyCount><IsTruncated>false</IsTruncated>"
        + "<Contents><Key>a</Key><Size>1</Size></Contents></ListBucketResult>"
    ),
    (.copyObject, "<CopyObjectResult><ETag>x</ETag></CopyObjectResult>"),
    (
      .callerIdentity,
      "<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>a</Arn><UserId>u</UserId>"
        + "<Account>1</Account></GetCallerIdentityResult></GetCallerIdentityResponse>"
    ),
    (
      .publish,
      "<PublishResponse><PublishResult><MessageId>m</MessageId></PublishResult></PublishResponse>"
    ),
    (
      .assumeRole,
      "<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>A</AccessKeyId>"
        + "<SecretAccessKey>S</SecretAccessKey><SessionToken>T</SessionToken>"
        + "<Expiration>2030-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult>"
        + "</AssumeRoleResponse>"
    ),
  ]

  /// Answers each request with the same response.
  private struct FixedTransport: HTTPTransport {
    let response: HTTPResponse

    func send(
      _ request: HTTPRequest, limits: TransportLimits
    ) async throws(TransportError) -> HTTPResponse { response }
  }

  private static func error(
    _ operation: FaultOperation, _ response: HTTPResponse
  ) async -> CloudError? {
    let context = Fixtures.context(FixedTransport(response: response))
    let endpoint = Endpoint(host: "127.0.0.1", isSecure: false, port: 1)
    return await error(operation, context, endpoint)
  }

  private static func error(
    _ operation: FaultOperation, _ context: ClientContext, _ endpoint: Endpoint
  ) async -> CloudError? {
    let keys = FixedCredentials(Fixtures.keys)
    let clients = FaultOperation.Clients(
      emr: Fixtures.emr(endpoint, context, keys), store: Fixtures.store(endpoint, context, keys),
      sts: STSClient(context: context, region: "eu-west-1", endpoint: endpoint),
      sns: Fixtures.sns(endpoint, context, keys), credentials: keys)
    return await Fixtures.error { () throws(CloudError) in try await operation.call(clients) }
  }

  private static func error(_ operation: FaultOperation, _ body: String) async -> CloudError? {
    await error(operation, HTTPResponse(status: 200, body: Array(body.utf8)))
  }

  // MARK: Members

  /// All values below a JSON value, by their paths.
  private static func paths(_ value: Any, _ path: String = "") -> [(path: String, value: Any)] {
    let children: [(String, Any)] =
      if let map = value as? [String: Any] {
        map.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
      } else if let list = value as? [Any] {
        list.enumerated().map { (String($0.offset), $0.element) }
      } else {
        []
      }
    return children.flatMap { name, child in
      let below = path.isEmpty ? name : "\(path).\(name)"
      return [(below, child)] + paths(child, below)
    }
  }

  /// The value with another at a path; nil removes it.
  private static func changed(_ value: Any, _ path: [Substring], _ new: Any?) -> Any {
    guard let name = path.first else { return value }
    let rest = path.dropFirst()
    if var map = value as? [String: Any] {
      map[String(name)] =
        rest.isEmpty ? new : map[String(name)].map { changed($0, Array(rest), new) }
      return map
    }
    guard var list = value as? [Any], let index = Int(name) else { return value }
    if !rest.isEmpty {
      list[index] = changed(list[index], Array(rest), new)
    } else if let new {
      list[index] = new
    } else {
      list.remove(at: index)
    }
    return list
  }

  private static func kind(_ value: Any) -> String {
    switch value {
    case is String: "string"
    case is [Any]: "list"
    case is [String: Any]: "object"
    default: "number"
    }
  }

  private static func text(_ value: Any) throws -> String {
    String(decoding: try JSONSerialization.data(withJSONObject: value), as: UTF8.self)
  }

  @Test(arguments: models) func eachMember(_ model: Model) async throws {
    let whole = try JSONSerialization.jsonObject(with: Data(model.answer.utf8))
    #expect(await Self.error(model.operation, model.answer) == nil)
    let others: [Any] = ["text", 7, [Any](), ["a": 1]]
    for (path, value) in Self.paths(whole) {
      let parts = path.split(separator: ".")
      let isEntry = parts.last.flatMap { Int($0) } != nil
      for new in [nil, NSNull()] as [Any?] where !(isEntry && new == nil) {
        let body = try Self.text(Self.changed(whole, parts, new))
        let error = await Self.error(model.operation, body)
        let isRequired = model.required.contains(path) || isEntry
        #expect(error?.kind == (isRequired ? .malformed : nil), "\(path): \(body)")
      }
      for other in others where Self.kind(other) != Self.kind(value) {
        let body = try Self.text(Self.changed(whole, parts, other))
        let error = await Self.error(model.operation, body)
        #expect(error?.kind == .malformed, "\(body)")
        let attempts = model.operation.isRepeatable ? 3 : 1
        #expect(error?.attempts == attempts && error?.isEffectUnknown == true, "\(body)")
      }
    }
  }

  @Test func eachElement() async throws {
    for (operation, answer) in Self.xml {
      #expect(await Self.error(operation, answer) == nil)
      let names = ["IsTruncated", "Key", "Size", "ETag", "Arn", "UserId", "Account"]
      let credentials = ["AccessKeyId", "SecretAccessKey", "SessionToken", "Expiration"]
      for name in names + credentials {
        guard let start = answer.range(of: "<\(name)>"), let end = answer.range(of: "</\(name)>")
        else { continue }
        for new in ["", "<\(name)/>", "<\(name)><a/></\(name)>", "<\(name)><a>1</a></\(name)>"] {
          let body = answer.replacingCharacters(in: start.lowerBound..<end.upperBound, with: new)
          #expect(await Self.error(operation, body)?.kind == .malformed, "\(body)")
        }
      }
    }
  }

  @Test(arguments: [
    "<KeyCount>2</KeyCount><IsTruncated>false</IsTruncated>",
    "<KeyCount/><IsTruncated>false</IsTruncated>",
    "<IsTruncated>perhaps</IsTruncated>",
    "<IsTruncated>true</IsTruncated>",
    "<IsTruncated>false</IsTruncated><Contents><Key>a</Key><Size>-1</Size></Contents>",
    "<IsTruncated>false</IsTruncated><Contents><Key>b</Key><Size>1</Size></Contents>"
      + "<Contents><Key>a</Key><Size>1</Size></Contents>",
    "<IsTruncated>false</IsTruncated><Contents><Key>a</Key><Size>1</Size></Contents>"
      + "<Contents><Key>a</Key><Size>1</Size></Contents>",
  ])
  func aListingThatIsNotWhole(_ content: String) async {
    let body = "<ListBucketResult>\(content)</ListBucketResult>"
    #expect(await Self.error(.listObjects, body)?.kind == .malformed)
  }

  // MARK: Cuts

  /// Where neither a length nor chunks say where an answer ends, its text does.
  @Test func cutAtEachByte() async {
    let answers =
      Self.models.map { ($0.operation, $0.answer) } + Self.xml.map { ($0.operation, $0.answer) }
    for (operation, answer) in answers {
      for count in 0..<answer.utf8.count {
        let part = String(decoding: Array(answer.utf8).prefix(count), as: UTF8.self)
        let error = await Self.error(operation, part)
        #expect(error?.kind == .malformed, "\(operation): \(part)")
      }
    }
  }

  /// The same over sockets, where the framing tells.
  @Test(arguments: [true, false]) func cutAtEachByteOfTheWire(_ isChunked: Bool) async throws {
    let body = "old"
    let framing =
      isChunked
      ? "Transfer-Encoding: chunked\r\n\r\n3\r\n\(body)\r\n0\r\n\r\n"
      : "Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
    let whole = Array("HTTP/1.1 200 OK\r\nETag: \(FaultyCloud.tag)\r\n\(framing)".utf8)
    for count in 0...whole.count {
      let server = try SocketServer { _ in .raw(Array(whole.prefix(count))) }
      defer { server.stop() }
      let error = await Self.error(.getObject, Fixtures.context(), server.endpoint)
      let isWhole = count == whole.count
      #expect((error == nil) == isWhole, "\(count) bytes: \(error.map { "\($0)" } ?? "done")")
      if let error { #expect(error.isEffectUnknown, "\(count) bytes: \(error)") }
    }
  }

  // MARK: Redirects

  /// S3 says a bucket's region in a header, or in the error's text.
  @Test(arguments: ["us-west-2", "us-gov-west-1", "not a region", ""])
  func aRegionInTheText(_ region: String) async throws {
    let regions = Mutex<[String]>([])
    let server = try SocketServer { request in
      let scope = request.headers["authorization"] ?? ""
      let asked = scope.split(separator: "/").dropFirst(2).first.map(String.init) ?? ""
      regions.withLock { $0.append(asked) }
      guard asked == "eu-west-1" else {
        return .answer(status: 200, headers: ["ETag": FaultyCloud.tag], body: "old")
      }
      return .answer(
        status: 400,
        body: "<Error><Code>AuthorizationHeaderMalformed</Code><Message>the region is wrong"
          + "</Message><Region>\(region)</Region></Error>")
    }
    defer { server.stop() }
    let error = await Self.error(.getObject, Fixtures.context(), server.endpoint)
    // Keys of one partition are none in another.
    let isFollowed = region == "us-west-2"
    #expect((error == nil) == isFollowed, "\(error.map { "\($0)" } ?? "done")")
    #expect(regions.withLock { $0 } == ["eu-west-1"] + (isFollowed ? [region] : []))
  }

  @Test(
    arguments: [300, 301, 302, 303, 304, 305, 307, 308], [FaultOperation.runJobFlow, .getObject])
  func eachRedirect(_ status: Int, _ operation: FaultOperation) async throws {
    let response = HTTPResponse(
      status: status, headers: [(name: "Location", value: "https://elsewhere.example/x?planted")])
    let error = try #require(await Self.error(operation, response))
    #expect(error.kind == .refused && error.attempts == 1 && !error.isEffectUnknown)
    #expect(error.message.contains("redirect to `elsewhere.example`"), "\(error.message)")
    #expect(!error.message.contains("planted"))
  }
}

extension AnswerModelTests.Model: CustomTestStringConvertible {
  var testDescription: String { operation.rawValue }
}
