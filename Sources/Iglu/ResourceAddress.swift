import Text
import Locations
import Values

/// The address of a file that a job fetches: `http(s)://`, `s3://` or `gs://`.
struct ResourceAddress {
  /// Why a text isn't such an address; nil if it is.
  static func problem(with text: String, file: String?) -> (message: String, hint: String?)? {
    let bytes = Array(text.utf8)
    if let odd = bytes.first(where: {
      $0 <= .space || $0 == 0x7F || "<>{}\"`\\^|".utf8.contains($0)
    }) {
      return (
        odd <= .space ? "it has a space in it" : "it has a character that isn't allowed in a URL",
        "was a placeholder left in?"
      )
    }
    guard let colon = text.firstIndex(of: ":"), text[colon...].hasPrefix("://") else {
      return ("it has no scheme", "start it with `s3://` or `https://`")
    }
    let scheme = ASCII.lowercased(String(text[..<colon]))
    let rest = text[text.index(colon, offsetBy: 3)...]
    let place = String(rest.prefix { $0 != "/" })
    switch scheme {
    case "http", "https":
      if place.isEmpty { return ("it has no host", nil) }
    case "s3", "gs":
      if let problem = bucketProblem(place, isS3: scheme == "s3") { return (problem, nil) }
    case "s3n", "s3a":
      return ("`\(scheme)` is Hadoop's scheme for S3", "write `s3://\(rest)`")
    default:
      return ("files can't be fetched over `\(scheme)`", "put it on S3, or on a web server")
    }
    if let file, !file.isEmpty, text.hasSuffix("/\(file)") {
      return (
        "`/\(file)` is appended to it again",
        "write `\(text.dropLast(file.count + 1))`"
      )
    }
    return nil
  }

  /// Only Google's buckets may have underscores.
  private static func bucketProblem(_ name: String, isS3: Bool) -> String? {
    if name.isEmpty { return "it has no bucket" }
    if let problem = BucketName.problem(with: name) { return problem.words }
    switch BucketName.doubt(of: name.utf8) {
    case .underscore where !isS3: return nil
    case let doubt?: return "its bucket \(doubt.words)"
    case nil: return nil
    }
  }
}
