import Documents
import Diagnostics
import SourceText
import Values

/// The severity and exit status of a rule that isn't met.
struct Consequence {
  var isWarning = false
  /// The exit status that the rule sets.
  var exitStatus: ExitStatus?
}

extension Binder {
  /// Reads `severity` and `exit`; nil if one of them is invalid.
  func consequence(
    severity: NodeID?, exit: NodeID?, into diagnostics: inout [Diagnostic]
  ) -> Consequence? {
    var consequence = Consequence()
    if let severity {
      guard let value = value(severity, into: &diagnostics)?.unwrapped else { return nil }
      switch value {
      case .string("warning"): consequence.isWarning = true
      case .string("error"), .null, .optional: break
      default:
        diagnostics.append(
          .wrongValue("`error` or `warning`", found: value, at: tree.span(severity)))
        return nil
      }
    }
    if let exit {
      guard let value = value(exit, into: &diagnostics)?.unwrapped else { return nil }
      if let status = value.exactInteger.flatMap({ ExitStatus(asked: $0) }) {
        consequence.exitStatus = status
      } else if !value.isAbsent {
        diagnostics.append(
          .wrongValue("an exit code from 1 to 255", found: value, at: tree.span(exit)))
        return nil
      }
    }
    return consequence
  }
}
