import Synchronization
package import Values

/// Stands between a client and a service, and lets given requests fail.
package final class FaultProxy: Sendable {
  /// A fault and the requests that it affects.
  package struct Strike: Hashable, Sendable, CustomStringConvertible {
    package var fault: Fault
    /// The first request affected, from 1.
    package var first: Int
    package var count: Int

    package init(_ fault: Fault, first: Int = 1, count: Int = 1) {
      self.fault = fault
      self.first = first
      self.count = count
    }

    func affects(_ index: Int) -> Bool { index >= first && index - first < count }

    package var description: String {
      "\(fault.rawValue) at request \(first)" + (count == 1 ? "" : " and \(count - 1) more")
    }
  }

  package struct State: Sendable {
    /// The names of all requests, in order.
    package var requests: [String] = []
    /// The requests that a fault has changed the answers of.
    package var struck: [String] = []
    /// Whether the last request was left without an answer.
    package var isSilent = false
    /// The access key of the last signed request.
    package var key = ""
    var clockOffset: Int64 = 0
  }

  private let strikes: [Strike]
  private let now: @Sendable () -> Value.Timestamp
  private let state = Mutex(State())

  /// - Parameter now: the client's time.
  package init(_ strikes: [Strike], now: @escaping @Sendable () -> Value.Timestamp) {
    self.strikes = strikes
    self.now = now
  }

  package var snapshot: State { state.withLock { $0 } }

  package func reply(
    to request: SocketServer.Request, service: () -> SocketServer.Reply
  ) -> SocketServer.Reply {
    let asked = AWSRequest(request)
    let (index, time) = begin(asked)
    let strike = strikes.first { $0.affects(index) }
    guard let fault = strike?.fault else {
      // A clock that is wrong stays wrong.
      return isOnTime(request, time) ? dated(service(), time) : refuseLate(asked, time)
    }
    guard fault.clockOffset == 0 || strike?.count ?? 1 > 1 || !isOnTime(request, time) else {
      return dated(service(), time)
    }
    let date = HTTPDate.text(time)
    if !fault.hasEffect {
      guard let reply = fault.reply(to: asked, .reset, at: date) else {
        return dated(service(), time)
      }
      note(asked, isSilent: false)
      return reply
    }
    let answer = dated(service(), time)
    guard let reply = fault.reply(to: asked, answer, at: date) else { return answer }
    note(asked, isSilent: fault == .silence)
    return reply
  }

  /// Counts a request; returns its number and the services' time.
  private func begin(_ asked: AWSRequest) -> (index: Int, time: Value.Timestamp) {
    state.withLock { state in
      state.requests.append(asked.name)
      state.isSilent = false
      let key = asked.request.headers["authorization"]?.split(separator: "/").first ?? ""
      if let name = key.split(separator: "=").last { state.key = String(name) }
      let index = state.requests.count
      if let offset = strikes.first(where: { $0.affects(index) })?.fault.clockOffset, offset != 0 {
        state.clockOffset = offset
      }
      var time = now()
      time.seconds += state.clockOffset
      return (index, time)
    }
  }

  private func note(_ asked: AWSRequest, isSilent: Bool) {
    state.withLock { state in
      state.struck.append(asked.name)
      state.isSilent = isSilent
    }
  }

  private func refuseLate(_ asked: AWSRequest, _ time: Value.Timestamp) -> SocketServer.Reply {
    note(asked, isSilent: false)
    return asked.refusal(of: "skewed", at: HTTPDate.text(time))
  }

  /// Whether a signature's time is within five minutes of the services'.
  private func isOnTime(_ request: SocketServer.Request, _ time: Value.Timestamp) -> Bool {
    guard let text = request.headers["x-amz-date"] else { return true }
    guard let signed = HTTPDate.compact(text) else { return false }
    return abs(signed - time.seconds) < 300
  }

  private func dated(_ reply: SocketServer.Reply, _ time: Value.Timestamp) -> SocketServer.Reply {
    guard case .answer(let status, var headers, let body) = reply else { return reply }
    headers["Date"] = HTTPDate.text(time)
    return .answer(status: status, headers: headers, body: body)
  }
}

/// Times in the heads of requests and answers.
package enum HTTPDate {
  /// `Mon, 06 Nov 1994 08:49:37 GMT`; the day of the week isn't the right one.
  package static func text(_ time: Value.Timestamp) -> String {
    let civil = time.civil
    let months = [
      "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
    func two(_ number: Int) -> String { Value.Timestamp.padded(number, 2) }
    return "Mon, \(two(civil.day)) \(months[civil.month - 1]) \(civil.year) "
      + "\(two(civil.hour)):\(two(civil.minute)):\(two(civil.second)) GMT"
  }

  /// The seconds since 1970 of `19941106T084937Z`.
  static func compact(_ text: String) -> Int64? {
    guard text.utf8.count == 16 else { return nil }
    func part(_ from: Int, _ count: Int) -> Int? { Int(text.dropFirst(from).prefix(count)) }
    guard let year = part(0, 4), let month = part(4, 2), let day = part(6, 2),
      let hour = part(9, 2), let minute = part(11, 2), let second = part(13, 2)
    else { return nil }
    return Value.Timestamp.seconds(
      year: Int64(year), month: month, day: day, hour: hour, minute: minute, second: second)
  }
}
