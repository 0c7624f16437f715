import Expressions
import Locations
import PipelineIR
package import PipelineSyntax
import SourceText
import Values

/// Datasets of a pipeline: a bit for each.
package struct DatasetSet: Sendable, Sequence {
  private let pipeline: PipelineDecl
  private var marks: [UInt64] = []

  fileprivate init(_ pipeline: PipelineDecl) { self.pipeline = pipeline }

  fileprivate mutating func insert(_ dataset: Int) {
    while marks.count <= dataset / 64 { marks.append(0) }
    marks[dataset / 64] |= 1 << UInt64(dataset % 64)
  }

  fileprivate var isEmpty: Bool { marks.isEmpty }

  private func holds(_ dataset: Int) -> Bool {
    dataset / 64 < marks.count && marks[dataset / 64] >> UInt64(dataset % 64) & 1 == 1
  }

  package func contains(_ name: String) -> Bool {
    pipeline.dataset(named: name).map(holds) ?? false
  }

  /// The first name in the order of names among those that are not in other sets.
  fileprivate func first(in wanted: DatasetSet, butNot others: DatasetSet...) -> String? {
    var first: String?
    for at in 0..<Swift.min(marks.count, wanted.marks.count) {
      var rest = marks[at] & wanted.marks[at]
      for other in others where at < other.marks.count { rest &= ~other.marks[at] }
      while rest != 0 {
        let name = pipeline.datasets[at * 64 + rest.trailingZeroBitCount].name.value
        first = first.map { Swift.min($0, name) } ?? name
        rest &= rest - 1
      }
    }
    return first
  }

  fileprivate mutating func formUnion(_ other: DatasetSet) {
    while marks.count < other.marks.count { marks.append(0) }
    for at in other.marks.indices { marks[at] |= other.marks[at] }
  }

  /// The names, in the pipeline's order.
  package func makeIterator() -> AnyIterator<String> {
    var numbers = pipeline.datasets.indices.lazy.filter { holds($0) }.makeIterator()
    return AnyIterator { numbers.next().map { pipeline.datasets[$0].name.value } }
  }
}

