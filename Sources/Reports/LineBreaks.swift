import Text

/// Where a line may end: between words, and in a word that is longer than a line after a character
/// that separates its parts.
enum LineBreaks {
  struct Word {
    var text: String
    var width: Int
    /// Whether it goes on from the one before, without a space.
    var joins: Bool
  }

  /// - Parameter most: the cells of a line.
  static func words(_ text: String, most: Int) -> [Word] {
    text.split(separator: " ").flatMap { pieces(String($0), max(most, 8)) }
  }

  private static func pieces(_ word: String, _ most: Int) -> [Word] {
    let width = DisplayWidth.of(word)
    guard width > most else { return [Word(text: word, width: width, joins: false)] }
    var pieces: [Word] = []
    var piece = ""
    var used = 0
    /// Where the piece may end: its length and width up to a separator.
    var end: (index: String.Index, width: Int)?
    func add(_ text: some StringProtocol, _ width: Int) {
      guard !text.isEmpty else { return }
      pieces.append(Word(text: String(text), width: width, joins: !pieces.isEmpty))
    }
    for character in word {
      let cells = DisplayWidth.of(String(character))
      if used + cells > most {
        let cut = end ?? (piece.endIndex, used)
        add(piece[..<cut.index], cut.width)
        piece = String(piece[cut.index...])
        used -= cut.width
        end = nil
      }
      piece.append(character)
      used += cells
      if "/,;=&?".contains(character) { end = (piece.endIndex, used) }
    }
    add(piece, used)
    return pieces
  }
}
