extension Array where Element: Sendable {
  /// The results of an operation on each item, in the items' order, where so many are under way at
  /// one time.
  package func concurrently<Result: Sendable>(
    width: Int = .max, _ operation: @escaping @Sendable (Element) async -> Result
  ) async -> [Result] {
    await concurrently(width: width, until: { _ in false }, operation).compactMap { $0 }
  }

  /// The same, where none is begun any more once a result is enough; nil stands for the items that
  /// were not begun.
  ///
  /// No other place starts a task group, and the body of this one returns nothing. Swift 6.3 loses what
  /// a group's body returns where the optimiser keeps it in the place of the result while the body
  /// waits: with no task in the group, the caller then reads what was in memory before.
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
