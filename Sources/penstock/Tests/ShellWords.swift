/// A command line that Penstock printed, as words again: the inverse of `ShellText.join`.
enum ShellWords {
  static func split(_ text: String) -> [String] {
    var words: [String] = []
    var word = ""
    var isOpen = false
    var isQuoted = false
    var isEscaped = false
    for scalar in text.unicodeScalars {
      if isEscaped {
        word.unicodeScalars.append(scalar)
        isEscaped = false
      } else if isQuoted {
        if scalar == "'" { isQuoted = false } else { word.unicodeScalars.append(scalar) }
      } else if scalar == "'" {
        isQuoted = true
        isOpen = true
      } else if scalar == "\\" {
        isEscaped = true
        isOpen = true
      } else if scalar == " " {
        if isOpen { words.append(word) }
        word = ""
        isOpen = false
      } else {
        word.unicodeScalars.append(scalar)
        isOpen = true
      }
    }
    if isOpen { words.append(word) }
    return words
  }
}
