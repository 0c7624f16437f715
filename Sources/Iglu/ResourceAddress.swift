import Values

/// The address of a file that a job fetches: `http(s)://`, `s3://` or `gs://`.
struct ResourceAddress {
  /// What keeps a text from being such an address; nil where nothing does.
  static func problem(with text: String, file: String?) -> (message: String, hint: String?)? {
    let bytes = Array(text.utf8)
    if let odd = bytes.first(where: { $0 <= 0x20 || $0 == 0x7F || "<>{}\"`\\^|".utf8.contains($0) })
    {
      return (
        odd <= 0x20 ? "it has a blank in it" : "it has a character that no address has",
        "was a placeholder left in?"
      )
    }
    guard let colon = text.firstIndex(of: ":"), text[colon...].hasPrefix("://") else {
      return ("it does not say how the file is fetched", "start it with `s3://` or `https://`")
    }
    let scheme = ASCII.lowercased(String(text[..<colon]))
    let rest = text[text.index(colon, offsetBy: 3)...]
    let place = String(rest.prefix { $0 != "/" })
    switch scheme {
    case "http", "https":
      if place.isEmpty { return ("it names no host", nil) }
    case "s3", "gs":
      if let problem = bucketProblem(place, isS3: scheme == "s3") { return (problem, nil) }
    case "s3n", "s3a":
      return ("`\(scheme)` is Hadoop's name of S3", "write `s3://\(rest)`")
    default:
      return ("files are not fetched by `\(scheme)`", "put it on S3, or on a web server")
    }
    if let file, !file.isEmpty, text.hasSuffix("/\(file)") {
      return (
        "`/\(file)` is put behind it once more",
        "write `\(text.dropLast(file.count + 1))`"
      )
    }
    return nil
  }

  /// The rules of S3's names, which those of Google's storage are like; underscores are theirs.
  private static func bucketProblem(_ name: String, isS3: Bool) -> String? {
    if name.isEmpty { return "it names no bucket" }
    let bytes = Array(name.utf8)
    guard (3...63).contains(bytes.count) else {
      return "a bucket's name has 3 to 63 characters, not \(bytes.count)"
    }
    func isAlphanumeric(_ byte: UInt8) -> Bool {
      (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte)
    }
    if bytes.contains(where: { (0x41...0x5A).contains($0) }) {
      return "a bucket's name has no capitals"
    }
    let isPlain = bytes.allSatisfy {
      isAlphanumeric($0) || $0 == 0x2D || $0 == 0x2E || (!isS3 && $0 == 0x5F)
    }
    guard isPlain else {
      return "a bucket's name has letters, digits, hyphens and dots only"
    }
    guard let first = bytes.first, let last = bytes.last, isAlphanumeric(first),
      isAlphanumeric(last)
    else { return "a bucket's name starts and ends with a letter or a digit" }
    let parts = name.split(separator: ".", omittingEmptySubsequences: false)
    if parts.contains(where: \.isEmpty) { return "a bucket's name has no two dots in a row" }
    if parts.count == 4, parts.allSatisfy({ UInt8($0) != nil }) {
      return "a bucket's name is no IP address"
    }
    return nil
  }
}
