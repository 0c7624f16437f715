// A first, small engine. The full one replaces this file: delete it when that lands.

package import Diagnostics
import SourceText
package import Values

package struct SchemaSet: Sendable {
  fileprivate var docs: [String: (tree: Tree, root: NodeID)] = [:]
  package init() {}
  package mutating func add(_ tree: Tree, root: NodeID? = nil, uri: String) {
    docs[uri] = (tree, root ?? tree.root ?? NodeID(index: 0))
  }
  package mutating func compile(
    _ uri: String, load: (String) -> Tree?, into diagnostics: inout [Diagnostic]
  ) -> Schema? {
    var todo = [uri]
    var seen: Set<String> = []
    while let next = todo.popLast() {
      guard seen.insert(next).inserted else { continue }
      if docs[next] == nil, let tree = load(next) { add(tree, uri: next) }
      guard let doc = docs[next] else { continue }
      for node in doc.tree.nodes.indices {
        let id = NodeID(index: UInt32(node))
        guard doc.tree.kind(id) == .map, let ref = doc.tree.value(id, "$ref") else { continue }
        let text = doc.tree.string(ref)
        if !text.hasPrefix("#") {
          let base = next[...(next.lastIndex(of: "/") ?? next.startIndex)]
          todo.append(base + String(text.prefix { $0 != "#" }))
        }
      }
    }
    return Schema(set: self, uri: uri)
  }
}

package struct Schema: Sendable {
  let set: SchemaSet
  let uri: String
}

private struct At { var uri: String; var node: NodeID }

protocol Instance {
  associatedtype ID
  func kind(_ id: ID) -> Tree.Kind
  func text(_ id: ID) -> String
  func span(_ id: ID) -> Span?
  func items(_ id: ID) -> [ID]
  func entries(_ id: ID) -> [(key: String, keySpan: Span?, value: ID)]
  func isDeferred(_ id: ID) -> Bool
}
struct TreeInstance: Instance {
  let tree: Tree; let defers: Bool
  func kind(_ id: NodeID) -> Tree.Kind { tree.kind(id) }
  func text(_ id: NodeID) -> String { tree.string(id) }
  func span(_ id: NodeID) -> Span? { tree.span(id) }
  func items(_ id: NodeID) -> [NodeID] { Array(tree.items(id)) }
  func entries(_ id: NodeID) -> [(key: String, keySpan: Span?, value: NodeID)] {
    tree.entries(id).map { (tree.string($0.key), tree.span($0.key), $0.value) }
  }
  func isDeferred(_ id: NodeID) -> Bool {
    defers && tree.kind(id) == .string && tree.string(id).contains("${")
  }
}
struct LocatedInstance: Instance {
  func kind(_ id: Located) -> Tree.Kind {
    switch id.content {
    case .list: .list
    case .map: .map
    case .scalar(let v):
      switch v.revealed {
      case .null: .null
      case .bool: .bool
      case .int, .uint: .int
      case .double: .float
      case .list: .list
      case .map: .map
      default: .string
      }
    }
  }
  func text(_ id: Located) -> String {
    guard case .scalar(let v) = id.content else { return "" }
    switch v.revealed {
    case .string(let s): return s
    case .int(let i): return String(i)
    case .uint(let i): return String(i)
    case .double(let d): return d.description
    case .bool(let b): return b ? "true" : "false"
    default: return ""
    }
  }
  func span(_ id: Located) -> Span? { id.span }
  func expand(_ id: Located) -> Located {
    guard case .scalar(let v) = id.content else { return id }
    switch v.revealed {
    case .list, .map: return Located(value: v.revealed, span: id.span, origin: id.origin)
    default: return id
    }
  }
  func items(_ id: Located) -> [Located] {
    if case .list(let l) = expand(id).content { l } else { [] }
  }
  func entries(_ id: Located) -> [(key: String, keySpan: Span?, value: Located)] {
    if case .map(let m) = expand(id).content { m.map { ($0.key, $0.keySpan, $0.value) } } else { [] }
  }
  func isDeferred(_ id: Located) -> Bool { false }
}

private struct Validator<I: Instance> {
  let set: SchemaSet
  let instance: I
  var out: [Diagnostic] = []

  func resolve(_ ref: String, from uri: String) -> At? {
    let parts = ref.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
    var target = uri
    if let first = parts.first, !first.isEmpty {
      target = String(uri[...(uri.lastIndex(of: "/") ?? uri.startIndex)]) + first
    }
    guard let doc = set.docs[target] else { return nil }
    var node = doc.root
    if parts.count > 1 {
      for key in parts[1].split(separator: "/") {
        guard let next = doc.tree.value(node, String(key)) else { return nil }
        node = next
      }
    }
    return At(uri: target, node: node)
  }

  mutating func fail(_ message: String, _ at: Span?, hint: String? = nil, severity: Severity? = nil) {
    out.append(Diagnostic(.schemaViolation, message, at: at, hint: hint, severity: severity))
  }

  mutating func valid(_ id: I.ID, _ at: At) -> Bool {
    var probe = self
    probe.out = []
    probe.check(id, at)
    return !probe.out.hasErrors
  }

