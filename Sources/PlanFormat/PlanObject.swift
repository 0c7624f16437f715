import Text
import Documents
import Diagnostics
import SourceText
package import Values

/// An object of a plan's document with known keys. A missing value, or one of the wrong type, is
/// an error and reads as empty.
struct PlanObject {
  private let tree: Tree
  /// Nil if it isn't an object: that was reported, and nothing more is.
  private let id: NodeID?
  private let what: String
  let span: Span
  /// The values with their keys; few enough to search linearly.
  private var values: [(key: String, node: NodeID)] = []

  init(
    _ tree: Tree, _ node: NodeID?, _ what: String, _ keys: [String], optional: [String] = [],
    _ diagnostics: inout [Diagnostic]
  ) {
    self.tree = tree
    self.what = what
    span = tree.span(node ?? NodeID(index: 0))
    guard let node, tree.kind(node) == .map else {
      id = nil
      if node != nil {
        diagnostics.append(.planWrongType(what, expected: "an object", at: span))
      }
      return
    }
    id = node
    for entry in tree.entries(node) {
      let key = tree.string(entry.key)
      if keys.contains(key) || optional.contains(key) {
        values.append((key, entry.value))
      } else {
        diagnostics.append(
          .planKeyUnknown(key, of: what, among: keys + optional, at: tree.span(entry.key)))
      }
    }
    let missing = keys.filter { key in !values.contains { $0.key == key } }
    if !missing.isEmpty { diagnostics.append(.planKeysMissing(missing, of: what, at: span)) }
  }

  /// Nil if it is missing; a missing required key was reported when the object was read.
  func node(_ key: String) -> NodeID? { values.first { $0.key == key }?.node }

  func map(_ key: String, _ diagnostics: inout [Diagnostic]) -> NodeID? {
    typed(key, .map, "an object", &diagnostics)
  }

  func list(_ key: String, _ diagnostics: inout [Diagnostic]) -> NodeID? {
    typed(key, .list, "a list", &diagnostics)
  }

  func text(_ key: String, _ diagnostics: inout [Diagnostic]) -> String {
    optionalText(key, &diagnostics) ?? ""
  }

  func optionalText(_ key: String, _ diagnostics: inout [Diagnostic]) -> String? {
    typed(key, .string, "a string", &diagnostics).map { tree.string($0) }
  }

  func bool(_ key: String, _ diagnostics: inout [Diagnostic]) -> Bool {
    typed(key, .bool, "true or false", &diagnostics).map { tree.string($0) == "true" } ?? false
  }

  /// False if it is absent.
  func flag(_ key: String, _ diagnostics: inout [Diagnostic]) -> Bool {
    node(key) != nil && bool(key, &diagnostics)
  }

  func texts(_ key: String, _ diagnostics: inout [Diagnostic]) -> [String] {
    guard let list = list(key, &diagnostics) else { return [] }
    var texts: [String] = []
    for item in tree.items(list) {
      if tree.kind(item) == .string {
        texts.append(tree.string(item))
      } else {
        diagnostics.append(
          .planWrongType("an item of `\(key)`", expected: "a string", at: tree.span(item)))
      }
    }
    return texts
  }

  func numbers(
    _ key: String, in range: ClosedRange<Int64>, _ diagnostics: inout [Diagnostic]
  ) -> [Int64] {
    guard let list = list(key, &diagnostics) else { return [] }
    return tree.items(list).compactMap { item in
      if tree.kind(item) == .int, let number = Int64(tree.string(item)), range.contains(number) {
        return number
      }
      diagnostics.append(
        .planWrongType(
          "an item of `\(key)`",
          expected: "a whole number from \(range.lowerBound) to \(range.upperBound)",
          at: tree.span(item)))
      return nil
    }
  }

  func number(
    _ key: String, in range: ClosedRange<Int64>, _ diagnostics: inout [Diagnostic]
  ) -> Int64 {
    guard let node = typed(key, .int, "a whole number", &diagnostics) else {
      return range.lowerBound
    }
    if let number = Int64(tree.string(node)), range.contains(number) { return number }
    diagnostics.append(
      .planWrongType(
        "`\(key)` of \(what)", expected: "from \(range.lowerBound) to \(range.upperBound)",
        at: tree.span(node)))
    return range.lowerBound
  }

  func time(_ key: String, _ diagnostics: inout [Diagnostic]) -> Value.Timestamp {
    let text = text(key, &diagnostics)
    if let time = Value.Timestamp(written: text) { return time }
    if let node = node(key), tree.kind(node) == .string {
      diagnostics.append(
        .planWrongType(
          "`\(key)` of \(what)", expected: "a time in UTC, such as `2026-03-01T05:06:07Z`",
          at: tree.span(node)))
    }
    return Value.Timestamp(seconds: 0, nanoseconds: 0)
  }

  private func typed(
    _ key: String, _ kind: Tree.Kind, _ expected: String, _ diagnostics: inout [Diagnostic]
  ) -> NodeID? {
    guard let node = node(key) else { return nil }
    if tree.kind(node) == kind { return node }
    diagnostics.append(
      .planWrongType("`\(key)` of \(what)", expected: expected, at: tree.span(node)))
    return nil
  }
}

extension Value.Timestamp {
  /// Reads only the form that `description` writes.
  package init?(written text: String) {
    let bytes = Array(text.utf8)
    guard (20...30).contains(bytes.count) else { return nil }
    let number = { (range: Range<Int>) -> Int? in
      guard range.upperBound <= bytes.count else { return nil }
      return bytes[range].reduce(0) { sum, byte in
        guard let sum, ASCII.isDigit(byte) else { return nil }
        return sum * 10 + Int(byte - UInt8(ascii: "0"))
      }
    }
    guard let year = number(0..<4), let month = number(5..<7), let day = number(8..<10),
      let hour = number(11..<13), let minute = number(14..<16), let second = number(17..<19),
      (1...12).contains(month), day <= 31, hour < 24, minute < 60, second < 60
    else { return nil }
    var nanoseconds = 0
    if bytes.count > 20 {
      guard let fraction = number(20..<(bytes.count - 1)) else { return nil }
      nanoseconds = (bytes.count..<30).reduce(fraction) { value, _ in value * 10 }
    }
    self.init(
      seconds: Self.seconds(
        year: Int64(year), month: month, day: day, hour: hour, minute: minute, second: second),
      nanoseconds: Int32(clamping: nanoseconds))
    // Catches wrong separators, and dates such as the 31st of June.
    guard description == text else { return nil }
  }
}
