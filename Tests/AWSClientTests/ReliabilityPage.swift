import Foundation
import TestSupport
import Testing

/// docs/reliability.md: the faults tried, and their outcomes.
enum ReliabilityPage {
  static func table(_ cell: (FaultOperation, Fault) -> String) -> String {
    let head = ["operation"] + Fault.allCases.map(\.rawValue)
    var lines = [head, head.map { _ in "---" }]
    for operation in FaultOperation.allCases {
      lines.append(
        ["`\(operation.rawValue)`"] + Fault.allCases.map { cell(operation, $0) })
    }
    return lines.map { "| " + $0.joined(separator: " | ") + " |" }.joined(separator: "\n")
  }

  /// Compares the page with the outcomes; with `PENSTOCK_RECORD=1` writes it, and fails.
  static func expect(once: String, always: String) throws {
    let page = text(once: once, always: always)
    let file = Locations.repository.appending(path: "docs/reliability.md")
    if ProcessInfo.processInfo.environment["PENSTOCK_RECORD"] == "1" {
      try Data(page.utf8).write(to: file)
      Issue.record("recorded docs/reliability.md")
    }
    let found = (try? Locations.bytes(file)) ?? []
    #expect(String(decoding: found, as: UTF8.self) == page, "docs/reliability.md is out of date")
  }

  private static func text(once: String, always: String) -> String {
    """
    # Reliability

    The outcome of each AWS call when something goes wrong. A test makes each call over real sockets
    to a server that fails in each of these ways, checks the outcome and writes these tables:
    `PENSTOCK_RECORD=1 swift test --filter FaultTests`.

    A cell says how the call ended, and how many requests the server received: `done` is success;
    the other words are the kinds of error in `Sources/AWSServices/CloudError.swift`. A dash means that
    the fault can't affect that call (an unsigned call has no clock; an empty response can't be
    malformed).

    `RunJobFlow` and `AddJobFlowSteps` are never sent again once a request may have reached EMR, so
    that no cluster is started and no step is run twice. The error then says that the effect is
    unknown, and `apply` looks for what was started before it does anything else. All other calls
    are safe to repeat. A conditional write carries a unique mark: if its response was lost and the
    second attempt finds the condition unmet, the mark tells whether the first attempt succeeded.

    In each case the test also checks: at most three attempts, pauses of at most 20 s, nothing
    started or written twice, no error that denies an effect that happened, and no secret in any
    error's text.

    ## One answer fails

    \(once)

    ## Every answer fails

    \(always)

    If the connection is refused, each call ends as `unreachable` after three attempts: no request
    was sent, so `RunJobFlow` and `AddJobFlowSteps` are retried too.

    """
  }
}
