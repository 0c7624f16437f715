extension Array where Element: Sendable {
  /// The results of an operation on each item, in the items' order, with a limit on how many run at
  /// once.
  package func concurrently<Result: Sendable>(
    width: Int = .max, _ operation: @escaping @Sendable (Element) async -> Result
  ) async -> [Result] {
    await concurrently(width: width, until: { _ in false }, operation).compactMap { $0 }
  }

  /// The same, but starts no more items once a result is enough; nil for items that were not
  /// started.
  ///
  /// No other place starts a task group, and the body of this one returns nothing: Swift 6.3 loses
  /// the value that a group's body returns when the optimiser keeps it in the result's memory while
  /// the body waits. With no task in the group, the caller then reads stale memory.
  package func concurrently<Result: Sendable>(
    width: Int, until isEnough: (Result) -> Bool,
    _ operation: @escaping @Sendable (Element) async -> Result
  ) async -> [Result?] {
    var results = [Result?](repeating: nil, count: count)
    await withTaskGroup(of: (Int, Result).self) { group in
      var next = 0
      var running = 0
      var hasEnough = false
      while true {
        while running < width, next < count, !hasEnough {
          let (index, item) = (next, self[next])
          group.addTask {
            let result = await operation(item)
            return (index, result)
          }
          next += 1
          running += 1
        }
        guard let (index, result) = await group.next() else { return }
        running -= 1
        hasEnough = hasEnough || isEnough(result)
        results[index] = result
      }
    }
    return results
  }
}
