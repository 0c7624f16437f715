package import SourceText

/// How serious a diagnostic is. Only `error` stops a command.
package enum Severity: Int, Sendable, Hashable, Comparable, CaseIterable {
  case error
  case warning
  case information

  package static func < (left: Severity, right: Severity) -> Bool { left.rawValue < right.rawValue }
}

/// One thing that is wrong with the user's input, or worth knowing about it.
///
/// Typed factories make the text (`<Module>+Diagnostics.swift`); call sites contain none. A message
/// starts in lower case, has no full stop, puts names in backticks, and says what is wrong.
package struct Diagnostic: Hashable, Sendable {
  /// Where the expectation comes from, or another place that matters.
  package struct Note: Hashable, Sendable {
    package var message: String
    package var span: Span?

    package init(_ message: String, at span: Span? = nil) {
      self.message = message
      self.span = span
    }
  }

  package var code: DiagnosticCode
  package var severity: Severity {
    didSet { assert(severity != .warning || code.canBeWarning, "\(code)") }
  }
  package var message: String
  package var span: Span?
  package var notes: [Note]
  /// The fix, or a "did you mean".
  package var hint: String? { didSet { replacement = nil } }
  /// What the hint says to write at `span`, if it says that.
  package var replacement: Hint.Replacement?

  package init(
    _ code: DiagnosticCode, _ message: String, at span: Span? = nil, notes: [Note] = [],
    hint: String? = nil, severity: Severity? = nil
  ) {
    self.code = code
    self.severity = severity ?? code.severity
    self.message = message
    self.span = span
    self.notes = notes
    self.hint = hint
    assert(self.severity != .warning || code.canBeWarning, "\(code)")
  }

  /// The same with a hint that may be a replacement.
  @_disfavoredOverload
  package init(
    _ code: DiagnosticCode, _ message: String, at span: Span? = nil, notes: [Note] = [],
    hint: Hint?, severity: Severity? = nil
  ) {
    self.init(code, message, at: span, notes: notes, hint: hint?.text, severity: severity)
    replacement = hint?.replacement
  }
}

extension [Diagnostic] {
  package var hasErrors: Bool { contains { $0.severity == .error } }

  /// Sorted by (file, offset, severity, code, text) and without duplicates, for determinism.
  package func sortedAndUnique() -> [Diagnostic] {
    let sorted = self.sorted { left, right in
      let leftKey = left.sortKey
      let rightKey = right.sortKey
      if leftKey != rightKey { return leftKey.lexicographicallyPrecedes(rightKey) }
      if left.code.rawValue != right.code.rawValue {
        return left.code.rawValue < right.code.rawValue
      }
      return left.message < right.message
    }
    var unique: [Diagnostic] = []
    unique.reserveCapacity(sorted.count)
    for diagnostic in sorted {
      // The same diagnostic at the same place is reported once, however it was found.
      if let last = unique.last, last.code == diagnostic.code, last.span == diagnostic.span,
        last.message == diagnostic.message, last.severity == diagnostic.severity
      {
        continue
      }
      unique.append(diagnostic)
    }
    return unique
  }
}

extension Diagnostic {
  /// Diagnostics without a place come first.
  fileprivate var sortKey: [UInt64] {
    guard let span else { return [0, 0, 0, UInt64(severity.rawValue)] }
    return [
      UInt64(span.source.index) + 1, UInt64(span.start), UInt64(span.end),
      UInt64(severity.rawValue),
    ]
  }
}
