/// A text in Python: a literal, or an f-string of literals and names.
package struct PythonText {
  package enum Piece: Hashable {
    case literal(String)
    case name(String)
  }

  package var pieces: [Piece]

  package init(_ literal: String) { pieces = [.literal(literal)] }

  package init(pieces: [Piece]) { self.pieces = pieces }

  /// With the quotes that ruff chooses: double ones, unless single ones need fewer escapes.
  package var source: String {
    if pieces.count == 1, case .name(let name)? = pieces.first { return name }
    let hasNames = pieces.contains { if case .name = $0 { true } else { false } }
    var doubles = 0
    var singles = 0
    for case .literal(let text) in pieces {
      doubles += text.utf8.count { $0 == UInt8(ascii: "\"") }
      singles += text.utf8.count { $0 == UInt8(ascii: "'") }
    }
    let quote: Unicode.Scalar = doubles > singles ? "'" : "\""
    var source = hasNames ? "f" : ""
    source.unicodeScalars.append(quote)
    for piece in pieces {
      switch piece {
      case .literal(let text):
        source += Self.escaped(text, quote: quote, inFormat: hasNames)
      case .name(let name): source += "{\(name)}"
      }
    }
    source.unicodeScalars.append(quote)
    return source
  }

  private static func escaped(_ text: String, quote: Unicode.Scalar, inFormat: Bool) -> String {
    var source = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\\": source += "\\\\"
      case quote:
        source += "\\"
        source.unicodeScalars.append(scalar)
      case "\n": source += "\\n"
      case "\r": source += "\\r"
      case "\t": source += "\\t"
      case "{" where inFormat: source += "{{"
      case "}" where inFormat: source += "}}"
      default:
        if isVisible(scalar) {
          source.unicodeScalars.append(scalar)
        } else {
          source += escape(scalar)
        }
      }
    }
    return source
  }

  /// Whether readers see it as it is; not so controls, unusual spaces and marks of direction.
  private static func isVisible(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0..<0x20, 0x7F...0xA0, 0xAD, 0x061C, 0x1680, 0x180E, 0x2000...0x200F, 0x2028...0x202F,
      0x205F...0x206F, 0x3000, 0xD800...0xF8FF, 0xFE00...0xFE0F, 0xFEFF, 0xFFF0...0xFFFB,
      0xE0000...:
      false
    default: true
    }
  }

  private static func escape(_ scalar: Unicode.Scalar) -> String {
    let digits = String(scalar.value, radix: 16)
    let (letter, width) =
      scalar.value < 0x100 ? ("x", 2) : scalar.value < 0x10000 ? ("u", 4) : ("U", 8)
    return "\\\(letter)" + String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
  }
}
