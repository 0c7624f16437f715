import Text

/// Which lines of one text become which lines of another.
package struct LineDiff: Sendable {
  /// Lines of the old text that are replaced by lines of the new one.
  package struct Hunk: Sendable, Hashable {
    package var old: Range<Int>
    package var new: Range<Int>

    package init(old: Range<Int>, new: Range<Int>) {
      self.old = old
      self.new = new
    }
  }

  /// The lines with their line ends.
  package let old: [ArraySlice<UInt8>]
  package let new: [ArraySlice<UInt8>]
  package private(set) var hunks: [Hunk] = []

  package init(_ old: [UInt8], _ new: [UInt8]) {
    self.old = Self.lines(old)
    self.new = Self.lines(new)
    compare()
  }

  private static func lines(_ text: [UInt8]) -> [ArraySlice<UInt8>] {
    var lines: [ArraySlice<UInt8>] = []
    var start = 0
    for (at, byte) in text.enumerated() where byte == .newline {
      lines.append(text[start...at])
      start = at + 1
    }
    if start < text.count { lines.append(text[start...]) }
    return lines
  }

  /// How many steps the search for the shortest difference takes; texts that differ more are one hunk.
  private static var limit: Int { 2000 }

  private mutating func compare() {
    var low = 0
    while low < min(old.count, new.count), old[low] == new[low] { low += 1 }
    var high = 0
    while high < min(old.count, new.count) - low,
      old[old.count - 1 - high] == new[new.count - 1 - high]
    {
      high += 1
    }
    let left = low..<(old.count - high)
    let right = low..<(new.count - high)
    guard !left.isEmpty || !right.isEmpty else { return }
    guard let pairs = Self.pairs(Array(old[left]), Array(new[right])) else {
      hunks = [Hunk(old: left, new: right)]
      return
    }
    var (at, other) = (left.lowerBound, right.lowerBound)
    for pair in pairs + [(left.count, right.count)] {
      let (end, otherEnd) = (pair.0 + left.lowerBound, pair.1 + right.lowerBound)
      if at < end || other < otherEnd { hunks.append(Hunk(old: at..<end, new: other..<otherEnd)) }
      (at, other) = (end + 1, otherEnd + 1)
    }
  }

  /// Lines that stay, in order: Myers' search for the shortest edit; nil if it takes too long.
  private static func pairs(
    _ old: [ArraySlice<UInt8>], _ new: [ArraySlice<UInt8>]
  ) -> [(Int, Int)]? {
    let most = min(old.count + new.count, limit)
    var reach = [1: 0]
    var history: [[Int: Int]] = []
    for steps in 0...most {
      history.append(reach)
      for diagonal in stride(from: -steps, through: steps, by: 2) {
        let down = reach[diagonal + 1] ?? -1
        let right = (reach[diagonal - 1] ?? -2) + 1
        var x = diagonal == -steps || (diagonal != steps && right <= down) ? down : right
        while x < old.count, x - diagonal < new.count, x - diagonal >= 0,
          old[x] == new[x - diagonal]
        {
          x += 1
        }
        reach[diagonal] = x
        if x >= old.count, x - diagonal >= new.count { return trace(history, old.count, new.count) }
      }
    }
    return nil
  }

  private static func trace(
    _ history: [[Int: Int]], _ oldCount: Int, _ newCount: Int
  ) -> [(Int, Int)] {
    var pairs: [(Int, Int)] = []
    var (x, y) = (oldCount, newCount)
    for steps in history.indices.reversed() {
      let reach = history[steps]
      let diagonal = x - y
      let isDown =
        diagonal == -steps
        || (diagonal != steps && (reach[diagonal - 1] ?? -2) < (reach[diagonal + 1] ?? -1))
      let before = isDown ? diagonal + 1 : diagonal - 1
      let fromX = steps == 0 ? 0 : reach[before] ?? 0
      let fromY = steps == 0 ? 0 : fromX - before
      while x > fromX, y > fromY {
        x -= 1
        y -= 1
        pairs.append((x, y))
      }
      (x, y) = (fromX, fromY)
    }
    return pairs.reversed()
  }
}

extension LineDiff {
  /// A unified diff with three lines of context, as `diff -u` writes it; empty if nothing differs.
  package func unified(_ oldName: String, _ newName: String) -> String {
    guard !hunks.isEmpty else { return "" }
    var text = "--- \(oldName)\n+++ \(newName)\n"
    var at = 0
    while at < hunks.count {
      var end = at + 1
      while end < hunks.count, hunks[end].old.lowerBound - hunks[end - 1].old.upperBound <= 6 {
        end += 1
      }
      text += group(hunks[at..<end])
      at = end
    }
    return text
  }

  private func group(_ hunks: ArraySlice<Hunk>) -> String {
    guard let first = hunks.first, let last = hunks.last else { return "" }
    let before = min(3, first.old.lowerBound)
    let after = min(3, old.count - last.old.upperBound)
    let oldRange = (first.old.lowerBound - before)..<(last.old.upperBound + after)
    let newRange = (first.new.lowerBound - before)..<(last.new.upperBound + after)
    var text = "@@ -\(Self.place(oldRange)) +\(Self.place(newRange)) @@\n"
    var at = oldRange.lowerBound
    for hunk in hunks {
      for line in old[at..<hunk.old.lowerBound] { text += Self.line(" ", line) }
      for line in old[hunk.old] { text += Self.line("-", line) }
      for line in new[hunk.new] { text += Self.line("+", line) }
      at = hunk.old.upperBound
    }
    for line in old[at..<oldRange.upperBound] { text += Self.line(" ", line) }
    return text
  }

  private static func place(_ range: Range<Int>) -> String {
    let start = range.isEmpty ? range.lowerBound : range.lowerBound + 1
    return range.count == 1 ? "\(start)" : "\(start),\(range.count)"
  }

  private static func line(_ mark: String, _ line: ArraySlice<UInt8>) -> String {
    let text = mark + String(decoding: line, as: UTF8.self)
    return line.last == .newline ? text : text + "\n\\ No newline at end of file\n"
  }
}

/// A part of a text that is replaced.
package struct TextEdit: Sendable, Hashable {
  /// Bytes of the old text.
  package var range: Range<Int>
  package var text: [UInt8]
}

extension LineDiff {
  /// The changes as edits of whole lines, in order, for editors that keep the cursor where it is.
  package var edits: [TextEdit] {
    hunks.map { hunk in
      let start = hunk.old.lowerBound < old.count ? old[hunk.old.lowerBound].startIndex : end
      let end = hunk.old.isEmpty ? start : old[hunk.old.upperBound - 1].endIndex
      return TextEdit(range: start..<end, text: Array(new[hunk.new].joined()))
    }
  }

  private var end: Int { old.last?.endIndex ?? 0 }
}
