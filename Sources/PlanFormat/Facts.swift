package import Values

/// What is known of the world: what S3 holds and which clusters there are.
///
/// A part that is nil is not known; the normal case is then assumed and recorded as assumed.
package struct Facts: Sendable {
  package struct Cluster: Hashable, Sendable {
    package var id: String
    package var name: String
    /// As EMR's ClusterState names it: `WAITING`, `RUNNING`, …
    package var state: String

    package init(id: String, name: String, state: String) {
      self.id = id
      self.name = name
      self.state = state
    }
  }

  /// The keys of each bucket, sorted. A bucket or key that is not there does not exist.
  package var objects: [String: [String]]?
  package var clusters: [Cluster]?
  /// Answers that were given one by one; they count before the listings. Only looked up.
  package var answers: [FactQuestion: Value]
  /// What lies there counts as gone already.
  package var emptied: [EmptiedPlace] = []

  package init(
    objects: [String: [String]]? = nil, clusters: [Cluster]? = nil,
    answers: [FactQuestion: Value] = [:]
  ) {
    self.objects = objects
    self.clusters = clusters
    self.answers = answers
  }

  /// The answer to a question; nil where it is not known.
  package func answer(_ question: FactQuestion) -> Value? {
    if let known = answers[question] { return known }
    switch question {
    case .isEmpty(let location):
      return below(location).map { .bool($0.isEmpty) }
    case .hasMatch(let location, let pattern):
      guard let expression = Self.expression(pattern), let keys = below(location) else {
        return nil
      }
      return .bool(keys.contains { expression.matches($0) })
    case .last(let location, let pattern):
      guard let captures = captures(location, pattern) else { return nil }
      return captures.last.map { .string($0) } ?? .null
    case .count(let location, let pattern):
      return captures(location, pattern).map { .int(Int64($0.count)) }
    case .cluster(let name, let states):
      guard let clusters else { return nil }
      return .list(
        clusters.filter { $0.name == name && states.contains($0.state) }
          .sorted { $0.id < $1.id }.map(\.answer))
    }
  }

  private static func expression(_ pattern: String) -> RegularExpression? {
    try? RegularExpression.compile(pattern, syntax: .re2).get()
  }

  /// Keys below a location, relative to it; nil where nothing is known of S3.
  private func below(_ location: String) -> [String]? {
    guard let (bucket, prefix) = Self.bucketAndPrefix(location),
      let keys = keys(bucket: bucket, prefix: prefix)
    else { return nil }
    // A `run=` in the location itself is no run folder, so only what is below it is searched.
    return keys.map { String($0.dropFirst(prefix.count)) }
  }

  /// Different captures of a pattern's first group over the keys at a location, each at the place of
  /// its last key.
  private func captures(_ location: String, _ pattern: String) -> [String]? {
    guard let expression = Self.expression(pattern), let keys = below(location) else { return nil }
    var captures: [String] = []
    for key in keys {
      guard let capture = expression.firstCapture(in: key), captures.last != capture else {
        continue
      }
      captures.removeAll { $0 == capture }
      captures.append(capture)
    }
    return captures
  }

  /// Bucket and key prefix of an S3 location; nil for anything else.
  package static func bucketAndPrefix(_ location: String) -> (bucket: String, prefix: String)? {
    for scheme in ["s3://", "s3a://", "s3n://"] where location.hasPrefix(scheme) {
      let rest = location.utf8.dropFirst(scheme.utf8.count)
      guard let slash = rest.firstIndex(of: UInt8(ascii: "/")) else {
        return (String(decoding: rest, as: UTF8.self), "")
      }
      return (
        String(decoding: rest[..<slash], as: UTF8.self),
        String(decoding: rest[rest.index(after: slash)...], as: UTF8.self)
      )
    }
    return nil
  }

  /// Whether a key only marks a folder.
  package static func isMarker(_ key: String) -> Bool {
    key.hasSuffix("/") || key.hasSuffix("$folder$")
  }

  /// Keys that start with a prefix, in order, without folder markers (`x/`, `x_$folder$`).
  package func keys(bucket: String, prefix: String) -> [String]? {
    guard let objects else { return nil }
    let keys = objects[bucket] ?? []
    var low = 0
    var high = keys.count
    while low < high {
      let middle = (low + high) / 2
      if keys[middle].utf8.lexicographicallyPrecedes(prefix.utf8) {
        low = middle + 1
      } else {
        high = middle
      }
    }
    return keys[low...].prefix { $0.utf8.starts(with: prefix.utf8) }
      .filter { key in
        !Self.isMarker(key) && !emptied.contains { $0.holds(bucket: bucket, key: key) }
      }
  }
}
