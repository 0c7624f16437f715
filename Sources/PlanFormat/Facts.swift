import EMRModel
import RegularExpressions
package import Locations
package import Values

/// What is known about the world: what S3 holds and which clusters exist.
///
/// A nil part is unknown: the normal case is then assumed, and recorded as assumed.
package struct Facts: Sendable {
  package struct Cluster: Sendable {
    package var id: String
    package var name: String
    /// EMR's ClusterState: `WAITING`, `RUNNING`, …
    package var state: String
    /// EMR's description of it; nil if that isn't known.
    package var description: Value?

    package init(id: String, name: String, state: String, description: Value? = nil) {
      self.id = id
      self.name = name
      self.state = state
      self.description = description
    }
  }

  /// The keys of each bucket, sorted. A bucket or key that isn't listed doesn't exist.
  package var objects: [String: [String]]?
  package var clusters: [Cluster]?
  /// Answers to single questions, which override the listings. Only looked up, never iterated.
  package var answers: [FactQuestion: Value]
  /// Whether a bucket that isn't listed doesn't exist, instead of being unknown.
  package var areBucketsKnown = true
  /// Locations that count as empty already.
  package var emptied: [Location] = []

  package init(
    objects: [String: [String]]? = nil, clusters: [Cluster]? = nil,
    answers: [FactQuestion: Value] = [:]
  ) {
    self.objects = objects
    self.clusters = clusters
    self.answers = answers
  }

  /// Takes from other facts what these don't say: buckets that they don't list, and clusters.
  package mutating func fill(_ others: Facts) {
    if let more = others.objects {
      objects = (objects ?? [:]).merging(more) { known, _ in known }
    }
    clusters = clusters ?? others.clusters
    answers.merge(others.answers) { known, _ in known }
  }

  /// The answer to a question; nil if it is unknown.
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
    case .lastFolder(let location, let pattern):
      guard let found = captures(location, pattern, withMarkers: true) else { return nil }
      return found.last.map { .string($0) } ?? .null
    case .tooDeep(let location, let folders, let pattern):
      let expression = pattern.flatMap(Self.expression)
      guard let keys = below(location), pattern == nil || expression != nil else { return nil }
      let key = keys.first { key in
        Location.depth(ofName: key) > folders && expression?.matches(key) ?? true
      }
      return key.map { .string($0) } ?? .null
    case .count(let location, let pattern):
      return captures(location, pattern).map { .int(Int64($0.count)) }
    case .all(let location, let pattern):
      return captures(location, pattern).map { .list($0.map { .string($0) }) }
    case .cluster(let name, let states):
      guard let clusters else { return nil }
      return .list(
        clusters.filter { $0.name == name && states.contains($0.state) }
          .sorted { $0.id < $1.id }.map(\.answer))
    case .clusterShape(let id):
      guard let clusters else { return nil }
      guard let cluster = clusters.first(where: { $0.id == id }),
        !cluster.state.hasPrefix("TERMINAT")
      else { return .null }
      return cluster.description.map(ClusterShape.shape(ofDescription:))
    }
  }

  private static func expression(_ pattern: String) -> RegularExpression? {
    try? RegularExpression.compile(pattern, syntax: .re2).get()
  }

  /// Keys below a location, relative to it; nil if nothing is known about S3.
  private func below(_ location: String, withMarkers: Bool = false) -> [String]? {
    guard let objects, let location = try? Location(location), location.isInS3 else { return nil }
    let bucket = location.bucket
    if !areBucketsKnown, objects[bucket] == nil { return nil }
    let keys = objects[bucket] ?? []
    let isThere = { (key: String) in
      !Location.isMarker(key, orFolder: !withMarkers)
        && !emptied.contains { $0.holds(bucket: bucket, key: key) }
    }
    let prefix = location.folder.key
    // A `run=` in the location itself isn't a run folder, so only what is below it is searched.
    let names = keys[Self.index(of: prefix, in: keys)...]
      .prefix { $0.utf8.starts(with: prefix.utf8) }.filter(isThere)
      .compactMap { location.name(ofKey: $0) }
    guard let object = location.objectKey else { return names }
    let at = Self.index(of: object, in: keys)
    return at < keys.count && keys[at] == object && isThere(object) ? [""] + names : names
  }

  /// The index of a key among sorted keys, or where it would be inserted.
  private static func index(of key: String, in keys: [String]) -> Int {
    var low = 0
    var high = keys.count
    while low < high {
      let middle = (low + high) / 2
      if keys[middle].utf8.lexicographicallyPrecedes(key.utf8) {
        low = middle + 1
      } else {
        high = middle
      }
    }
    return low
  }

  /// Distinct captures of a pattern's first group over the keys at a location, each in the position
  /// of its last key.
  private func captures(
    _ location: String, _ pattern: String, withMarkers: Bool = false
  ) -> [String]? {
    guard let expression = Self.expression(pattern),
      let keys = below(location, withMarkers: withMarkers)
    else { return nil }
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
}
