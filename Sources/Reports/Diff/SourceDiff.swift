import Documents
import PlanDiff
import SourceText
import Text
import Values

/// The lines in which the files of the inputs differ, with what is secret in them masked.
struct SourceDiff {
  /// A line of one side or, with both numbers, of both; nil numbers for a gap between parts.
  struct Line {
    enum Kind { case both, old, new, gap }

    var kind: Kind
    var old: Int?
    var new: Int?
    var text: String
    /// Its counterpart on the other side, if it was edited.
    var counterpart: String?
  }

  struct File {
    var name: String
    var lines: [Line]
    var added: Int
    var removed: Int
  }

  private(set) var files: [File] = []

  /// How many equal lines are shown around those that differ.
  private static var context: Int { 3 }
  /// Beyond that many lines on both sides, what differs is shown as a whole.
  private static var longest: Int { 4000 }

  init(_ before: Side, _ after: Side) {
    let hidden = Set(before.hidden + after.hidden).filter { $0.utf8.count >= 6 }.sorted()
    let (was, now) = (before.inputs.flatMap(\.files), after.inputs.flatMap(\.files))
    var open = Array(was.indices)
    for input in now {
      let at =
        open.firstIndex { was[$0].isCounterpart(of: input, byName: true) }
        ?? open.firstIndex { was[$0].isCounterpart(of: input, byName: false) }
      let old = at.map { was[open.remove(at: $0)] }
      add(old, input, hidden)
    }
    for index in open { add(was[index], nil, hidden) }
  }

  private mutating func add(_ old: Side.Input?, _ new: Side.Input?, _ hidden: [String]) {
    if let old, let new, old.file.text == new.file.text { return }
    let was = old.map { MaskedText($0, hidden) } ?? MaskedText()
    let now = new.map { MaskedText($0, hidden) } ?? MaskedText()
    let name =
      old == nil || new == nil || old?.file.name == new?.file.name
      ? (new ?? old)?.file.name ?? "" : "\(old?.file.name ?? "") → \(new?.file.name ?? "")"
    var lines = Self.lines(was, now)
    let (added, removed) = (lines.count { $0.kind == .new }, lines.count { $0.kind == .old })
    // Only the ends of lines differ.
    guard added + removed > 0 else { return }
    Self.pair(&lines)
    files.append(
      File(name: name, lines: Self.parts(lines), added: added, removed: removed))
  }

  // MARK: Lines

  private static func lines(_ old: MaskedText, _ new: MaskedText) -> [Line] {
    var (head, tail) = (0, 0)
    let most = min(old.raw.count, new.raw.count)
    while head < most, old.raw[head] == new.raw[head] { head += 1 }
    while tail < most - head,
      old.raw[old.raw.count - 1 - tail] == new.raw[new.raw.count - 1 - tail]
    {
      tail += 1
    }
    let was = old.raw[head..<(old.raw.count - tail)]
    let now = new.raw[head..<(new.raw.count - tail)]
    var gone = Set(was.indices)
    var come = Set(now.indices)
    if was.count <= longest, now.count <= longest {
      let difference = Array(now).difference(from: Array(was))
      gone = Set(difference.removals.map { $0.place + head })
      come = Set(difference.insertions.map { $0.place + head })
    }
    var lines: [Line] = []
    var (left, right) = (0, 0)
    while left < old.raw.count || right < new.raw.count {
      if gone.contains(left) {
        lines.append(Line(kind: .old, old: left + 1, text: old.shown[left]))
        left += 1
      } else if come.contains(right) {
        lines.append(Line(kind: .new, new: right + 1, text: new.shown[right]))
        right += 1
      } else if right < new.shown.count {
        lines.append(Line(kind: .both, old: left + 1, new: right + 1, text: new.shown[right]))
        left += 1
        right += 1
      } else {
        break
      }
    }
    return lines
  }

