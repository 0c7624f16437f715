import Text
internal import Digests
package import Values
package import HTTP

/// AWS's signature version 4, in a request's headers. A pure function of its inputs.
///
/// A path is encoded once, as S3 requires. Other services require encoding it twice, which is the
/// same for the paths that Penstock requests from them, but for their last segment.
package struct SignatureV4: Sendable {
  package var region: String
  package var service: String
  /// Whether `.`, `..` and double slashes are removed from the signed path: not for S3's keys.
  package var normalizesPath = true
  /// Whether the body's digest is sent and signed as `x-amz-content-sha256`: S3 requires it.
  package var signsContentDigest = false
  /// Whether the session token is a signed header: it is for every service that we call.
  package var signsSessionToken = true

  package init(region: String, service: String) {
    self.region = region
    self.service = service
  }

  /// The headers to add to a request to sign it. The request must already have `host`.
  package func headers(
    for request: HTTPRequest, credentials: Credentials, at time: Value.Timestamp
  ) -> [HTTPRequest.Field] {
    let added = dateAndToken(for: request, credentials: credentials, at: time)
    let canonical = canonicalRequest(request, adding: added)
    let key = signingKey(credentials, at: time)
    let signature = ASCII.hex(Self.authenticate(stringToSign(canonical.text, at: time), key: key))
    let authorization =
      "\(Self.algorithm) Credential=\(credentials.accessKeyID)/\(scope(at: time)), "
      + "SignedHeaders=\(canonical.signedHeaders), Signature=\(signature)"
    var result = added + [(name: "Authorization", value: authorization)]
    if !signsSessionToken, let token = credentials.sessionToken {
      result.append((name: "X-Amz-Security-Token", value: token))
    }
    return result
  }

  package func canonicalText(
    of request: HTTPRequest, credentials: Credentials, at time: Value.Timestamp
  ) -> String {
    let added = dateAndToken(for: request, credentials: credentials, at: time)
    return canonicalRequest(request, adding: added).text
  }

  package func stringToSign(_ canonical: String, at time: Value.Timestamp) -> String {
    let digest = ASCII.hex(Self.digest(Array(canonical.utf8)))
    return "\(Self.algorithm)\n\(Self.text(of: time))\n\(scope(at: time))\n\(digest)"
  }

  private static var algorithm: String { "AWS4-HMAC-SHA256" }

  private func dateAndToken(
    for request: HTTPRequest, credentials: Credentials, at time: Value.Timestamp
  ) -> [HTTPRequest.Field] {
    var added: [HTTPRequest.Field] = [(name: "X-Amz-Date", value: Self.text(of: time))]
    if signsContentDigest {
      let digest = ASCII.hex(Self.digest(request.body))
      added.append((name: "x-amz-content-sha256", value: digest))
    }
    if signsSessionToken, let token = credentials.sessionToken {
      added.append((name: "X-Amz-Security-Token", value: token))
    }
    return added
  }

  private func canonicalRequest(
    _ request: HTTPRequest, adding added: [HTTPRequest.Field]
  ) -> (text: String, signedHeaders: String) {
    let headers = canonicalHeaders(request.headers + added)
    let signed = headers.map(\.name).joined(separator: ";")
    let path = normalizesPath ? Self.normalized(request.path) : request.path
    let query = request.query.map {
      (name: PercentEncoding.encode($0.name), value: PercentEncoding.encode($0.value))
    }.sorted { $0 < $1 }
    let parts = [
      request.method,
      PercentEncoding.encode(path, keepingSlashes: true)
        + PercentEncoding.encode(PercentEncoding.encode(request.lastSegment)),
      query.map { "\($0.name)=\($0.value)" }.joined(separator: "&"),
      headers.map { "\($0.name):\($0.value)\n" }.joined(),
      signed,
      ASCII.hex(Self.digest(request.body)),
    ]
    return (parts.joined(separator: "\n"), signed)
  }

  /// Lower-case names in order; values of the same name joined, white space collapsed.
  private func canonicalHeaders(_ headers: [HTTPRequest.Field]) -> [HTTPRequest.Field] {
    var result: [HTTPRequest.Field] = []
    for header in headers {
      let name = ASCII.lowercased(header.name)
      let value = Self.collapsed(header.value)
      if let index = result.firstIndex(where: { $0.name == name }) {
        result[index].value += "," + value
      } else {
        result.append((name, value))
      }
    }
    return result.sorted { $0.name < $1.name }
  }

  private static func collapsed(_ text: String) -> String {
    text.utf8.split(whereSeparator: ASCII.isSpace)
      .map { String(decoding: $0, as: UTF8.self) }.joined(separator: " ")
  }

  /// Without empty and dot segments (RFC 3986, 5.2.4, plus double slashes).
  private static func normalized(_ path: String) -> String {
    var segments: [Substring] = []
    for segment in path.split(separator: "/") where segment != "." {
      if segment == ".." {
        if !segments.isEmpty { segments.removeLast() }
      } else {
        segments.append(segment)
      }
    }
    let isFolder = path.hasSuffix("/") || path.hasSuffix("/.") || path.hasSuffix("/..")
    return "/" + segments.joined(separator: "/") + (isFolder && !segments.isEmpty ? "/" : "")
  }

  private func signingKey(_ credentials: Credentials, at time: Value.Timestamp) -> [UInt8] {
    var key = Array("AWS4\(credentials.secretAccessKey)".utf8)
    for part in [String(Self.text(of: time).prefix(8)), region, service, "aws4_request"] {
      key = Self.authenticate(part, key: key)
    }
    return key
  }

  private func scope(at time: Value.Timestamp) -> String {
    "\(Self.text(of: time).prefix(8))/\(region)/\(service)/aws4_request"
  }

  private static func authenticate(_ text: String, key: [UInt8]) -> [UInt8] {
    SHA256.authenticationCode(of: Array(text.utf8), key: key)
  }

  package static func digest(_ bytes: [UInt8]) -> [UInt8] { SHA256.digest(bytes) }

  /// `20150830T123600Z`.
  private static func text(of time: Value.Timestamp) -> String {
    let civil = time.civil
    func two(_ number: Int) -> String { Value.Timestamp.padded(number, 2) }
    return Value.Timestamp.padded(Int(civil.year), 4) + two(civil.month) + two(civil.day) + "T"
      + two(civil.hour) + two(civil.minute) + two(civil.second) + "Z"
  }
}
