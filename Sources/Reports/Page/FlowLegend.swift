/// The legend for a picture of stages and places.
enum FlowLegend {
  static func html(hasChanges: Bool) -> String {
    var parts = [
      "<span class=\"read\">⟵ reads</span>", "<span class=\"write\">⟶ writes</span>",
      "<span class=\"delete\">⇢ deletes</span>",
    ]
    if hasChanges {
      parts += [
        "<span>thick: new</span>", "<span>dotted: removed</span>",
      ]
    }
    return "<p class=\"legend\">" + parts.joined() + "</p>"
  }
}
