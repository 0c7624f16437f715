import Diagnostics
import Documents
import RegularExpressions
import SourceText
import Text
import Values

/// Compares what came out with what a test expects, by the rules of docs/testing.md.
struct Matcher {
  let tree: Tree

  /// Keys of patterns. A map that has only such keys is a pattern.
  enum Pattern: String, CaseIterable {
    case absent, adjacent, contains, count, exactly, excludes, matches, not, unordered
    case anyOf = "any-of"
  }

  /// The names by which a text stands for a whole item.
  private static let names = ["name", "code", "stage", "operation", "dataset", "place"]

  /// The patterns of a map; nil if it is an ordinary map.
  func patterns(_ node: NodeID) -> [(pattern: Pattern, value: NodeID)]? {
    guard tree.kind(node) == .map, tree.count(node) > 0 else { return nil }
    var found: [(Pattern, NodeID)] = []
    for entry in tree.entries(node) {
      guard let pattern = Pattern(rawValue: tree.string(entry.key)) else { return nil }
      found.append((pattern, entry.value))
    }
    return found
  }

  // MARK: Whether it is met

  /// - Parameter actual: nil if there is nothing.
  func meets(_ node: NodeID, _ actual: Value?) -> Bool {
    if let patterns = patterns(node) {
      return patterns.allSatisfy { meets($0.pattern, $0.value, actual) }
    }
    guard let actual else { return tree.kind(node) == .null }
    switch tree.kind(node) {
    case .list:
      guard case .list(let items) = actual, items.count == tree.count(node) else { return false }
      return zip(tree.items(node), items).allSatisfy { meets($0, $1) }
    case .map:
      guard case .map(let map) = actual else { return false }
      return tree.entries(node).allSatisfy { entry in
        let key = tree.string(entry.key)
        return meetsPlace(key, entry.value, map[key]) || meets(entry.value, map[key])
      }
    case .null, .bool, .int, .float, .string:
      if case .map(let map) = actual {
        return Self.names.contains { name in map[name].map { isSame(node, $0) } ?? false }
      }
      return isSame(node, actual)
    }
  }

  /// A place in an input has the paths of all values that it lies in, and files may be given without
  /// their folders.
  private func meetsPlace(_ key: String, _ node: NodeID, _ actual: Value?) -> Bool {
    switch (key, actual) {
    case ("at", .list(let paths)?): paths.contains { meets(node, $0) }
    case ("file", .string(let path)?):
      tree.kind(node) == .string && path.hasSuffix("/" + tree.string(node))
    default: false
    }
  }

  private func isSame(_ node: NodeID, _ actual: Value) -> Bool {
    if Value(tree, node).equals(actual) { return true }
    guard case .string(let text) = actual else { return false }
    return tree.kind(node) != .null && tree.string(node) == text
  }

  private func meets(_ pattern: Pattern, _ node: NodeID, _ actual: Value?) -> Bool {
    if pattern == .absent { return (actual == nil) == (tree.string(node) == "true") }
    if pattern == .not { return !meets(node, actual) }
    if pattern == .anyOf { return tree.items(node).contains { meets($0, actual) } }
    guard let actual else { return false }
    if case .map(let map) = actual, pattern != .exactly {
      return Self.names.contains { name in
        map[name].map { if case .string = $0 { meets(pattern, node, $0) } else { false } } ?? false
      }
    }
    switch pattern {
    case .exactly: return Value(tree, node).equals(actual)
    case .matches:
      guard case .string(let text) = actual,
        case .success(let expression) = RegularExpression.compile(
          tree.string(node), syntax: .re2)
      else { return false }
      return expression.matches(text)
    case .count:
      guard case .list(let items) = actual else { return false }
      return Int(tree.string(node)) == items.count
    case .contains, .excludes, .adjacent, .unordered:
      return meetsPart(pattern, node, actual)
    case .absent, .not, .anyOf: return false
    }
  }

  private func meetsPart(_ pattern: Pattern, _ node: NodeID, _ actual: Value) -> Bool {
    let wanted = tree.kind(node) == .list ? Array(tree.items(node)) : [node]
    switch actual {
    case .string(let text):
      let parts = wanted.map { tree.string($0) }
      switch pattern {
      case .contains: return parts.allSatisfy { text.contains($0) }
      case .excludes: return !parts.contains { text.contains($0) }
      default: return false
      }
    case .list(let items):
      switch pattern {
      case .contains:
        var rest = items[...]
        return wanted.allSatisfy { item in
          guard let at = rest.firstIndex(where: { meets(item, $0) }) else { return false }
          rest = rest[(at + 1)...]
          return true
        }
      case .excludes: return !wanted.contains { item in items.contains { meets(item, $0) } }
      case .adjacent:
        guard wanted.count <= items.count else { return false }
        return (0...(items.count - wanted.count)).contains { start in
          zip(wanted, items[start...]).allSatisfy { meets($0, $1) }
        }
      default: return assignment(wanted, items) != nil && wanted.count == items.count
      }
    default: return false
    }
  }

  /// For each expected item the index of its own actual one; nil if there isn't one for each.
  func assignment(_ wanted: [NodeID], _ items: [Value]) -> [Int]? {
    var owner = [Int?](repeating: nil, count: items.count)
    let fits = wanted.map { item in items.indices.filter { meets(item, items[$0]) } }
    func place(_ item: Int, _ seen: inout Set<Int>) -> Bool {
      for at in fits[item] where seen.insert(at).inserted {
        if let other = owner[at], !place(other, &seen) { continue }
        owner[at] = item
        return true
      }
      return false
    }
    for item in wanted.indices {
      var seen: Set<Int> = []
      guard place(item, &seen) else { return nil }
    }
    return wanted.indices.compactMap { item in owner.firstIndex { $0 == item } }
  }

