import Foundation
import Synchronization
import TestSupport
import Testing
import HTTP

/// Proxies, certificates and connections of the real transport.
@Suite struct TransportTests {
  private static func get(
    _ endpoint: Endpoint, _ variables: [String: String]
  ) async -> Result<HTTPResponse, TransportError> {
    do throws(TransportError) {
      guard
        let settings = try? TransportSettings(
          variables: variables, trustVariables: ["TRUST", "SSL_CERT_FILE"])
      else {
        return .failure(TransportError(.invalid, "settings"))
      }
      let request = HTTPRequest(
        method: "GET", endpoint: endpoint, path: "/a b", query: [(name: "q", value: "1&2")],
        headers: [(name: "Host", value: endpoint.authority)])
      return .success(
        try await SocketTransport(settings: settings)
          .send(request, limits: TransportLimits(connect: 5, total: 10)))
    } catch {
      return .failure(error)
    }
  }

  @Test func aProxyGetsTheRequest() async throws {
    let seen = Mutex<[String]>([])
    let proxy = try SocketServer { request in
      let login = request.headers["proxy-authorization"] ?? "-"
      seen.withLock { $0.append("\(request.method) \(request.headers["host"] ?? "") \(login)") }
      return .answer(status: 200, body: "by proxy")
    }
    defer { proxy.stop() }
    let variables = ["HTTP_PROXY": "http://me:pw@127.0.0.1:\(proxy.port)", "NO_PROXY": "localhost"]
    let far = Endpoint(host: "emr.example", isSecure: false)
    let answer = try await Self.get(far, variables).get()
    #expect(String(decoding: answer.body, as: UTF8.self) == "by proxy")
    // A tunnel, and what goes through it does not carry the proxy's password.
    #expect(seen.withLock { $0 } == ["CONNECT emr.example Basic bWU6cHc=", "GET emr.example -"])
  }

  @Test func aProxyMayRefuse() async throws {
    let proxy = try SocketServer { request in
      request.method == "CONNECT" ? .answer(status: 407) : .answer(status: 200)
    }
    defer { proxy.stop() }
    let answer = await Self.get(
      Endpoint(host: "emr.example"), ["HTTPS_PROXY": "127.0.0.1:\(proxy.port)"])
    guard case .failure(let error) = answer else {
      Issue.record("a refused connection was used")
      return
    }
    #expect(error.kind == .unreachable && error.message.contains("proxy"), "\(error)")
  }

  @Test func namesThatDoNotExist() async throws {
    let answer = await Self.get(Endpoint(host: "no-such-host.invalid"), [:])
    guard case .failure(let error) = answer else {
      Issue.record("a name that does not exist has an address")
      return
    }
    #expect(
      error.kind == .unreachable && error.message.contains("no-such-host.invalid"), "\(error)")
  }

  @Test func namesOfThisMachine() async throws {
    let server = try SocketServer { request in
      .answer(status: 200, body: "\(request.path) \(request.query["q"] ?? "")")
    }
    defer { server.stop() }
    let endpoint = Endpoint(host: "localhost", isSecure: false, port: server.port)
    let answer = try await Self.get(endpoint, [:]).get()
    #expect(String(decoding: answer.body, as: UTF8.self) == "/a b 1&2")
  }

  /// Nothing on the way takes a key's dots and slashes for a path's.
  @Test(arguments: ["/b/..", "/b//x", "/b/a/../c/./", "/b//../", "/b/%2e%2e/x", "/b/é?#&= +"])
  func pathsArriveAsTheyAre(_ path: String) async throws {
    let server = try SocketServer { .answer(status: 200, body: $0.path) }
    defer { server.stop() }
    let request = HTTPRequest(method: "GET", endpoint: server.endpoint, path: path)
    let answer = try await SocketTransport(settings: TransportSettings())
      .send(request, limits: .standard)
    #expect(String(decoding: answer.body, as: UTF8.self) == path)
  }

  @Test func headersCannotBeSmuggled() async throws {
    let server = try SocketServer { _ in .answer(status: 200) }
    defer { server.stop() }
    let request = HTTPRequest(
      method: "GET", endpoint: server.endpoint,
      headers: [(name: "Host", value: "x"), (name: "X", value: "a\r\nY: b")])
    await #expect(throws: TransportError.self) {
      try await SocketTransport(settings: TransportSettings()).send(request, limits: .standard)
    }
  }

  private static func words(_ endpoint: Endpoint, _ variables: [String: String]) async -> String {
    guard case .failure(let error) = await get(endpoint, variables) else { return "" }
    return error.message
  }

  @Test(
    .enabled(if: Python.hasModules, "the tests' Python modules are not installed"),
    arguments: [(-10, "its certificate expired on "), (10, "its certificate isn't valid before ")])
  func aCertificateOutsideItsTimeIsToldApart(days: Int, words: String) async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "penstock-tls-\(UUID())")
    defer { try? FileManager.default.removeItem(at: folder) }
    let server = try SecureServer(folder, shiftedBy: days)
    defer { server.stop() }
    let endpoint = Endpoint(host: "localhost", port: server.port)
    let bundle = folder.appending(path: "ca.pem").path
    let told = await Self.words(endpoint, ["TRUST": bundle])
    #expect(told.contains(words), "\(told)")
  }

  /// TLS with a server whose certificate only a file of ours makes good.
  @Test(.enabled(if: Python.hasModules, "the tests' Python modules are not installed"))
  func certificatesAreChecked() async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "penstock-tls-\(UUID())")
    defer { try? FileManager.default.removeItem(at: folder) }
    let server = try SecureServer(folder)
    defer { server.stop() }
    let endpoint = Endpoint(host: "localhost", port: server.port)
    let bundle = folder.appending(path: "ca.pem").path
    let trusted = try await Self.get(endpoint, ["TRUST": bundle]).get()
    #expect(String(decoding: trusted.body, as: UTF8.self) == "secure")
    for variables in [[:], ["SSL_CERT_FILE": folder.appending(path: "none.pem").path]] {
      guard case .failure(let error) = await Self.get(endpoint, variables) else {
        Issue.record("a certificate that nobody vouches for was taken")
        continue
      }
      #expect(error.kind == .unreachable, "\(error)")
    }
    #expect(
      await Self.words(endpoint, [:]).hasSuffix(
        "its certificate isn't trusted: no known authority made it"))
    // The certificate is for another name.
    let byAddress = Endpoint(host: "127.0.0.1", port: server.port)
    guard case .failure(let error) = await Self.get(byAddress, ["TRUST": bundle]) else {
      Issue.record("a certificate for another name was taken")
      return
    }
    #expect(error.kind == .unreachable, "\(error)")
  }
}
