import PlanDiff

/// The style of drawings: in a page by the page's colours, alone by their own.
enum GraphStyle {
  /// For a page, whose colours are properties.
  static var ofPage: String { rules(Palette.property) + "\n" + canvas }

  /// For a drawing alone, in the colours of the theme in which it is shown. Without properties, as
  /// few programs but browsers know them.
  static var alone: String {
    rules(Palette.light) + "\n@media (prefers-color-scheme: dark) {\n" + rules(Palette.dark) + "\n}"
  }

  /// The letter and the colour of a class of changes.
  static func mark(_ class: ChangeClass) -> (letter: String, color: Palette.Name) {
    switch `class` {
    case .security: ("S", .red)
    case .data: ("D", .blue)
    case .newCluster: ("N", .purple)
    case .cost: ("$", .yellow)
    case .unknown: ("?", .red)
    case .cosmetic: ("·", .faint)
    }
  }

  private static let canvas = """
    .canvas {
      overflow: auto; max-height: 85vh; border: 1px solid var(--line); border-radius: 6px; margin: 8px;
    }
    .canvas svg { display: block; margin: 0 auto; }
    .canvas.fit svg { width: 100%; height: auto; }
    .scrolls { text-align: right; margin: 0 14px 8px; font-size: 13px; }
    .flow .node { cursor: pointer; outline: none; }
    .flow .node:hover > .hit, .flow .node:hover > .pill { stroke: var(--blue); stroke-width: 1.6; }
    .flow .node:focus-visible > .hit, .flow .node:focus-visible > .pill { stroke: var(--blue); stroke-width: 3.4; }
    .flow .line:hover path { stroke-width: 3.6; }
    .flow.traced .node:not(.on) > text, .flow.traced .node:not(.on) > .name { fill: var(--faint); font-weight: 400; }
    .flow.traced .node:not(.on) > .pill, .flow.traced .stage:not(.on) > .frame { stroke: var(--line); stroke-width: 1; }
    .flow.traced .line:not(.on) { opacity: .14; }
    .flow.traced .line.on path { stroke-width: 3; }
    .flow.traced .node.on > .hit { fill: var(--back); stroke: var(--blue); stroke-width: 1.4; }
    .flow.traced .node.on > .pill { stroke: var(--blue); stroke-width: 2.2; }
    .flow.traced .node.chosen > .hit, .flow.traced .node.chosen > .pill { stroke: var(--purple); stroke-width: 3.6; }
    .legend { display: flex; flex-wrap: wrap; gap: 4px 18px; margin: 10px 14px 4px; }
    .legend svg { display: block; }
    .graph-bar { margin: 8px 14px; }
    @media print {
      .scrolls { display: none; }
      .canvas { max-height: none; overflow: visible; }
      .canvas svg { width: 100%; height: auto; }
    }
    """

  private static func rules(_ color: (Palette.Name) -> String) -> String {
    return """
      .flow { font-family: Arial, "Liberation Sans", Helvetica, sans-serif; }
      .flow text { fill: \(color(.text)); font-size: 12px; }
      .flow .back { fill: \(color(.back)); }
      .flow .title { font-size: 16px; font-weight: 600; }
      .flow .name { font-size: 13px; font-weight: 600; }
      .flow .small, .flow .number { fill: \(color(.faint)); font-size: 11px; }
      .flow .frame { fill: \(color(.box)); stroke: \(color(.border)); stroke-width: 1.2; }
      .flow .pill { fill: \(color(.back)); stroke: \(color(.border)); stroke-width: 1.2; }
      .flow .hit { fill: transparent; stroke: none; }
      .flow .off .frame, .flow .ephemeral > .pill { stroke-dasharray: 4 3; }
      .flow .off text { fill: \(color(.faint)); }
      .flow .line path { fill: none; stroke-width: 1.6; }
      .flow .line.delete path { stroke-dasharray: 5 4; }
      .flow .line.order path { stroke-dasharray: 2 3; }
      \(lines(color))
      .flow .tip, .flow .cross { stroke-width: 1.6; fill-opacity: 1; }
      .flow .tip { stroke: none; }
      .flow .cross { fill: none; }
      .flow .line.added path { stroke-width: 3.2; }
      .flow .line.removed path { stroke-width: 2.6; stroke-dasharray: 1.5 4.5; }
      .flow.diff:not(.traced) .line.same path { stroke: \(color(.border)); stroke-width: 1; }
      .flow.diff .same > text, .flow.diff .same > .name { fill: \(color(.faint)); font-weight: 400; }
      .flow.diff .same > .frame, .flow.diff .same > .pill { stroke: \(color(.line)); }
      .flow .added > .frame, .flow .added > .pill { stroke: \(color(.green)); stroke-width: 2.4; }
      .flow .removed > .frame, .flow .removed > .pill { stroke: \(color(.red)); stroke-width: 2.4; stroke-dasharray: 6 4; }
      .flow .changed > .pill { stroke: \(color(.yellow)); stroke-width: 2.4; }
      .flow .sign { font-weight: 700; font-size: 13px; }
      .flow .added > .sign { fill: \(color(.green)); }
      .flow .removed > .sign { fill: \(color(.red)); }
      .flow .changed > .sign { fill: \(color(.yellow)); }
      .flow .removed.step > text.label { text-decoration: line-through; }
      .flow .mark text { fill: \(color(.back)); font-size: 10px; font-weight: 700; text-anchor: middle; }
      .flow .mark rect { stroke-width: 1.2; }
      \(marks(color))
      .flow .mark.shared rect { fill: none; }
      """
  }

  private static func marks(_ color: (Palette.Name) -> String) -> String {
    ChangeClass.allCases.map { name in
      let mark = color(mark(name).color)
      return ".flow .mark.\(name.rawValue) rect { fill: \(mark); stroke: \(mark); } "
        + ".flow .mark.shared.\(name.rawValue) text { fill: \(mark); }"
    }.joined(separator: "\n")
  }

  private static func lines(_ color: (Palette.Name) -> String) -> String {
    [("read", Palette.Name.blue), ("write", .green), ("delete", .red), ("order", .faint)].map {
      name, ink in
      ".flow .\(name) path { stroke: \(color(ink)); } .flow .tip.\(name) { fill: \(color(ink)); } "
        + ".flow .cross.\(name) { stroke: \(color(ink)); }"
    }.joined(separator: "\n")
  }
}
