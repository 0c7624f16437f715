import Documents
import SourceText
import Values

/// A value of an input that differs between the two sides.
struct InputChange {
  var before: String?
  var after: String?
  /// The member that usually names it, if it isn't a scalar.
  var name: String?
  /// Distinctive texts inside it, if it isn't a scalar.
  var texts: [String] = []
  /// The keys that lead to it.
  var path: [String]
  var role: String
  /// The path of the schema of its file.
  var schema: String
  /// The values themselves, with secrets marked, and the document that one of them is in.
  var values: (old: Value?, new: Value?)
  var document: Value
  var line: SourceLine
  /// Whether only the order of a list's items, or of a map's entries, is another.
  var isOrder = false
}

/// Finds the differences between the inputs themselves, with their lines.
struct InputComparer {
  /// The edits of the inputs, by their numbers.
  private(set) var changes: [InputChange] = []
  /// The documents, in which each edit can be made alone.
  private(set) var documents: [MergedInput] = []
  private var tables: [String: LineTable] = [:]

  /// How many to look for: more wouldn't help.
  private static var limit: Int { 2000 }

  init(_ before: [Side.Input], _ after: [Side.Input]) {
    for input in after {
      let old =
        before.first { $0.role == input.role && $0.file.name == input.file.name }
        ?? before.first { $0.role == input.role && !input.isOneOfMany }
      let first = changes.count
      guard let root = input.tree.root else { continue }
      let new = InputNode(input, root, input.value, false)
      var merged = MergedNode.same(new)
      if let old, let one = old.tree.root {
        merged = compare(InputNode(old, one, old.value, true), new, [])
      } else {
        merged = add(nil, new, [])
      }
      documents.append(
        MergedInput(old: old, new: input, root: merged, edits: first..<changes.count))
    }
    for input in before
    where !after.contains(where: { $0.role == input.role && $0.file.name == input.file.name }) {
      let isReplaced = after.contains { $0.role == input.role } && !input.isOneOfMany
      guard let root = input.tree.root, !isReplaced else { continue }
      let first = changes.count
      let merged = add(InputNode(input, root, input.value, true), nil, [])
      documents.append(
        MergedInput(old: input, new: nil, root: merged, edits: first..<changes.count))
    }
  }

  private mutating func compare(
    _ old: InputNode, _ new: InputNode, _ path: [String]
  ) -> MergedNode {
    guard changes.count < Self.limit else { return .same(new) }
    if old.input.tree.isSame(old.id, as: new.input.tree, new.id) { return .same(old) }
    switch (old.kind, new.kind) {
    case (.map, .map): return compareMaps(old, new, path)
    case (.list, .list): return compareLists(old, new, path)
    default: return add(old, new, path)
    }
  }

  private mutating func compareMaps(
    _ old: InputNode, _ new: InputNode, _ path: [String]
  ) -> MergedNode {
    var entries: [(key: String, value: MergedNode)] = []
    let (was, now) = (old.keys, new.keys)
    for key in now {
      guard let value = new.member(key) else { continue }
      if let before = old.member(key) {
        entries.append((key, compare(before, value, path + [key])))
      } else {
        entries.append((key, add(nil, value, path + [key])))
      }
    }
    let known = Set(now)
    for key in was where !known.contains(key) {
      if let value = old.member(key) { entries.append((key, add(value, nil, path + [key]))) }
    }
    let common = Set(was).intersection(known)
    let isSameOrder = was.filter(common.contains) == now.filter(common.contains)
    let order = isSameOrder ? nil : addOrder(old, new, path, line: new)
    return .map(entries, was: was, order: order)
  }

  private mutating func compareLists(
    _ old: InputNode, _ new: InputNode, _ path: [String]
  ) -> MergedNode {
    let (was, now) = (old.items, new.items)
    let match = ListMatch(
      was.map { Optional($0.value.inputKey) }, now.map { Optional($0.value.inputKey) },
      pairingRest: true)
    var items: [MergedNode.Item] = []
    for pair in match.pairs {
      let value = compare(was[pair.old], now[pair.new], path + [String(pair.new)])
      items.append(MergedNode.Item(old: pair.old, new: pair.new, value: value))
    }
    for index in match.removed {
      let value = add(was[index], nil, path + [String(index)])
      items.append(MergedNode.Item(old: index, new: nil, value: value))
    }
    for index in match.added {
      let value = add(nil, now[index], path + [String(index)])
      items.append(MergedNode.Item(old: nil, new: index, value: value))
    }
    guard !match.moved.isEmpty else { return .list(items, order: nil) }
    // The first item that was another one.
    let common = match.pairs.map(\.new)
    let first = zip(common, common.sorted()).first { $0 != $1 }?.1 ?? 0
    return .list(items, order: addOrder(old, new, path, line: now[first]))
  }

  private mutating func addOrder(
    _ old: InputNode, _ new: InputNode, _ path: [String], line: InputNode
  ) -> Int {
    changes.append(
      InputChange(
        path: path, role: new.input.role, schema: new.input.schema,
        values: (old.value, new.value), document: new.input.value, line: self.line(line, path),
        isOrder: true))
    return changes.count - 1
  }

  private mutating func add(
    _ old: InputNode?, _ new: InputNode?, _ path: [String]
  ) -> MergedNode {
    guard let shown = new ?? old else { return .absent }
    guard changes.count < Self.limit else { return .same(shown) }
    var change = InputChange(
      before: old?.value.safeText, after: new?.value.safeText,
      name: shown.value.revealed.usualName, path: path, role: shown.input.role,
      schema: shown.input.schema, values: (old?.value, new?.value), document: shown.input.value,
      line: line(shown, path))
    shown.value.collectTexts(into: &change.texts)
    changes.append(change)
    return .either(changes.count - 1, old, new)
  }

  private mutating func line(_ node: InputNode, _ path: [String]) -> SourceLine {
    let span = node.input.tree.span(node.id)
    let file = node.input.file(of: span)
    let name = file.name + (node.isBefore ? "-" : "+")
    let table = tables[name] ?? LineTable(file.text)
    tables[name] = table
    let offset = file.written(span).lowerBound
    let position = table.position(of: offset, in: file.text)
    return SourceLine(
      file: file.name, line: Int64(position.line),
      excerpt: (path.last ?? "") + ": " + (node.value.safeText ?? "…"), isBefore: node.isBefore)
  }
}

extension Side.Input {
  /// Whether there may be several files of its role, which are told apart by their names.
  var isOneOfMany: Bool { ["targets", "enrichments", "step-kind", "schema"].contains(role) }
}

extension Value {
  /// What tells an item of an input's list from the others.
  fileprivate var inputKey: String {
    let value = revealed
    if let name = value.usualName { return name }
    for key in ["stage", "InstanceRole", "InstanceFleetType", "Classification"] {
      if let text = value.member(key)?.plainText { return key + " " + text }
    }
    return "=" + value.canonicalText
  }

  /// Texts that are long enough to be distinctive, in order.
  fileprivate func collectTexts(into texts: inout [String]) {
    guard texts.count < 50 else { return }
    switch self {
    case .map(let map): for entry in map.entries { entry.value.collectTexts(into: &texts) }
    case .list(let items): for item in items { item.collectTexts(into: &texts) }
    case .string(let text) where text.utf8.count >= 8: texts.append(text)
    default: return
    }
  }

  /// The text of a scalar, if it may be shown.
  var safeText: String? {
    if case .secret = self { return nil }
    return plainText
  }
}
