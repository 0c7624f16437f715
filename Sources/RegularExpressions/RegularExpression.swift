/// A compiled regular expression; matching takes time linear in the text's length.
///
/// Two syntaxes: RE2's, for CEL's `matches`, and ECMA 262's with the `u` flag, for JSON Schema's
/// `pattern`. Back references and look-around, which can't be matched in linear time, are refused.
package struct RegularExpression: Sendable {
  package enum Syntax: Sendable {
    case re2
    case ecma
  }

  enum Instruction: Sendable {
    case scalar(UInt32)
    case any
    case anyButLineEnd
    case set(Int)
    /// Continues at both, preferring the first.
    case split(Int, Int)
    case jump(Int)
    /// Saves the position as a group's start (2n) or end (2n+1).
    case save(Int)
    case assert(Assertion)
    case match
  }

  enum Assertion: Sendable {
    case textStart, textEnd, lineStart, lineEnd, wordBoundary, noWordBoundary
  }

  let program: [Instruction]
  let sets: [ScalarSet]
  let groupCount: Int
  let syntax: Syntax

  package static func compile(
    _ pattern: String, syntax: Syntax
  ) -> Result<RegularExpression, RegularExpressionError> {
    var parser = RegularExpressionParser(pattern, syntax: syntax)
    do throws(RegularExpressionError) {
      return .success(try parser.parse())
    } catch {
      return .failure(error)
    }
  }

  /// Whether the expression matches anywhere in a text.
  package func matches(_ text: String) -> Bool {
    var text = text
    return text.withUTF8 { matches(utf8: $0) }
  }

  package func matches(utf8 text: UnsafeBufferPointer<UInt8>) -> Bool {
    RegularExpressionMatcher(self, text, capturing: false).run() != nil
  }

  /// The byte ranges of the leftmost match and its groups (nil for a group that took no part); nil
  /// if there is no match.
  package func firstMatch(in text: String) -> [Range<Int>?]? {
    var text = text
    return text.withUTF8 { RegularExpressionMatcher(self, $0, capturing: true).run() }
  }

  /// The first group's text in the leftmost match; the whole match if there is no group.
  package func firstCapture(in text: String) -> String? {
    guard let groups = firstMatch(in: text), let range = groups.count > 1 ? groups[1] : groups[0]
    else { return nil }
    return String(decoding: Array(text.utf8)[range], as: UTF8.self)
  }

  /// Whether what `firstCapture` returns may be an empty text, or hold a certain character. True
  /// also where only assertions rule it out.
  package func captures(emptyTextOr scalar: Unicode.Scalar) -> Bool {
    let isGrouped = groupCount > 0
    let starts = isGrouped ? program.indices.filter { isSave(program[$0], 2) } : [0]
    return starts.contains { start in
      holds(scalar.value, from: start, isGrouped: isGrouped)
        || reachesEnd(from: start, isGrouped: isGrouped)
    }
  }

  private func isSave(_ instruction: Instruction, _ slot: Int) -> Bool {
    if case .save(slot) = instruction { true } else { false }
  }

  private func isEnd(_ instruction: Instruction, isGrouped: Bool) -> Bool {
    if case .match = instruction { true } else { isGrouped && isSave(instruction, 3) }
  }

  /// Whether the group's end can be reached without a character.
  private func reachesEnd(from start: Int, isGrouped: Bool) -> Bool {
    reachable(from: start, isGrouped: isGrouped, consuming: false)
      .contains { isEnd(program[$0], isGrouped: isGrouped) }
  }

  private func holds(_ scalar: UInt32, from start: Int, isGrouped: Bool) -> Bool {
    reachable(from: start, isGrouped: isGrouped, consuming: true).contains { at in
      switch program[at] {
      case .scalar(let literal): literal == scalar
      case .any, .anyButLineEnd: true
      case .set(let set): sets[set].contains(scalar)
      case .split, .jump, .save, .assert, .match: false
      }
    }
  }

  /// The instructions from one up to the group's end, and with `consuming` also those after a
  /// character.
  private func reachable(from start: Int, isGrouped: Bool, consuming: Bool) -> Set<Int> {
    var seen: Set<Int> = []
    var open = [start]
    while let at = open.popLast() {
      guard program.indices.contains(at), seen.insert(at).inserted,
        !isEnd(program[at], isGrouped: isGrouped)
      else { continue }
      switch program[at] {
      case .split(let first, let second): open += [first, second]
      case .jump(let target): open.append(target)
      case .save, .assert: open.append(at + 1)
      case .scalar, .any, .anyButLineEnd, .set: if consuming { open.append(at + 1) }
      case .match: break
      }
    }
    return seen
  }
}

/// Why a pattern isn't a valid regular expression, and where (an offset in bytes).
package struct RegularExpressionError: Error, Hashable, Sendable, CustomStringConvertible {
  package var reason: String
  package var offset: Int

  package var description: String { "\(reason) at offset \(offset)" }
}

/// A set of Unicode scalars: ranges and properties, perhaps negated.
struct ScalarSet: Sendable {
  struct Property: Sendable {
    var name: ScalarProperty
    var isNegated: Bool
  }

  var ranges: [ClosedRange<UInt32>] = []
  var properties: [Property] = []
  /// Sets inside the set: negated classes such as `\S` in `[\Sa]`.
  var inner: [ScalarSet] = []
  var isNegated = false

  func contains(_ scalar: UInt32) -> Bool {
    (holds(scalar)) != isNegated
  }

  private func holds(_ scalar: UInt32) -> Bool {
    for range in ranges where range.contains(scalar) { return true }
    for property in properties where property.name.holds(scalar) != property.isNegated {
      return true
    }
    for set in inner where set.contains(scalar) { return true }
    return false
  }

  mutating func add(_ set: ScalarSet) {
    if set.isNegated {
      inner.append(set)
    } else {
      ranges += set.ranges
      properties += set.properties
      inner += set.inner
    }
  }

  /// The set with the ASCII letters of its ranges in both cases.
  func ignoringCase() -> ScalarSet {
    var set = self
    for range in ranges {
      let upper =
        max(range.lowerBound, 0x41)...max(max(range.lowerBound, 0x41), min(range.upperBound, 0x5A))
      if range.overlaps(0x41...0x5A) {
        set.ranges.append((upper.lowerBound + 32)...(upper.upperBound + 32))
      }
      if range.overlaps(0x61...0x7A) {
        let lower = max(range.lowerBound, 0x61)...min(range.upperBound, 0x7A)
        set.ranges.append((lower.lowerBound - 32)...(lower.upperBound - 32))
      }
    }
    return set
  }

  static let digits = ScalarSet(ranges: [0x30...0x39])
  static let word = ScalarSet(ranges: [0x30...0x39, 0x41...0x5A, 0x5F...0x5F, 0x61...0x7A])

  static func space(_ syntax: RegularExpression.Syntax) -> ScalarSet {
    switch syntax {
    case .re2: ScalarSet(ranges: [0x09...0x0A, 0x0C...0x0D, 0x20...0x20])
    case .ecma:
      ScalarSet(ranges: [
        0x09...0x0D, 0x20...0x20, 0xA0...0xA0, 0x1680...0x1680, 0x2000...0x200A, 0x2028...0x2029,
        0x202F...0x202F, 0x205F...0x205F, 0x3000...0x3000, 0xFEFF...0xFEFF,
      ])
    }
  }
}
