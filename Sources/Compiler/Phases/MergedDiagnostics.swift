import Text
import Diagnostics
import SourceText

extension [Diagnostic] {
  /// One error for one cause.
  ///
  /// - A placeholder, or curly quotes, in a value that is an error anyway explains that error.
  /// - A name that doesn't exist is told once, with the places where it is used too.
  func withOneOfEachCause() -> [Diagnostic] {
    guard hasErrors else { return self }
    var merged: [Diagnostic] = []
    var marks: [Span: Diagnostic] = [:]
    for diagnostic in self where diagnostic.severity == .warning {
      guard let span = diagnostic.span else { continue }
      if diagnostic.code == .templateMark || diagnostic.code == .yamlSuspiciousText {
        marks[span] = diagnostic
      }
    }
    var explained: Set<Span> = []
    for diagnostic in self where diagnostic.severity == .error {
      if let span = diagnostic.span, marks[span] != nil { explained.insert(span) }
    }
    var unknown: [String: Int] = [:]
    for var diagnostic in self {
      if let span = diagnostic.span, explained.contains(span), let mark = marks[span] {
        if diagnostic == mark { continue }
        if mark.code == .templateMark {
          diagnostic.hint = mark.hint
        } else if mark.message.contains("curly"), !diagnostic.message.contains("curly") {
          diagnostic.message += ", in curly quotes"
        }
      }
      if diagnostic.code == .expressionUnknownName {
        if let first = unknown[diagnostic.message] {
          if let span = diagnostic.span, merged[first].notes.count < 3 {
            merged[first].notes.append(Diagnostic.Note("also here", at: span))
          }
          continue
        }
        unknown[diagnostic.message] = merged.count
      }
      merged.append(diagnostic)
    }
    return merged
  }
}
