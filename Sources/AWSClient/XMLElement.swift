/// An element of an XML answer: its local name, what it holds. Attributes are not kept.
package struct XMLElement: Hashable, Sendable {
  package var name: String
  /// The text directly in it.
  package var text: String
  package var children: [XMLElement]

  package init(name: String, text: String = "", children: [XMLElement] = []) {
    self.name = name
    self.text = text
    self.children = children
  }

  /// The first child of a name.
  package func child(_ name: String) -> XMLElement? { children.first { $0.name == name } }

  package func text(of name: String) -> String? { child(name)?.text }

  package func children(_ name: String) -> [XMLElement] { children.filter { $0.name == name } }
}
