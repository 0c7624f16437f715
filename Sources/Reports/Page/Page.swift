/// A self-contained HTML page: it loads nothing, and works without scripts.
struct Page {
  private(set) var body = ""
  private let title: String

  init(title: String) { self.title = title }

  mutating func add(_ html: String) { body += html + "\n" }

  mutating func heading(_ text: String, level: Int = 2, id: String? = nil) {
    let id = id.map { " id=\"\($0)\"" } ?? ""
    add("<h\(level)\(id)>\(MarkupText.escaped(text))</h\(level)>")
  }

  mutating func paragraph(_ text: String, kind: String = "") {
    let kind = kind.isEmpty ? "" : " class=\"\(kind)\""
    add("<p\(kind)>\(MarkupText.sentence(text))</p>")
  }

  /// A folding part; `summary` is HTML.
  mutating func fold(
    _ summary: String, isOpen: Bool, attributes: String = "", _ body: (inout Page) -> Void
  ) {
    add("<details\(attributes)\(isOpen ? " open" : "")><summary>\(summary)</summary>")
    body(&self)
    add("</details>")
  }

  /// Cells are HTML; `kind` is a class of the style.
  mutating func table(
    _ heads: [String], _ rows: [(attributes: String, cells: [String])], kind: String = ""
  ) {
    add("<div class=\"wide\"><table\(kind.isEmpty ? "" : " class=\"\(kind)\"")>")
    if heads.contains(where: { !$0.isEmpty }) {
      add("<thead><tr>" + heads.map { "<th scope=\"col\">\($0)</th>" }.joined() + "</tr></thead>")
    }
    add("<tbody>")
    for row in rows {
      add("<tr\(row.attributes)>" + row.cells.map { "<td>\($0)</td>" }.joined() + "</tr>")
    }
    add("</tbody></table></div>")
  }

  /// A graph that can be scrolled, fitted to the width, and followed from a part to what it comes
  /// from and what comes from it.
  mutating func graph(_ graph: RunGraph) {
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

  var html: String {
    """
    <!doctype html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; \
    script-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'">
    <link rel="icon" href="data:,">
    <title>\(MarkupText.escaped(title))</title>
    <style>
    \(PageStyle.text)
    </style>
    </head>
    <body>
    <a class="skip" href="#content">To the content</a>
    <main id="content">
    \(body)</main>
    <script>
    \(PageScript.text)
    </script>
    </body>
    </html>

    """
  }
}
