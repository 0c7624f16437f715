import PlanFormat

/// What one step does to one datum, as one line of a drawing.
struct GraphLine {
  enum Style: Int {
    case read, write, delete

    var name: String {
      switch self {
      case .read: "read"
      case .write: "write"
      case .delete: "delete"
      }
    }
  }

  var step: Int
  var datum: Int
  var kinds: Set<RunGraph.Edge.Kind>
  var state: RunGraph.State
  /// Its edge in the layout; nil for a line inside a stage.
  var edge: Int?

  /// A step that reads and deletes moves data; one that deletes and writes replaces it.
  var style: Style { kinds.contains(.write) ? .write : kinds.contains(.delete) ? .delete : .read }

  /// `reads and deletes`.
  var verb: String {
    let verbs = RunGraph.Edge.Kind.allCases.filter(kinds.contains).map { kind in
      switch kind {
      case .read: "reads"
      case .write: "writes"
      case .delete: "deletes"
      }
    }
    return verbs.joined(separator: " and ")
  }

  private struct Key: Hashable {
    var step: Int
    var datum: Int
  }

  /// One line for each step and datum, in the order of the graph's edges.
  static func all(_ graph: RunGraph) -> [GraphLine] {
    var lines: [GraphLine] = []
    var at: [Key: Int] = [:]
    for edge in graph.edges {
      let key = Key(step: edge.step, datum: edge.datum)
      if let known = at[key] {
        // What it still does isn't drawn as gone, and what is new is.
        if lines[known].state != edge.state {
          lines[known].state = .added == edge.state || lines[known].state == .added ? .added : .same
        }
        lines[known].kinds.insert(edge.kind)
      } else {
        at[key] = lines.count
        lines.append(
          GraphLine(step: edge.step, datum: edge.datum, kinds: [edge.kind], state: edge.state))
      }
    }
    return lines
  }
}

extension GraphDrawing {
  mutating func draw(_ line: GraphLine) {
    guard let edge = line.edge else { return }
    let stage = boxes.stageOfStep[line.step]
    guard let node = nodeOfDatum[line.datum] else { return }
    let own = layout.y[stage] + boxes.middleOfStep[line.step] + top
    let its = layout.y[node] + layout.nodes[node].height / 2 + top
    let isRight = columns.data[line.datum] > columns.stages[stage]
    let first = isRight ? columns.stages[stage] : columns.data[line.datum]
    let last = isRight ? columns.data[line.datum] : columns.stages[stage]
    let path = path(edge, (first, isRight ? own : its), (last, isRight ? its : own))
    add(line, path, startsAtStep: isRight)
  }

  /// A line from one step to another one that waits for it.
  mutating func draw(_ order: RunGraph.Order, _ edge: Int) {
    let ends = [order.earlier, order.later].map { step in
      let stage = boxes.stageOfStep[step]
      return (column: columns.stages[stage], y: layout.y[stage] + boxes.middleOfStep[step] + top)
    }
    let names = (graph.steps[order.earlier].name, graph.steps[order.later].name)
    let title = "\(names.1) waits for \(names.0) (\(graph.words(order.reason)))"
    let links = isOnPage ? " data-links=\"s\(order.earlier)&gt;s\(order.later)\"" : ""
    out.append(
      "<g class=\"line order\"\(links)><title>\(MarkupText.escaped(title))</title>"
        + "<path d=\"\(path(edge, ends[0], ends[1]))\" marker-end=\"url(#tip-order)\"/></g>")
  }

  /// A line from the right side of a box to the left side of another one.
  private func path(
    _ edge: Int, _ start: (column: Int, y: Int), _ end: (column: Int, y: Int)
  ) -> String {
    var from = (x: x(start.column) + width(start.column), y: start.y)
    var path = "M\(from.x) \(from.y)"
    for bend in layout.routes[edge] ?? [] {
      let column = layout.nodes[bend].column
      let to = (x: x(column), y: layout.y[bend] + 2 + top)
      path += Self.curve(from, to) + "H\(to.x + width(column))"
      from = (to.x + width(column), to.y)
    }
    return path + Self.curve(from, (x(end.column), end.y))
  }

  private static func curve(_ from: (x: Int, y: Int), _ to: (x: Int, y: Int)) -> String {
    if from.y == to.y { return "H\(to.x)" }
    let middle = (from.x + to.x) / 2
    return "C\(middle) \(from.y) \(middle) \(to.y) \(to.x) \(to.y)"
  }

  /// A line between two rows of a stage, at the left.
  mutating func drawInside(_ line: GraphLine, _ x: Int, _ y: Int, _ box: GraphBoxes.Stage) {
    guard let home = boxes.home[line.datum] else { return }
    let step = y + boxes.middleOfStep[line.step]
    let datum = y + home.middle
    let left = x + box.lane + 4
    let depth = left - min(box.lane + 2, 8 + abs(datum - step) / 12)
    add(
      line,
      "M\(left) \(step)C\(depth) \(step) \(depth) \(datum) \(left) \(datum)"
        + "H\(x + box.lane + GraphBoxes.number)", startsAtStep: true)
  }

  private mutating func add(_ line: GraphLine, _ path: String, startsAtStep: Bool) {
    let style = line.style.name
    let tip = "url(#tip-\(style))"
    let atStep = line.kinds.contains(.read) ? tip : ""
    let cross = "url(#cross-\(startsAtStep ? "end" : "start"))"
    let atDatum = line.kinds.contains(.write) ? tip : line.kinds.contains(.delete) ? cross : ""
    let (start, end) = startsAtStep ? (atStep, atDatum) : (atDatum, atStep)
    let datum = graph.data[line.datum]
    let name = datum.name ?? datum.locations.first ?? ""
    var title = "\(graph.steps[line.step].name) \(line.verb) \(name)"
    if line.state == .added || line.state == .removed { title += " (\(line.state.rawValue))" }
    var links: [String] = []
    if line.kinds.contains(.read) || line.style == .delete {
      links.append("d\(line.datum)&gt;s\(line.step)")
    }
    if line.kinds.contains(.write) { links.append("s\(line.step)&gt;d\(line.datum)") }
    out.append(
      "<g class=\"line \(style) \(line.state.rawValue)\""
        + (isOnPage ? " data-links=\"\(links.joined(separator: " "))\"" : "")
        + "><title>\(MarkupText.escaped(title))</title><path d=\"\(path)\""
        + (start.isEmpty ? "" : " marker-start=\"\(start)\"")
        + (end.isEmpty ? "" : " marker-end=\"\(end)\"") + "/></g>")
  }
}
