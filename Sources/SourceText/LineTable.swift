import Text

/// A line and a column, both 1-based; columns count Unicode scalars.
package struct Position: Hashable, Sendable, Comparable {
  package var line: Int
  package var column: Int

  package init(line: Int, column: Int) {
    self.line = line
    self.column = column
  }

  package static func < (left: Position, right: Position) -> Bool {
    (left.line, left.column) < (right.line, right.column)
  }
}

/// Where the lines of a text start. LF, CR LF and a lone CR each end a line, as in YAML.
package struct LineTable: Hashable, Sendable {
  /// Offset of the first byte of each line; never empty.
  package let starts: [Int]

  package init(_ text: [UInt8]) {
    var starts = [0]
    starts.reserveCapacity(text.count / 32 + 1)
    text.withUnsafeBytes { text in
      var index = 0
      while index < text.count {
        if index + 8 <= text.count,
          !Self.hasLineEnd(text.loadUnaligned(fromByteOffset: index, as: UInt64.self))
        {
          index += 8
          continue
        }
        let byte = text[index]
        index += 1
        if byte == .newline {
          starts.append(index)
        } else if byte == .carriageReturn {
          if index < text.count, text[index] == .newline { index += 1 }
          starts.append(index)
        }
      }
    }
    self.starts = starts
  }

  /// Whether one of eight bytes may be CR or LF: never misses one, and has few false positives.
  private static func hasLineEnd(_ word: UInt64) -> Bool {
    let ones: UInt64 = 0x0101_0101_0101_0101
    let lineFeeds = word ^ (0x0A &* ones)
    let returns = word ^ (0x0D &* ones)
    let found = ((lineFeeds &- ones) & ~lineFeeds) | ((returns &- ones) & ~returns)
    return found & (0x80 &* ones) != 0
  }

  /// The 0-based line that holds an offset.
  package func line(of offset: Int) -> Int {
    var low = 0
    var high = starts.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if starts[middle] <= offset { low = middle } else { high = middle }
    }
    return low
  }

  package func position(of offset: Int, in text: [UInt8]) -> Position {
    let line = line(of: offset)
    var column = 1
    var index = starts[line]
    let end = min(offset, text.count)
    while index < end {
      // Every byte but a continuation byte begins a scalar.
      if text[index] & 0xC0 != 0x80 { column += 1 }
      index += 1
    }
    return Position(line: line + 1, column: column)
  }
}
