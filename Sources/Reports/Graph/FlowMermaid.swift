import Text
import DiagnosticRendering
import PlanDiff
import PlanFormat

/// Stages and places with their changes, as a Mermaid flowchart.
enum FlowMermaid {
  /// Empty if there are too many to be readable.
  static func write(_ graph: FlowGraph, most: Int) -> String {
    guard graph.stages.count + graph.places.count <= most else { return "" }
    var lines = ["flowchart LR"]
    for (index, stage) in graph.stages.enumerated() {
      let name = stage.name.isEmpty ? "cluster" : stage.name
      let steps = stage.steps.filter { $0.state != .same }.prefix(4).map { step in
        "\(sign(step.state)) \(ValueText.short(step.name, limit: 60))"
      }
      let label = MermaidWriter.label(
        ([name] + (stage.note.isEmpty ? [] : [stage.note]) + steps).map(VisibleText.of))
      lines.append("  stage\(index)[\(label)]:::\(stage.state.rawValue)")
    }
    for (index, place) in graph.places.enumerated() {
      let label = MermaidWriter.label(
        ((place.dataset.isEmpty ? [] : [place.dataset]) + [ValueText.short(place.place, limit: 60)])
          .map(VisibleText.of))
      lines.append("  place\(index)[(\(label))]:::\(place.state.rawValue)")
    }
    var added: [Int] = []
    var removed: [Int] = []
    for (number, entry) in graph.edges.enumerated() {
      let stage = "stage\(entry.edge.stage)"
      let place = "place\(entry.edge.place)"
      switch entry.edge.kind {
      case .read: lines.append("  \(place) --> \(stage)")
      case .write: lines.append("  \(stage) --> \(place)")
      case .delete: lines.append("  \(stage) -. deletes .-> \(place)")
      }
      if entry.state == .added { added.append(number) }
      if entry.state == .removed { removed.append(number) }
    }
    lines += order(graph)
    lines += [
      "  classDef same fill:none", "  classDef changed stroke:#bf8700,stroke-width:3px",
      "  classDef added stroke:#1a7f37,stroke-width:3px",
      "  classDef removed stroke:#cf222e,stroke-width:3px,stroke-dasharray:4 4",
      "  classDef off stroke-dasharray:4 4,opacity:0.6",
    ]
    for (numbers, style) in [(added, "stroke:#1a7f37"), (removed, "stroke:#cf222e")]
    where !numbers.isEmpty {
      lines.append("  linkStyle \(numbers.map(String.init).joined(separator: ",")) \(style)")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// Stages of which one has a step that waits for a step of the other, where data doesn't show it.
  private static func order(_ graph: FlowGraph) -> [String] {
    // Only looked up, never iterated.
    var stages: [Int: Int] = [:]
    for (index, stage) in graph.stages.enumerated() {
      for step in stage.steps {
        if let number = step.number { stages[number] = index }
      }
    }
    var lines: [String] = []
    for order in graph.order ?? [] {
      guard let earlier = stages[order.earlier], let later = stages[order.later], earlier != later
      else { continue }
      let why: String
      switch order.reason {
      case .data(place: _, earlier: .write, later: .read): continue
      case .data: why = "first"
      case .after: why = "after"
      case .cluster: why = "cluster"
      }
      let line = "  stage\(earlier) -. \(why) .-> stage\(later)"
      if !lines.contains(line) { lines.append(line) }
    }
    return lines
  }

  private static func sign(_ state: FlowGraph.State) -> String {
    switch state {
    case .added: "+"
    case .removed: "−"
    case .same, .changed, .off: "±"
    }
  }
}
