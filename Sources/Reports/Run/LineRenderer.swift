package import Executor
import Values
import Text

/// Events as plain lines for logs and mail: a time, and what happened.
package struct LineRenderer: Sendable {
  private var steps: [String] = []

  package init() {}

  /// The lines of an event, each with a line end; empty if there is nothing to say.
  package mutating func render(_ event: RunEvent) -> String {
    if case .began(_, _, let names) = event.kind { steps = names }
    if case .failed(let report) = event.kind {
      return ReportText.lines(report).map { $0 + "\n" }.joined()
    }
    guard let line = EventText.line(event, steps: steps).map(VisibleText.line) else { return "" }
    var text = "\(Self.whole(event.time))  \(line)\n"
    if case .programLog(_, _, let lines) = event.kind {
      for line in lines { text += "    \(VisibleText.line(line))\n" }
    }
    return text
  }

  /// A time without fractions of a second.
  private static func whole(_ time: Value.Timestamp) -> String {
    Value.Timestamp(seconds: time.seconds, nanoseconds: 0).description
  }
}
