import AWSClient
import AWSServices
import Foundation
import Parallel
import Subprocess
import Synchronization
import TestSupport
import Testing
import Values
import HTTP

/// Credentials fetched from servers and programs, kept and renewed.
@Suite struct CredentialServerTests {
  private static let expiry = "2027-01-15T09:00:00Z"

  /// A clock an hour before the keys expire.
  private static func clock() -> HandClock {
    HandClock(seconds: (TimeText.iso(expiry)?.seconds ?? 0) - 3600)
  }

  private static func provider(
    _ variables: [String: String], files: [String: String] = [:], sts: Endpoint? = nil,
    clock: HandClock = clock(),
    run: @escaping @Sendable (ProcessRequest) async -> ProcessResult = ProcessRunner.run
  ) throws -> CachedCredentials {
    var variables = variables
    variables["HOME"] = "/h"
    let system = SystemAccess(
      variables: variables, readFile: { files[$0].map { Array($0.utf8) } }, run: run)
    let context = Fixtures.context(clock: clock)
    let chain = CredentialChain(system: system, configuration: SharedConfiguration(system))
    let client = STSClient(
      context: context, region: "eu-west-1", endpoint: sts ?? Endpoint(host: "127.0.0.1", port: 1))
    return CachedCredentials(
      source: try chain.source(), system: system, context: context, sts: client)
  }

  private static func error(_ provider: CachedCredentials) async -> String {
    do throws(CredentialError) {
      _ = try await provider.credentials()
      return ""
    } catch {
      return error.text
    }
  }

  private static func keys(_ number: Int, expiry: String = expiry) -> String {
    #"{"Code":"Success","AccessKeyId":"A\#(number)","SecretAccessKey":"planted","Token":"t","#
      + #""Expiration":"\#(expiry)"}"#
  }

