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

  /// Text escaped for HTML that may be broken into lines after marks of paths and options, in front
  /// of a capital letter, and in the middle of what has neither for long.
  static func breakable(_ text: String) -> String {
    var result = ""
    var piece = ""
    var isAfterMark = false
    func end(_ piece: String) -> String {
      // A browser would break it after its hyphens.
      piece.hasPrefix("-") && piece.count > 1
        ? "<span class=\"nowrap\">\(escaped(piece))</span>" : escaped(piece)
    }
    func isMark(_ character: Character) -> Bool { "/-_.,:;=&?|@+{}()[]".contains(character) }
    for character in text {
      let isHump = (piece.last?.isLowercase ?? false) && character.isUppercase
      // Marks that follow each other stay together, and one that begins a word stays with it.
      if isAfterMark && !isMark(character) && piece.contains(where: { !isMark($0) })
        || isHump && piece.count > 2 || piece.count >= longest
      {
        result += end(piece) + "<wbr>"
        piece = ""
      }
      piece.append(character)
      if character == " " {
        result += end(piece)
        piece = ""
      }
      isAfterMark = isMark(character)
    }
    return result + end(piece)
  }

  /// How long a piece of a word can be without a place to break it.
  private static var longest: Int { 24 }

  static func breakableCode(_ text: String) -> String { "<code>\(breakable(text))</code>" }

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