  /// Pairs the lines of a block that was edited with those that it was edited to.
  private static func pair(_ lines: inout [Line]) {
    var at = 0
    while at < lines.count {
      guard lines[at].kind == .old else {
        at += 1
        continue
      }
      let middle = lines[at...].firstIndex { $0.kind != .old } ?? lines.count
      let end = lines[middle...].firstIndex { $0.kind != .new } ?? lines.count
      if middle - at == end - middle {
        for (old, new) in zip(at..<middle, middle..<end) {
          lines[old].counterpart = lines[new].text
          lines[new].counterpart = lines[old].text
        }
      }
      at = max(end, at + 1)
    }
  }

  /// Without lines that are far from what differs.
  private static func parts(_ lines: [Line]) -> [Line] {
    var isNear = [Bool](repeating: false, count: lines.count)
    for (index, line) in lines.enumerated() where line.kind != .both {
      for near in max(0, index - context)...min(lines.count - 1, index + context) {
        isNear[near] = true
      }
    }
    var result: [Line] = []
    var last = -1
    for (index, line) in lines.enumerated() where isNear[index] {
      if index > last + 1 {
        let count = index - last - 1
        result.append(
          Line(kind: .gap, text: count == 1 ? "1 line is the same" : "\(count) lines are the same"))
      }
      result.append(line)
      last = index
    }
    return result
  }
}

/// A file's lines, and how they may be shown.
private struct MaskedText {
  /// As they are; only compared.
  var raw: [[UInt8]] = []
  var shown: [String] = []

  init() {}

  private static func occurrences(of secret: [UInt8], in text: [UInt8]) -> [Range<Int>] {
    var found: [Range<Int>] = []
    var rest = text[...]
    while let range = rest.firstRange(of: secret), !range.isEmpty {
      found.append(range)
      rest = rest[range.upperBound...]
    }
    return found
  }

  init(_ input: Side.Input, _ hidden: [String]) {
    let text = input.file.text
    var ranges = SecretText.ranges(in: text) + input.file.hidden + input.secretRanges
    for secret in hidden { ranges += Self.occurrences(of: Array(secret.utf8), in: text) }
    let isHidden = Self.marks(ranges, text.count)
    var start = 0
    while start < text.count {
      let newline = text[start...].firstIndex(of: UInt8(ascii: "\n")) ?? text.count
      var end = newline
      if end > start, text[end - 1] == UInt8(ascii: "\r") { end -= 1 }
      raw.append(Array(text[start..<end]))
      shown.append(Self.shown(text, start..<end, isHidden))
      start = newline + 1
    }
  }

  private static func marks(_ ranges: [Range<Int>], _ count: Int) -> [Bool] {
    var marks = [Bool](repeating: false, count: count)
    for range in ranges { for at in range.clamped(to: 0..<count) { marks[at] = true } }
    return marks
  }

  private static func shown(_ text: [UInt8], _ line: Range<Int>, _ isHidden: [Bool]) -> String {
    var bytes: [UInt8] = []
    var at = line.lowerBound
    while at < line.upperBound {
      // One mark for each character, as in the excerpts of messages.
      if !isHidden[at] {
        bytes.append(text[at])
      } else if text[at] & 0xC0 != 0x80 {
        bytes.append(UInt8(ascii: "*"))
      }
      at += 1
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}

extension Side.Input {
  fileprivate func isCounterpart(of other: Side.Input, byName: Bool) -> Bool {
    guard role == other.role else { return false }
    if byName { return file.name == other.file.name }
    // Of several files of one input it isn't known which is which.
    return role != "targets" && role != "enrichments" && layer == nil && other.layer == nil
  }

  /// Where its secrets are in the file as written.
  fileprivate var secretRanges: [Range<Int>] {
    var ranges: [Range<Int>] = []
    var open = tree.root.map { [($0, value)] } ?? []
    while let (node, value) = open.popLast() {
      switch value {
      case .secret:
        let span = tree.span(node)
        if layer == nil || layer == span.source { ranges.append(file.written(span)) }
      case .map(let map):
        for entry in tree.entries(node) {
          if let value = map[tree.string(entry.key)] { open.append((entry.value, value)) }
        }
      case .list(let values): open += zip(tree.items(node), values)
      default: continue
      }
    }
    return ranges
  }
}

extension CollectionDifference.Change {
  fileprivate var place: Int {
    switch self {
    case .remove(let offset, _, _), .insert(let offset, _, _): offset
    }
  }
}
