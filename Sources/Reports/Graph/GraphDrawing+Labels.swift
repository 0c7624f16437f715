import PlanDiff

extension GraphDrawing {
  mutating func begin(
    _ kind: String, _ state: RunGraph.State, id: String, label: String, more: String
  ) {
    let label = MarkupText.escaped(label)
    let focus =
      isOnPage
      ? " data-node=\"\(id)\" role=\"button\" aria-pressed=\"false\" tabindex=\"-1\" aria-label=\"\(label)\""
      : ""
    out.append("<g class=\"node \(kind) \(state.rawValue)\(more)\"\(focus)><title>\(label)</title>")
  }

  func label(_ step: RunGraph.Step, _ stage: String) -> String {
    var text = "step " + (step.number.map { "\($0), " } ?? "") + "\(step.name), stage \(stage)"
    if step.state != .same { text += ", \(step.state.rawValue)" }
    let names = step.classes.map(\.words)
    if !names.isEmpty { text += ": " + names.joined(separator: ", ") }
    if step.isShared { text += ", as in other steps" }
    return text
  }

  func label(_ datum: RunGraph.Datum) -> String {
    var text = "data " + ([datum.name].compactMap { $0 } + datum.locations).joined(separator: ", ")
    if !datum.isDurable { text += ", on the cluster" }
    if datum.state != .same {
      text += ", \(datum.state == .changed ? "moved" : datum.state.rawValue)"
    }
    return text
  }

  static func sign(_ state: RunGraph.State) -> String? {
    switch state {
    case .same: nil
    case .added: "+"
    case .removed: "−"
    case .changed: "±"
    }
  }
}
