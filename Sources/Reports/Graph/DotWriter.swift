import PlanFormat
import Text

/// A graph in Graphviz's language, DOT.
package enum DotWriter {
  package static func write(_ graph: RunGraph) -> String {
    var lines = ["digraph \(quoted([graph.title])) {", "  rankdir=LR;", "  node [shape=box];"]
    for (index, stage) in graph.stages.enumerated() {
      if stage.steps.isEmpty {
        let text = quoted([stage.name ?? "cluster"] + [stage.absence].compactMap { $0 })
        lines.append("  stage\(index) [label=\(text), style=dashed];")
        continue
      }
      lines.append("  subgraph cluster\(index) {")
      lines.append("    label=\(quoted([stage.name ?? "cluster"]));")
      for step in stage.steps {
        lines.append("    step\(step) [label=\(quoted(graph.steps[step].lines))];")
      }
      lines.append("  }")
    }
    for (index, datum) in graph.data.enumerated() {
      let text = quoted([datum.name].compactMap { $0 } + datum.locations)
      let style = datum.isDurable ? "" : ", style=dashed"
      lines.append("  data\(index) [shape=cylinder, label=\(text)\(style)];")
    }
    for edge in graph.edges {
      switch edge.kind {
      case .read: lines.append("  data\(edge.datum) -> step\(edge.step);")
      case .write: lines.append("  step\(edge.step) -> data\(edge.datum);")
      case .delete:
        lines.append("  step\(edge.step) -> data\(edge.datum) [style=dashed, label=deletes];")
      }
    }
    for order in graph.orderBesideData {
      let why = quoted([graph.words(order.reason)])
      lines.append(
        "  step\(order.earlier) -> step\(order.later) [style=dotted, label=\(why)];")
    }
    lines.append("}")
    return lines.joined(separator: "\n") + "\n"
  }

  private static func quoted(_ lines: [String]) -> String {
    let escaped = lines.map { line in
      line.unicodeScalars.reduce(into: "") { text, scalar in
        switch scalar {
        case "\"", "\\": text += "\\\(scalar)"
        case "\n": text += "\\n"
        default:
          if let escape = VisibleText.escape(scalar) {
            text += "\\" + escape
          } else {
            text.unicodeScalars.append(scalar)
          }
        }
      }
    }
    return "\"" + escaped.joined(separator: "\\n") + "\""
  }
}

extension RunGraph.Step {
  /// Its number and name, and its note below them.
  var lines: [String] {
    [(number.map { "\($0). " } ?? "") + name] + (note.isEmpty ? [] : [note])
  }
}
