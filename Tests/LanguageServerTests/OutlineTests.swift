import LanguageServer
import Testing

/// What is read of a document, however broken.
@Suite struct OutlineTests {
  /// The paths of all nodes with a value, as text.
  private func paths(_ text: String) -> [String] {
    let outline = Outline(Array(text.utf8))
    return outline.nodes.indices.compactMap { node in
      guard let value = outline.valueText(node) else { return nil }
      let path = outline.path(node).map { step in
        switch step {
        case .key(let key): key
        case .item(let index): "[\(index)]"
        }
      }
      return path.joined(separator: ".") + "=" + value
    }
  }

  @Test func blocks() {
    #expect(
      paths("a: 1\nb:\n  c: x # no\n  d:\n  - e\n  - f: g\n    h: i\nj: k") == [
        "a=1", "b.c=x", "b.d.[0]=e", "b.d.[1].f=g", "b.d.[1].h=i", "j=k",
      ])
  }

  @Test func brackets() {
    #expect(
      paths("a: { b: c, d: [e, \"f g\"] }\nh: [i,\n  j]\nk: l") == [
        "a.b=c", "a.d.[0]=e", "a.d.[1]=f g", "h.[0]=i", "h.[1]=j", "k=l",
      ])
    #expect(paths("{\"a\": {\"b\": 1}, \"c\": [2]}") == ["a.b=1", "c.[0]=2"])
  }

  @Test func texts() {
    #expect(
      paths("a: >-\n  ${x ? y\n  : z}\nb: 'it''s'\nc: \"q\\\"\"\nd: ${e\n  + f}\ng: h") == [
        "a=  ${x ? y\n  : z}", "b=it's", "c=q\"", "d=${e\n  + f}", "g=h",
      ])
  }

  @Test func whatIsBrokenEndsWithItsLines() {
    #expect(paths("a: \"open\nb: c") == ["a=open", "b=c"])
    #expect(paths("a: [x, {y: z\nb: c") == ["a.[0]=x", "a.[1].y=z", "b=c"])
    #expect(paths("a: x\n  b: c\nd: e") == ["a=x", "a.b=c", "d=e"])
    #expect(paths("\t: :\n- - -\n}]\nk: v").last == "k=v")
  }

  /// Every beginning of a document can be read, and every node is inside its parent.
  @Test func beginnings() {
    let text = Array("a: {b: [c, 'd'], e: \"${f(\"\n- g: |\n    h\n  i: &x >\n\n  j\n".utf8)
    for end in text.indices {
      let outline = Outline(Array(text[..<end]))
      for node in outline.nodes {
        #expect(node.start <= node.end && node.end <= end)
        if node.parent >= 0 { #expect(outline.nodes[node.parent].end >= node.end) }
      }
    }
  }
}
