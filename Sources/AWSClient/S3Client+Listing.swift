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

  static func page(_ root: XMLElement) throws(MalformedAnswer) -> ObjectPage {
    let truncated = root.text(of: "IsTruncated")
    guard truncated == "true" || truncated == "false" else {
      throw MalformedAnswer("`IsTruncated` is missing")
    }
    let entries = try root.children("Contents").map { entry throws(MalformedAnswer) in
      guard let key = entry.text(of: "Key"),
        let size = entry.text(of: "Size").flatMap({ Int64($0) })
      else { throw MalformedAnswer("an entry is missing `Key` or `Size`") }
      return ObjectPage.Entry(key: decoded(key, in: root), size: size)
    }
    return ObjectPage(entries: entries, isTruncated: truncated == "true")
  }

  /// The decoded key; S3 says whether it encoded the keys of a page.
  private static func decoded(_ text: String, in root: XMLElement) -> String {
    root.text(of: "EncodingType") == "url" ? PercentEncoding.decode(text, plusIsSpace: true) : text
  }
}
