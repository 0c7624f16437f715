import PlanDiff

/// What the marks of a drawing mean.
enum GraphLegend {
  struct Item {
    /// Its mark is 30 pixels wide, and its text follows.
    var svg: String
    var text: String
    var width: Int
  }

  /// The ends of lines.
  static var markers: String {
    let tips = ["read", "write", "delete", "order"].map { name in
      "<marker id=\"tip-\(name)\" viewBox=\"0 0 8 8\" refX=\"7.5\" refY=\"4\" markerWidth=\"9\" "
        + "markerHeight=\"9\" markerUnits=\"userSpaceOnUse\" orient=\"auto-start-reverse\">"
        + "<path class=\"tip \(name)\" d=\"M0 0L8 4L0 8z\"/></marker>"
    }
    // Beside the data, not under it.
    let crosses = [("start", -3), ("end", 13)].map { end, x in
      "<marker id=\"cross-\(end)\" viewBox=\"0 0 10 10\" refX=\"\(x)\" refY=\"5\" markerWidth=\"10\" "
        + "markerHeight=\"10\" markerUnits=\"userSpaceOnUse\" orient=\"auto\" overflow=\"visible\">"
        + "<path class=\"cross delete\" d=\"M1 1L9 9M9 1L1 9\"/></marker>"
    }
    return "<defs>\((tips + crosses).joined())</defs>"
  }

  /// The letter of a class of changes, 14 pixels square.
  static func mark(_ class: ChangeClass, isShared: Bool) -> String {
    "<g class=\"mark \(`class`.rawValue)\(isShared ? " shared" : "")\">"
      + "<title>\(`class`.words)</title>"
      + "<rect width=\"14\" height=\"14\" rx=\"3\"/>"
      + "<text x=\"7\" y=\"10.5\">\(GraphStyle.mark(`class`).letter)</text></g>"
  }

  /// Those of the marks that a drawing has.
  static func items(_ graph: RunGraph) -> [Item] {
    var items = [("read", "reads", ""), ("write", "writes", ""), ("delete", "deletes", "")].map {
      line($0.0, $0.1, $0.2)
    }
    if !graph.orderBesideData.isEmpty { items.append(line("order", "waits", "")) }
    if graph.data.contains(where: { !$0.isDurable }) {
      items.append(
        item(
          "<g class=\"ephemeral\"><rect class=\"pill\" x=\"0\" y=\"-11\" width=\"24\" height=\"14\" rx=\"7\"/></g>",
          "on the cluster only"))
    }
    if graph.stages.contains(where: { $0.absence != nil }) {
      items.append(
        item(
          "<g class=\"off\"><rect class=\"frame\" x=\"0\" y=\"-11\" width=\"24\" height=\"14\" rx=\"3\"/></g>",
          "does not run"))
    }
    guard graph.isComparison else { return items }
    items.append(line("write", "thick: new", " added"))
    items.append(line("write", "dotted: removed", " removed"))
    let classes = Set(graph.steps.flatMap(\.classes))
    for name in classes.sorted() {
      items.append(item(svgMark(name, false), name.words))
    }
    if let name = graph.steps.first(where: \.isShared)?.classes.first {
      items.append(item(svgMark(name, true), "the same change in several steps"))
    }
    return items
  }

  private static func svgMark(_ name: ChangeClass, _ isShared: Bool) -> String {
    "<g transform=\"translate(8 -11)\">\(mark(name, isShared: isShared))</g>"
  }

  private static func line(_ kind: String, _ text: String, _ more: String) -> Item {
    let end = kind == "delete" ? "cross-end" : "tip-\(kind)"
    return item(
      "<g class=\"line \(kind)\(more)\"><path d=\"M0 -4H24\" marker-end=\"url(#\(end))\"/></g>",
      text)
  }

  private static func item(_ mark: String, _ text: String) -> Item {
    Item(
      svg: mark + "<text x=\"30\" y=\"0\">\(text)</text>", text: text,
      width: 30 + TextMeasure.width(text, size: 12))
  }

  /// The legend as a paragraph of a page.
  static func html(_ graph: RunGraph) -> String {
    let parts = items(graph).map { item in
      "<svg class=\"flow\(graph.isComparison ? " diff" : "")\" width=\"\(item.width)\" height=\"20\" "
        + "viewBox=\"0 -14 \(item.width) 20\" role=\"img\" "
        + "aria-label=\"\(item.text)\">\(item.svg)</svg>"
    }
    return "<p class=\"legend\">" + parts.joined() + "</p>"
  }
}
