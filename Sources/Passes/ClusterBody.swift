package import Diagnostics
import PipelineSyntax
package import SourceText
package import Values

/// Evaluates `cluster.job-flow`: EMR's own members with expressions, `$when`, `$each` and `$value`.
package struct ClusterBody {
  private let tree: Tree
  private var binder: Binder
  private let origins: InputOrigins

  package init(binder: Binder, origins: InputOrigins) {
    tree = binder.tree
    self.binder = binder
    self.origins = origins
  }

  /// The evaluated body; entries and items without a value are left out, and so are maps and lists
  /// that become empty by it.
  package mutating func evaluate(
    _ node: NodeID, into diagnostics: inout [Diagnostic]
  ) -> Located? {
    switch tree.kind(node) {
    case .map: return holds(node, into: &diagnostics) ? map(node, into: &diagnostics) : nil
    case .list: return list(node, into: &diagnostics)
    case .null: return nil
    case .bool, .int, .float, .string:
      guard let value = binder.value(node, into: &diagnostics)?.unwrapped, !value.isAbsent else {
        return nil
      }
      return Located(value: value, span: tree.span(node), origin: origins.place(of: node, in: tree))
    }
  }

  /// Whether a map's `$when` holds, if it has one.
  private func holds(_ map: NodeID, into diagnostics: inout [Diagnostic]) -> Bool {
    guard let when = tree.value(map, "$when") else { return true }
    return binder.bool(when, into: &diagnostics) == true
  }

  private mutating func map(
    _ node: NodeID, into diagnostics: inout [Diagnostic]
  ) -> Located? {
    var entries: [Located.Entry] = []
    for entry in tree.entries(node) {
      let key = tree.string(entry.key)
      if key == "$when" || key == "$each" { continue }
      guard let value = evaluate(entry.value, into: &diagnostics) else { continue }
      entries.append(Located.Entry(key: key, keySpan: tree.span(entry.key), value: value))
    }
    if entries.isEmpty, tree.count(node) > 0 { return nil }
    return Located(.map(entries), span: tree.span(node))
  }

  private mutating func list(
    _ node: NodeID, into diagnostics: inout [Diagnostic]
  ) -> Located? {
    var items: [Located] = []
    for item in tree.items(node) {
      for scope in scopes(of: item, into: &diagnostics) {
        let before = binder.scope
        binder.scope = scope
        defer { binder.scope = before }
        let own = tree.value(item, "$value")
        if own != nil, !holds(item, into: &diagnostics) { continue }
        let content = own ?? item
        guard let value = evaluate(content, into: &diagnostics) else { continue }
        // A list in a list of scalars is spliced: `- ${config.bootstrap}`.
        if case .list(let inner) = value.content, tree.kind(content) == .string {
          items += inner
        } else {
          items.append(value)
        }
      }
    }
    if items.isEmpty, tree.count(node) > 0 { return nil }
    return Located(.list(items), span: tree.span(node))
  }

  /// The scopes that an item is evaluated in: one, or one for each combination of its `$each`.
  private func scopes(
    of item: NodeID, into diagnostics: inout [Diagnostic]
  ) -> [Scope] {
    guard tree.kind(item) == .map, let each = tree.value(item, "$each") else {
      return [binder.scope]
    }
    return binder.combinations(each, into: &diagnostics).map { variables in
      var scope = binder.scope
      scope.variables.merge(variables) { $1 }
      return scope
    }
  }
}

/// Finds the place in an input that an expression takes its value from.
package struct InputOrigins: Sendable {
  private let trees: [String: [Tree]]

  package init(_ trees: [String: [Tree]]) { self.trees = trees }

  /// For a scalar that is one plain path into an input, `${config.a.b}`, the place of that value.
  package func place(of node: NodeID, in tree: Tree) -> Span? {
    guard tree.kind(node) == .string else { return nil }
    let path = tree.withBytes(node) { bytes -> String? in
      guard bytes.count > 3, bytes[0] == UInt8(ascii: "$"), bytes[1] == UInt8(ascii: "{"),
        bytes.last == UInt8(ascii: "}")
      else { return nil }
      let path = bytes[2..<(bytes.count - 1)]
      return path.allSatisfy(Self.isInPath) ? String(decoding: path, as: UTF8.self) : nil
    }
    return path.flatMap { place(path: $0) }
  }

  private static func isInPath(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
    case UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "?"): true
    default: false
    }
  }

  /// The place of `config.a.b`; nil where the text is no such path.
  package func place(path: String) -> Span? {
    let parts = path.split(separator: ".", omittingEmptySubsequences: false).map { part in
      part.hasPrefix("?") ? String(part.dropFirst()) : String(part)
    }
    guard let first = parts.first, let tree = trees[first]?.first, var at = tree.root else {
      return nil
    }
    var span: Span?
    for part in parts.dropFirst() {
      // The deepest key that is there is blamed for one that is not.
      guard let entry = tree.entry(at, part) else { return span }
      span = tree.span(entry.value)
      if tree.kind(entry.value) == .map || tree.kind(entry.value) == .null {
        span = tree.span(entry.key)
      }
      at = entry.value
    }
    return span
  }
}
