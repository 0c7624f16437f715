import PlanFormat
import DiagnosticRendering
import PlanDiff

/// A graph as SVG, drawn without any other program: data flows from left to right, stages and their
/// steps are in the order of the run.
package struct GraphDrawing {
  let graph: RunGraph
  let boxes: GraphBoxes
  let columns: GraphColumns
  var layout: LayeredLayout
  /// For data outside of stages its node of the layout; stages have those that come before.
  var nodeOfDatum: [Int?] = []
  /// Lines between stages and data, with the edges of the layout.
  var lines: [GraphLine] = []
  /// Lines between stages of which one waits for the other, with their edges of the layout.
  var orders: [(order: RunGraph.Order, edge: Int)] = []
  var out: [String] = []
  /// In a page, parts can be focused.
  let isOnPage: Bool
  /// The height of what is above the graph.
  var top = 0

  /// A drawing in a file, with a title, a legend and its style.
  package static func file(_ graph: RunGraph) -> String {
    var drawing = GraphDrawing(graph, isOnPage: false)
    return drawing.file()
  }

  /// A drawing for a page that has the style.
  static func onPage(_ graph: RunGraph) -> String {
    var drawing = GraphDrawing(graph, isOnPage: true)
    drawing.draw()
    return drawing.svg(drawing.layout.width, drawing.layout.height, [])
  }

  private init(_ graph: RunGraph, isOnPage: Bool) {
    self.graph = graph
    self.isOnPage = isOnPage
    let boxes = GraphBoxes(graph)
    let columns = GraphColumns(graph, boxes)
    var nodes = boxes.stages.enumerated().map { index, box in
      LayeredLayout.Node(
        column: columns.stages[index], width: box.width, height: box.height, isPinned: true)
    }
    for (index, box) in boxes.data.enumerated() {
      nodeOfDatum.append(box == nil ? nil : nodes.count)
      guard let box else { continue }
      nodes.append(
        LayeredLayout.Node(
          column: columns.data[index], width: box.width, height: box.height, isPinned: false))
    }
    lines = GraphLine.all(graph)
    var edges: [LayeredLayout.Edge] = []
    for (index, line) in lines.enumerated() {
      guard let datum = nodeOfDatum[line.datum] else { continue }
      let stage = boxes.stageOfStep[line.step]
      let isRight = columns.data[line.datum] > columns.stages[stage]
      let (own, its) = (boxes.middleOfStep[line.step], nodes[datum].height / 2)
      lines[index].edge = edges.count
      edges.append(
        LayeredLayout.Edge(
          from: isRight ? stage : datum, to: isRight ? datum : stage, fromY: isRight ? own : its,
          toY: isRight ? its : own,
          trunk: line.datum * 8 + line.style.rawValue * 2 + (isRight ? 1 : 0)))
    }
    for order in graph.orderBesideData {
      let (from, to) = (boxes.stageOfStep[order.earlier], boxes.stageOfStep[order.later])
      guard columns.stages[from] < columns.stages[to] else { continue }
      orders.append((order, edges.count))
      edges.append(
        LayeredLayout.Edge(
          from: from, to: to, fromY: boxes.middleOfStep[order.earlier],
          toY: boxes.middleOfStep[order.later], trunk: -1 - order.earlier))
    }
    self.boxes = boxes
    self.columns = columns
    layout = LayeredLayout(nodes, edges)
  }

  // MARK: Files

  private mutating func file() -> String {
    top = graph.title.isEmpty ? 0 : 34
    draw()
    let legend = GraphLegend.items(graph)
    var x = LayeredLayout.margin
    let y = top + layout.height + 18
    var parts: [String] = []
    for item in legend {
      parts.append("<g transform=\"translate(\(x) \(y))\">\(item.svg)</g>")
      x += item.width + 22
    }
    let title =
      graph.title.isEmpty
      ? []
      : [
        "<text class=\"title\" x=\"\(LayeredLayout.margin)\" y=\"26\">\(MarkupText.escaped(graph.title))</text>"
      ]
    let name = TextMeasure.width(graph.title, size: 16, isBold: true) + 2 * LayeredLayout.margin
    let width = max(layout.width, x, name)
    let height = y + 18
    return svg(
      width, height,
      [
        "<style>\n\(GraphStyle.alone)\n</style>",
        "<rect class=\"back\" width=\"\(width)\" height=\"\(height)\"/>",
      ]
        + title, parts)
  }

  private func svg(_ width: Int, _ height: Int, _ before: [String], _ after: [String] = [])
    -> String
  {
    let kind = graph.isComparison ? "flow diff" : "flow"
    let role = isOnPage ? "group" : "img"
    let title = graph.title.isEmpty ? "" : MarkupText.escaped(graph.title) + ": "
    return """
      <svg class="\(kind)" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(width) \(height)" \
      width="\(width)" height="\(height)" role="\(role)" aria-label="\(title)stages, their steps, and \
      the data that they read, write and delete">
      \((before + [GraphLegend.markers] + out + after).joined(separator: "\n"))
      </svg>

      """
  }

  // MARK: Parts

  private mutating func draw() {
    for line in lines { draw(line) }
    for (order, edge) in orders { draw(order, edge) }
    for index in graph.stages.indices { drawStage(index) }
    for index in graph.data.indices { drawDatum(index) }
  }

  func x(_ column: Int) -> Int { layout.columns[column].x }
  func width(_ column: Int) -> Int { layout.columns[column].width }

  private mutating func drawStage(_ index: Int) {
    let stage = graph.stages[index]
    let box = boxes.stages[index]
    let (x, y) = (self.x(columns.stages[index]), layout.y[index] + top)
    let width = self.width(columns.stages[index])
    let isOff = stage.absence != nil
    let state =
      !isOff && stage.state == .same && hasChange(stage) ? "touched" : stage.state.rawValue
    out.append("<g class=\"stage \(state)\(isOff ? " off" : "")\">")
    out.append(
      "<rect class=\"frame\" x=\"\(x)\" y=\"\(y)\" width=\"\(width)\" height=\"\(box.height)\" rx=\"7\"/>"
    )
    var line = y + 19
    for text in box.title {
      out.append(self.text(text, x: x + 12, y: line, kind: "name"))
      line += GraphBoxes.line + 1
    }
    if let absence = stage.absence {
      out.append(self.text(absence, x: x + 12, y: line + 1, kind: "small"))
    }
    for line in lines where line.edge == nil && home(of: line) == index {
      drawInside(line, x, y, box)
    }
    for row in box.rows {
      switch row.content {
      case .step(let step): drawStep(step, row, x, y, width, box.lane)
      case .datum(let datum): drawInside(datum, row, x, y, width, box.lane)
      }
    }
    out.append("</g>")
  }

  private func home(of line: GraphLine) -> Int? { boxes.home[line.datum]?.stage }

  private func hasChange(_ stage: RunGraph.Stage) -> Bool {
    !graph.isComparison || stage.steps.contains { graph.steps[$0].state != .same }
  }

  private mutating func drawStep(
    _ index: Int, _ row: GraphBoxes.Row, _ x: Int, _ y: Int, _ width: Int, _ lane: Int
  ) {
    let step = graph.steps[index]
    let left = x + lane + 6
    let stage = graph.stages[boxes.stageOfStep[index]].name ?? "cluster"
    begin("step", step.state, id: "s\(index)", label: label(step, stage), more: "")
    out.append(
      "<rect class=\"hit\" x=\"\(left)\" y=\"\(y + row.y)\" width=\"\(width - lane - 12)\" "
        + "height=\"\(row.height)\" rx=\"4\"/>")
    var line = y + row.y + 14
    if let sign = Self.sign(step.state) {
      out.append(text(sign, x: left + 3, y: line, kind: "sign"))
    }
    if let number = step.number {
      out.append(
        "<text class=\"number\" text-anchor=\"end\" x=\"\(left + GraphBoxes.number - 5)\" "
          + "y=\"\(line)\">\(number)</text>")
    }
    for (at, part) in row.lines.enumerated() {
      let isNote = at == row.lines.count - 1 && !step.note.isEmpty
      out.append(
        text(part, x: left + GraphBoxes.number, y: line, kind: isNote ? "small" : "label"))
      line += GraphBoxes.line
    }
    for (at, name) in step.classes.enumerated() {
      let right = x + width - 8 - GraphBoxes.badge * (step.classes.count - at)
      out.append(
        "<g transform=\"translate(\(right) \(y + row.y + 3))\">"
          + GraphLegend.mark(name, isShared: step.isShared) + "</g>")
    }
    out.append("</g>")
  }

  private mutating func drawInside(
    _ datum: Int, _ row: GraphBoxes.Row, _ x: Int, _ y: Int, _ width: Int, _ lane: Int
  ) {
    let left = x + lane + GraphBoxes.number
    begin(
      "datum", graph.data[datum].state, id: "d\(datum)", label: label(graph.data[datum]),
      more: graph.data[datum].isDurable ? "" : " ephemeral")
    out.append(
      "<rect class=\"pill\" x=\"\(left)\" y=\"\(y + row.y)\" width=\"\(width - lane - GraphBoxes.number - 10)\" "
        + "height=\"\(row.height)\" rx=\"9\"/>")
    var line = y + row.y + 14
    for part in row.lines {
      out.append(text(part, x: left + 10, y: line, kind: "small"))
      line += GraphBoxes.line - 1
    }
    out.append("</g>")
  }

  private mutating func drawDatum(_ index: Int) {
    guard let node = nodeOfDatum[index], let box = boxes.data[index] else { return }
    let datum = graph.data[index]
    let (x, y) = (self.x(columns.data[index]), layout.y[node] + top)
    begin(
      "datum", datum.state, id: "d\(index)", label: label(datum),
      more: datum.isDurable ? "" : " ephemeral")
    out.append(
      "<rect class=\"pill\" x=\"\(x)\" y=\"\(y)\" width=\"\(width(columns.data[index]))\" "
        + "height=\"\(box.height)\" rx=\"\(min(15, box.height / 2))\"/>")
    var line = y + 20
    if box.name.isEmpty { line -= 2 }
    for part in box.name {
      out.append(text(part, x: x + 15, y: line, kind: "name"))
      line += GraphBoxes.line + 1
    }
    for part in box.locations {
      out.append(text(part, x: x + 15, y: line - 1, kind: "small"))
      line += GraphBoxes.line - 1
    }
    out.append("</g>")
  }

  func text(_ text: String, x: Int, y: Int, kind: String) -> String {
    "<text class=\"\(kind)\" x=\"\(x)\" y=\"\(y)\">\(MarkupText.escaped(text))</text>"
  }
}