  mutating func check(_ id: I.ID, _ at: At) {
    guard let doc = set.docs[at.uri] else { return }
    let t = doc.tree
    if instance.isDeferred(id) { return }
    let kind = instance.kind(id)
    if let type = t.value(at.node, "type") {
      let names = t.kind(type) == .list ? t.items(type).map { t.string($0) } : [t.string(type)]
      let ok = names.contains { name in
        switch name {
        case "null": kind == .null
        case "boolean": kind == .bool
        case "integer": kind == .int || (kind == .float && Double(instance.text(id)).map { $0 == $0.rounded() } == true)
        case "number": kind == .int || kind == .float
        case "string": kind == .string
        case "array": kind == .list
        case "object": kind == .map
        default: false
        }
      }
      if !ok {
        fail("expected \(names.joined(separator: " or ")), found \(kind)", instance.span(id))
        return
      }
    }
    if let e = t.value(at.node, "enum"), kind != .list, kind != .map {
      let texts = t.items(e).map { t.string($0) }
      if !texts.contains(instance.text(id)), !(kind == .null && t.items(e).contains { t.kind($0) == .null }) {
        fail("`\(instance.text(id))` is not one of \(texts.prefix(8).joined(separator: ", "))", instance.span(id))
      }
    }
    if let c = t.value(at.node, "const"), t.string(c) != instance.text(id) {
      fail("expected `\(t.string(c))`", instance.span(id))
    }
    if kind == .int || kind == .float, let n = Double(instance.text(id)) {
      if let m = t.value(at.node, "minimum").flatMap({ Double(t.string($0)) }), n < m { fail("below \(m)", instance.span(id)) }
      if let m = t.value(at.node, "maximum").flatMap({ Double(t.string($0)) }), n > m { fail("above \(m)", instance.span(id)) }
    }
    if kind == .string {
      if let m = t.value(at.node, "minLength").flatMap({ Int(t.string($0)) }), instance.text(id).unicodeScalars.count < m { fail("too short", instance.span(id)) }
      if let m = t.value(at.node, "maxLength").flatMap({ Int(t.string($0)) }), instance.text(id).unicodeScalars.count > m { fail("too long", instance.span(id)) }
      if let p = t.value(at.node, "pattern"), case .success(let r) = RegularExpression.compile(t.string(p), syntax: .ecma), !r.matches(instance.text(id)) {
        fail("does not match \(t.string(p))", instance.span(id))
      }
    }
    if kind == .list, let items = t.value(at.node, "items") {
      for i in instance.items(id) { check(i, At(uri: at.uri, node: items)) }
    }
    if kind == .map {
      let entries = instance.entries(id)
      for r in t.value(at.node, "required").map({ Array(t.items($0)) }) ?? [] {
        let name = t.string(r)
        if !entries.contains(where: { $0.key == name }) { fail("the key `\(name)` is missing", instance.span(id)) }
      }
      let props = t.value(at.node, "properties")
      let additional = t.value(at.node, "additionalProperties")
      for e in entries {
        if let props, let p = t.value(props, e.key) {
          check(e.value, At(uri: at.uri, node: p))
        } else if let pp = t.value(at.node, "patternProperties"), t.entries(pp).contains(where: { entry in
          if case .success(let r) = RegularExpression.compile(t.string(entry.key), syntax: .ecma) { r.matches(e.key) } else { false } }) {
          for entry in t.entries(pp) {
            if case .success(let r) = RegularExpression.compile(t.string(entry.key), syntax: .ecma), r.matches(e.key) { check(e.value, At(uri: at.uri, node: entry.value)) }
          }
        } else if let additional {
          if t.kind(additional) == .bool {
            if t.string(additional) == "false" {
              let warn = t.value(at.node, "x-unknown-keys").map { t.string($0) } == "warning"
              fail("unknown key `\(e.key)`", e.keySpan ?? instance.span(id), severity: warn ? .warning : nil)
            }
          } else { check(e.value, At(uri: at.uri, node: additional)) }
        }
      }
    }
    if let ref = t.value(at.node, "$ref"), let target = resolve(t.string(ref), from: at.uri) { check(id, target) }
    for s in t.value(at.node, "allOf").map({ Array(t.items($0)) }) ?? [] { check(id, At(uri: at.uri, node: s)) }
    if let any = t.value(at.node, "anyOf") ?? t.value(at.node, "oneOf") {
      let branches = Array(t.items(any))
      if !branches.contains(where: { valid(id, At(uri: at.uri, node: $0)) }) { fail("fits no alternative", instance.span(id)) }
    }
    if let i = t.value(at.node, "if") {
      if valid(id, At(uri: at.uri, node: i)) {
        if let then = t.value(at.node, "then") { check(id, At(uri: at.uri, node: then)) }
      } else if let other = t.value(at.node, "else") { check(id, At(uri: at.uri, node: other)) }
    }
  }
}

