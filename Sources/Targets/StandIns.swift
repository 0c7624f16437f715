/// The texts that stand in for the values of one run while a deployment is compiled.
package struct StandIns: Sendable {
  package init() {}

  /// Takes a text with stand-ins and placeholders of secrets apart.
  package func parts(of text: String) -> [TextPart] { text.isEmpty ? [] : [.text(text)] }
}
