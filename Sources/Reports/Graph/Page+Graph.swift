/// The graph of a page.
extension Page {
  /// More steps than that aren't drawn.
  static var mostSteps: Int { 1000 }

  /// A graph that can be scrolled, fitted to the width, and followed from a part to what it comes
  /// from and what comes from it.
  mutating func graph(_ graph: RunGraph) {
    style = "\n" + GraphStyle.ofPage
    script = "\n" + GraphScript.text
    add(GraphLegend.html(graph))
    add(
      "<div class=\"bar graph-bar\" hidden><button type=\"button\" id=\"fit\" aria-pressed=\"false\">Fit to width</button>"
        + "<button type=\"button\" id=\"clear\" disabled>Show all</button>"
        + "<span id=\"trace\" class=\"faint\" role=\"status\">Click a step or data to see what it comes from and what "
        + "comes from it. Keys: arrows go from one to the next, Enter shows its flow, Escape all.</span></div>"
    )
    add(
      "<div class=\"canvas\" id=\"canvas\" tabindex=\"0\" role=\"region\" aria-label=\"Graph; it can be scrolled\">"
        + GraphDrawing.onPage(graph) + "</div>")
    add("<p class=\"scrolls faint\" id=\"scrolls\" hidden></p>")
  }
}
