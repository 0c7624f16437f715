import Text

/// One character of a line, as shown.
struct LineCell {
  /// Bytes of the file.
  var range: Range<Int>
  var shown: String
  /// In terminal cells.
  var width: Int
}

/// Splits a piece of a line into the characters that a reader sees.
struct LineCells {
  private(set) var cells: [LineCell] = []
  private var column = 0
  private var joinsNext = false
  private static var tabStop: Int { 4 }

  /// Bytes that aren't UTF-8 are shown as escapes, one by one.
  init(_ text: [UInt8], in range: Range<Int>) {
    var at = range.lowerBound
    while at < range.upperBound {
      let (scalar, length) = Self.decode(text, at, range.upperBound)
      let bytes = at..<(at + length)
      if let scalar {
        add(scalar, bytes)
      } else {
        append(VisibleText.invalid(text[at]), width: 4, bytes)
      }
      at += length
    }
  }

  private mutating func add(_ scalar: Unicode.Scalar, _ bytes: Range<Int>) {
    if scalar == "\t" {
      let width = Self.tabStop - column % Self.tabStop
      return append(String(repeating: " ", count: width), width: width, bytes)
    }
    if let escape = VisibleText.escape(scalar) {
      return append(escape, width: escape.utf8.count, bytes)
    }
    let width = DisplayWidth.of(scalar)
    if joinsLast(scalar, width) { return join(scalar, bytes) }
    if width == 0 {
      // A combining mark at the start of a line gets a base character.
      return append("\u{25CC}" + String(scalar), width: 1, bytes)
    }
    append(String(scalar), width: width, bytes)
  }

  private func joinsLast(_ scalar: Unicode.Scalar, _ width: Int) -> Bool {
    guard let last = cells.last?.shown.unicodeScalars.last, last.value > 0x20 else {
      return false
    }
    if width == 0 || joinsNext { return true }
    switch scalar.value {
    case 0x1F3FB...0x1F3FF: return last.properties.isEmojiModifierBase
    case 0x1F1E6...0x1F1FF: return cells.last?.shown.unicodeScalars.count == 1 && isFlagPart(last)
    default: return false
    }
  }

  private func isFlagPart(_ scalar: Unicode.Scalar) -> Bool {
    (0x1F1E6...0x1F1FF).contains(scalar.value)
  }

  private mutating func join(_ scalar: Unicode.Scalar, _ bytes: Range<Int>) {
    let last = cells.count - 1
    let isEmoji = cells[last].shown.unicodeScalars.first?.properties.isEmoji ?? false
    cells[last].shown.unicodeScalars.append(scalar)
    cells[last].range = cells[last].range.lowerBound..<bytes.upperBound
    // A joiner only merges two emoji.
    joinsNext = scalar.value == 0x200D && isEmoji
    if scalar.value == 0xFE0F, isEmoji, cells[last].width == 1 {
      cells[last].width = 2
      column += 1
    }
  }

  private mutating func append(_ shown: String, width: Int, _ bytes: Range<Int>) {
    cells.append(LineCell(range: bytes, shown: shown, width: width))
    column += width
    joinsNext = false
  }

  /// The scalar at an offset and its length; nil and 1 if there is none.
  private static func decode(_ text: [UInt8], _ at: Int, _ end: Int) -> (Unicode.Scalar?, Int) {
    let first = text[at]
    if first < 0x80 { return (Unicode.Scalar(first), 1) }
    let length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2
    guard first >= 0xC2, first <= 0xF4, at + length <= end else { return (nil, 1) }
    var code = UInt32(first) & (length == 2 ? 0x1F : length == 3 ? 0x0F : 0x07)
    for byte in text[(at + 1)..<(at + length)] {
      guard byte & 0xC0 == 0x80 else { return (nil, 1) }
      code = code << 6 | UInt32(byte & 0x3F)
    }
    let smallest: UInt32 = length == 2 ? 0x80 : length == 3 ? 0x800 : 0x1_0000
    guard code >= smallest, let scalar = Unicode.Scalar(code) else { return (nil, 1) }
    return (scalar, length)
  }
}
