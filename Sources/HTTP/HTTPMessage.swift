import Text
internal import Values

/// A request, before it is signed and sent.
package struct HTTPRequest: Sendable {
  package typealias Field = (name: String, value: String)

  package var method: String
  package var endpoint: Endpoint
  /// Starts with a slash; not percent-encoded: signing and sending do that.
  package var path: String
  /// The last segment of the path, such as an ARN; its slashes are encoded too.
  package var lastSegment = ""
  /// Not percent-encoded.
  package var query: [Field]
  package var headers: [Field]
  package var body: [UInt8]

  package init(
    method: String, endpoint: Endpoint, path: String = "/", query: [Field] = [],
    headers: [Field] = [], body: [UInt8] = []
  ) {
    self.method = method
    self.endpoint = endpoint
    self.path = path
    self.query = query
    self.headers = headers
    self.body = body
  }

  /// The path and query, encoded for sending.
  package var target: String {
    let path =
      PercentEncoding.encode(path, keepingSlashes: true) + PercentEncoding.encode(lastSegment)
    guard !query.isEmpty else { return path }
    let pairs = query.map {
      PercentEncoding.encode($0.name) + "=" + PercentEncoding.encode($0.value)
    }
    return path + "?" + pairs.joined(separator: "&")
  }
}

/// A complete response.
package struct HTTPResponse: Sendable {
  package var status: Int
  package var headers: [HTTPRequest.Field]
  package var body: [UInt8]

  package init(status: Int, headers: [HTTPRequest.Field] = [], body: [UInt8] = []) {
    self.status = status
    self.headers = headers
    self.body = body
  }

  /// The first header with a name, ignoring case.
  package subscript(name: String) -> String? {
    headers.first { ASCII.equalsIgnoringCase($0.name, name) }?.value
  }
}
