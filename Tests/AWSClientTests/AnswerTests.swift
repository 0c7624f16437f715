import AWSClient
import AWSServices
import TestSupport
import Testing
import Values
import HTTP

/// Services' answers, and what the clients make of them.
@Suite struct AnswerTests {
  private func xml(_ text: String) throws -> XMLElement { try XMLReader.read(Array(text.utf8)) }

  @Test func elementsTextAndEntities() throws {
    let root = try xml(
      """
      <?xml version="1.0" encoding="UTF-8"?>
      <!-- a -->
      <s3:R xmlns:s3="http://x/" a='1'>
        <K>a&amp;b&lt;c&gt;&quot;&apos;&#x41;&#233;</K><E/><D><![CDATA[<x>&amp;]]></D><K>2</K>
      </s3:R>
      """)
    #expect(root.name == "R")
    #expect(root.children.map(\.name) == ["K", "E", "D", "K"])
    #expect(root.text(of: "K") == "a&b<c>\"'Aé")
    #expect(root.text(of: "E")?.isEmpty == true)
    #expect(root.text(of: "D") == "<x>&amp;")
    #expect(root.children("K").count == 2)
  }

  @Test(arguments: [
    "", " ", "x", "<", "<a", "<a>", "<a></b>", "<a/><b/>", "<a>&b;</a>", "<a>&amp</a>", "<a b></a>",
    "<a b=c></a>", "<a b='<'/>", "<a/>x", "</a>", "<a><!-- </a>", "<a><![CDATA[</a>",
    "<a>&#xD800;</a>",
    "<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>", "<a>&#99999999999;</a>", "<![CDATA[a]]>", "<a/ >",
  ])
  func brokenXMLIsRefused(_ text: String) {
    #expect(throws: XMLError.self) { try xml(text) }
  }

  /// An answer without its list must not count as an empty list: a second cluster would be started.
  @Test(arguments: [
    "", "{}", "{\"LIST\": null}", "{\"LIST\": {}}", "{\"LIST\": [1]}",
    "{\"LIST\": [], \"Marker\": \"m\"}",
  ])
  func aListingWithoutItsListOrItsEndIsMalformed(_ body: String) async throws {
    for list in ["Clusters", "Steps"] {
      let answer = body.replacing("LIST", with: list)
      let server = try SocketServer { _ in .answer(status: 200, body: answer) }
      defer { server.stop() }
      let emr = Fixtures.emr(server.endpoint, Fixtures.context(), FixedCredentials(Fixtures.keys))
      let error = await Fixtures.error { () throws(CloudError) in
        if list == "Clusters" {
          _ = try await emr.listClusters(states: [], createdAfter: nil)
        } else {
          _ = try await emr.listSteps(cluster: "j-1")
        }
      }
      #expect(error?.kind == .malformed, "\(answer)")
    }
  }

  @Test func depthAndNumberAreBounded() {
    let deep = String(repeating: "<a>", count: 100_000)
    #expect(throws: XMLError.self) { try xml(deep) }
    let many = "<a>" + String(repeating: "<b/>", count: 100_001) + "</a>"
    #expect(throws: XMLError.self) { try xml(many) }
  }

  @Test(arguments: [
    (400, "ThrottlingException", CloudError.Kind.throttled, ServiceFailure.Remedy.retry),
    (503, "SlowDown", .throttled, .retry), (429, "", .throttled, .retry),
    (500, "InternalError", .unavailable, .retry),
    (400, "InternalServerException", .unavailable, .retry),
    (502, "", .unavailable, .retry), (501, "NotImplemented", .refused, .none),
    (400, "ExpiredTokenException", .unauthorized, .renewCredentials),
    (403, "RequestTimeTooSkewed", .clockSkew, .correctClock),
    (403, "SignatureDoesNotMatch", .unauthorized, .correctClock),
    (403, "AccessDenied", .forbidden, .none), (400, "AccessDeniedException", .forbidden, .none),
    (403, "InvalidAccessKeyId", .unauthorized, .none), (404, "", .notFound, .none),
    (412, "PreconditionFailed", .preconditionFailed, .none),
    (409, "ConditionalRequestConflict", .unavailable, .retry),
    (400, "ValidationException", .refused, .none), (301, "", .refused, .none),
  ])
  func errorsHaveTheirKind(
    _ status: Int, _ code: String, _ kind: CloudError.Kind, _ remedy: ServiceFailure.Remedy
  ) {
    let failure = ServiceFailure(code: code)
    #expect(failure.kind(status: status) == kind)
    #expect(failure.remedy(status: status) == remedy)
  }

