package import Diagnostics
import SourceText
package import Testing

/// An expected diagnostic: its code, and the mark at which it starts (and the one at which it
/// ends).
package struct ExpectedDiagnostic: Sendable {
  package var code: DiagnosticCode
  package var from: Int?
  package var to: Int?
  /// What its message must contain.
  package var message: String?

  package init(
    _ code: DiagnosticCode, from: Int? = nil, to: Int? = nil, message: String? = nil
  ) {
    self.code = code
    self.from = from
    self.to = to
    self.message = message
  }
}

/// Expects exactly these diagnostics, in their order in the text; one that is not named fails too.
package func expectDiagnostics(
  _ diagnostics: [Diagnostic], in source: MarkedSource, _ expected: [ExpectedDiagnostic],
  sourceLocation: Testing.SourceLocation = #_sourceLocation
) {
  let actual = diagnostics.sortedAndUnique()
  let text = actual.map { diagnostic in
    let place = diagnostic.span.map { "\($0.start)..<\($0.end)" } ?? "nowhere"
    return "\(diagnostic.code.rawValue) at \(place): \(diagnostic.message)"
  }
  guard actual.count == expected.count else {
    Issue.record(
      "\(expected.count) diagnostics were expected, \(actual.count) given: \(text)",
      sourceLocation: sourceLocation)
    return
  }
  for (index, wanted) in expected.enumerated() {
    let diagnostic = actual[index]
    var isMatch = diagnostic.code == wanted.code
    if let from = wanted.from {
      isMatch = isMatch && diagnostic.span.map { Int($0.start) } == source.offset(from)
    }
    if let to = wanted.to {
      isMatch = isMatch && diagnostic.span.map { Int($0.end) } == source.offset(to)
    }
    if let message = wanted.message { isMatch = isMatch && diagnostic.message.contains(message) }
    if !isMatch {
      Issue.record("\(wanted) was expected, given: \(text[index])", sourceLocation: sourceLocation)
    }
  }
}
