import Text
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
  /// The path of the schema of its file.
  var schema: String
  /// The values themselves, with secrets marked, and the document that one of them is in.
  var values: (old: Value?, new: Value?)
  var document: Value
  var line: SourceLine
}

/// Finds the differences between the inputs themselves, with their lines.
struct InputComparer {
  private(set) var changes: [InputChange] = []
  private var tables: [String: LineTable] = [:]

  /// How many to look for: more wouldn't help.
  private static var limit: Int { 2000 }

  init(_ before: [Side.Input], _ after: [Side.Input]) {
    for input in after {
      let old =
        before.first { $0.role == input.role && $0.file.name == input.file.name }
        ?? before.first {
          $0.role == input.role && $0.role != "targets" && $0.role != "enrichments"
        }
      if let old, let one = old.tree.root, let two = input.tree.root {
        compare(Node(old, one, old.value, true), Node(input, two, input.value, false), [])
      } else if let root = input.tree.root {
        add(nil, Node(input, root, input.value, false), [])
      }
    }
    for input in before
    where !after.contains(where: { $0.role == input.role && $0.file.name == input.file.name }) {
      let isSingle = after.contains { $0.role == input.role }
      if let root = input.tree.root,
        !isSingle || input.role == "targets" || input.role == "enrichments"
      {
        add(Node(input, root, input.value, true), nil, [])
      }
    }
  }

  private struct Node {
    var input: Side.Input
    var id: NodeID
    /// The value, with secrets marked.
    var value: Value
    var isBefore: Bool

    init(_ input: Side.Input, _ id: NodeID, _ value: Value, _ isBefore: Bool) {
      self.input = input
      self.id = id
      self.value = value
      self.isBefore = isBefore
    }

    func member(_ key: String) -> Node? {
      guard let id = input.tree.value(id, key), case .map(let map) = value.revealed,
        let value = map[key]
      else { return nil }
      return Node(input, id, value, isBefore)
    }

    var items: [Node] {
      guard case .list(let values) = value.revealed else { return [] }
      return zip(input.tree.items(id), values).map { Node(input, $0, $1, isBefore) }
    }

    var keys: [String] { input.tree.entries(id).map { input.tree.string($0.key) } }

    var kind: Tree.Kind { input.tree.kind(id) }
  }

  private mutating func compare(_ old: Node, _ new: Node, _ path: [String]) {
    guard changes.count < Self.limit else { return }
    if old.input.tree.isSame(old.id, as: new.input.tree, new.id) { return }
    switch (old.kind, new.kind) {
    case (.map, .map):
      for key in new.keys {
        guard let value = new.member(key) else { continue }
        if let was = old.member(key) {
          compare(was, value, path + [key])
        } else {
          add(nil, value, path + [key])
        }
      }
      for key in old.keys where new.member(key) == nil {
        if let was = old.member(key) { add(was, nil, path + [key]) }
      }
    case (.list, .list):
      let (was, now) = (old.items, new.items)
      let match = ListMatch(
        Rules.keys(was.map(\.value), .usualName), Rules.keys(now.map(\.value), .usualName),
        pairingRest: true)
      for pair in match.pairs { compare(was[pair.old], now[pair.new], path + [String(pair.new)]) }
      for index in match.removed { add(was[index], nil, path + [String(index)]) }
      for index in match.added { add(nil, now[index], path + [String(index)]) }
    default: add(old, new, path)
    }
  }

  private mutating func add(_ old: Node?, _ new: Node?, _ path: [String]) {
    guard let shown = new ?? old, changes.count < Self.limit else { return }
    let table =
      tables[shown.input.file.name + (shown.isBefore ? "-" : "+")]
      ?? LineTable(shown.input.file.text)
    tables[shown.input.file.name + (shown.isBefore ? "-" : "+")] = table
    let offset = shown.input.file.written(shown.input.tree.span(shown.id)).lowerBound
    let position = table.position(of: offset, in: shown.input.file.text)
    let text = (path.last ?? "") + ": " + (shown.value.safeText ?? "…")
    var change = InputChange(
      before: old?.value.safeText, after: new?.value.safeText,
      name: shown.value.revealed.usualName, path: path,
      schema: shown.input.schema, values: (old?.value, new?.value), document: shown.input.value,
      line: SourceLine(
        file: shown.input.file.name, line: Int64(position.line), excerpt: text,
        isBefore: shown.isBefore))
    shown.value.collectTexts(into: &change.texts)
    changes.append(change)
  }
}

extension Value {
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
  fileprivate var safeText: String? {
    if case .secret = self { return nil }
    return plainText
  }
}

