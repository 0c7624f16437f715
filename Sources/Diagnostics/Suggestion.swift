/// Finds the name that was probably meant.
package enum Suggestion {
  /// The candidate nearest to a misspelt name, by edit distance with transpositions; nil if none
  /// is near (at most a third of the name's length and five edits; one is always allowed). Ties go
  /// to the candidate with the longer common prefix, then to the one that comes first.
  ///
  /// - Parameter edits: how many edits are allowed at most, where a wrong suggestion does harm.
  package static func nearest(
    to name: String, among candidates: some Sequence<String>, edits: Int = 5
  ) -> String? {
    let wanted = Array(plain(name).lowercased().utf8)
    guard !wanted.isEmpty, wanted.count <= 200 else { return nil }
    if let version = nearestVersion(to: wanted, among: candidates) { return version }
    let allowed = max(1, min(wanted.count / 3, edits))
    var best: (distance: Int, shared: Int, name: String)?
    for candidate in candidates {
      let bytes = Array(candidate.lowercased().utf8)
      guard abs(bytes.count - wanted.count) <= allowed, bytes.count <= 200 else { continue }
      let distance = distance(wanted, bytes)
      let shared = zip(wanted, bytes).prefix { $0 == $1 }.count
      if distance <= allowed,
        best.map({ (distance, -shared) < ($0.distance, -$0.shared) }) ?? true
      {
        best = (distance, shared, candidate)
      }
    }
    return best?.name
  }

  /// The nearest of the candidates that differ from a name only in the numbers of a version: by the
  /// first number that differs, not by digits. Nil if there is none, or the name has no version.
  private static func nearestVersion(
    to wanted: [UInt8], among candidates: some Sequence<String>
  ) -> String? {
    let (shape, numbers) = numbered(wanted)
    guard !numbers.isEmpty else { return nil }
    var best: (distance: [Int], name: String)?
    for candidate in candidates {
      let bytes = Array(candidate.lowercased().utf8)
      guard bytes.count <= 200 else { continue }
      let (otherShape, others) = numbered(bytes)
      guard otherShape == shape, others.count == numbers.count else { continue }
      let distance = zip(numbers, others).map { abs($0 - $1) }
      if best.map({ distance.lexicographicallyPrecedes($0.distance) }) ?? true {
        best = (distance, candidate)
      }
    }
    return best?.name
  }

  /// A name with `0` for each number in it, and the numbers, of six digits at most.
  private static func numbered(_ name: [UInt8]) -> (shape: [UInt8], numbers: [Int]) {
    var shape: [UInt8] = []
    var numbers: [Int] = []
    var digits = 0
    for byte in name {
      guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte), digits < 6 else {
        digits = 0
        shape.append(byte)
        continue
      }
      if digits == 0 {
        shape.append(UInt8(ascii: "0"))
        numbers.append(0)
      }
      digits += 1
      numbers[numbers.count - 1] = numbers[numbers.count - 1] * 10 + Int(byte - UInt8(ascii: "0"))
    }
    return (shape, numbers)
  }

  /// A name without the curly quotes that word processors put around it.
  package static func plain(_ name: String) -> String {
    guard name.utf8.contains(0xE2) else { return name }
    let quotes = "\u{2018}\u{2019}\u{201C}\u{201D}".unicodeScalars
    return String(String.UnicodeScalarView(name.unicodeScalars.filter { !quotes.contains($0) }))
  }

  /// A "did you mean" hint, or nil if no candidate is near.
  package static func hint(
    for name: String, among candidates: some Sequence<String>, edits: Int = 5
  ) -> Hint? {
    nearest(to: name, among: candidates, edits: edits).map { instead(of: name, $0) }
  }

  /// The hint that one name was meant by another.
  package static func instead(of name: String, _ meant: String) -> Hint {
    Hint("did you mean `\(meant)`?", replacement: Hint.Replacement(.text(name), with: meant))
  }

  /// Damerau-Levenshtein distance (restricted: no substring is edited twice).
  private static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
    if left.isEmpty { return right.count }
    if right.isEmpty { return left.count }
    var beforeLast = [Int](repeating: 0, count: right.count + 1)
    var last = Array(0...right.count)
    for i in 1...left.count {
      var current = [Int](repeating: 0, count: right.count + 1)
      current[0] = i
      for j in 1...right.count {
        let cost = left[i - 1] == right[j - 1] ? 0 : 1
        current[j] = min(last[j] + 1, current[j - 1] + 1, last[j - 1] + cost)
        if i > 1, j > 1, left[i - 1] == right[j - 2], left[i - 2] == right[j - 1] {
          current[j] = min(current[j], beforeLast[j - 2] + 1)
        }
      }
      beforeLast = last
      last = current
    }
    return last[right.count]
  }
}
