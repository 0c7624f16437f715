import AWSServices
import Locations
import Parallel
import PlanFormat

extension Run {
  /// How many objects are deleted per request.
  private static var width: Int { 16 }

  /// Deletes the incomplete data that a failed run left. If the process is killed, the next one
  /// continues.
  mutating func empty() async throws(RunStop) {
    var total = 0
    for place in plan.emptiedFirst {
      await services.checkpoint(.beforeRequest("DeleteObject"))
      let count: Int
      do throws(CloudError) {
        count = try await empty(place)
      } catch {
        if error.kind == .cancelled || Task.isCancelled { throw .interrupted }
        throw .refused(.placeNotEmptied(place, redacted(error)))
      }
      await services.checkpoint(.afterRequest("DeleteObject"))
      tell(.emptied(place: place, objects: count))
      total += count
    }
    try await note(.emptied(objects: total))
  }

  func empty(_ location: String) async throws(CloudError) -> Int {
    guard let place = Location(folderInBucket: location) else { return 0 }
    let store = services.store
    var count = 0
    var after: String?
    while true {
      let page = try await store.list(
        bucket: place.bucket, prefix: place.key, after: after, limit: 1000)
      try await Self.delete(page.entries.map(\.key), in: place.bucket, store)
      count += page.entries.count
      guard page.isTruncated, let last = page.entries.last else { return count }
      after = last.key
    }
  }

  private static func delete(
    _ keys: [String], in bucket: String, _ store: any ObjectStore
  ) async throws(CloudError) {
    let failures = await keys.concurrently(width: width, until: { $0 != nil }) { key in
      do throws(CloudError) {
        try await store.delete(bucket: bucket, key: key, ifMatch: nil)
        return CloudError?.none
      } catch {
        return error
      }
    }
    for case let failure?? in failures { throw failure }
  }
}
