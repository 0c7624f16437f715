internal import NIOCore
internal import Synchronization

/// Connections that wait for another request, for a few seconds.
final class IdleConnections: Sendable {
  private struct Entry {
    var connection: Connection
    var timer: Scheduled<Void>
  }

  private let entries = Mutex<[Endpoint: [Entry]]>([:])
  private static let longest = TimeAmount.seconds(4)

  /// The connection that was used last, if it is still open.
  func take(for endpoint: Endpoint) -> Connection? {
    entries.withLock { entries in
      while let entry = entries[endpoint]?.popLast() {
        entry.timer.cancel()
        if entry.connection.isOpen { return entry.connection }
      }
      return nil
    }
  }

  func put(_ connection: Connection, for endpoint: Endpoint) {
    let timer = connection.channel.eventLoop.scheduleTask(in: Self.longest) { [weak self] in
      if self?.remove(connection, for: endpoint) != false { connection.close() }
    }
    entries.withLock {
      $0[endpoint, default: []].append(Entry(connection: connection, timer: timer))
    }
  }

  /// Whether the connection was idle until now.
  private func remove(_ connection: Connection, for endpoint: Endpoint) -> Bool {
    entries.withLock { entries in
      let at = entries[endpoint]?.firstIndex { $0.connection.channel === connection.channel }
      guard let at else { return false }
      entries[endpoint]?.remove(at: at)
      return true
    }
  }

  func closeAll() {
    let open = entries.withLock { entries in
      defer { entries = [:] }
      return entries.values.flatMap { $0 }
    }
    for entry in open {
      entry.timer.cancel()
      entry.connection.close()
    }
  }
}
