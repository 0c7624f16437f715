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

  /// Text escaped for HTML in which words that don't fit into a line are broken after marks of paths
  /// and options, in front of a capital letter, and in the middle of what has neither for long.
  ///
  /// - Parameter isPart: the text may begin or end inside of a word.
  static func breakable(_ text: String, isPart: Bool = false) -> String {
    text.split(separator: " ", omittingEmptySubsequences: false).map { word in
      let pieces = pieces(word)
      guard pieces.count > 1 else { return pieces.joined() }
      let html = pieces.joined(separator: "<wbr>")
      return isPart ? html : "<span class=\"word\">\(html)</span>"
    }.joined(separator: " ")
  }

  private static func pieces(_ word: Substring) -> [String] {
    func isMark(_ character: Character) -> Bool { "/-_.,:;=&?|@+{}()[]".contains(character) }
    var pieces: [String] = []
    var piece = ""
    for character in word {
      let isHump = (piece.last?.isLowercase ?? false) && character.isUppercase
      // Marks that follow each other stay together, and those at the start with what follows.
      let isAfterMark =
        (piece.last.map(isMark) ?? false) && !isMark(character) && !piece.allSatisfy(isMark)
      if isAfterMark || isHump && piece.count > 2 || piece.count >= longest {
        pieces.append(whole(piece))
        piece = ""
      }
      piece.append(character)
    }
    return pieces + [whole(piece)]
  }

  /// A browser would break an option after its hyphens.
  private static func whole(_ piece: String) -> String {
    piece.hasPrefix("-") && piece.count > 1
      ? "<span class=\"nowrap\">\(escaped(piece))</span>" : escaped(piece)
  }

  /// How long a piece of a word can be without a place to break it.
  private static var longest: Int { 24 }

  /// A file and a line, broken only between folders.
  static func place(_ text: String) -> String {
    text.split(separator: "/", omittingEmptySubsequences: false).map { escaped(String($0)) }
      .joined(separator: "/<wbr>")
  }

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
