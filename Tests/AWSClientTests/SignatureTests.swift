import Text
import AWSClient
import Foundation
import TestSupport
import Testing
import Values
import HTTP

/// Signatures match those of AWS's test suites.
@Suite struct SignatureTests {
  struct Case: Sendable, CustomStringConvertible {
    var id: String
    var credentials: Credentials
    var signature: SignatureV4
    var time: Value.Timestamp
    var request: HTTPRequest
    var canonical: String
    var stringToSign: String
    var authorization: String

    var description: String { id }
  }

  static let folder = Locations.conformance("sigv4")

  static func cases() throws -> [Case] {
    guard let folder else { return [] }
    let bytes = try Locations.bytes(folder.appending(path: "public/cases.json"))
    let all = try #require(try JSONSerialization.jsonObject(with: Data(bytes)) as? [[String: Any]])
    return try all.map(Self.parse)
  }

  private static func parse(_ object: [String: Any]) throws -> Case {
    let keys = try #require(object["credentials"] as? [String: Any])
    let request = try #require(object["request"] as? [String: Any])
    let expected = try #require(object["header"] as? [String: Any])
    func text(_ object: [String: Any], _ key: String) throws -> String {
      try #require(object[key] as? String)
    }
    var signature = SignatureV4(
      region: try text(object, "region"), service: try text(object, "service"))
    signature.normalizesPath = object["normalizePath"] as? Bool ?? true
    signature.signsContentDigest = object["signBody"] as? Bool ?? false
    signature.signsSessionToken = !(object["omitSessionToken"] as? Bool ?? false)
    let headers = try #require(request["headers"] as? [[String]])
      .filter {
        !["x-amz-date", "x-amz-security-token"].contains($0[0].lowercased())
      }.map { (name: $0[0], value: $0[1]) }
    let query = (request["query"] as? String ?? "").split(separator: "&").map { pair in
      let name = pair.prefix { $0 != "=" }
      let value = pair.dropFirst(name.count + 1)
      return (
        name: PercentEncoding.decode(String(name)), value: PercentEncoding.decode(String(value))
      )
    }
    return Case(
      id: try text(object, "id"),
      credentials: Credentials(
        accessKeyID: try text(keys, "accessKeyId"),
        secretAccessKey: try text(keys, "secretAccessKey"),
        sessionToken: keys["sessionToken"] as? String),
      signature: signature, time: try #require(TimeText.iso(try text(object, "timestamp"))),
      request: HTTPRequest(
        method: try text(request, "method"), endpoint: Endpoint(host: "example.amazonaws.com"),
        path: try text(request, "path"), query: query, headers: headers,
        body: Array(try text(request, "body").utf8)),
      canonical: try text(expected, "canonicalRequest"),
      stringToSign: try text(expected, "stringToSign"),
      authorization: try text(expected, "authorization"))
  }

  @Test(.enabled(if: folder != nil, "../shared/conformance/sigv4 is absent"))
  func everyPublicCase() throws {
    let cases = try Self.cases()
    #expect(cases.count == 53)
    for one in cases {
      let canonical = one.signature.canonicalText(
        of: one.request, credentials: one.credentials, at: one.time)
      #expect(canonical == one.canonical, "\(one.id)")
      #expect(one.signature.stringToSign(canonical, at: one.time) == one.stringToSign, "\(one.id)")
      let headers = one.signature.headers(
        for: one.request, credentials: one.credentials, at: one.time)
      let authorization = headers.first { $0.name == "Authorization" }?.value
      #expect(
        authorization == one.authorization.trimmingCharacters(in: .whitespaces), "\(one.id)")
    }
  }

  /// S3's keys are encoded once, and no part of them is treated as a folder.
  @Test func keysKeepTheirDots() {
    var signature = SignatureV4(region: "eu-west-1", service: "s3")
    signature.normalizesPath = false
    signature.signsContentDigest = true
    let request = HTTPRequest(
      method: "GET", endpoint: Endpoint(host: "b.s3.eu-west-1.amazonaws.com"),
      path: "/a//../run=1+2 é", headers: [(name: "Host", value: "b")])
    let text = signature.canonicalText(
      of: request, credentials: Credentials(accessKeyID: "a", secretAccessKey: "b"),
      at: Value.Timestamp(seconds: 0, nanoseconds: 0))
    #expect(text.split(separator: "\n")[1] == "/a//../run%3D1%2B2%20%C3%A9")
    #expect(request.target == "/a//../run%3D1%2B2%20%C3%A9")
  }

  @Test func credentialsShowNothing() {
    let keys = Credentials(accessKeyID: "AKID", secretAccessKey: "hush", sessionToken: "tok")
    var dumped = ""
    dump(keys, to: &dumped)
    for text in ["\(keys)", String(reflecting: keys), String(describing: [keys]), dumped] {
      #expect(!text.contains("hush") && !text.contains("tok") && !text.contains("AKID"))
    }
  }
}