extension Schema {
  package func diagnose(_ tree: Tree, _ node: NodeID? = nil, deferringExpressions: Bool = false) -> [Diagnostic] {
    guard let doc = set.docs[uri] else { return [] }
    var v = Validator(set: set, instance: TreeInstance(tree: tree, defers: deferringExpressions))
    v.check(node ?? tree.root ?? NodeID(index: 0), At(uri: uri, node: doc.root))
    return v.out
  }
  package func diagnose(_ located: Located) -> [Diagnostic] {
    guard let doc = set.docs[uri] else { return [] }
    var v = Validator(set: set, instance: LocatedInstance())
    v.check(located, At(uri: uri, node: doc.root))
    return v.out
  }
  package func type(named name: String) -> ValueType {
    guard let doc = set.docs[uri] else { return .dyn }
    return type(At(uri: uri, node: doc.root), name, 0)
  }
  private func type(_ at: At, _ name: String, _ depth: Int) -> ValueType {
    guard let doc = set.docs[at.uri], depth < 12 else { return .dyn }
    let t = doc.tree
    if let ref = t.value(at.node, "$ref") {
      let v = Validator(set: set, instance: LocatedInstance())
      return v.resolve(t.string(ref), from: at.uri).map { type($0, name, depth + 1) } ?? .dyn
    }
    guard let tn = t.value(at.node, "type") else { return .dyn }
    var names = t.kind(tn) == .list ? t.items(tn).map { t.string($0) } : [t.string(tn)]
    let nullable = names.contains("null")
    names.removeAll { $0 == "null" }
    let one: ValueType
    if names.count != 1 { one = .dyn } else {
      switch names[0] {
      case "boolean": one = .bool
      case "integer": one = .int
      case "number": one = .double
      case "string": one = .string
      case "array": one = .list(t.value(at.node, "items").map { type(At(uri: at.uri, node: $0), name, depth + 1) } ?? .dyn)
      case "object":
        let req = t.value(at.node, "required").map { t.items($0).map { t.string($0) } } ?? []
        var additional: ValueType? = .dyn
        if let a = t.value(at.node, "additionalProperties") {
          additional = t.kind(a) == .bool ? (t.string(a) == "true" ? .dyn : nil) : type(At(uri: at.uri, node: a), name, depth + 1)
        }
        guard let p = t.value(at.node, "properties") else { one = additional == .dyn ? .dyn : .map(key: .string, value: additional ?? .dyn); break }
        one = .object(ObjectType(name: name, fields: t.entries(p).map { e in
          let n = t.string(e.key)
          return ObjectType.Field(name: n, type: type(At(uri: at.uri, node: e.value), "\(name).\(n)", depth + 1), isRequired: req.contains(n), isSecret: t.value(e.value, "x-secret") != nil)
        }, additional: additional))
      default: one = .dyn
      }
    }
    return nullable ? .nullable(one) : one
  }
  package func value(of tree: Tree, file: String, secrets: [String]) -> Value {
    guard let doc = set.docs[uri] else { return .null }
    return value(tree, tree.root ?? NodeID(index: 0), [At(uri: uri, node: doc.root)], file + "#", nil)
  }
  private func value(_ tree: Tree, _ id: NodeID, _ ats: [At], _ path: String, _ x: Int?) -> Value {
    let v = Validator(set: set, instance: LocatedInstance())
    var all = ats
    var i = 0
    while i < all.count, i < 50 {
      let at = all[i]; i += 1
      guard let doc = set.docs[at.uri] else { continue }
      if let r = doc.tree.value(at.node, "$ref"), let target = v.resolve(doc.tree.string(r), from: at.uri) { all.append(target) }
      for s in doc.tree.value(at.node, "allOf").map({ Array(doc.tree.items($0)) }) ?? [] {
        all.append(At(uri: at.uri, node: s))
        if let c = doc.tree.value(s, "if") {
          var probe = Validator(set: set, instance: TreeInstance(tree: tree, defers: false))
          if probe.valid(id, At(uri: at.uri, node: c)), let then = doc.tree.value(s, "then") { all.append(At(uri: at.uri, node: then)) }
        }
      }
    }
    let flag = { (name: String) in all.contains { at in set.docs[at.uri].map { $0.tree.value(at.node, name) != nil } ?? false } }
    switch tree.kind(id) {
    case .string:
      var s = tree.string(id)
      if flag("x-trailing-slash"), !s.isEmpty, !s.hasSuffix("/") { s += "/" }
      return flag("x-secret") ? .secret(Secret(.string(s), reference: path)) : .string(s)
    case .list:
      let subs = all.compactMap { at in set.docs[at.uri]?.tree.value(at.node, "items").map { At(uri: at.uri, node: $0) } }
      return .list(tree.items(id).enumerated().map { value(tree, $1, subs, "\(path)/\($0)", nil) })
    case .map:
      return .map(ValueMap(tree.entries(id).map { e in
        let n = tree.string(e.key)
        let subs = all.compactMap { at -> At? in
          guard let t = set.docs[at.uri]?.tree, let p = t.value(at.node, "properties"), let c = t.value(p, n) else { return nil }
          return At(uri: at.uri, node: c)
        }
        return (key: .string(n), value: value(tree, e.value, subs, "\(path)/\(n)", nil))
      }))
    default: return Value(tree, id)
    }
  }
}
