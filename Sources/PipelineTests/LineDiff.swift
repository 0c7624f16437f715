/// The difference between two lists, in lines that begin with `-` (only in the first), `+` (only in
/// the second) or a blank.
enum LineDiff {
  static func lines<Old, New>(
    _ old: [Old], _ new: [New], isSame: (Old, New) -> Bool, old oldText: (Old) -> String,
    new newText: (New) -> String
  ) -> [String] {
    var start = 0
    while start < min(old.count, new.count), isSame(old[start], new[start]) { start += 1 }
    var end = 0
    while end < min(old.count, new.count) - start,
      isSame(old[old.count - 1 - end], new[new.count - 1 - end])
    { end += 1 }
    let (left, right) = (old[start..<(old.count - end)], new[start..<(new.count - end)])
    var lines = new[..<start].map { "  " + newText($0) }
    lines += middle(Array(left), Array(right), isSame, oldText, newText)
    return lines + new[(new.count - end)...].map { "  " + newText($0) }
  }

  /// By a longest common part; of very long lists, all of the one and then all of the other.
  private static func middle<Old, New>(
    _ old: [Old], _ new: [New], _ isSame: (Old, New) -> Bool, _ oldText: (Old) -> String,
    _ newText: (New) -> String
  ) -> [String] {
    let (area, isTooLarge) = old.count.multipliedReportingOverflow(by: new.count)
    guard !isTooLarge, area <= 4_000_000, area > 0 else {
      return old.map { "- " + oldText($0) } + new.map { "+ " + newText($0) }
    }
    let width = new.count + 1
    var lengths = [Int32](repeating: 0, count: (old.count + 1) * width)
    for i in old.indices.reversed() {
      for j in new.indices.reversed() {
        lengths[i * width + j] =
          isSame(old[i], new[j])
          ? lengths[(i + 1) * width + j + 1] + 1
          : max(lengths[(i + 1) * width + j], lengths[i * width + j + 1])
      }
    }
    var lines: [String] = []
    var (i, j) = (0, 0)
    while i < old.count, j < new.count {
      if isSame(old[i], new[j]) {
        lines.append("  " + newText(new[j]))
        (i, j) = (i + 1, j + 1)
      } else if lengths[(i + 1) * width + j] >= lengths[i * width + j + 1] {
        lines.append("- " + oldText(old[i]))
        i += 1
      } else {
        lines.append("+ " + newText(new[j]))
        j += 1
      }
    }
    return lines + old[i...].map { "- " + oldText($0) } + new[j...].map { "+ " + newText($0) }
  }

  /// Of two texts, the lines that differ with a few around them.
  static func hunks(_ old: String, _ new: String, around: Int = 2) -> [String] {
    func split(_ text: String) -> [String] {
      text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map {
        String(decoding: $0, as: UTF8.self)
      }
    }
    let all = lines(
      split(old), split(new), isSame: { $0 == $1 }, old: { $0 }, new: { $0 })
    let changed = all.indices.filter { !all[$0].hasPrefix("  ") }
    var shown: [String] = []
    var last = -1
    for at in all.indices
    where changed.contains(where: { abs($0 - at) <= around }) {
      if at != last + 1 { shown.append("  …") }
      shown.append(all[at])
      last = at
    }
    if last != all.count - 1, !shown.isEmpty { shown.append("  …") }
    return shown
  }
}