  // MARK: Mistakes in patterns

  /// Regular expressions in it that aren't any.
  func checkPatterns(_ node: NodeID, into diagnostics: inout [Diagnostic]) {
    for item in tree.items(node) { checkPatterns(item, into: &diagnostics) }
    for entry in patterns(node) ?? [] where entry.pattern == .matches {
      let text = tree.string(entry.value)
      if case .failure(let error) = RegularExpression.compile(text, syntax: .re2) {
        diagnostics.append(.patternInvalid(text, "\(error)", at: tree.span(entry.value)))
      }
    }
    for entry in tree.entries(node) { checkPatterns(entry.value, into: &diagnostics) }
  }

  // MARK: What is different

  /// An expectation that isn't met.
  struct Mismatch {
    var span: Span
    /// What is different, in lines that begin with `-`, `+` or a blank.
    var difference: [String]
    /// Which part of the expectation: `steps[2].arguments`.
    var path: String
  }

  /// The parts of an expectation that aren't met.
  func mismatches(_ node: NodeID, _ actual: Value?, _ path: String) -> [Mismatch] {
    if meets(node, actual) { return [] }
    if let found = missingItem(node, actual, path) { return found }
    if patterns(node) == nil, let actual {
      switch (tree.kind(node), actual) {
      case (.map, .map(let map)):
        return tree.entries(node).flatMap { entry in
          let key = tree.string(entry.key)
          return mismatches(entry.value, map[key], path + "." + key)
        }
      case (.list, .list(let items)):
        return listMismatches(node, items, path)
      default: break
      }
    }
    let expected = written(node).map { "- " + $0 }
    return [Mismatch(span: tree.span(node), difference: expected + lines(actual), path: path)]
  }

  /// Of `contains` with a list: the item that isn't there, compared with the one that is about the
  /// same thing.
  private func missingItem(_ node: NodeID, _ actual: Value?, _ path: String) -> [Mismatch]? {
    guard let patterns = patterns(node),
      let open = patterns.first(where: { !meets($0.pattern, $0.value, actual) }),
      open.pattern == .contains, tree.kind(open.value) == .list, case .list(let items)? = actual
    else { return nil }
    var rest = items[...]
    for item in tree.items(open.value) {
      if let at = rest.firstIndex(where: { meets(item, $0) }) {
        rest = rest[(at + 1)...]
        continue
      }
      let alike = rest.indices.filter { hasName(item, of: rest[$0]) }
      if let at = alike.first, alike.count == 1 {
        return mismatches(item, rest[at], "\(path)[\(at)]")
      }
      let expected = written(item).map { "- " + $0 }
      return [
        Mismatch(
          span: tree.span(item), difference: expected + lines(.list(Array(rest))), path: path)
      ]
    }
    return nil
  }

  /// Whether an expected item's name is that of an actual one.
  private func hasName(_ node: NodeID, of actual: Value) -> Bool {
    guard case .map(let map) = actual, tree.kind(node) == .map, patterns(node) == nil else {
      return false
    }
    return Self.names.contains { name in
      guard let wanted = tree.value(node, name), let found = map[name] else { return false }
      return meets(wanted, found)
    }
  }

  private func lines(_ actual: Value?) -> [String] {
    guard let actual else { return ["+ nothing"] }
    guard case .list(let items) = actual, !items.isEmpty else { return ["+ " + shown(actual)] }
    return items.map { "+ " + shown($0) }
  }

  /// Items that are about the same thing are compared in full; otherwise the lists are.
  private func listMismatches(_ node: NodeID, _ items: [Value], _ path: String) -> [Mismatch] {
    let wanted = Array(tree.items(node))
    if wanted.count == items.count {
      let open = wanted.indices.filter { !meets(wanted[$0], items[$0]) }
      if open.allSatisfy({ isAboutSame(wanted[$0], items[$0]) }) {
        return open.flatMap { mismatches(wanted[$0], items[$0], "\(path)[\($0)]") }
      }
    }
    let lines = LineDiff.lines(
      wanted, items, isSame: { meets($0, $1) },
      old: { written($0).joined(separator: " ") }, new: { shown($0) })
    return [Mismatch(span: tree.span(node), difference: lines, path: path)]
  }

  private func isAboutSame(_ node: NodeID, _ actual: Value) -> Bool {
    guard case .map(let map) = actual, tree.kind(node) == .map, patterns(node) == nil else {
      return false
    }
    let given = Self.names.filter { tree.value(node, $0) != nil && map[$0] != nil }
    if given.isEmpty { return true }
    return given.contains { name in
      tree.value(node, name).map { meets($0, map[name]) } ?? false
    }
  }

  /// An expectation as it is written, without its layout.
  func written(_ node: NodeID) -> [String] {
    let span = tree.span(node)
    let text = tree.text[Int(span.start)..<min(Int(span.end), tree.text.count)]
    if tree.kind(node) != .list, tree.kind(node) != .map { return [tree.string(node)] }
    if text.contains(.newline) { return [shown(Value(tree, node))] }
    return [String(decoding: text, as: UTF8.self)]
  }

  /// A value on one line: of an item that has a name, the name.
  func shown(_ value: Value) -> String {
    if case .string(let text) = value { return text }
    if case .map(let map) = value {
      for name in Self.names {
        guard case .string(let text)? = map[name] else { continue }
        if case .string(let message)? = map["message"] { return "\(text): \(message)" }
        return text
      }
    }
    var writer = CanonicalJSONWriter(pretty: false)
    writer.value(value, revealingSecrets: false)
    return String(decoding: writer.bytes, as: UTF8.self)
  }
}
