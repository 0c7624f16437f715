package import Cloud

/// Answers questions about what lies in S3 with as few requests as may be.
package struct FactClient: Sendable {
  /// Requests at one time.
  private static var width: Int { 8 }
  /// Keys of the first request: enough to see past a folder's markers.
  private static var firstLook: Int { 10 }

  private let store: any ObjectStore
  /// Pages after which a location counts as too large to go through.
  private let pageLimit: Int

  package init(store: any ObjectStore, pageLimit: Int = 10_000) {
    self.store = store
    self.pageLimit = pageLimit
  }

  /// Whether no object lies at a location; with `matches`, none whose key behind the prefix fits.
  ///
  /// Folders' markers (`x/`, `x_$folder$`) are no objects. Usually one request tells.
  package func isEmpty(
    _ location: ObjectAddress, matches: (@Sendable (_ below: String) -> Bool)? = nil
  ) async throws(CloudError) -> Bool {
    var isEmpty = true
    try await eachKey(at: location) { key in
      guard
        matches?(String(decoding: key.utf8.dropFirst(location.key.utf8.count), as: UTF8.self))
          ?? true
      else { return true }
      isEmpty = false
      return false
    }
    return isEmpty
  }

  /// Whether each location is empty; they are asked about at one time.
  package func areEmpty(_ locations: [ObjectAddress]) async throws(CloudError) -> [Bool] {
    try await concurrently(locations) { location throws(CloudError) in
      try await isEmpty(location)
    }
  }

  /// All keys at a location, without markers; ends early where there are more than `limit`.
  package func keys(
    at location: ObjectAddress, limit: Int = .max
  ) async throws(CloudError) -> [String] {
    var keys: [String] = []
    try await eachKey(at: location, firstLook: 1000) { key in
      keys.append(key)
      return keys.count < limit
    }
    return keys
  }

  /// All keys at each of several locations.
  package func keys(at locations: [ObjectAddress]) async throws(CloudError) -> [[String]] {
    try await concurrently(locations) { location throws(CloudError) in
      try await keys(at: location)
    }
  }

  /// The last folder right below a location whose name fits, in the order of bytes; nil where there
  /// is none. Folders are listed without what is in them where the store can do that.
  package func lastFolder(
    at location: ObjectAddress, matches: @Sendable (_ name: String) -> Bool
  ) async throws(CloudError) -> String? {
    try await folders(at: location).last(where: matches)
  }

  /// The names of the folders right below a location, in the order of bytes.
  package func folders(at location: ObjectAddress) async throws(CloudError) -> [String] {
    var names: [String] = []
    var after: String?
    for _ in 0..<pageLimit {
      let page: (folders: [String], isTruncated: Bool)
      if let store = store as? S3Client {
        page = try await store.folders(bucket: location.bucket, prefix: location.key, after: after)
      } else {
        page = try await nextFolder(at: location, after: after)
      }
      names += page.folders.map {
        String(decoding: $0.utf8.dropFirst(location.key.utf8.count).dropLast(), as: UTF8.self)
      }
      guard page.isTruncated, let last = page.folders.last else { return names }
      // Behind all that is in the folder.
      after = last + "\u{10FFFF}"
    }
    throw tooMany(location)
  }

  /// One folder by listing keys: a store without folders is asked once for each.
  private func nextFolder(
    at location: ObjectAddress, after: String?
  ) async throws(CloudError) -> (folders: [String], isTruncated: Bool) {
    var after = after
    for _ in 0..<pageLimit {
      let page = try await store.list(
        bucket: location.bucket, prefix: location.key, after: after, limit: 1)
      guard let key = page.entries.first?.key else { return ([], false) }
      let below = key.utf8.dropFirst(location.key.utf8.count)
      if let slash = below.firstIndex(of: 0x2F) {
        let folder = String(decoding: key.utf8[...slash], as: UTF8.self)
        return ([folder], page.isTruncated)
      }
      guard page.isTruncated else { return ([], false) }
      after = key
    }
    throw tooMany(location)
  }

  /// Goes through the keys at a location until `body` says that it is enough.
  private func eachKey(
    at location: ObjectAddress, firstLook: Int = firstLook, _ body: (_ key: String) -> Bool
  ) async throws(CloudError) {
    var after: String?
    var limit = firstLook
    for _ in 0..<pageLimit {
      let page = try await store.list(
        bucket: location.bucket, prefix: location.key, after: after, limit: limit)
      for entry in page.entries where !Self.isMarker(entry.key) {
        guard body(entry.key) else { return }
      }
      guard page.isTruncated, let last = page.entries.last else { return }
      after = last.key
      limit = 1000
    }
    throw tooMany(location)
  }

  private static func isMarker(_ key: String) -> Bool {
    key.utf8.last == 0x2F || key.hasSuffix("$folder$")
  }

  private func tooMany(_ location: ObjectAddress) -> CloudError {
    CloudError(
      .refused, operation: "ListObjectsV2",
      message: "`s3://\(location.bucket)/\(location.key)` holds too many objects to go through")
  }

  /// Calls for each item, so many at one time; answers keep the items' order. Of several errors the
  /// first item's counts, for determinism.
  private func concurrently<Item: Sendable, Answer: Sendable>(
    _ items: [Item], _ call: @escaping @Sendable (Item) async throws(CloudError) -> Answer
  ) async throws(CloudError) -> [Answer] {
    typealias Outcome = Result<Answer, CloudError>
    let outcomes = await withTaskGroup(of: (Int, Outcome).self) { group in
      var outcomes = [Outcome?](repeating: nil, count: items.count)
      var next = 0
      func startNext() {
        guard next < items.count else { return }
        let (index, item) = (next, items[next])
        group.addTask {
          do throws(CloudError) {
            return (index, .success(try await call(item)))
          } catch {
            return (index, .failure(error))
          }
        }
        next += 1
      }
      for _ in 0..<Self.width { startNext() }
      for await (index, outcome) in group {
        outcomes[index] = outcome
        startNext()
      }
      return outcomes
    }
    var answers: [Answer] = []
    for outcome in outcomes.compactMap(\.self) { answers.append(try outcome.get()) }
    return answers
  }
}
