/// An element of an XML response: its local name and content. Attributes are not kept.
package struct XMLElement: Hashable, Sendable {
  package var name: String
  /// The text directly inside it.
  package var text: String
  package var children: [XMLElement]

  package init(name: String, text: String = "", children: [XMLElement] = []) {
    self.name = name
    self.text = text
    self.children = children
  }

  /// The first child with a name.
  package func child(_ name: String) -> XMLElement? { children.first { $0.name == name } }

  package func text(of name: String) -> String? { child(name)?.text }

  package func children(_ name: String) -> [XMLElement] { children.filter { $0.name == name } }

  /// The text of a child that must be there, without children of its own, and not be empty.
  package func required(_ name: String) throws(MalformedAnswer) -> String {
    guard let child = child(name) else { throw MalformedAnswer("`\(name)` is missing") }
    guard child.children.isEmpty else { throw MalformedAnswer("`\(name)` isn't a text") }
    guard !child.text.isEmpty else { throw MalformedAnswer("`\(name)` is empty") }
    return child.text
  }
}
