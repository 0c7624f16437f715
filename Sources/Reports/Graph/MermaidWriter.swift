import PlanFormat

/// A graph as a Mermaid flowchart.
package enum MermaidWriter {
  package static func write(_ graph: RunGraph) -> String {
    var lines = ["---", "title: \(yaml(graph.title))", "---", "flowchart LR"]
    for (index, stage) in graph.stages.enumerated() {
      if stage.steps.isEmpty {
        lines.append(
          "  stage\(index)[\(label([stage.name ?? "cluster"] + [stage.absence].compactMap { $0 }))]:::off"
        )
        continue
      }
      lines.append("  subgraph stage\(index)[\(label([stage.name ?? "cluster"]))]")
      for step in stage.steps { lines.append("    step\(step)[\(label(graph.steps[step].lines))]") }
      // Where it isn't known what waits for what, steps are drawn as they are declared.
      for (from, to) in zip(stage.steps, stage.steps.dropFirst()) where graph.order == nil {
        lines.append("    step\(from) ~~~ step\(to)")
      }
      lines.append("  end")
    }
    for (index, datum) in graph.data.enumerated() {
      let text = label([datum.name].compactMap { $0 } + datum.locations)
      lines.append("  data\(index)[(\(text))]\(datum.isDurable ? "" : ":::ephemeral")")
    }
    for edge in graph.edges {
      let step = "step\(edge.step)"
      let datum = "data\(edge.datum)"
      switch edge.kind {
      case .read: lines.append("  \(datum) --> \(step)")
      case .write: lines.append("  \(step) --> \(datum)")
      case .delete: lines.append("  \(step) -. deletes .-> \(datum)")
      }
    }
    for order in graph.orderBesideData {
      let why = label([graph.words(order.reason)])
      lines.append("  step\(order.earlier) -. \(why) .-> step\(order.later)")
    }
    lines.append("  classDef off stroke-dasharray: 4 4,opacity: 0.6")
    lines.append("  classDef ephemeral stroke-dasharray: 4 4")
    return lines.joined(separator: "\n") + "\n"
  }

  package static func label(_ lines: [String]) -> String {
    "\"" + lines.map(escaped).joined(separator: "<br/>") + "\""
  }

  /// Escapes special characters as `#name;` or `#code;`, as Mermaid requires.
  private static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "#", "<", ">", "&", "`", "\\", ";", "\n", "\r", "\t":
        result += "#\(scalar.value);"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  /// A double-quoted YAML scalar.
  private static func yaml(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      if scalar == "\"" || scalar == "\\" { result += "\\" }
      result.unicodeScalars.append(scalar.value < 0x20 ? " " : scalar)
    }
    return result + "\""
  }
}
