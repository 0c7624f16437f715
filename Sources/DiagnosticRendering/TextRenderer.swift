import Text
import Diagnostics
import SourceText

/// Diagnostics for people: `file:line:column: error[code]: message`, the line, and a caret.
struct TextRenderer {
  /// The escape sequences around coloured pieces of text.
  struct Palette {
    var isColored: Bool

    static let plain = Palette(isColored: false)
    static let ansi = Palette(isColored: true)

    func paint(_ text: String, _ code: String) -> String {
      isColored ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
    }
  }

  private var locator: Locator
  private let palette: Palette
  private var output: [UInt8] = []

  init(locator: Locator, palette: Palette) {
    self.locator = locator
    self.palette = palette
  }

  mutating func render(_ diagnostics: [Diagnostic]) -> [UInt8] {
    guard !diagnostics.isEmpty else { return [] }
    for diagnostic in diagnostics {
      render(diagnostic)
      write("")
    }
    write(Self.summary(of: diagnostics))
    return output
  }

  /// `2 errors, 1 warning`.
  static func summary(of diagnostics: [Diagnostic]) -> String {
    let parts = Severity.allCases.compactMap { severity -> String? in
      let count = diagnostics.count { $0.severity == severity }
      guard count > 0 else { return nil }
      switch severity {
      case .error: return count == 1 ? "1 error" : "\(count) errors"
      case .warning: return count == 1 ? "1 warning" : "\(count) warnings"
      case .information: return count == 1 ? "1 remark" : "\(count) remarks"
      }
    }
    return parts.joined(separator: ", ")
  }

  private mutating func render(_ diagnostic: Diagnostic) {
    let tint = Self.tint(diagnostic.severity)
    let place = locator.place(of: diagnostic.span)
    let kind = palette.paint("\(diagnostic.severity.name)[\(diagnostic.code.rawValue)]:", tint)
    let message = palette.paint(VisibleText.of(diagnostic.message), "1")
    write(prefix(place) + kind + " " + message)
    if let place { excerpt(of: place, tint) }
    for note in diagnostic.notes {
      let place = locator.place(of: note.span)
      let text = palette.paint("note:", "1;36") + " " + VisibleText.of(note.message)
      write((place == nil ? "  " : prefix(place)) + text)
      if let place { excerpt(of: place, "1;36") }
    }
    if let hint = diagnostic.hint {
      write("  " + palette.paint("hint:", "1;32") + " " + VisibleText.of(hint))
    }
  }

  private func prefix(_ place: SourceRange?) -> String {
    guard let place else { return "" }
    return VisibleText.of(place.name) + ":\(place.start.line):\(place.start.column): "
  }

  private mutating func excerpt(of place: SourceRange, _ tint: String) {
    let rows = SourceExcerpt.rows(of: place, &locator)
    let width = rows.compactMap { $0.number.map { String($0).utf8.count } }.max() ?? 1
    let blank = String(repeating: " ", count: width)
    for row in rows {
      guard let number = row.number else {
        write(" " + palette.paint(row.text, "34"))
        continue
      }
      let digits = String(number)
      let padded = String(repeating: " ", count: width - digits.utf8.count) + digits
      write(" " + palette.paint(padded + " |", "34") + (row.text.isEmpty ? "" : " " + row.text))
      if !row.carets.isEmpty {
        write(" " + palette.paint(blank + " |", "34") + " " + painted(row.carets, tint))
      }
    }
  }

  private func painted(_ carets: String, _ tint: String) -> String {
    let blanks = carets.prefix { $0 == " " }
    return blanks + palette.paint(String(carets.dropFirst(blanks.count)), tint)
  }

  private static func tint(_ severity: Severity) -> String {
    switch severity {
    case .error: "1;31"
    case .warning: "1;33"
    case .information: "1;36"
    }
  }

  private mutating func write(_ line: String) {
    output.append(contentsOf: line.utf8)
    output.append(.newline)
  }
}
