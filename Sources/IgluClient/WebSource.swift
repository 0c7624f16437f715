import Documents
import Host
import Text
import Diagnostics
import Gzip
package import Iglu
import SourceText
import Values
package import HTTP

/// A registry by HTTP: files in the static layout, or an Iglu Server, which has the same paths,
/// may require a key, and lists its schemas.
package struct WebSource: SchemaSource {
  private let uri: String
  private let key: String?
  /// The hosts that the user's configuration names, which a registry may redirect to.
  private let hosts: Set<String>
  private let transport: any HTTPTransport
  private let limits: TransportLimits
  private let turns: AsyncSemaphore

  package init(
    uri: String, key: String?, hosts: Set<String>, transport: any HTTPTransport,
    limits: TransportLimits,
    turns: AsyncSemaphore
  ) {
    self.uri = uri
    self.key = key
    self.hosts = hosts
    self.transport = transport
    self.limits = limits
    self.turns = turns
  }

  /// The maximum length of a schema.
  package static let largest = 16 << 20
  private static let attempts = 3
  private static let redirects = 5

  package func schema(_ key: SchemaKey) async -> SourceAnswer {
    do throws(RegistryFailure) {
      let answer = try await get("/schemas/\(key.path)")
      switch answer.status {
      case 200:
        return .found(SchemaText(bytes: try Self.text(answer), name: uri))
      case 404, 410: return .missing
      default: throw Self.failure(answer)
      }
    } catch {
      return .failed(error)
    }
  }

  private static func failure(_ answer: HTTPResponse) -> RegistryFailure {
    switch answer.status {
    case 401: RegistryFailure(.unauthorised, "requires a key, or a different one (401)")
    case 403:
      RegistryFailure(
        .unauthorised, "doesn't allow reading it with this key, or without one (403)")
    case 407: RegistryFailure(.unreachable, "is behind a proxy that requires a password (407)")
    default: RegistryFailure(.failed, "answered with the status \(answer.status)")
    }
  }

  /// The body, decompressed.
  private static func text(_ answer: HTTPResponse) throws(RegistryFailure) -> [UInt8] {
    let coding = ASCII.lowercased(answer["Content-Encoding"] ?? "identity")
    guard ["", "identity", "gzip", "x-gzip", "aws-chunked"].contains(coding) else {
      throw RegistryFailure(.malformed, "answered with the unknown encoding `\(coding)`")
    }
    // A static registry doesn't always declare that its files are compressed.
    guard GzipStream.isGzip(answer.body) else { return answer.body }
    guard let text = GzipStream.decompress(answer.body, limit: largest), text.count < largest
    else { throw RegistryFailure(.malformed, "answered with gzip that is broken or too long") }
    return text
  }

  // MARK: Asking

  /// An answer that isn't a redirect, with retries.
  private func get(_ path: String) async throws(RegistryFailure) -> HTTPResponse {
    guard let home = Endpoint(uri) else {
      throw RegistryFailure(.unreachable, "cannot be asked: its address isn't a URL")
    }
    var place = RegistryAddress(endpoint: home, path: home.basePath + path)
    for _ in 0...Self.redirects {
      let answer = try await send(place, isHome: place.endpoint.isSameOrigin(home))
      guard (300..<400).contains(answer.status), answer.status != 304 else { return answer }
      guard let location = answer["Location"], let next = place.following(location) else {
        throw RegistryFailure(
          .malformed, "answered with a redirect (\(answer.status)) without a target")
      }
      if place.endpoint.isSecure, !next.endpoint.isSecure {
        throw RegistryFailure(.failed, "redirects from HTTPS to plain HTTP")
      }
      // A registry must not make this machine ask hosts that only it can reach.
      guard next.endpoint.host == home.host || hosts.contains(next.endpoint.host) else {
        throw RegistryFailure(
          .failed,
          "redirects to another host, `\(next.endpoint.host)`: if that is meant, name it "
            + "in the resolver")
      }
      place = next
    }
    throw RegistryFailure(.failed, "redirects more than \(Self.redirects) times")
  }

  private func send(
    _ place: RegistryAddress, isHome: Bool
  ) async throws(RegistryFailure) -> HTTPResponse {
    var headers: [HTTPRequest.Field] = [
      ("Host", place.endpoint.authority), ("Accept", "application/json"),
      ("Accept-Encoding", "gzip"), ("User-Agent", "penstock/\(Version.text)"),
    ]
    // A key is for its registry only, wherever that redirects to.
    if let key, !key.isEmpty, isHome { headers.append(("apikey", key)) }
    let request = HTTPRequest(
      method: "GET", endpoint: place.endpoint, path: place.path, query: place.query,
      headers: headers)
    var attempt = 1
    while true {
      do throws(TransportError) {
        let answer = try await sendInTurn(request)
        guard attempt < Self.attempts, answer.status == 429 || answer.status >= 500 else {
          return answer
        }
        await pause(attempt, atLeast: answer["Retry-After"].flatMap { Double($0) })
      } catch {
        guard attempt < Self.attempts(of: error.kind) else { throw Self.failure(error) }
        await pause(attempt, atLeast: nil)
      }
      attempt += 1
    }
  }

  private func sendInTurn(
    _ request: HTTPRequest
  ) async throws(TransportError) -> HTTPResponse {
    await turns.take()
    do throws(TransportError) {
      let answer = try await transport.send(request, limits: limits)
      await turns.giveBack()
      return answer
    } catch {
      await turns.giveBack()
      throw error
    }
  }

  private static func attempts(of kind: TransportError.Kind) -> Int {
    switch kind {
    case .broken: attempts
    // Time-outs aren't retried without end.
    case .unreachable, .timedOut: 2
    case .tooLarge, .invalid, .cancelled: 1
    }
  }

  private static func failure(_ error: TransportError) -> RegistryFailure {
    switch error.kind {
    case .unreachable, .broken, .timedOut, .cancelled:
      RegistryFailure(.unreachable, "cannot be reached: \(error.message)")
    case .tooLarge: RegistryFailure(.malformed, "answered with too much data: \(error.message)")
    case .invalid: RegistryFailure(.unreachable, "cannot be asked: \(error.message)")
    }
  }

  /// 0.1 s, 0.2 s …, up to half of it random, so that many clients don't retry at once.
  private func pause(_ attempt: Int, atLeast asked: Double?) async {
    let base = 0.1 * Double(1 << min(attempt - 1, 4))
    let seconds = max(base * Double.random(in: 0.5...1), min(asked ?? 0, 5))
    try? await Task.sleep(nanoseconds: UInt64(seconds * 1e9))
  }

  // MARK: Listing

  package func versions(of family: SchemaFamily, near version: SchemaVersion) async
    -> [SchemaVersion]
  {
    await list("/\(family.vendor)/\(family.name)").filter { $0.family == family }.map(\.version)
  }

  package func names(of vendor: String) async -> [String] {
    await list("/\(vendor)").filter { $0.family.vendor == vendor }.map(\.family.name)
  }

  package func vendors() async -> [String] { await list("").map(\.family.vendor) }

  /// What a registry lists below a path: URIs, or schemas with their `self`.
  private func list(_ path: String) async -> [SchemaKey] {
    guard let answer = try? await get("/schemas" + path), answer.status == 200,
      let bytes = try? Self.text(answer)
    else { return [] }
    var ignored: [Diagnostic] = []
    guard let tree = JSONReader.read(bytes, source: SourceID(index: 0), into: &ignored),
      let root = tree.root
    else { return [] }
    return tree.items(root).compactMap { item in
      if tree.kind(item) == .string {
        let text = tree.string(item)
        return SchemaKey(path: text.hasPrefix("iglu:") ? String(text.dropFirst(5)) : text)
      }
      guard let own = tree.value(item, "self") else { return nil }
      let parts = ["vendor", "name", "format", "version"].map { part in
        tree.value(own, part).map { tree.string($0) } ?? ""
      }
      return SchemaKey(path: parts.joined(separator: "/"))
    }
  }
}

