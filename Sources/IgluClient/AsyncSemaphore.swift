/// Lets a limited number of tasks proceed at a time; the others wait, first come, first served.
///
/// An answer's time-out starts when it is asked for: without turns, the last of many look-ups would
/// spend it waiting for a connection.
package actor AsyncSemaphore {
  private var free: Int
  private var waiting: [CheckedContinuation<Void, Never>] = []
  private var served = 0

  package init(_ count: Int) { free = count }

  package func take() async {
    if free > 0 {
      free -= 1
    } else {
      await withCheckedContinuation { waiting.append($0) }
    }
  }

  package func giveBack() {
    guard served < waiting.count else {
      waiting.removeAll()
      served = 0
      free += 1
      return
    }
    served += 1
    waiting[served - 1].resume()
  }
}
