import Text

/// Tags of ERB, `<%= … %>`, put out of a layout's way and back again.
///
/// A tag becomes a word of as many bytes, so that places stay the same. It starts with a character for
/// private use that says which tag it is. On a line of its own, one that writes nothing becomes a
/// comment.
struct EmbeddedRuby {
  /// The text with words for tags.
  private(set) var text: [UInt8]
  private var tags: [(written: [UInt8], isComment: Bool)] = []

  /// How many tags a text may have: there are as many characters for private use.
  private static var limit: Int { 6400 }

  /// A text in which tags mean nothing.
  init(plain text: [UInt8]) { self.text = text }

  /// What stands in the way: a character for private use of the text's own, a tag that isn't closed,
  /// or one tag too many.
  private(set) var problem: Range<Int>?

  /// A text without tags stays as it is.
  init(_ written: [UInt8]) {
    text = written
    guard written.contains([.less, .percent]) else { return }
    if let mark = written.indices.first(where: { Self.index(written, at: $0) != nil }) {
      problem = mark..<(mark + 3)
      return
    }
    var at = 0
    while at + 1 < written.count {
      guard written[at] == .less, written[at + 1] == .percent else {
        at += 1
        continue
      }
      if at + 2 < written.count, written[at + 2] == .percent {
        at += 3
        continue
      }
      guard let close = written[(at + 2)...].firstRange(of: [.percent, .greater]),
        tags.count < Self.limit
      else {
        problem = at..<(at + 2)
        return
      }
      replace(at..<close.upperBound, in: written)
      at = close.upperBound
    }
  }

  private mutating func replace(_ range: Range<Int>, in written: [UInt8]) {
    let mark = Self.mark(tags.count)
    let isComment = writesNothing(range, written) && isAloneBefore(range, written)
    var word = (isComment ? [.hash] : []) + mark
    word += [UInt8](repeating: UInt8(ascii: "x"), count: range.count - word.count)
    text.replaceSubrange(range, with: word)
    tags.append((Array(written[range]), isComment))
  }

  private func writesNothing(_ range: Range<Int>, _ written: [UInt8]) -> Bool {
    written[range.lowerBound + 2] != .equals
  }

  private func isAloneBefore(_ range: Range<Int>, _ written: [UInt8]) -> Bool {
    var at = range.lowerBound
    while at > 0, written[at - 1] == .space || written[at - 1] == .tab { at -= 1 }
    return at == 0 || written[at - 1] == .newline || written[at - 1] == .carriageReturn
  }

  /// The three bytes of a character from U+E000 on.
  private static func mark(_ index: Int) -> [UInt8] {
    let code = 0xE000 + index
    return [
      UInt8(0xE0 | code >> 12), UInt8(0x80 | code >> 6 & 0x3F), UInt8(0x80 | code & 0x3F),
    ]
  }

  /// The number of the tag whose mark starts at an offset.
  private static func index(_ text: [UInt8], at offset: Int) -> Int? {
    guard offset + 2 < text.count, text[offset] == 0xEE || text[offset] == 0xEF else { return nil }
    let code =
      Int(text[offset] & 0xF) << 12 | Int(text[offset + 1] & 0x3F) << 6
      | Int(text[offset + 2] & 0x3F)
    return (0xE000..<(0xE000 + limit)).contains(code) ? code - 0xE000 : nil
  }

  /// Whether a text has characters for private use, as tags have after they were replaced.
  static func holdsMark(_ text: [UInt8]) -> Bool {
    text.contains(0xEE) || text.contains(0xEF)
      ? text.indices.contains { index(text, at: $0) != nil } : false
  }

  /// A laid out text with its tags; nil if one of them is missing.
  func restored(_ laidOut: [UInt8]) -> [UInt8]? {
    guard !tags.isEmpty else { return laidOut }
    var out: [UInt8] = []
    var count = 0
    var at = 0
    while at < laidOut.count {
      guard let index = Self.index(laidOut, at: at), index < tags.count else {
        out.append(laidOut[at])
        at += 1
        continue
      }
      let (tag, isComment) = tags[index]
      if isComment { out.removeLast(out.last == .hash ? 1 : 0) }
      out += tag
      at += tag.count - (isComment ? 1 : 0)
      count += 1
    }
    return count == tags.count ? out : nil
  }
}