/// Which datasets each stage's steps name, as written: known before any input is read, and for
/// stages that do not run too.
package struct DataUses: Sendable {
  package struct Stage: Sendable {
    package fileprivate(set) var reads: DatasetSet
    package fileprivate(set) var writes: DatasetSet
    package fileprivate(set) var deletes: DatasetSet
    /// Datasets that its requirements want empty.
    package fileprivate(set) var wantsEmpty: Set<String> = []
    /// For each declared step in order: what it does.
    package fileprivate(set) var steps: [Step] = []

    fileprivate init(_ pipeline: PipelineDecl) {
      reads = DatasetSet(pipeline)
      writes = DatasetSet(pipeline)
      deletes = DatasetSet(pipeline)
    }
  }

  package struct Step: Sendable {
    package var reads: Set<String> = []
    package var writes: Set<String> = []
    package var deletes: Set<String> = []
    /// Whether it stands for several steps.
    package var isRepeated = false

    fileprivate init(_ names: Names, isRepeated: Bool) {
      reads = names.set(names.reads)
      writes = names.set(names.writes)
      deletes = names.set(names.deletes)
      self.isRepeated = isRepeated
    }
  }

  private let pipeline: PipelineDecl
  package var stages: [Stage]
  /// For each dataset that can be restored: the datasets of which it is.
  package var sources: [String: Set<String>] = [:]

  package init(_ pipeline: PipelineDecl, kinds: [StepKindDecl]) {
    let tree = pipeline.tree
    self.pipeline = pipeline
    mortal = Self.mortal(pipeline)
    var byName: [String: StepKindDecl] = [:]
    for kind in kinds { byName[kind.name.value] = kind }
    var step = Names(pipeline)
    stages = pipeline.stages.map { stage in
      var uses = Stage(pipeline)
      for requirement in stage.requires {
        if case .empty(let dataset) = requirement.rule { uses.wantsEmpty.insert(dataset.value) }
      }
      guard let steps = stage.steps else { return uses }
      for node in tree.items(steps) {
        let declaration = StepDecl(tree, node)
        step.collect(declaration, byName)
        for name in step.reads { uses.reads.insert(name) }
        for name in step.writes { uses.writes.insert(name) }
        for name in step.deletes { uses.deletes.insert(name) }
        // Only steps that move data matter to resumption; the others are not kept.
        if !step.deletes.isEmpty {
          uses.steps.append(Step(step, isRepeated: declaration.each != nil))
        }
      }
      return uses
    }
    for dataset in pipeline.datasets {
      guard let restore = dataset.restore else { continue }
      step.collect(StepDecl(tree, restore), byName)
      if !step.reads.isEmpty { sources[dataset.name.value] = step.set(step.reads) }
    }
  }

  /// The datasets that die with the cluster, and that nothing brings back.
  private let mortal: DatasetSet

  /// Of the mortal datasets that a stage or a later one reads, one that an earlier stage makes.
  func lostData(from stage: Int) -> String? {
    guard !mortal.isEmpty else { return nil }
    var made = DatasetSet(pipeline)
    for later in stages.dropFirst(stage) {
      if let lost = later.reads.first(in: mortal, butNot: made, later.writes) { return lost }
      made.formUnion(later.writes)
    }
    return nil
  }

  private static func mortal(_ pipeline: PipelineDecl) -> DatasetSet {
    var mortal = DatasetSet(pipeline)
    for (number, dataset) in pipeline.datasets.enumerated() where dataset.restore == nil {
      guard let at = dataset.at else { continue }
      let start = String(pipeline.tree.string(at).prefix { $0 != "$" })
      if let location = try? Location(start), !location.isDurable { mortal.insert(number) }
    }
    return mortal
  }

  /// Whether a stage reads a dataset, itself or by restoring what it reads.
  package func reads(_ stage: Int, _ dataset: String) -> Bool {
    stages[stage].reads.contains {
      $0 == dataset || sources[$0]?.contains(dataset) ?? false
    }
  }

  /// The datasets that one step names, in the order in which it does.
  fileprivate struct Names {
    let pipeline: PipelineDecl
    var reads: [Int] = []
    var writes: [Int] = []
    var deletes: [Int] = []

    init(_ pipeline: PipelineDecl) { self.pipeline = pipeline }

    func set(_ numbers: [Int]) -> Set<String> {
      Set(numbers.map { pipeline.datasets[$0].name.value })
    }

    mutating func collect(_ declaration: StepDecl, _ kinds: [String: StepKindDecl]) {
      let tree = pipeline.tree
      reads.removeAll(keepingCapacity: true)
      writes.removeAll(keepingCapacity: true)
      deletes.removeAll(keepingCapacity: true)
      if let list = declaration.reads { DataUses.add(pipeline, list, to: &reads) }
      if let list = declaration.writes { DataUses.add(pipeline, list, to: &writes) }
      if let list = declaration.deletes { DataUses.add(pipeline, list, to: &deletes) }
      guard let kindNode = declaration.kind, let kind = kinds[tree.string(kindNode)],
        let parameters = declaration.parameters
      else { return }
      let each = declaration.each
      for name in kind.reads {
        DataUses.add(pipeline, parameters, name.value, each, to: &reads)
      }
      for name in kind.writes {
        DataUses.add(pipeline, parameters, name.value, each, to: &writes)
      }
      for deletion in kind.deletes {
        if let condition = deletion.condition {
          guard let flag = tree.value(parameters, condition),
            tree.kind(flag) != .bool || tree.string(flag) == "true"
          else { continue }
        }
        DataUses.add(pipeline, parameters, deletion.parameter, each, to: &deletes)
      }
    }
  }

  /// Adds the datasets that a parameter names; where it names none, those that the lists of an `each`
  /// name: its steps take their places one by one.
  private static func add(
    _ pipeline: PipelineDecl, _ parameters: NodeID, _ parameter: String, _ each: NodeID?,
    to found: inout [Int]
  ) {
    let tree = pipeline.tree
    guard let value = tree.value(parameters, parameter) else { return }
    let before = found.count
    add(pipeline, value, to: &found)
    guard found.count == before, let each else { return }
    for entry in tree.entries(each) { add(pipeline, entry.value, to: &found) }
  }

  /// Adds the datasets that a value names: as its whole text, or as `data.NAME` in an expression.
  private static func add(_ pipeline: PipelineDecl, _ node: NodeID, to found: inout [Int]) {
    let tree = pipeline.tree
    if tree.kind(node) == .list {
      for item in tree.items(node) { add(pipeline, item, to: &found) }
      return
    }
    if let dataset = tree.withBytes(node, { pipeline.dataset(named: $0) }) {
      found.append(dataset)
      return
    }
    guard tree.withBytes(node, { $0.contains(UInt8(ascii: "$")) }) else { return }
    let bytes = tree.withBytes(node) { Array($0) }
    let prefix = Array("data.".utf8)
    var at = 0
    while at + prefix.count < bytes.count {
      defer { at += 1 }
      guard bytes[at] == 0x64, bytes[at..<(at + prefix.count)].elementsEqual(prefix),
        at == 0 || !(isWord(bytes[at - 1]) || bytes[at - 1] == 0x2E)
      else { continue }
      let name = String(
        decoding: bytes[(at + prefix.count)...].prefix(while: isWord), as: UTF8.self)
      if let dataset = pipeline.dataset(named: name) { found.append(dataset) }
    }
  }

  private static func isWord(_ byte: UInt8) -> Bool {
    byte == 0x5F || (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte)
      || (0x61...0x7A).contains(byte)
  }
}
