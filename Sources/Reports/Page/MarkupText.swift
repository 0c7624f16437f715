import Text
import DiagnosticRendering

/// Text in HTML, and in Markdown as GitHub shows it.
enum MarkupText {
  /// Text escaped for HTML, with invisible characters made visible.
  static func escaped(_ text: String) -> String {
    var result = ""
    result.reserveCapacity(text.utf8.count)
    for scalar in VisibleText.of(text).unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "'": result += "&#39;"
      // Would end a cell of a table, or start a mention or markup of Markdown.
      case "|": result += "&#124;"
      case "@": result += "&#64;"
      case "*": result += "&#42;"
      case "_": result += "&#95;"
      case "~": result += "&#126;"
      case "[": result += "&#91;"
      case "]": result += "&#93;"
      case "`": result += "&#96;"
      case "\\": result += "&#92;"
      case "#": result += "&#35;"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  static func code(_ text: String) -> String { "<code>\(escaped(text))</code>" }

  /// A sentence with names in backticks.
  static func sentence(_ text: String) -> String {
    let parts = text.split(separator: "`", omittingEmptySubsequences: false)
    // An unpaired backtick is part of the text.
    guard parts.count % 2 == 1 else { return escaped(text) }
    return parts.enumerated().map { index, part in
      index % 2 == 1 ? code(String(part)) : escaped(String(part))
    }.joined()
  }
}
