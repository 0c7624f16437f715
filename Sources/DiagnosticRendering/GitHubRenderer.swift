import Text
import Diagnostics
import SourceText

/// Diagnostics as GitHub Actions workflow commands, which GitHub shows at their lines.
enum GitHubRenderer {
  static func render(_ diagnostics: [Diagnostic], _ locator: inout Locator) -> [UInt8] {
    var output = ""
    for diagnostic in diagnostics {
      output += "::" + command(diagnostic.severity) + " "
      if let place = locator.place(of: diagnostic.span) {
        output += "file=" + property(place.name)
        output += ",line=\(place.start.line),col=\(place.start.column)"
        if place.end.line == place.start.line {
          output += ",endColumn=\(place.end.column)"
        } else {
          output += ",endLine=\(place.end.line)"
        }
        output += ","
      }
      output += "title=" + property(diagnostic.code.rawValue)
      output += "::" + data(text(of: diagnostic, &locator)) + "\n"
    }
    return Array(output.utf8)
  }

  private static func text(of diagnostic: Diagnostic, _ locator: inout Locator) -> String {
    var text = diagnostic.message
    for note in diagnostic.notes {
      text += "\nnote: "
      if let place = locator.place(of: note.span) {
        text += "\(place.name):\(place.start.line):\(place.start.column): "
      }
      text += note.message
    }
    if let hint = diagnostic.hint { text += "\nhint: " + hint }
    return text
  }

  private static func command(_ severity: Severity) -> String {
    switch severity {
    case .error: "error"
    case .warning: "warning"
    case .information: "notice"
    }
  }

  private static func data(_ text: String) -> String {
    escape(text, also: [])
  }

  private static func property(_ text: String) -> String {
    escape(text, also: [":", ","])
  }

  private static func escape(_ text: String, also more: [Unicode.Scalar]) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      if scalar == "%" || scalar == "\r" || scalar == "\n" || more.contains(scalar) {
        let digits = String(scalar.value, radix: 16, uppercase: true)
        result += "%" + (digits.utf8.count == 1 ? "0" : "") + digits
      } else if scalar == "\t" {
        result += "\t"
      } else {
        result += VisibleText.escape(scalar) ?? String(scalar)
      }
    }
    return result
  }
}
