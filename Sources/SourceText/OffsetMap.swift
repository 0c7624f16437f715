/// Maps offsets of a derived text (a decoded scalar, a rendered file) to those of its origin.
///
/// The map is a list of segments in derived order. Within a verbatim segment, offsets map one to
/// one; elsewhere (an escape, a substitution) every offset maps to the segment's whole origin.
package struct OffsetMap: Hashable, Sendable {
  package struct Segment: Hashable, Sendable {
    package var derived: Range<Int>
    package var origin: Range<Int>
    package var isVerbatim: Bool

    /// Equal lengths mean a verbatim segment unless the caller says otherwise.
    package init(derived: Range<Int>, origin: Range<Int>, isVerbatim: Bool? = nil) {
      self.derived = derived
      self.origin = origin
      self.isVerbatim = isVerbatim ?? (derived.count == origin.count)
    }
  }

  package private(set) var segments: [Segment] = []

  package init() {}

  /// Adds the next piece of derived text. Pieces must be added in order and without gaps.
  package mutating func append(derivedCount: Int, origin: Range<Int>) {
    let start = self.derivedCount
    if let last = segments.last, last.isVerbatim, derivedCount == origin.count,
      last.origin.upperBound == origin.lowerBound, derivedCount > 0
    {
      segments[segments.count - 1] = Segment(
        derived: last.derived.lowerBound..<(start + derivedCount),
        origin: last.origin.lowerBound..<origin.upperBound)
    } else {
      segments.append(Segment(derived: start..<(start + derivedCount), origin: origin))
    }
  }

  /// Adds a piece of derived text that replaced another one; the lengths may differ.
  package mutating func appendReplacement(derivedCount: Int, origin: Range<Int>) {
    let start = self.derivedCount
    segments.append(
      Segment(derived: start..<(start + derivedCount), origin: origin, isVerbatim: false))
  }

  /// The length of the derived text so far.
  package var derivedCount: Int { segments.last?.derived.upperBound ?? 0 }

  /// The origin of one derived offset; an offset past the end maps past the origin's end.
  package func origin(of offset: Int) -> Range<Int> {
    guard let index = segmentIndex(containing: offset) else {
      let end = segments.last?.origin.upperBound ?? 0
      return end..<end
    }
    let segment = segments[index]
    if segment.isVerbatim {
      let at = segment.origin.lowerBound + (offset - segment.derived.lowerBound)
      return at..<(at + 1)
    }
    return segment.origin
  }

  /// The origin of a derived range, from the origin of its first byte to that of its last. An empty
  /// range maps to the text that was removed there, if any.
  package func origin(of range: Range<Int>) -> Range<Int> {
    let first = origin(of: range.lowerBound)
    guard !range.isEmpty else {
      return removed(at: range.lowerBound) ?? first.lowerBound..<first.lowerBound
    }
    let last = origin(of: range.upperBound - 1)
    return first.lowerBound..<max(first.lowerBound, last.upperBound)
  }

  /// The origin of a piece that was removed entirely.
  private func removed(at offset: Int) -> Range<Int>? {
    var index = segmentIndex(containing: offset) ?? segments.count
    while index > 0, segments[index - 1].derived.upperBound == offset {
      index -= 1
      if segments[index].derived.isEmpty { return segments[index].origin }
    }
    return nil
  }

  private func segmentIndex(containing offset: Int) -> Int? {
    var low = 0
    var high = segments.count
    while low < high {
      let middle = (low + high) / 2
      let segment = segments[middle]
      if offset < segment.derived.lowerBound {
        high = middle
      } else if offset >= segment.derived.upperBound {
        low = middle + 1
      } else {
        return middle
      }
    }
    return nil
  }
}
