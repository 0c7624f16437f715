import Diagnostics
import Documents
import PipelineSyntax
import SourceText
import Text
import Values

/// The values of `--set`, by the input that each is about.
struct InputSettings {
  struct Setting {
    let text: GivenText
    let path: SettingPath
  }

  private(set) var settings: [String: [Setting]] = [:]

  /// - Parameter inputs: the pipeline's; a path that doesn't begin with the name of one is about
  ///   its only file, or about `config`.
  init(_ texts: [Spanned<String>], inputs: [InputDecl], into diagnostics: inout [Diagnostic]) {
    let files = inputs.filter { !$0.isMany }.map(\.name.value)
    let usual = files.count == 1 ? files[0] : files.first { $0 == "config" }
    for given in texts {
      guard let text = GivenText(given), let path = SettingPath(text.name.value) else {
        diagnostics.append(.notASetting(given.value, "set", at: given.span))
        continue
      }
      let named = path.first.flatMap { name in inputs.first { $0.name.value == name } }
      if let named, named.isMany {
        diagnostics.append(.setOfFolder(named.name.value, at: text.name.span))
      } else if let named {
        guard let inner = path.dropping else {
          diagnostics.append(.notASetting(given.value, "set", at: given.span))
          continue
        }
        settings[named.name.value, default: []].append(Setting(text: text, path: inner))
      } else if let usual {
        settings[usual, default: []].append(Setting(text: text, path: path))
      } else {
        diagnostics.append(.setNoInput(files, at: text.name.span))
      }
    }
  }

  subscript(input: String) -> [Setting] { settings[input] ?? [] }
}

extension InputSettings.Setting {
  /// The document with the value; nil, with an error, if there is no such place in it.
  ///
  /// - Parameter type: the document's, by its schema.
  func applied(
    to tree: Tree, _ type: ValueType, into diagnostics: inout [Diagnostic]
  ) -> Tree? {
    guard let target = target(in: tree, type, into: &diagnostics) else { return nil }
    let names = text.names(path.steps.map { ($0.text, $0.range) })
    return TreeEdit.set(
      path.steps.map(\.step), in: tree, names: names, to: text.document(as: target))
  }

  /// The type of the value that is set.
  private func target(
    in tree: Tree, _ type: ValueType, into diagnostics: inout [Diagnostic]
  ) -> ValueType? {
    var node = tree.root
    var type = type.ofValue
    for (step, _, range) in path.steps {
      let span = place(range)
      if let there = node, tree.kind(there) == .null { node = nil }
      switch step {
      case .item(let index):
        let items = node.map { Array(tree.items($0)) } ?? []
        if let node, tree.kind(node) != .list {
          diagnostics.append(
            .setNotAContainer(above(range), tree.words(node), wanted: "a list", at: span))
          return nil
        }
        guard items.indices.contains(index) else {
          diagnostics.append(.setNoItem(index, count: items.count, at: span))
          return nil
        }
        node = items[index]
        if case .list(let item) = type { type = item.ofValue } else { type = .dyn }
      case .key(let key):
        if let node, tree.kind(node) != .map {
          diagnostics.append(
            .setNotAContainer(above(range), tree.words(node), wanted: "a map", at: span))
          return nil
        }
        let entry = node.flatMap { tree.value($0, key) }
        guard let next = member(key, of: type, isThere: entry != nil) else {
          var names = type.keys
          if let node { names += tree.entries(node).map { tree.string($0.key) } }
          diagnostics.append(.setUnknownKey(key, among: names, at: span))
          return nil
        }
        (node, type) = (entry, next)
      }
    }
    return type
  }

  /// The type of a member; nil if there is none.
  private func member(_ key: String, of type: ValueType, isThere: Bool) -> ValueType? {
    switch type.ofValue {
    case .object(let object):
      if let field = object.field(key) { return field.type }
      if isThere || object.fields.isEmpty { return object.additional ?? .dyn }
      return nil
    case .map(_, let value): return value
    default: return .dyn
    }
  }

  /// The path before one of its steps.
  private func above(_ range: Range<Int>) -> String {
    let bytes = text.name.value.utf8.prefix(range.lowerBound)
    return String(decoding: bytes.last == .dot ? bytes.dropLast() : bytes, as: UTF8.self)
  }

  private func place(_ range: Range<Int>) -> Span {
    let start = text.name.span.start
    return Span(
      text.name.span.source, start + UInt32(clamping: range.lowerBound),
      start + UInt32(clamping: range.upperBound))
  }
}

extension ValueType {
  fileprivate var keys: [String] {
    if case .object(let object) = ofValue { object.fields.map(\.name) } else { [] }
  }
}

extension Tree {
  fileprivate func words(_ node: NodeID) -> String {
    switch kind(node) {
    case .null: "absent"
    case .bool: "a boolean"
    case .int, .float: "a number"
    case .string: "a string"
    case .list: "a list"
    case .map: "a map"
    }
  }
}
