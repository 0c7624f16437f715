/// The boxes of a drawing with their texts broken into lines: a stage with a row for each step and
/// for data that only its steps use, and data that several stages use or that outlives the cluster.
struct GraphBoxes {
  /// A step, or data inside a stage.
  struct Row {
    enum Content: Hashable {
      case step(Int)
      case datum(Int)
    }

    var content: Content
    /// In the box.
    var y: Int
    var height: Int
    var lines: [String]
  }

  struct Stage {
    var title: [String]
    var rows: [Row]
    var width: Int
    var height: Int
    /// How much room lines inside the box need at its left side.
    var lane: Int
  }

  struct Datum {
    var name: [String]
    var locations: [String]
    var width: Int
    var height: Int
  }

  private(set) var stages: [Stage] = []
  /// Nil for data inside a stage.
  private(set) var data: [Datum?] = []
  /// For each step its stage, and the middle of its row below the box's upper edge.
  private(set) var stageOfStep: [Int]
  private(set) var middleOfStep: [Int]
  /// For data inside a stage the stage, and the middle of its row.
  private(set) var home: [(stage: Int, middle: Int)?]

  static let nameSize = 13
  static let textSize = 12
  static let smallSize = 11
  static let line = 15
  static let head = 30
  static let badge = 17
  /// Room for a step's sign and number.
  static let number = 34
  private static let widestStep = 200
  private static let widestDatum = 190

  init(_ graph: RunGraph) {
    stageOfStep = [Int](repeating: 0, count: graph.steps.count)
    middleOfStep = stageOfStep
    home = graph.data.map { _ in nil }
    for (index, stage) in graph.stages.enumerated() {
      for step in stage.steps { stageOfStep[step] = index }
    }
    let inside = self.inside(graph)
    for (index, stage) in graph.stages.enumerated() { add(index, stage, inside, graph) }
    data = graph.data.indices.map { home[$0] == nil ? Self.box(graph.data[$0]) : nil }
  }

  /// For each step the data that is drawn below it: ephemeral, or deleted again, written and used
  /// by this stage alone.
  private func inside(_ graph: RunGraph) -> [Int: [Int]] {
    var users: [[RunGraph.Edge]] = graph.data.map { _ in [] }
    for edge in graph.edges { users[edge.datum].append(edge) }
    var below: [Int: [Int]] = [:]
    for (index, edges) in users.enumerated() {
      guard let first = edges.map(\.step).min(),
        edges.allSatisfy({ stageOfStep[$0.step] == stageOfStep[first] }),
        edges.contains(where: { $0.step == first && $0.kind == .write }),
        !edges.contains(where: { $0.step == first && $0.kind == .read }),
        let reader = edges.filter({ $0.step > first && $0.kind != .write }).map(\.step).min(),
        !graph.data[index].isDurable || edges.contains(where: { $0.kind == .delete })
      else { continue }
      let last = edges.filter { $0.kind == .write && $0.step < reader }.map(\.step).max() ?? first
      below[last, default: []].append(index)
    }
    return below
  }

  private mutating func add(
    _ index: Int, _ stage: RunGraph.Stage, _ inside: [Int: [Int]], _ graph: RunGraph
  ) {
    let name = stage.name ?? "cluster"
    var box = Stage(
      title: TextMeasure.lines(name, size: Self.nameSize, most: 220, isBold: true), rows: [],
      width: 0, height: 0, lane: 0)
    var y = Self.head + (box.title.count - 1) * (Self.line + 1)
    var widest = Self.width(box.title, Self.nameSize, isBold: true)
    let hasData = stage.steps.contains { inside[$0] != nil }
    box.lane = hasData ? 22 : 0
    if let absence = stage.absence {
      widest = max(widest, TextMeasure.width(absence, size: Self.textSize))
      y += Self.line
    }
    for step in stage.steps {
      let lines = Self.lines(graph.steps[step])
      let badges = graph.steps[step].classes.count * Self.badge
      widest = max(widest, Self.number + badges + Self.width(lines, Self.textSize))
      box.rows.append(
        Row(content: .step(step), y: y, height: lines.count * Self.line + 7, lines: lines))
      middleOfStep[step] = y + box.rows[box.rows.count - 1].height / 2
      y += box.rows[box.rows.count - 1].height
      for datum in inside[step] ?? [] {
        let lines = Self.lines(graph.data[datum])
        widest = max(widest, Self.number + 16 + Self.width(lines, Self.smallSize))
        let height = lines.count * (Self.line - 1) + 8
        box.rows.append(Row(content: .datum(datum), y: y + 1, height: height, lines: lines))
        home[datum] = (index, y + 1 + height / 2)
        y += height + 4
      }
    }
    box.width = widest + 26 + box.lane
    box.height = y + 8
    stages.append(box)
  }

  private static func width(_ lines: [String], _ size: Int, isBold: Bool = false) -> Int {
    lines.map { TextMeasure.width($0, size: size, isBold: isBold) }.max() ?? 0
  }

  private static func lines(_ step: RunGraph.Step) -> [String] {
    TextMeasure.lines(step.name, size: textSize, most: widestStep)
      + (step.note.isEmpty ? [] : [step.note])
  }

  private static func lines(_ datum: RunGraph.Datum) -> [String] {
    ([datum.name].compactMap { $0 } + Self.locations(datum)).flatMap {
      TextMeasure.lines($0, size: smallSize, most: widestDatum)
    }
  }

  private static func box(_ datum: RunGraph.Datum) -> Datum {
    let name = datum.name.map {
      TextMeasure.lines($0, size: nameSize, most: widestDatum, isBold: true)
    }
    let locations = Self.locations(datum).flatMap {
      TextMeasure.lines($0, size: smallSize, most: widestDatum)
    }
    let widths =
      (name ?? []).map { TextMeasure.width($0, size: nameSize, isBold: true) }
      + locations.map { TextMeasure.width($0, size: smallSize) }
    return Datum(
      name: name ?? [], locations: locations, width: (widths.max() ?? 0) + 30,
      height: (name?.count ?? 0) * (line + 1) + locations.count * (line - 1) + 14)
  }

  private static func locations(_ datum: RunGraph.Datum) -> [String] {
    let old = datum.oldLocations
    guard !old.isEmpty else { return datum.locations }
    return old.map { "− \($0)" } + datum.locations.map { "+ \($0)" }
  }
}
