/// A regular expression as Python's `re`, with its flag ASCII, has to have it.
package enum PythonPattern {
  /// The same pattern in Python; nil if Python may read it otherwise.
  package static func translated(_ pattern: String) -> String? {
    var reader = Reader(scalars: Array(pattern.unicodeScalars))
    return reader.read()
  }

  private struct Reader {
    let scalars: [Unicode.Scalar]
    var at = 0
    var result = ""

    private var next: Unicode.Scalar? { at < scalars.count ? scalars[at] : nil }

    mutating func read() -> String? {
      while let scalar = next {
        at += 1
        switch scalar {
        case "\\":
          guard escape(inClass: false) else { return nil }
        case "[":
          guard characterClass() else { return nil }
        case "(":
          result += "("
          guard group() else { return nil }
        case "$": result += "\\Z"  // Python's `$` also matches before a line feed at the end.
        case "{" where next == ",": result += "\\{"  // Python takes `{,2}` for a number of times.
        default: result.unicodeScalars.append(scalar)
        }
      }
      return result
    }

    /// What follows a backslash.
    private mutating func escape(inClass: Bool) -> Bool {
      guard let scalar = next else { return false }
      at += 1
      switch scalar {
      case "z" where !inClass: result += "\\Z"
      case "A" where !inClass, "b" where !inClass, "B" where !inClass: result += "\\\(scalar)"
      case "d", "D", "w", "W", "n", "r", "t", "f", "v", "a": result += "\\\(scalar)"
      case "s": result += inClass ? "\\t\\n\\f\\r " : "[\\t\\n\\f\\r ]"
      case "S" where !inClass: result += "[^\\t\\n\\f\\r ]"
      default:
        let isWord = scalar.properties.isAlphabetic || scalar.properties.numericType != nil
        guard scalar.isASCII, !isWord else { return false }
        result += "\\\(scalar)"
      }
      return true
    }

    private mutating func characterClass() -> Bool {
      result += "["
      if next == "^" {
        at += 1
        result += "^"
      }
      var isFirst = true
      while let scalar = next {
        at += 1
        switch scalar {
        case "]" where !isFirst:
          result += "]"
          return true
        case "\\":
          guard escape(inClass: true) else { return false }
        // Python warns of what may be sets of sets some day; `[:` begins a named class.
        case "[":
          guard next != ":" else { return false }
          result += "\\["
        case "]", "&", "~", "|": result += "\\\(scalar)"
        default: result.unicodeScalars.append(scalar)
        }
        isFirst = false
      }
      return false
    }

    /// What follows an opening parenthesis, if it is a question mark: no flags, and names as Python
    /// writes them.
    private mutating func group() -> Bool {
      guard next == "?" else { return true }
      at += 1
      if next == ":" {
        at += 1
        result += "?:"
        return true
      }
      if next == "P" { at += 1 }
      guard next == "<" else { return false }
      at += 1
      result += "?P<"
      return true
    }
  }
}