/// An address of a registry.
struct RegistryAddress {
  var endpoint: Endpoint
  var path: String
  var query: [HTTPRequest.Field] = []

  /// The target of a redirect from here; nil if it isn't a valid address.
  func following(_ location: String) -> RegistryAddress? {
    let text = location.prefix { $0 != "#" }
    let isWhole = text.prefix { $0 != "?" }.utf8.contains("://".utf8)
    if isWhole || text.hasPrefix("//") {
      let whole = isWhole ? String(text) : (endpoint.isSecure ? "https:" : "http:") + text
      let address = whole.prefix { $0 != "?" }
      guard let next = Endpoint(String(address)) else { return nil }
      var home = next
      home.basePath = ""
      // A final slash is part of the path, although not of a base path.
      let slash = address.hasSuffix("/") ? "/" : ""
      return RegistryAddress(endpoint: home, path: next.basePath + slash, query: Self.query(text))
    }
    let path = PercentEncoding.decode(String(text.prefix { $0 != "?" }))
    let base = self.path.prefix(
      through: self.path.lastIndex(of: "/") ?? self.path.startIndex)
    return RegistryAddress(
      endpoint: endpoint, path: path.hasPrefix("/") ? path : base + path,
      query: Self.query(text))
  }

  private static func query(_ text: Substring) -> [HTTPRequest.Field] {
    guard let mark = text.firstIndex(of: "?") else { return [] }
    return text[text.index(after: mark)...].split(separator: "&").map { pair in
      let name = pair.prefix { $0 != "=" }
      return (
        PercentEncoding.decode(String(name)),
        PercentEncoding.decode(String(pair.dropFirst(name.count + 1)))
      )
    }
  }
}

extension Endpoint {
  func isSameOrigin(_ other: Endpoint) -> Bool {
    isSecure == other.isSecure && host == other.host && port == other.port
  }
}

extension WebSource {
  /// The host of a registry's address; nil if it isn't a URL.
  package static func host(of uri: String) -> String? { Endpoint(uri)?.host }
}
