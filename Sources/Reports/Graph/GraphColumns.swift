import PlanFormat

/// The columns of a drawing: stages from left to right in the order of the run, data between them.
///
/// A stage is right of the data that it uses and of those that it waits for; where it isn't known what
/// it waits for, it isn't left of one that runs before it. Those of one column are below each other in
/// the order of the run. Data is right of the stages that write it, before the first that only reads
/// it; what was there before the run is left of its first user.
struct GraphColumns {
  private(set) var stages: [Int]
  private(set) var data: [Int]

  private struct Access {
    var stage: Int
    /// Whether it reads before it writes.
    var reads = false
    var writes = false
  }

  init(_ graph: RunGraph, _ boxes: GraphBoxes) {
    stages = [Int](repeating: 0, count: graph.stages.count)
    data = [Int](repeating: 0, count: graph.data.count)
    let accesses = Self.accesses(graph, boxes)
    // For each datum the stages that make it; none if it was there before.
    let makers = accesses.map(Self.makers)
    let before = Self.before(graph, boxes)
    var inputs: [[Int]] = graph.stages.map { _ in [] }
    for (datum, users) in accesses.enumerated() {
      for user in users { inputs[user.stage].append(datum) }
    }
    // Stages are in odd columns, data is in even ones.
    var column = 1
    for stage in graph.stages.indices {
      if graph.order != nil { column = 1 }
      for datum in inputs[stage] {
        guard let last = makers[datum].last, last < stage else { continue }
        column = max(column, (makers[datum].map { stages[$0] }.max() ?? 0) + 2)
      }
      for earlier in before[stage] { column = max(column, stages[earlier] + 2) }
      stages[stage] = column
    }
    for (datum, users) in accesses.enumerated() {
      if let column = makers[datum].map({ stages[$0] }).max() {
        data[datum] = column + 1
      } else if let column = users.map({ stages[$0.stage] }).min() {
        data[datum] = column - 1
      }
    }
    dropEmpty(boxes)
  }

  /// Numbers the columns anew, without those that nothing is in.
  private mutating func dropEmpty(_ boxes: GraphBoxes) {
    let used = Set(stages + data.indices.filter { boxes.data[$0] != nil }.map { data[$0] })
    var numbers: [Int: Int] = [:]
    for (number, column) in used.sorted().enumerated() { numbers[column] = number }
    stages = stages.map { numbers[$0] ?? 0 }
    data = data.map { numbers[$0] ?? 0 }
  }

  /// For each stage the earlier ones that it waits for.
  private static func before(_ graph: RunGraph, _ boxes: GraphBoxes) -> [[Int]] {
    var before: [[Int]] = graph.stages.map { _ in [] }
    for order in graph.order ?? [] {
      let (earlier, later) = (boxes.stageOfStep[order.earlier], boxes.stageOfStep[order.later])
      if earlier < later { before[later].append(earlier) }
    }
    return before
  }

  /// For each datum the stages that use it, in the order of the run.
  private static func accesses(_ graph: RunGraph, _ boxes: GraphBoxes) -> [[Access]] {
    var accesses: [[Access]] = graph.data.map { _ in [] }
    var at: [[Int: Int]] = graph.data.map { _ in [:] }
    for edge in graph.edges.sorted(by: { ($0.step, $0.kind.rawValue) < ($1.step, $1.kind.rawValue) }
    ) {
      let stage = boxes.stageOfStep[edge.step]
      let index = at[edge.datum][stage] ?? accesses[edge.datum].count
      if index == accesses[edge.datum].count {
        at[edge.datum][stage] = index
        accesses[edge.datum].append(Access(stage: stage))
      }
      switch edge.kind {
      case .read where !accesses[edge.datum][index].writes:
        accesses[edge.datum][index].reads = true
      case .write: accesses[edge.datum][index].writes = true
      case .read, .delete: break
      }
    }
    return accesses.map { $0.sorted { $0.stage < $1.stage } }
  }

  private static func makers(_ users: [Access]) -> [Int] {
    // What is only deleted at first is made by the run, or is nowhere.
    let made = users.drop { !$0.writes && !$0.reads }
    guard let first = made.first else { return users.first.map { [$0.stage] } ?? [] }
    guard first.writes, !first.reads else { return [] }
    return made.prefix { $0.writes }.map(\.stage)
  }
}
