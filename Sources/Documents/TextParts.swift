package import SourceText

/// Which source each part of a tree's text is from, for a tree that was put together of several
/// documents.
package struct TextParts: Sendable {
  package struct Part: Sendable {
    /// Its first byte in the tree's text.
    package var start: UInt32
    package var source: SourceID
    /// Where it starts in the parsed text of its source.
    package var offset: UInt32

    package init(start: UInt32, source: SourceID, offset: UInt32) {
      self.start = start
      self.source = source
      self.offset = offset
    }
  }

  /// In order; there is a byte between two parts that belongs to neither.
  package let parts: [Part]

  package init(_ parts: [Part]) { self.parts = parts }

  /// The place of a range of the tree's text, which must not reach into the next part.
  func span(_ start: UInt32, _ end: UInt32, otherwise source: SourceID) -> Span {
    var low = 0
    var high = parts.count
    while low < high {
      let middle = (low + high) / 2
      if parts[middle].start <= start { low = middle + 1 } else { high = middle }
    }
    guard low > 0 else { return Span(source, start, end) }
    let part = parts[low - 1]
    let home = start - part.start + part.offset
    return Span(part.source, home, home + (max(end, start) - start))
  }
}
