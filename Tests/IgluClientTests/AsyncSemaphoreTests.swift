import IgluClient
import Synchronization
import Testing

@Suite struct AsyncSemaphoreTests {
  /// How many tasks are at work, and how many were at most.
  private final class Gauge: Sendable {
    private let counts = Mutex((now: 0, most: 0))

    var most: Int { counts.withLock { $0.most } }

    func enter() {
      counts.withLock {
        $0.now += 1
        $0.most = max($0.most, $0.now)
      }
    }

    func leave() { counts.withLock { $0.now -= 1 } }
  }

  /// The tasks in the order of their turns.
  private final class Order: Sendable {
    private let kept = Mutex<[Int]>([])

    var numbers: [Int] { kept.withLock { $0 } }

    func add(_ number: Int) { kept.withLock { $0.append(number) } }
  }

  @Test(arguments: [1, 3, 100])
  func onlySoManyProceed(limit: Int) async {
    let semaphore = AsyncSemaphore(limit)
    let gauge = Gauge()
    let tasks = (0..<50).map { _ in
      Task {
        await semaphore.take()
        gauge.enter()
        for _ in 0..<10 { await Task.yield() }
        gauge.leave()
        await semaphore.giveBack()
      }
    }
    for task in tasks { await task.value }
    #expect(gauge.most <= limit && gauge.most > 0)
    // All turns were given back.
    for _ in 0..<limit { await semaphore.take() }
    for _ in 0..<limit { await semaphore.giveBack() }
  }

  @Test func whoComesFirstIsServedFirst() async {
    let semaphore = AsyncSemaphore(1)
    let order = Order()
    await semaphore.take()
    // Each asks for its turn before the next is made.
    let tasks = (0..<20).map { number in
      Task.immediate {
        await semaphore.take()
        order.add(number)
        await semaphore.giveBack()
      }
    }
    #expect(order.numbers == [])
    await semaphore.giveBack()
    for task in tasks { await task.value }
    #expect(order.numbers == Array(0..<20))
  }
}
