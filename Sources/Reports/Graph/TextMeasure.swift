/// How wide a text is in Arial, Helvetica or Liberation Sans, which have the same widths, and how it
/// breaks into lines.
enum TextMeasure {
  /// Widths of ASCII from space to tilde, in thousandths of the font's size.
  private static let widths: [Int] = [
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278,
    556, 556, 556, 556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556,
    1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833, 722, 778,
    667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556,
    333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556,
    556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584,
  ]

  /// In pixels, rounded up, with some room for other fonts.
  static func width(_ text: some StringProtocol, size: Int, isBold: Bool = false) -> Int {
    var sum = 0
    for scalar in text.unicodeScalars {
      let index = Int(scalar.value) - 0x20
      sum += widths.indices.contains(index) ? widths[index] : scalar.value < 0x2E80 ? 640 : 1000
    }
    return (sum * size * (isBold ? 114 : 106) + 99_999) / 100_000
  }

  private static let marks = " /-_.,:=&?|;"

  /// Lines that are at most so wide, broken after a space or a slash, or else after other marks; a
  /// word that is too long is broken anywhere.
  static func lines(_ text: String, size: Int, most: Int, isBold: Bool = false) -> [String] {
    var lines: [String] = []
    var line = ""
    var used = 0
    let parts = pieces(text, after: " /").flatMap { part in
      width(part, size: size, isBold: isBold) <= most ? [part] : pieces(part, after: marks)
    }
    for piece in parts {
      let width = width(piece, size: size, isBold: isBold)
      if used + width <= most || line.isEmpty && width <= most {
        line += piece
        used += width
        continue
      }
      if !line.isEmpty { lines.append(line) }
      (line, used) = ("", 0)
      for character in piece {
        let width = self.width(String(character), size: size, isBold: isBold)
        if used + width > most, !line.isEmpty {
          lines.append(line)
          (line, used) = ("", 0)
        }
        line.append(character)
        used += width
      }
    }
    if !line.isEmpty || lines.isEmpty { lines.append(line) }
    return lines.map { line in
      var line = Substring(line)
      while line.last == " " { line.removeLast() }
      while line.first == " " { line.removeFirst() }
      return String(line)
    }
  }

  /// Pieces of a text between which it may be broken: after a space, and after the last of marks
  /// that follow each other.
  private static func pieces(_ text: some StringProtocol, after marks: String) -> [Substring] {
    var pieces: [Substring] = []
    var piece: Substring = ""
    for character in text {
      if let last = piece.last, marks.contains(last),
        last == " " ? character != " " : !marks.contains(character)
      {
        pieces.append(piece)
        piece = ""
      }
      piece.append(character)
    }
    return piece.isEmpty ? pieces : pieces + [piece]
  }
}
