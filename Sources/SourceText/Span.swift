/// Identifies a file of a `SourceSet`: its index there.
package struct SourceID: Hashable, Sendable, BitwiseCopyable, Comparable {
  package let index: UInt32

  package init(index: UInt32) { self.index = index }

  package static func < (left: SourceID, right: SourceID) -> Bool { left.index < right.index }
}

/// A range of UTF-8 bytes in the *parsed* text of one source.
///
/// If a source was rendered before it was parsed (ERB), offsets are those of the rendered text;
/// `SourceFile` maps them to the file as written for lines and columns.
package struct Span: Hashable, Sendable, BitwiseCopyable {
  package var source: SourceID
  /// Offset of the first byte.
  package var start: UInt32
  /// Offset after the last byte; equal to `start` for a place between two bytes.
  package var end: UInt32

  package init(_ source: SourceID, _ start: UInt32, _ end: UInt32) {
    self.source = source
    self.start = start
    self.end = max(start, end)
  }

  /// Offsets that do not fit in 32 bits are clamped: larger sources than 1 GiB are refused anyway.
  package init(_ source: SourceID, _ range: Range<Int>) {
    self.init(
      source, UInt32(clamping: range.lowerBound), UInt32(clamping: range.upperBound))
  }

  /// The smallest span that covers both; `self` if they are of different sources.
  package func union(_ other: Span) -> Span {
    guard other.source == source else { return self }
    return Span(source, min(start, other.start), max(end, other.end))
  }
}

/// A value and the place that it was read from.
package struct Spanned<Value> {
  package var value: Value
  package var span: Span

  package init(_ value: Value, _ span: Span) {
    self.value = value
    self.span = span
  }
}

extension Spanned: Sendable where Value: Sendable {}
extension Spanned: Equatable where Value: Equatable {}
extension Spanned: Hashable where Value: Hashable {}
