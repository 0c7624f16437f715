import Text
import Locations
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

  /// Underscores are Google's alone.
  private static func bucketProblem(_ name: String, isS3: Bool) -> String? {
    if name.isEmpty { return "it names no bucket" }
    if let problem = BucketName.problem(with: name) { return problem.words }
    switch BucketName.doubt(of: name.utf8) {
    case .underscore where !isS3: return nil
    case let doubt?: return "its bucket \(doubt.words)"
    case nil: return nil
    }
  }
}
