// Searching collections for parts. The standard library's `_StringProcessing` has these too, and with
// them comes its whole engine of regular expressions: a megabyte that Penstock doesn't use.

extension Collection where Element: Equatable {
  @inlinable package func occurrence<Part: Collection>(of part: Part) -> Range<Index>?
  where Part.Element == Element {
    var start = startIndex
    while true {
      if self[start...].starts(with: part) { return start..<index(start, offsetBy: part.count) }
      guard start < endIndex else { return nil }
      formIndex(after: &start)
    }
  }

  /// Where a part occurs first; an empty part occurs at the start.
  @inlinable package func firstRange<Part: Collection>(of part: Part) -> Range<Index>?
  where Part.Element == Element {
    occurrence(of: part)
  }

  /// Whether a part occurs.
  @inlinable package func contains<Part: Collection>(_ part: Part) -> Bool
  where Part.Element == Element {
    firstRange(of: part) != nil
  }
}

extension Collection where Element: Equatable {
  /// What is between the occurrences of a separator, which may be empty; an empty separator occurs
  /// nowhere.
  @inlinable package func split<Part: Collection>(around separator: Part) -> [SubSequence]
  where Part.Element == Element {
    var parts: [SubSequence] = []
    var rest = self[...]
    while let range = rest.firstRange(of: separator), !range.isEmpty {
      parts.append(rest[..<range.lowerBound])
      rest = rest[range.upperBound...]
    }
    return parts + [rest]
  }
}

extension BidirectionalCollection where Element: Comparable {
  /// Where a part occurs first. (This one has the constraints of the standard library's.)
  @inlinable package func firstRange<Part: Collection>(of part: Part) -> Range<Index>?
  where Part.Element == Element {
    occurrence(of: part)
  }
}

extension StringProtocol {
  /// Whether a text occurs, as it is encoded.
  @inlinable package func contains(_ text: String) -> Bool { utf8.firstRange(of: text.utf8) != nil }

  /// Whether a text occurs, as it is encoded.
  @inlinable package func contains(_ text: Substring) -> Bool {
    utf8.firstRange(of: text.utf8) != nil
  }
}

extension RangeReplaceableCollection where Element: Equatable {
  /// The collection with each occurrence of a part replaced; an empty part occurs nowhere.
  @inlinable package func replacing<Part: Collection, New: Collection>(_ part: Part, with new: New)
    -> Self
  where Part.Element == Element, New.Element == Element {
    var result = Self()
    var rest = self[...]
    while let range = rest.firstRange(of: part), !range.isEmpty {
      result.append(contentsOf: rest[..<range.lowerBound])
      result.append(contentsOf: new)
      rest = rest[range.upperBound...]
    }
    result.append(contentsOf: rest)
    return result
  }
}
