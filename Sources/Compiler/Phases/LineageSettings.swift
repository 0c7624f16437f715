import Diagnostics
import Passes
import PipelineIR
import SourceText
import Values

/// Where lineage goes: the evaluated `run.lineage`.
enum LineageSettings {
  static var name: String { "lineage" }

  /// The settings with the server's key as a secret.
  static func checked(
    _ located: SpannedValue, into diagnostics: inout [Diagnostic]
  ) -> SpannedValue {
    guard case .map(var entries) = located.content else { return located }
    for at in entries.indices {
      let value = entries[at].value
      guard case .scalar(let scalar) = value.content else { continue }
      switch entries[at].key {
      case "api-key":
        if case .string = scalar {
          let reference = "pipeline#/run/\(name)/api-key"
          entries[at].value.content = .scalar(.secret(Secret(scalar, reference: reference)))
        }
      case "url": check(url: scalar, value, into: &diagnostics)
      case "file":
        if case .string("") = scalar {
          diagnostics.append(
            .lineageInvalid("the file of lineage events has no name", at: value.span))
        }
      default: break
      }
    }
    var checked = located
    checked.content = .map(entries)
    return checked
  }

  private static func check(
    url: Value, _ located: SpannedValue, into diagnostics: inout [Diagnostic]
  ) {
    let text = if case .string(let text) = url.revealed { text } else { "" }
    // It may be a secret, so it isn't quoted.
    guard !text.hasPrefix("https://"), !text.hasPrefix("http://") else { return }
    diagnostics.append(
      .lineageInvalid(
        "the address of the lineage server doesn't start with `https://`",
        at: located.origin ?? located.span,
        hint: "give the server's address, such as `https://marquez.example`"))
  }
}
