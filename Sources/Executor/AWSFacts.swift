import EMRModel
import RegularExpressions
package import AWSServices
import Locations
import Parallel
package import PlanFormat
import Values

/// Answers facts by asking S3 and EMR, with as few requests as possible.
package struct AWSFacts: FactSource {
  /// How many questions are asked at the same time.
  private static var width: Int { 8 }
  /// The number of pages after which a location counts as too large to list.
  private static var pageLimit: Int { 10_000 }

  private let store: any ObjectStore
  private let emr: any EMRService
  /// Locations whose contents count as already deleted.
  private let emptied: [Location]

  /// - Parameter emptied: locations that are reported as empty.
  package init(store: any ObjectStore, emr: any EMRService, emptied: [String] = []) {
    self.store = store
    self.emr = emr
    self.emptied = emptied.compactMap(Location.init(folderInBucket:))
  }

  package func answers(to questions: [FactQuestion]) async -> [FactAnswer] {
    await questions.concurrently(width: Self.width) { await answer($0) }
  }

  private func answer(_ question: FactQuestion) async -> FactAnswer {
    do throws(CloudError) {
      switch question {
      case .isEmpty(let location):
        var isEmpty = true
        try await eachKey(location, firstLook: 10) { _ in
          isEmpty = false
          return false
        }
        return .known(.bool(isEmpty))
      case .hasMatch(let location, let pattern):
        let expression = try Self.expression(pattern)
        var hasMatch = false
        try await eachKey(location, firstLook: 100) { key in
          hasMatch = expression.matches(key)
          return !hasMatch
        }
        return .known(.bool(hasMatch))
      case .last(let location, let pattern):
        let captures = try await captures(location, pattern)
        return .known(captures.last.map { .string($0) } ?? .null)
      case .lastFolder(let location, let pattern):
        let captures = try await captures(location, pattern, withMarkers: true)
        return .known(captures.last.map { .string($0) } ?? .null)
      case .tooDeep(let location, let folders, let pattern):
        return .known(try await firstTooDeep(location, folders, pattern))
      case .count(let location, let pattern):
        return .known(.int(Int64(try await captures(location, pattern).count)))
      case .all(let location, let pattern):
        return .known(.list(try await captures(location, pattern).map { .string($0) }))
      case .cluster(let name, let states):
        return .known(try await clusters(name, states))
      case .clusterShape(let id): return .known(try await shape(ofCluster: id))
      }
    } catch {
      return .failed(Self.words(error), hint: Self.hint(error))
    }
  }

  private static func words(_ error: CloudError) -> String {
    let code = error.code.isEmpty ? "" : " (\(error.code))"
    return "\(error.operation) failed\(code): \(error.message)"
  }

  private static func hint(_ error: CloudError) -> String? {
    switch error.kind {
    case .unauthorized: "check the credentials"
    case .forbidden: "allow `\(error.operation)` for the credentials in use"
    case .notFound where error.code == "NoSuchBucket": "create the bucket, or fix its name"
    case .clockSkew: "set this machine's clock"
    case .unreachable: "check the network, the region and proxies"
    case .throttled, .unavailable, .lost, .malformed: "try again"
    case .notFound, .refused, .preconditionFailed, .cancelled: nil
    }
  }

  private static func expression(_ pattern: String) throws(CloudError) -> RegularExpression {
    switch RegularExpression.compile(pattern, syntax: .re2) {
    case .success(let expression): return expression
    case .failure(let error):
      throw CloudError(
        .refused, operation: "ListObjectsV2",
        message: "`\(pattern)` isn't a valid pattern: \(error)")
    }
  }

  /// Visits the keys below a location, relative to it, until `body` stops it; of folder markers
  /// only those that end with a slash, and these only on request.
  private func eachKey(
    _ location: String, firstLook: Int, withMarkers: Bool = false, _ body: (_ key: String) -> Bool
  ) async throws(CloudError) {
    guard let place = try? Location(location), place.isInS3 else {
      throw CloudError(
        .refused, operation: "ListObjectsV2", message: "`\(location)` isn't a location in S3")
    }
    let bucket = place.bucket
    if let object = place.objectKey {
      // Of all keys with this prefix, the object's own comes first.
      let page = try await store.list(bucket: bucket, prefix: object, after: nil, limit: 1)
      if page.entries.first?.key == object, isThere(object, in: bucket, false) {
        guard body("") else { return }
      }
    }
    let prefix = place.folder.key
    var after: String?
    var limit = firstLook
    for _ in 0..<Self.pageLimit {
      let page = try await store.list(bucket: bucket, prefix: prefix, after: after, limit: limit)
      for entry in page.entries where isThere(entry.key, in: bucket, withMarkers) {
        guard let name = place.name(ofKey: entry.key) else { continue }
        guard body(name) else { return }
      }
      guard page.isTruncated, let last = page.entries.last else { return }
      after = last.key
      limit = 1000
    }
    throw CloudError(
      .refused, operation: "ListObjectsV2",
      message: "`\(location)` has too many objects to list")
  }

  /// Whether a key is of data, or of a folder on request, that isn't emptied first.
  private func isThere(_ key: String, in bucket: String, _ withMarkers: Bool) -> Bool {
    !Location.isMarker(key, orFolder: !withMarkers)
      && !emptied.contains { $0.holds(bucket: bucket, key: key) }
  }

  /// The different captures of a pattern's first group, each ordered by its last key.
  private func captures(
    _ location: String, _ pattern: String, withMarkers: Bool = false
  ) async throws(CloudError) -> [String] {
    let expression = try Self.expression(pattern)
    var captures: [String] = []
    try await eachKey(location, firstLook: 1000, withMarkers: withMarkers) { key in
      guard let capture = expression.firstCapture(in: key), captures.last != capture else {
        return true
      }
      captures.removeAll { $0 == capture }
      captures.append(capture)
      return true
    }
    return captures
  }

  private func firstTooDeep(
    _ location: String, _ folders: Int64, _ pattern: String?
  ) async throws(CloudError) -> Value {
    var expression: RegularExpression?
    if let pattern { expression = try Self.expression(pattern) }
    var found: String?
    try await eachKey(location, firstLook: 1000) { key in
      let isDeep = Location.depth(ofName: key) > folders
      if isDeep, expression?.matches(key) ?? true { found = key }
      return found == nil
    }
    return found.map { .string($0) } ?? .null
  }

  /// What a cluster is, by all that EMR says of it to this caller.
  private func shape(ofCluster id: String) async throws(CloudError) -> Value {
    let described: Value
    do throws(CloudError) {
      described = try await emr.answer(.cluster, about: id)
    } catch {
      guard error.kind == .refused || error.kind == .notFound else { throw error }
      return .null
    }
    guard case .map(var cluster) = described else { return .null }
    let hasFleets = described["InstanceCollectionType"].text == "INSTANCE_FLEET"
    for question in [
      hasFleets ? ClusterQuestion.instanceFleets : .instanceGroups, .bootstrapActions,
      .managedScaling,
    ] {
      do throws(CloudError) {
        let answer = try await emr.answer(question, about: id)
        if case .null = answer { continue }
        cluster[question.member] = answer
      } catch {
        // What a caller may not see isn't compared.
        guard [.refused, .forbidden, .notFound, .unavailable].contains(error.kind) else {
          throw error
        }
      }
    }
    return ClusterShape.shape(ofDescription: .map(cluster))
  }

  private func clusters(_ name: String, _ states: [String]) async throws(CloudError) -> Value {
    let wanted = Set(states.compactMap(ClusterState.init(rawValue:)))
    guard !wanted.isEmpty else { return .list([]) }
    let found = try await emr.listClusters(states: wanted, createdAfter: nil)
    return .list(
      found.filter { $0.name == name }.sorted { $0.id < $1.id }
        .map { Facts.Cluster(id: $0.id, name: $0.name, state: $0.state.rawValue).answer })
  }
}
