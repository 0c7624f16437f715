import Gzip
import HTTP
import Iglu
import IgluClient
import Testing

/// A registry by HTTP, with answers that are prepared.
@Suite struct WebSourceTests {
  private static let family = SchemaFamily(vendor: "com.acme", name: "click", format: "jsonschema")
  private static let key = SchemaKey(family: family, version: SchemaVersion(1, 0, 2))

  /// An answer in one line.
  private static func text(_ answer: SourceAnswer) -> String {
    switch answer {
    case .found(let text, let instead):
      "found \(String(decoding: text.bytes, as: UTF8.self))\(instead == nil ? "" : " instead")"
    case .missing: "missing"
    case .failed(let failure): "\(failure.kind): \(failure.message)"
    }
  }

  @Test func theRequestIsForTheSchema() async throws {
    let registry = Registry([.answer(200, [], "{}")])
    guard case .found(let text, nil) = await registry.source(key: "secret").schema(Self.key) else {
      Issue.record("not found")
      return
    }
    #expect(text.bytes == Array("{}".utf8) && text.name == "https://acme.example/api")
    let request = try #require(registry.requests.first)
    #expect(registry.requests.count == 1 && request.method == "GET" && request.body == [])
    #expect(request.endpoint.url == "https://acme.example")
    #expect(request.path == "/api/schemas/com.acme/click/jsonschema/1-0-2" && request.query.isEmpty)
    let headers = Dictionary(uniqueKeysWithValues: request.headers.map { ($0.name, $0.value) })
    #expect(headers["Host"] == "acme.example" && headers["Accept"] == "application/json")
    #expect(headers["apikey"] == "secret" && headers["Accept-Encoding"] == "gzip")
  }

  @Test(arguments: [nil, ""])
  func withoutAKeyNoneIsSent(key: String?) async {
    let registry = Registry([.answer(200)])
    _ = await registry.source(key: key).schema(Self.key)
    #expect(registry.requests.allSatisfy { !$0.headers.contains { $0.name == "apikey" } })
  }

  @Test(arguments: [
    (200, "found x"), (404, "missing"), (410, "missing"),
    (401, "unauthorised: requires a key, or a different one (401)"),
    (403, "unauthorised: doesn't allow reading it with this key, or without one (403)"),
    (407, "unreachable: is behind a proxy that requires a password (407)"),
    (400, "failed: answered with the status 400"), (204, "failed: answered with the status 204"),
    (304, "failed: answered with the status 304"),
  ])
  func eachStatusHasItsMeaning(status: Int, meaning: String) async {
    let registry = Registry([.answer(status, [], "x")])
    #expect(Self.text(await registry.source().schema(Self.key)) == meaning)
    #expect(registry.requests.count == 1, "it isn't asked again")
  }

  // MARK: Retries

  /// What it answers, what that means, and how many requests there are.
  @Test(
    arguments: [
      ([.answer(503), .answer(200, [], "x")], "found x", 2),
      ([.answer(500), .answer(502), .answer(200, [], "x")], "found x", 3),
      ([.answer(429, [("Retry-After", "0")]), .answer(404)], "missing", 2),
      ([.answer(429, [("Retry-After", "soon")]), .answer(404)], "missing", 2),
      ([.answer(503)], "failed: answered with the status 503", 3),
      ([.answer(429)], "failed: answered with the status 429", 3),
      ([.failed(.broken), .failed(.broken), .answer(200, [], "x")], "found x", 3),
      ([.failed(.broken)], "unreachable: cannot be reached: as prepared", 3),
      ([.failed(.timedOut), .answer(200, [], "x")], "found x", 2),
      ([.failed(.timedOut)], "unreachable: cannot be reached: as prepared", 2),
      ([.failed(.unreachable)], "unreachable: cannot be reached: as prepared", 2),
      ([.failed(.cancelled)], "unreachable: cannot be reached: as prepared", 1),
      ([.failed(.invalid)], "unreachable: cannot be asked: as prepared", 1),
      ([.failed(.tooLarge)], "malformed: answered with too much data: as prepared", 1),
    ] as [([Result<HTTPResponse, TransportError>], String, Int)])
  func whatPassesIsTriedAgain(
    answers: [Result<HTTPResponse, TransportError>], meaning: String, requests: Int
  ) async {
    let registry = Registry(answers)
    #expect(Self.text(await registry.source().schema(Self.key)) == meaning)
    #expect(registry.requests.count == requests)
  }

