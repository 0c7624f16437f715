import Text
import Values

/// Resolves URI references (RFC 3986, section 5).
package enum SchemaURI {
  /// The parts of a reference; nil for an absent one.
  struct Parts {
    var scheme: Substring?
    var authority: Substring?
    var path: Substring
    var query: Substring?
    var fragment: Substring?

    init(_ text: String) {
      var rest = text[...]
      if let at = rest.utf8.firstIndex(of: .hash) {
        fragment = rest[rest.utf8.index(after: at)...]
        rest = rest[..<at]
      }
      if let at = rest.utf8.firstIndex(of: .question) {
        query = rest[rest.utf8.index(after: at)...]
        rest = rest[..<at]
      }
      if let at = rest.utf8.firstIndex(where: { $0 == .colon || $0 == .slash }),
        rest.utf8[at] == .colon, at != rest.startIndex
      {
        scheme = rest[..<at]
        rest = rest[rest.utf8.index(after: at)...]
      }
      if rest.hasPrefix("//") {
        rest = rest.dropFirst(2)
        let end = rest.utf8.firstIndex(of: .slash) ?? rest.endIndex
        authority = rest[..<end]
        rest = rest[end...]
      }
      path = rest
    }
  }

  /// The absolute URI (without its fragment) and the fragment of a reference.
  package static func resolve(
    _ reference: String, against base: String
  ) -> (uri: String, fragment: String) {
    if reference.utf8.first == .hash { return (base, String(reference.dropFirst())) }
    let given = Parts(reference)
    let fragment = given.fragment.map(String.init) ?? ""
    if given.scheme != nil {
      return (String(reference.prefix { $0 != "#" }), fragment)
    }
    let from = Parts(base)
    var uri = from.scheme.map { "\($0):" } ?? ""
    func put(_ authority: Substring?, _ path: String, _ query: Substring?) {
      if let authority { uri += "//\(authority)" }
      uri += path
      if let query { uri += "?\(query)" }
    }
    if given.authority != nil {
      put(given.authority, withoutDots(String(given.path)), given.query)
    } else if given.path.isEmpty {
      put(from.authority, String(from.path), given.query ?? from.query)
    } else if given.path.utf8.first == .slash {
      put(from.authority, withoutDots(String(given.path)), given.query)
    } else {
      put(from.authority, withoutDots(merged(from, given.path)), given.query)
    }
    return (uri, fragment)
  }

  private static func merged(_ base: Parts, _ path: Substring) -> String {
    if base.authority != nil, base.path.isEmpty { return "/\(path)" }
    guard let slash = base.path.utf8.lastIndex(of: .slash) else { return String(path) }
    return String(base.path[...slash]) + path
  }

  /// A path with `.` and `..` resolved.
  private static func withoutDots(_ path: String) -> String {
    guard path.utf8.contains(.dot) else { return path }
    var parts: [Substring] = []
    let given = path.split(separator: "/", omittingEmptySubsequences: false)
    for (at, part) in given.enumerated() {
      let isLast = at == given.count - 1
      switch part {
      case ".": if isLast { parts.append("") }
      case "..":
        if parts.count > 1 || (parts.count == 1 && parts[0] != "") { parts.removeLast() }
        if isLast { parts.append("") }
      default: parts.append(part)
      }
    }
    return parts.joined(separator: "/")
  }

  /// The tokens of a JSON pointer, unescaped; nil if the text isn't one.
  static func pointer(_ fragment: String) -> [[UInt8]]? {
    let text = PercentEncoding.decodedBytes(fragment)
    if text.isEmpty { return [] }
    guard text.first == .slash else { return nil }
    var tokens: [[UInt8]] = []
    var token: [UInt8] = []
    var at = 1
    while at < text.count {
      switch text[at] {
      case .slash:
        tokens.append(token)
        token = []
      case .tilde where at + 1 < text.count:
        at += 1
        token.append(text[at] == UInt8(ascii: "1") ? .slash : .tilde)
      default: token.append(text[at])
      }
      at += 1
    }
    tokens.append(token)
    return tokens
  }
}
