import Parallel
import Synchronization
import Testing

@Suite struct ConcurrentlyTests {
  private struct Answer: Sendable, Equatable {
    var number: Int
    var texts: [String]
  }

  @Sendable private static func answer(_ number: Int) async -> Answer {
    await Task.yield()
    return Answer(number: number, texts: ["answer", "\(number)"])
  }

  /// Repeated, since what goes wrong here goes wrong only in some runs.
  @Test(arguments: [0, 1, 2, 7, 8, 9, 100]) func resultsAreInOrder(count: Int) async {
    for _ in 0..<200 {
      let answers = await Array(0..<count).concurrently(width: 8, Self.answer)
      #expect(answers.map(\.number) == Array(0..<count))
      #expect(answers.allSatisfy { $0.texts == ["answer", "\($0.number)"] })
    }
  }

  @Test func allRunAtOnceWhereNoWidthIsSaid() async {
    let running = Mutex(0)
    let answers = await Array(0..<20).concurrently { number in
      running.withLock { $0 += 1 }
      // Nothing ends before the last has begun.
      while running.withLock({ $0 }) < 20 { await Task.yield() }
      return number
    }
    #expect(answers == Array(0..<20))
  }

  @Test func noMoreThanTheWidthRunAtOneTime() async {
    let counts = Mutex((now: 0, most: 0))
    _ = await Array(0..<100).concurrently(width: 5) { number in
      counts.withLock { $0 = ($0.now + 1, max($0.most, $0.now + 1)) }
      for _ in 0..<10 { await Task.yield() }
      counts.withLock { $0.now -= 1 }
      return number
    }
    #expect((1...5).contains(counts.withLock { $0.most }))
  }

  @Test func nothingIsBegunOnceAResultIsEnough() async {
    let results = await Array(0..<1000).concurrently(width: 4, until: { $0 == 10 }) { $0 }
    #expect(results[10] == 10)
    #expect(results.prefix(11).allSatisfy { $0 != nil })
    #expect(results.dropFirst(15).allSatisfy { $0 == nil })
  }
}