  /// Whatever the answers, turns are given back.
  @Test func turnsAreGivenBack() async {
    let registry = Registry([.failed(.invalid), .answer(401), .failed(.tooLarge), .answer(404)])
    let source = registry.source()
    for _ in 0..<5 { _ = await source.schema(Self.key) }
    #expect(registry.requests.count == 5)
  }

  @Test(arguments: ["", "acme.example", "ftp://acme.example", "https://"])
  func anAddressMustBeAURL(uri: String) async {
    let registry = Registry([.answer(200)])
    #expect(
      Self.text(await registry.source(uri).schema(Self.key))
        == "unreachable: cannot be asked: its address isn't a URL")
    #expect(registry.requests.isEmpty)
  }

  // MARK: Bodies

  @Test(arguments: ["gzip", "x-gzip", "GZIP", "", nil])
  func compressedTextsAreRead(coding: String?) async throws {
    let body = try #require(GzipStream.compress(Array("a schema".utf8)))
    let headers = coding.map { [(name: "content-encoding", value: $0)] } ?? []
    let registry = Registry([.success(HTTPResponse(status: 200, headers: headers, body: body))])
    #expect(Self.text(await registry.source().schema(Self.key)) == "found a schema")
  }

  @Test(arguments: ["gzip", "identity", "aws-chunked"])
  func plainTextsAreReadWhateverIsDeclared(coding: String) async {
    let registry = Registry([.answer(200, [("Content-Encoding", coding)], "{}")])
    #expect(Self.text(await registry.source().schema(Self.key)) == "found {}")
  }

  @Test func otherEncodingsAreNot() async {
    let registry = Registry([.answer(200, [("Content-Encoding", "BR")], "x")])
    #expect(
      Self.text(await registry.source().schema(Self.key))
        == "malformed: answered with the unknown encoding `br`")
  }

  @Test func brokenAndHugeGzipIsRefused() async throws {
    let whole = try #require(GzipStream.compress(Array(repeating: 0x20, count: 10_000)))
    let huge = try #require(
      GzipStream.compress(Array(repeating: 0x20, count: WebSource.largest + 1)))
    #expect(huge.count < WebSource.largest / 100)
    for body in [Array(whole.dropLast(9)), huge] {
      let registry = Registry([.success(HTTPResponse(status: 200, body: body))])
      #expect(
        Self.text(await registry.source().schema(Self.key))
          == "malformed: answered with gzip that is broken or too long")
    }
  }

  // MARK: Listing

  private static let listed = """
    ["iglu:com.acme/click/jsonschema/1-0-0", "com.acme/click/jsonschema/1-0-1",
     {"self": {"vendor": "com.acme", "name": "click", "format": "jsonschema", "version": "2-0-0"}},
     "iglu:com.acme/view/jsonschema/1-0-0", "iglu:org.other/thing/jsonschema/1-0-0",
     "iglu:com.acme/click/avro/3-0-0", "nonsense", 3, {"self": {}}, {}]
    """

  @Test func versionsAreListed() async {
    let registry = Registry([.answer(200, [], Self.listed)])
    let versions = await registry.source().versions(of: Self.family, near: Self.key.version)
    #expect(
      versions == [SchemaVersion(1, 0, 0), SchemaVersion(1, 0, 1), SchemaVersion(2, 0, 0)])
    #expect(registry.requests.map(\.path) == ["/api/schemas/com.acme/click"])
  }

  @Test func namesAndVendorsAreListed() async {
    let registry = Registry([.answer(200, [], Self.listed)])
    let names = await registry.source().names(of: "com.acme")
    #expect(Set(names) == ["click", "view"])
    let vendors = await registry.source().vendors()
    #expect(Set(vendors) == ["com.acme", "org.other"])
    #expect(registry.requests.map(\.path) == ["/api/schemas/com.acme", "/api/schemas"])
  }

  @Test(
    arguments: [
      .answer(404), .answer(401), .answer(200, [], "<html>"), .answer(200, [], "[1"),
      .answer(200, [], ""), .answer(200, [("Content-Encoding", "br")], "[]"), .failed(.invalid),
    ] as [Result<HTTPResponse, TransportError>])
  func aRegistryNeedNotList(answer: Result<HTTPResponse, TransportError>) async {
    let registry = Registry([answer])
    #expect(await registry.source().vendors() == [])
    #expect(await registry.source().versions(of: Self.family, near: Self.key.version) == [])
  }
}
