import Values

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

  package init(objects: [String: [String]]? = nil, clusters: [Cluster]? = nil) {
    self.objects = objects
    self.clusters = clusters
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
      .filter { !$0.hasSuffix("/") && !$0.hasSuffix("$folder$") }
  }
}