  @Test func anInstancesRole() async throws {
    let log = Mutex<[String]>([])
    let server = try SocketServer { request in
      log.withLock { $0.append("\(request.method) \(request.path)") }
      if request.method == "PUT" {
        return request.headers["x-aws-ec2-metadata-token-ttl-seconds"] == "21600"
          ? .answer(status: 200, body: "tok\n") : .answer(status: 400)
      }
      guard request.headers["x-aws-ec2-metadata-token"] == "tok" else {
        return .answer(status: 401)
      }
      return request.path.hasSuffix("/my-role")
        ? .answer(status: 200, body: Self.keys(1)) : .answer(status: 200, body: "my-role\n")
    }
    defer { server.stop() }
    let provider = try Self.provider(["AWS_EC2_METADATA_SERVICE_ENDPOINT": server.endpoint.url])
    let keys = try await provider.credentials()
    #expect(keys.accessKeyID == "A1" && keys.sessionToken == "t")
    #expect(keys.expiry == TimeText.iso(Self.expiry))
    _ = try await provider.credentials()
    let folder = "/latest/meta-data/iam/security-credentials/"
    #expect(
      log.withLock { $0 } == ["PUT /latest/api/token", "GET \(folder)", "GET \(folder)my-role"])
  }

  @Test func noInstanceIsSaidAtOnce() async throws {
    let server = try SocketServer(isListening: false) { _ in .reset }
    let clock = Self.clock()
    let provider = try Self.provider(
      ["AWS_EC2_METADATA_SERVICE_ENDPOINT": server.endpoint.url], clock: clock)
    let text = await Self.error(provider)
    #expect(text.contains("no AWS credentials found") && clock.waits.isEmpty, "\(text)")
  }

  @Test func theFirstVersionIsNotUsed() async throws {
    let log = Mutex(0)
    let server = try SocketServer { request in
      log.withLock { $0 += 1 }
      return request.method == "PUT" ? .answer(status: 404) : .answer(status: 200, body: "role")
    }
    defer { server.stop() }
    let provider = try Self.provider(["AWS_EC2_METADATA_SERVICE_ENDPOINT": server.endpoint.url])
    #expect(await !Self.error(provider).isEmpty)
    #expect(log.withLock { $0 } == 1)
  }

  @Test func aContainersEndpoint() async throws {
    let attempts = Mutex(0)
    let server = try SocketServer { request in
      let attempt = attempts.withLock { count in
        count += 1
        return count
      }
      guard attempt > 1 else { return .answer(status: 500) }
      return request.path == "/creds/" && request.query == ["id": "1 2"]
        && request.headers["authorization"] == "secret-token"
        ? .answer(status: 200, body: Self.keys(2)) : .answer(status: 403)
    }
    defer { server.stop() }
    let provider = try Self.provider(
      [
        "AWS_CONTAINER_CREDENTIALS_FULL_URI": "\(server.endpoint.url)/creds/?id=1%202",
        "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": "/token",
      ], files: ["/token": "secret-token\n"])
    #expect(try await provider.credentials().accessKeyID == "A2")
  }

  /// A server's answer that can't be read is asked for again, and never taken for keys.
  @Test(arguments: [
    "", "{}", "[]", "<html>", #"{"AccessKeyId":"A","SecretAccessKey":"planted"}"#,
    keys(1).replacing(#""t""#, with: "7"), keys(1).replacing(#""t""#, with: #""""#),
    keys(1).replacing(expiry, with: "soon"), keys(1).replacing(#""planted""#, with: "null"),
    keys(1).replacing(#""A1""#, with: "[]"),
  ])
  func aMalformedAnswerIsAskedForAgain(_ body: String) async throws {
    for isLasting in [false, true] {
      let attempts = Mutex(0)
      let server = try SocketServer { _ in
        let attempt = attempts.withLock { count in
          count += 1
          return count
        }
        return .answer(status: 200, body: attempt > 1 && !isLasting ? Self.keys(2) : body)
      }
      defer { server.stop() }
      let provider = try Self.provider(
        ["AWS_CONTAINER_CREDENTIALS_FULL_URI": "\(server.endpoint.url)/c"])
      if isLasting {
        let text = await Self.error(provider)
        #expect(text.contains("can't be read") && !text.contains("planted"), "\(text)")
      } else {
        #expect(try await provider.credentials().accessKeyID == "A2")
      }
      #expect(attempts.withLock { $0 } == (isLasting ? 3 : 2))
    }
  }

  @Test func aRedirectOfACredentialServerIsNotFollowed() async throws {
    let server = try SocketServer { _ in
      .answer(status: 307, headers: ["Location": "http://127.0.0.1:1/"])
    }
    defer { server.stop() }
    let provider = try Self.provider(
      ["AWS_CONTAINER_CREDENTIALS_FULL_URI": "\(server.endpoint.url)/c"])
    #expect(await Self.error(provider).contains("HTTP status 307"))
  }

  @Test(arguments: [
    "http://example.com/x", "ftp://127.0.0.1", "http://10.0.0.1/", "http://127.evil.example/",
  ])
  func aContainersEndpointIsHere(_ url: String) async throws {
    let provider = try Self.provider(["AWS_CONTAINER_CREDENTIALS_FULL_URI": url])
    #expect(await Self.error(provider).contains("must use HTTPS or be on this machine"))
  }

  private static func roleAnswer(_ action: String, _ id: String) -> SocketServer.Reply {
    .answer(
      status: 200,
      body: """
        <\(action)Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><\(action)Result>\
        <Credentials><AccessKeyId>\(id)</AccessKeyId><SecretAccessKey>planted</SecretAccessKey>\
        <SessionToken>t</SessionToken><Expiration>\(expiry)</Expiration></Credentials>\
        </\(action)Result></\(action)Response>
        """)
  }

  @Test func rolesAreAssumedOneByOne() async throws {
    let log = Mutex<[String]>([])
    let server = try SocketServer { request in
      let fields = SocketServer.fields(request.text)
      let key = (request.headers["authorization"] ?? "").split(separator: "/").first ?? ""
      log.withLock { log in
        log.append("\(fields["RoleArn"] ?? "") \(fields["ExternalId"] ?? "-") \(key.suffix(2))")
      }
      return Self.roleAnswer("AssumeRole", "R\(log.withLock { $0.count })")
    }
    defer { server.stop() }
    let config = """
      [profile a]
      role_arn = arn:1
      source_profile = b
      external_id = x
      [profile b]
      role_arn = arn:2
      source_profile = c
      [profile c]
      aws_access_key_id = K0
      aws_secret_access_key = planted
      """
    let provider = try Self.provider(
      ["AWS_PROFILE": "a"], files: ["/h/.aws/config": config], sts: server.endpoint)
    #expect(try await provider.credentials().accessKeyID == "R2")
    #expect(log.withLock { $0 } == ["arn:2 - K0", "arn:1 x R1"])
  }

  @Test func aWebIdentityIsReadAnew() async throws {
    let server = try SocketServer { request in
      let fields = SocketServer.fields(request.text)
      guard request.headers["authorization"] == nil, fields["WebIdentityToken"] == "jwt" else {
        return .answer(
          status: 400,
          body: "<ErrorResponse><Error><Code>InvalidIdentityToken</Code>"
            + "<Message>\(fields["WebIdentityToken"] ?? "")</Message></Error></ErrorResponse>")
      }
      return Self.roleAnswer("AssumeRoleWithWebIdentity", "W1")
    }
    defer { server.stop() }
    let variables = ["AWS_WEB_IDENTITY_TOKEN_FILE": "/jwt", "AWS_ROLE_ARN": "arn:w"]
    let good = try Self.provider(variables, files: ["/jwt": "jwt\n"], sts: server.endpoint)
    #expect(try await good.credentials().accessKeyID == "W1")
    let bad = try Self.provider(variables, files: ["/jwt": "planted-jwt"], sts: server.endpoint)
    let text = await Self.error(bad)
    #expect(text.contains("InvalidIdentityToken") && !text.contains("planted"), "\(text)")
    let absent = try Self.provider(variables, sts: server.endpoint)
    #expect(await Self.error(absent).contains("/jwt"))
  }

  @Test func theyAreFetchedOnceAndRenewedInTime() async throws {
    let count = Mutex(0)
    let isDown = Mutex(false)
    let server = try SocketServer { _ in
      if isDown.withLock({ $0 }) { return .answer(status: 403) }
      let number = count.withLock { count in
        count += 1
        return count
      }
      return .answer(
        status: 200,
        body: Self.keys(number, expiry: number == 1 ? Self.expiry : "2027-01-15T19:00:00Z"))
    }
    defer { server.stop() }
    let clock = Self.clock()
    let provider = try Self.provider(
      ["AWS_CONTAINER_CREDENTIALS_FULL_URI": "\(server.endpoint.url)/c"], clock: clock)
    let ids = await Array(0..<20).concurrently { _ in try? await provider.credentials().accessKeyID
    }
    #expect(Set(ids) == ["A1"])
    try await clock.sleep(seconds: 3600 - 301)
    #expect(try await provider.credentials().accessKeyID == "A1")
    try await clock.sleep(seconds: 2)
    // Not renewable, but still valid.
    isDown.withLock { $0 = true }
    #expect(try await provider.credentials().accessKeyID == "A1")
    isDown.withLock { $0 = false }
    let second = try await provider.credentials()
    #expect(second.accessKeyID == "A2")
    #expect(try await provider.renewed(after: second).accessKeyID == "A3")
    #expect(try await provider.renewed(after: second).accessKeyID == "A3")
  }

  private static func process(_ line: String) throws -> CachedCredentials {
    let config = "[default]\ncredential_process = \(line)\n"
    return try provider(
      ["PATH": "/usr/bin:/bin"], files: ["/h/.aws/config": config])
  }

  @Test func aProgramsKeys() async throws {
    let output =
      #"{\"Version\": 1, \"AccessKeyId\": \"P\", \"SecretAccessKey\": \"planted\", \"SessionToken\": \"t\"}"#
    let keys = try await Self.process("printf '%s' \"\(output)\"").credentials()
    #expect(keys.accessKeyID == "P" && keys.sessionToken == "t" && keys.expiry == nil)
  }

  @Test(arguments: [
    ("/no/such/program", "can't be started"), ("sh -c 'echo planted; exit 3'", "status 3"),
    ("echo planted", "isn't a JSON object"), (#"echo '{"Version": 2}'"#, "doesn't have version 1"),
    (#"echo '{"Version": 1, "AccessKeyId": "planted"}'"#, "`SecretAccessKey` is missing"),
    ("sh -c 'kill -9 $$'", "status 137"), ("head -c 2000000 /dev/zero", "too much"),
  ])
  func aProgramsFailure(_ line: String, _ text: String) async throws {
    let error = await Self.error(try Self.process(line))
    #expect(error.contains(text) && !error.contains("planted"), "\(error)")
  }

  @Test func aProgramHasItsTime() async throws {
    let program = ProcessRequest(
      arguments: ["sh", "-c", "sleep 3600 & sleep 3600"], environment: ["PATH": "/usr/bin:/bin"],
      timeout: 0.1)
    #expect(await ProcessRunner.run(program) == .timedOut)
  }
}
