import Expressions
package import PipelineSyntax
import SourceText
import Values

/// Which datasets each stage's steps name, as written: known before any input is read, and for
/// stages that do not run too.
package struct DataUses: Sendable {
  package struct Stage: Sendable {
    package var reads: Set<String> = []
    package var writes: Set<String> = []
    package var deletes: Set<String> = []
    /// Datasets that its requirements want empty.
    package var wantsEmpty: Set<String> = []
    /// For each declared step in order: what it does.
    package var steps: [Step] = []

    package init() {}
  }

  package struct Step: Sendable {
    package var reads: Set<String> = []
    package var writes: Set<String> = []
    package var deletes: Set<String> = []
    /// Whether it stands for several steps.
    package var isRepeated = false

    package init() {}
  }

  package var stages: [Stage]
  /// For each dataset that can be restored: the datasets of which it is.
  package var sources: [String: Set<String>] = [:]

  package init(_ pipeline: PipelineDecl, kinds: [StepKindDecl]) {
    let tree = pipeline.tree
    let names = Set(pipeline.datasets.map(\.name.value))
    var byName: [String: StepKindDecl] = [:]
    for kind in kinds { byName[kind.name.value] = kind }
    stages = pipeline.stages.map { stage in
      var uses = Stage()
      for requirement in stage.requires {
        if case .empty(let dataset) = requirement.rule { uses.wantsEmpty.insert(dataset.value) }
      }
      for node in stage.steps.map({ Array(tree.items($0)) }) ?? [] {
        let step = Self.step(StepDecl(tree, node), tree, byName, names)
        uses.reads.formUnion(step.reads)
        uses.writes.formUnion(step.writes)
        uses.deletes.formUnion(step.deletes)
        // Only steps that move data matter to resumption; the others are not kept.
        if !step.deletes.isEmpty { uses.steps.append(step) }
      }
      return uses
    }
    for dataset in pipeline.datasets {
      guard let restore = dataset.restore else { continue }
      let reads = Self.step(StepDecl(tree, restore), tree, byName, names).reads
      if !reads.isEmpty { sources[dataset.name.value] = reads }
    }
  }

  /// Whether a stage reads a dataset, itself or by restoring what it reads.
  package func reads(_ stage: Int, _ dataset: String) -> Bool {
    stages[stage].reads.contains {
      $0 == dataset || sources[$0]?.contains(dataset) ?? false
    }
  }

  private static func step(
    _ declaration: StepDecl, _ tree: Tree, _ kinds: [String: StepKindDecl], _ names: Set<String>
  ) -> Step {
    var step = Step()
    step.isRepeated = declaration.each != nil
    for (list, mode) in [(declaration.reads, 0), (declaration.writes, 1), (declaration.deletes, 2)]
    {
      guard let list else { continue }
      for item in tree.kind(list) == .list ? Array(tree.items(list)) : [list] {
        add(named(tree, item, names), mode, &step)
      }
    }
    guard let kindNode = declaration.kind, let kind = kinds[tree.string(kindNode)],
      let parameters = declaration.parameters
    else { return step }
    let value = { (name: String) in
      tree.value(parameters, name).map { named(tree, $0, names) }
        .map { $0.isEmpty ? eachNamed(tree, declaration.each, names) : $0 } ?? []
    }
    for name in kind.reads { add(value(name.value), 0, &step) }
    for name in kind.writes { add(value(name.value), 1, &step) }
    for deletion in kind.deletes {
      if let condition = deletion.condition {
        guard let flag = tree.value(parameters, condition),
          tree.kind(flag) != .bool || tree.string(flag) == "true"
        else { continue }
      }
      add(value(deletion.parameter), 2, &step)
    }
    return step
  }

  private static func add(_ names: Set<String>, _ mode: Int, _ step: inout Step) {
    switch mode {
    case 0: step.reads.formUnion(names)
    case 1: step.writes.formUnion(names)
    default: step.deletes.formUnion(names)
    }
  }

  /// Datasets that the lists of an `each` name: its steps take their places one by one.
  private static func eachNamed(
    _ tree: Tree, _ each: NodeID?, _ names: Set<String>
  ) -> Set<String> {
    guard let each else { return [] }
    return tree.entries(each).reduce(into: []) { $0.formUnion(named(tree, $1.value, names)) }
  }

  /// Datasets that a value names: as its whole text, or as `data.NAME` in an expression.
  private static func named(_ tree: Tree, _ node: NodeID, _ names: Set<String>) -> Set<String> {
    if tree.kind(node) == .list {
      return tree.items(node).reduce(into: []) { $0.formUnion(named(tree, $1, names)) }
    }
    let text = tree.string(node)
    if names.contains(text) { return [text] }
    guard text.utf8.contains(UInt8(ascii: "$")) else { return [] }
    let bytes = Array(text.utf8)
    let prefix = Array("data.".utf8)
    var found: Set<String> = []
    var at = 0
    while at + prefix.count < bytes.count {
      defer { at += 1 }
      guard bytes[at] == 0x64, bytes[at..<(at + prefix.count)].elementsEqual(prefix),
        at == 0 || !(isWord(bytes[at - 1]) || bytes[at - 1] == 0x2E)
      else { continue }
      let name = String(
        decoding: bytes[(at + prefix.count)...].prefix(while: isWord), as: UTF8.self)
      if names.contains(name) { found.insert(name) }
    }
    return found
  }

  private static func isWord(_ byte: UInt8) -> Bool {
    byte == 0x5F || (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte)
      || (0x61...0x7A).contains(byte)
  }

  /// Whether a text has one of the names in it, not as a part of a longer one or behind a dot.
  static func mentions(_ bytes: ArraySlice<UInt8>, anyOf names: Set<String>) -> Bool {
    bytes.withUnsafeBufferPointer { bytes in
      var at = 0
      while at < bytes.count {
        guard isWord(bytes[at]) else {
          at += 1
          continue
        }
        var end = at
        while end < bytes.count, isWord(bytes[end]) { end += 1 }
        if at == 0 || bytes[at - 1] != 0x2E,
          names.contains(String(decoding: bytes[at..<end], as: UTF8.self))
        {
          return true
        }
        at = end
      }
      return false
    }
  }
}