extension Comparison {
  /// Finds the lines that changes come from: lines of inputs by their values, else of the pipeline.
  mutating func attachCauses() {
    let inputs = InputComparer(before.inputs, after.inputs).changes
    let work = inputs.count * max(1, changes.count)
    for index in changes.indices where !changes[index].isCosmetic || changes[index].isConsequence {
      var lines = work > 2_000_000 ? [] : Self.causes(of: changes[index], among: inputs)
      if lines.isEmpty, let origin = origin(of: changes[index].subject) { lines = [origin] }
      changes[index].causes = lines
    }
    inputChanges = inputs.map(\.line)
    blameUnexplained(inputs)
    addUnshown(inputs)
  }

  /// A flag has no text in common with the input that turns it on. An input that explains nothing
  /// else explains it, unless there are many such inputs, or the pipeline itself changed.
  private mutating func blameUnexplained(_ inputs: [InputChange]) {
    guard !inputs.isEmpty, before.isSamePipeline(as: after) else { return }
    let blamed = Set(
      changes.filter { !$0.isInDocument && !$0.isConsequence }.flatMap(\.causes))
    let free = inputs.map(\.line).filter { !blamed.contains($0) }
    let candidates = free.isEmpty && inputs.count == 1 ? inputs.map(\.line) : free
    guard (1...3).contains(candidates.count) else { return }
    let known = Set(inputs.map(\.line))
    for index in changes.indices
    where (!changes[index].isCosmetic || changes[index].isConsequence)
      && known.isDisjoint(with: changes[index].causes)
    {
      changes[index].causes = candidates
    }
  }

  private static func causes(of change: Change, among inputs: [InputChange]) -> [SourceLine] {
    var best: (score: Int, lines: [SourceLine]) = (0, [])
    for input in inputs {
      let score = score(change, input)
      if score > best.score {
        best = (score, [input.line])
      } else if score == best.score, score > 0 {
        best.lines.append(input.line)
      }
    }
    return Array(best.lines.prefix(3))
  }

  /// How well a change of an input explains a change of the job flow; 0: not at all.
  private static func score(_ change: Change, _ input: InputChange) -> Int {
    let old = change.before?.plainText
    let new = change.after?.plainText
    let tail = change.label.suffix(2).map { $0.lowercased() }
    let end = input.path.suffix(2).map { $0.lowercased() }
    if change.isInDocument, tail == end || (tail.last == end.last && !end.isEmpty) { return 6 }
    if let name = input.name, change.label.last == name { return 6 }
    if let was = input.before, let now = input.after {
      if old == was, new == now { return 5 }
      if let old, let new, was.utf8.count >= 3 || now.utf8.count >= 3, !was.isEmpty,
        old.contains(was.trimmedLocation),
        Rules.same(old.replacing(was.trimmedLocation, with: now.trimmedLocation), new)
      {
        return 4
      }
    }
    if input.texts.contains(where: { change.holds($0) }), input.before == nil || input.after == nil
    {
      return change.before == nil || change.after == nil ? 4 : 1
    }
    if let now = input.after, now.utf8.count >= 5, change.after?.holds(now) ?? false,
      !(change.before?.holds(now) ?? false)
    {
      return 3
    }
    if let was = input.before, was.utf8.count >= 5, change.before?.holds(was) ?? false,
      !(change.after?.holds(was) ?? false)
    {
      return 2
    }
    return 0
  }

  private func origin(of subject: Change.Subject) -> SourceLine? {
    switch subject {
    case .step(_, let new?): after.stepOrigin(new, isBefore: false)
    case .step(let old?, nil): before.stepOrigin(old, isBefore: true)
    case .check(let name):
      after.origins["check " + name] ?? before.origins["check " + name]?.ofBefore
    case .stage(let name):
      after.origins["stage " + name] ?? before.origins["stage " + name]?.ofBefore
    case .step, .run, .cluster, .settings, .input: nil
    }
  }
}

extension Change {
  fileprivate func holds(_ text: String) -> Bool {
    (before?.holds(text) ?? false) || (after?.holds(text) ?? false)
  }
}

extension Side {
  fileprivate func isSamePipeline(as other: Side) -> Bool {
    let own = inputs.first { $0.role == "pipeline" }?.file.text
    return own == other.inputs.first { $0.role == "pipeline" }?.file.text
  }
}

extension SourceLine {
  fileprivate var ofBefore: SourceLine {
    var line = self
    line.isBefore = true
    return line
  }
}

extension String {
  /// A location without its trailing slash.
  fileprivate var trimmedLocation: String { Rules.location(self) ?? self }
}

extension Value {
  /// Whether it contains a text.
  fileprivate func holds(_ text: String) -> Bool {
    switch self {
    case .string(let own): own.contains(text.trimmedLocation)
    case .map(let map): map.entries.contains { $0.value.holds(text) }
    case .list(let items): items.contains { $0.holds(text) }
    default: plainText == text
    }
  }
}
