/// A self-contained HTML page: it loads nothing, and works without scripts.
struct Page {
  private(set) var body = ""
  /// The style and the script of parts that not every page has.
  var style = ""
  var script = ""
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
    \(PageStyle.text)\(style)
    </style>
    </head>
    <body>
    <a class="skip" href="#content">To the content</a>
    <main id="content">
    \(body)</main>
    <script>
    \(PageScript.text)\(script)
    </script>
    </body>
    </html>

    """
  }
}
