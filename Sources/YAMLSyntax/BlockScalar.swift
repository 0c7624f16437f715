import Text

/// A literal or folded scalar in its source text.
struct BlockScalar {
  private enum Chomping { case strip, clip, keep }

  private let bytes: UnsafeBufferPointer<UInt8>
  private var chomping = Chomping.clip
  /// Offset of the first line of text.
  private var body: Int
  /// How much text to read at most.
  private let limit: Int

  /// `at` is the offset of the `|` or `>`.
  init(_ bytes: UnsafeBufferPointer<UInt8>, at: Int, limit: Int) {
    self.bytes = bytes
    self.limit = limit
    body = min(at + 1, bytes.count)
    var isHeader = true
    while body < bytes.count {
      let length = DecodedText.breakLength(bytes, body)
      if length > 0 {
        body += length
        return
      }
      switch bytes[body] {
      case .plus where isHeader: chomping = .keep
      case .hyphen where isHeader: chomping = .strip
      case 0x31...0x39: break
      default: isHeader = false
      }
      body += 1
    }
  }

  /// The indentations that the text may have: that of its first line, or less if the header says
  /// so.
  var likelyIndents: [Int] {
    var at = body
    var start = at
    while at < bytes.count {
      let length = DecodedText.breakLength(bytes, at)
      if length > 0 {
        at += length
        start = at
      } else if bytes[at] == .space {
        at += 1
      } else {
        break
      }
    }
    let first = at - start
    return [max(1, first)] + (1...(max(1, min(first, 200)))).reversed()
      + (first..<(first + 10)).dropFirst()
  }

  func read(indent: Int, isFolded: Bool, into decoded: inout DecodedText) {
    var at = Cursor(offset: body)
    var leading: Range<Int>?
    var wasBlank = false
    var trailing = blankLines(&at, indent: indent)
    while at.isAtText, at.offset < bytes.count, decoded.text.count <= limit {
      let isBlank = SourceLines.isBlank(bytes[at.offset])
      if let end = leading {
        if isFolded, end.count < 3, !wasBlank, !isBlank {
          if trailing.isEmpty {
            decoded.put(CollectionOfOne(.space), for: end.lowerBound..<at.offset)
          }
        } else {
          decoded.putBreak(end)
        }
      }
      for line in trailing { decoded.putBreak(line) }
      wasBlank = isBlank
      var end = at.offset
      while end < bytes.count, DecodedText.breakLength(bytes, end) == 0 { end += 1 }
      decoded.copy(at.offset..<end)
      let length = DecodedText.breakLength(bytes, end)
      leading = length > 0 ? end..<(end + length) : nil
      at.offset = end + length
      trailing = blankLines(&at, indent: indent)
    }
    if chomping != .strip, let leading { decoded.putBreak(leading) }
    if chomping == .keep { for line in trailing { decoded.putBreak(line) } }
  }

  /// Skips empty lines and the indentation of the next one.
  private func blankLines(_ at: inout Cursor, indent: Int) -> [Range<Int>] {
    var lines: [Range<Int>] = []
    while true {
      var column = 0
      while column < indent, at.offset < bytes.count, bytes[at.offset] == .space {
        at.offset += 1
        column += 1
      }
      let length = DecodedText.breakLength(bytes, at.offset)
      guard length > 0, lines.count <= limit else {
        at.isAtText = column == indent
        return lines
      }
      lines.append(at.offset..<(at.offset + length))
      at.offset += length
    }
  }

  private struct Cursor {
    var offset: Int
    /// Whether more text of the scalar follows.
    var isAtText = false
  }
}