  @Test func eachProtocolsErrors() {
    let json = JSONProtocol.failure(
      HTTPResponse(
        status: 400, headers: [(name: "x-amzn-requestid", value: "r1")],
        body: Array(#"{"__type":"com.x#ValidationException","message":"no"}"#.utf8)))
    #expect(json == ServiceFailure(code: "ValidationException", message: "no", requestID: "r1"))
    let query = XMLProtocol.queryFailure(
      HTTPResponse(
        status: 403,
        body: Array(
          """
          <ErrorResponse xmlns="x"><Error><Type>Sender</Type><Code>AccessDenied</Code>\
          <Message>not you</Message></Error><RequestId>r2</RequestId></ErrorResponse>
          """.utf8)))
    #expect(query == ServiceFailure(code: "AccessDenied", message: "not you", requestID: "r2"))
    let hidden = XMLProtocol.objectStoreFailure(
      HTTPResponse(
        status: 200,
        body: Array(
          "<?xml version=\"1.0\"?>\n<Error><Code>InternalError</Code><Message>m</Message></Error>"
            .utf8)))
    #expect(hidden?.code == "InternalError")
    #expect(
      XMLProtocol.objectStoreFailure(
        HTTPResponse(status: 200, body: Array("<Errors/>".utf8))) == nil)
    // A proxy's page isn't an AWS error, but is an error.
    let page = JSONProtocol.failure(HTTPResponse(status: 502, body: Array("<html>".utf8)))
    #expect(page == ServiceFailure())
  }

  @Test func deepOrOddJSONDoesNotTrap() throws {
    for depth in [500, 511, 100_000] {
      let text =
        #"{"a":"# + String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        + "}"
      _ = try? JSONAnswer.read(Array(text.utf8))
    }
    for number in ["-1e300", "9223372036854775807", "99999999999999999999", "[]", "true"] {
      let map = try JSONAnswer.read(Array(#"{"t":\#(number)}"#.utf8))
      #expect(throws: MalformedAnswer.self, "\(number)") { try map.time("t") }
    }
    #expect(try JSONAnswer.read(Array(#"{"t":null}"#.utf8)).time("t") == nil)
    #expect(
      try JSONAnswer.read(Array(#"{"t":1.5}"#.utf8)).time("t")?.description
        == "1970-01-01T00:00:01.5Z")
    #expect(throws: MalformedAnswer.self) { try JSONAnswer.read(Array("[]".utf8)) }
  }

  @Test func timesOfBothKinds() {
    #expect(TimeText.http("Sun, 06 Nov 1994 08:49:37 GMT")?.description == "1994-11-06T08:49:37Z")
    #expect(TimeText.iso("2026-08-01T12:30:00.25+02:00")?.description == "2026-08-01T10:30:00.25Z")
    for text in [
      "", "2026", "2026-08-01T12:30:00", "2026-13-01T12:30:00Z", "2026-08-01T12:30:00+9",
    ] {
      #expect(TimeText.iso(text) == nil)
    }
    #expect(TimeText.http("Sunday, 06-Nov-94 08:49:37 GMT") == nil)
  }

  @Test func secretsAreTakenOut() {
    let redaction = Redaction(secrets: ["hunter22", "", "abc", "hunter22-long"])
    #expect(redaction.apply(to: "x hunter22-long hunter22 abc") == "x (secret) (secret) abc")
  }
}
