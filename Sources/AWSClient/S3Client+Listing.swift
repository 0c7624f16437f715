import Text
internal import AWSServices
internal import Values
internal import HTTP

extension S3Client {
  static func listing(prefix: String, after: String?, limit: Int) -> [HTTPRequest.Field] {
    var query: [HTTPRequest.Field] = [
      (name: "list-type", value: "2"), (name: "encoding-type", value: "url"),
      (name: "max-keys", value: String(min(max(1, limit), 1000))),
      (name: "prefix", value: prefix),
    ]
    if let after { query.append((name: "start-after", value: after)) }
    return query
  }

  /// A page of a listing, which must be what was asked for and be whole: what follows it is asked
  /// for by its last key.
  static func page(
    _ root: XMLElement, prefix: String, after: String?
  ) throws(MalformedAnswer) -> ObjectPage {
    let truncated = try root.required("IsTruncated")
    guard truncated == "true" || truncated == "false" else {
      throw MalformedAnswer("`IsTruncated` is neither true nor false")
    }
    var last = after.map { Array($0.utf8) }
    let entries = try root.children("Contents").map { entry throws(MalformedAnswer) in
      let key = decoded(try entry.required("Key"), in: root)
      guard let size = Int64(try entry.required("Size")), size >= 0 else {
        throw MalformedAnswer("`Size` isn't a size")
      }
      let bytes = Array(key.utf8)
      guard key.utf8.starts(with: prefix.utf8),
        last.map({ $0.lexicographicallyPrecedes(bytes) }) ?? true
      else { throw MalformedAnswer("its keys aren't those that were asked for, in order") }
      last = bytes
      return ObjectPage.Entry(key: key, size: size)
    }
    if let count = root.text(of: "KeyCount"), Int(count) != entries.count {
      throw MalformedAnswer("it has \(entries.count) of \(count) keys")
    }
    guard truncated == "false" || !entries.isEmpty else {
      throw MalformedAnswer("it goes on, but has no keys")
    }
    return ObjectPage(entries: entries, isTruncated: truncated == "true")
  }

  /// The decoded key; S3 says whether it encoded the keys of a page.
  private static func decoded(_ text: String, in root: XMLElement) -> String {
    root.text(of: "EncodingType") == "url" ? PercentEncoding.decode(text, plusIsSpace: true) : text
  }
}
