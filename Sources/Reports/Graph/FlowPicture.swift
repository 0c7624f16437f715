import DiagnosticRendering
import PlanDiff

/// Stages and places as an SVG that needs no other program: stages on the left in order, places on
/// the right, and what stages do to them in between.
struct FlowPicture {
  private struct Box {
    var y: Int
    var height: Int

    var middle: Int { y + height / 2 }
  }

  private let graph: FlowGraph
  private var lines: [String] = []
  private var stageBoxes: [Box] = []
  private var placeBoxes: [Box] = []
  /// The places in drawing order, as indices into the graph's.
  private var order: [Int] = []

  private static let stageWidth = 400
  private static let placeWidth = 430
  private static let gap = 150
  private static let row = 18
  /// How many steps of a stage are named.
  private static let stepLimit = 8

  private static var placeX: Int { stageWidth + gap }
  private static var width: Int { placeX + placeWidth }

  static func svg(_ graph: FlowGraph) -> String {
    var picture = FlowPicture(graph: graph)
    return picture.draw()
  }

  private init(graph: FlowGraph) { self.graph = graph }

  private mutating func draw() -> String {
    layOut()
    for (index, stage) in graph.stages.enumerated() { draw(stage, stageBoxes[index]) }
    for (index, place) in graph.places.enumerated() { draw(place, placeBoxes[index]) }
    for entry in graph.edges { draw(entry.edge, entry.state) }
    let bottom = max(stageBoxes.last.map { $0.y + $0.height } ?? 0, lowestPlace) + 10
    return """
      <svg class="flow" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(Self.width) \(bottom)" \
      width="\(Self.width)" height="\(bottom)" role="img" aria-label="Stages, and the data that they \
      read, write and delete">
      <defs>\(Self.arrow("read"))\(Self.arrow("write"))\(Self.arrow("delete"))</defs>
      \(lines.joined(separator: "\n"))
      </svg>

      """
  }

  private static func arrow(_ name: String) -> String {
    "<marker id=\"arrow-\(name)\" viewBox=\"0 0 8 8\" refX=\"7\" refY=\"4\" markerWidth=\"9\" "
      + "markerHeight=\"9\" markerUnits=\"userSpaceOnUse\" orient=\"auto\"><path class=\"head \(name)\" d=\"M0 0L8 4L0 8z\"/></marker>"
  }

  // MARK: Places of the boxes

  private var lowestPlace: Int { placeBoxes.map { $0.y + $0.height }.max() ?? 0 }

  private mutating func layOut() {
    var y = 8
    for stage in graph.stages {
      let shown = min(stage.steps.count, Self.stepLimit)
      let more = stage.steps.count > Self.stepLimit || !stage.note.isEmpty ? 1 : 0
      let height = 30 + (shown + more) * Self.row
      stageBoxes.append(Box(y: y, height: height))
      y += height + 14
    }
    // At the average position of their users; equal ones in the order of use.
    var sums = [Int](repeating: 0, count: graph.places.count)
    var counts = [Int](repeating: 0, count: graph.places.count)
    for entry in graph.edges {
      sums[entry.edge.place] += stageBoxes[entry.edge.stage].middle
      counts[entry.edge.place] += 1
    }
    let means = zip(sums, counts).map { $1 == 0 ? 0 : $0 / $1 }
    order = graph.places.indices.sorted { (means[$0], $0) < (means[$1], $1) }
    placeBoxes = graph.places.map { _ in Box(y: 0, height: 46) }
    let total = graph.places.count * 58
    let room = max(0, y - total)
    var at = 8
    for (number, place) in order.enumerated() {
      // As near to its users as the others allow.
      let latest = 8 + room + number * 58
      at = max(at, min(means[place] - 23, latest))
      placeBoxes[place].y = at
      at += 58
    }
  }

  // MARK: Drawing

  private mutating func draw(_ stage: FlowGraph.Stage, _ box: Box) {
    let name = stage.name.isEmpty ? "cluster" : stage.name
    lines.append("<g class=\"stage \(stage.state.rawValue)\">")
    lines.append(
      "<rect x=\"1\" y=\"\(box.y)\" width=\"\(Self.stageWidth)\" height=\"\(box.height)\" rx=\"6\"/>"
    )
    lines.append(text(name, x: 12, y: box.y + 20, kind: "name", limit: 44))
    var y = box.y + 40
    for step in stage.steps.prefix(Self.stepLimit) {
      let sign =
        step.state == .added
        ? "+ " : step.state == .removed ? "− " : step.state == .changed ? "± " : ""
      lines.append(
        text(sign + step.name, x: 12, y: y, kind: "step \(step.state.rawValue)", limit: 54))
      y += Self.row
    }
    let rest = stage.steps.count - Self.stepLimit
    if rest > 0 { lines.append(text("and \(rest) more", x: 12, y: y, kind: "step", limit: 54)) }
    if !stage.note.isEmpty { lines.append(text(stage.note, x: 12, y: y, kind: "step", limit: 54)) }
    lines.append("</g>")
  }

  private mutating func draw(_ place: FlowGraph.Node, _ box: Box) {
    let kind = place.isDurable ? "" : " ephemeral"
    lines.append("<g class=\"place \(place.state.rawValue)\(kind)\">")
    lines.append(
      "<rect x=\"\(Self.placeX)\" y=\"\(box.y)\" width=\"\(Self.placeWidth - 2)\" "
        + "height=\"\(box.height)\" rx=\"22\"/>")
    let x = Self.placeX + 18
    if place.dataset.isEmpty {
      lines.append(text(place.place, x: x, y: box.y + 28, kind: "location", limit: 54))
    } else {
      lines.append(text(place.dataset, x: x, y: box.y + 20, kind: "name", limit: 44))
      lines.append(text(place.place, x: x, y: box.y + 37, kind: "location", limit: 54))
    }
    lines.append("</g>")
  }

  /// A cut text has the whole in its title.
  private func text(_ text: String, x: Int, y: Int, kind: String, limit: Int) -> String {
    let short = ValueText.short(text, limit: limit)
    let title = short == text ? "" : "<title>\(MarkupText.escaped(text))</title>"
    return
      "<text class=\"\(kind)\" x=\"\(x)\" y=\"\(y)\">\(MarkupText.escaped(short))\(title)</text>"
  }

  private mutating func draw(_ edge: FlowGraph.Edge, _ state: FlowGraph.State) {
    let stage = stageBoxes[edge.stage]
    let place = placeBoxes[edge.place]
    let name =
      switch edge.kind {
      case .read: "read"
      case .write: "write"
      case .delete: "delete"
      }
    // The three kinds of edges between a stage and a place are drawn side by side.
    let shift = edge.kind == .read ? -7 : edge.kind == .write ? 0 : 7
    let left = (x: Self.stageWidth + 1, y: stage.middle + shift)
    let right = (x: Self.placeX, y: place.middle + shift)
    let (from, to) = edge.kind == .read ? (right, left) : (left, right)
    let middle = (left.x + right.x) / 2
    let other = graph.places[edge.place]
    let title = "\(graph.stages[edge.stage].name) \(name)s \(other.dataset) \(other.place)"
    lines.append(
      "<path class=\"edge \(name) \(state.rawValue)\" marker-end=\"url(#arrow-\(name))\" "
        + "d=\"M\(from.x) \(from.y)C\(middle) \(from.y) \(middle) \(to.y) \(to.x) \(to.y)\">"
        + "<title>\(MarkupText.escaped(title))</title></path>")
  }
}
