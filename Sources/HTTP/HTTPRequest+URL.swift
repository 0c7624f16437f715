import Text
import Values

extension HTTPRequest {
  /// A request for a complete, percent-encoded URL; nil if it isn't one. Its fragment isn't sent.
  package init?(method: String, url: String, headers: [Field] = [], body: [UInt8] = []) {
    let address = url.prefix { $0 != "#" }
    let place = address.prefix { $0 != "?" }
    guard let endpoint = Endpoint(String(place)) else { return nil }
    // `Endpoint` drops trailing slashes, which a path may need.
    let isFolder = place.hasSuffix("/") && !endpoint.basePath.isEmpty
    self.init(
      method: method, endpoint: endpoint,
      path: endpoint.basePath.isEmpty ? "/" : endpoint.basePath + (isFolder ? "/" : ""),
      query: Self.fields(address.dropFirst(place.count + 1)), headers: headers, body: body)
  }

  private static func fields(_ query: Substring) -> [Field] {
    query.split(separator: "&").map { pair in
      let name = pair.prefix { $0 != "=" }
      return (
        name: PercentEncoding.decode(String(name), plusIsSpace: true),
        value: PercentEncoding.decode(String(pair.dropFirst(name.count + 1)), plusIsSpace: true)
      )
    }
  }
}
