/// A folder in S3 that a run empties before it begins.
package struct EmptiedPlace: Hashable, Sendable {
  package let bucket: String
  /// Ends with a slash.
  package let prefix: String

  /// Nil for a whole bucket, and for what is no location in S3.
  package init?(_ location: String) {
    guard let (bucket, prefix) = Facts.bucketAndPrefix(location), !bucket.isEmpty,
      prefix.utf8.contains(where: { $0 != 0x2F })
    else { return nil }
    self.bucket = bucket
    self.prefix = prefix.hasSuffix("/") ? prefix : prefix + "/"
  }

  package func holds(bucket: String, key: String) -> Bool {
    bucket == self.bucket && key.utf8.starts(with: prefix.utf8)
  }

  /// Whether a place lies in this one, or is it.
  package func holds(_ other: EmptiedPlace) -> Bool {
    holds(bucket: other.bucket, key: other.prefix)
  }
}
