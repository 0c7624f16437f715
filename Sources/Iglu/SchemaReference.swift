import Text
package import Documents
package import Diagnostics
package import SourceText
import Values

/// A reference to a schema in a document, with the places of its parts.
package struct SchemaReference: Sendable {
  package var key: SchemaKey
  package var span: Span
  package var vendorSpan: Span
  package var nameSpan: Span
  package var versionSpan: Span

  /// Reads `iglu:VENDOR/NAME/FORMAT/VERSION`.
  package init?(_ tree: Tree, _ node: NodeID, into diagnostics: inout [Diagnostic]) {
    let whole = tree.span(node)
    guard tree.kind(node) == .string else {
      diagnostics.append(.notAnIgluURI("the value of `schema` isn't a string", at: whole))
      return nil
    }
    let text = Array(tree.string(node).utf8)
    // If the text has escapes, its parts have no separate places.
    let home = tree.verbatimRange(node)
    func span(_ range: Range<Int>) -> Span {
      guard let home else { return whole }
      return Span(
        whole.source, (home.lowerBound + range.lowerBound)..<(home.lowerBound + range.upperBound))
    }
    guard text.starts(with: "iglu:".utf8) else {
      diagnostics.append(Self.withoutScheme(text, at: whole))
      return nil
    }
    let parts = Self.parts(text)
    guard parts.count == 4 else {
      diagnostics.append(
        .notAnIgluURI(
          "the URI has \(parts.count) part\(parts.count == 1 ? "" : "s") instead of four",
          at: whole))
      return nil
    }
    var isSound = true
    for (part, name) in zip(parts, ["vendor", "name", "format"]) {
      if let problem = Self.problem(text[part], of: name) {
        diagnostics.append(.notAnIgluURI(problem, at: span(part)))
        isSound = false
      }
    }
    let names = parts.map { String(decoding: text[$0], as: UTF8.self) }
    guard let version = SchemaVersion(names[3]) else {
      diagnostics.append(.badSchemaVersion(names[3], at: span(parts[3])))
      return nil
    }
    guard isSound else { return nil }
    key = SchemaKey(
      family: SchemaFamily(vendor: names[0], name: names[1], format: names[2]), version: version)
    self.span = span(0..<text.count)
    vendorSpan = span(parts[0])
    nameSpan = span(parts[1])
    versionSpan = span(parts[3])
  }

  /// The parts between the slashes.
  private static func parts(_ text: [UInt8]) -> [Range<Int>] {
    var parts: [Range<Int>] = []
    var start = 5
    for at in 5...text.count where at == text.count || text[at] == .slash {
      parts.append(start..<at)
      start = at + 1
    }
    return parts
  }

  private static func problem(_ part: ArraySlice<UInt8>, of name: String) -> String? {
    guard !part.isEmpty else { return "the URI's \(name) is empty" }
    let isVendor = name == "vendor"
    let isPlain = part.allSatisfy { byte in
      switch byte {
      case UInt8.digits, UInt8.uppercase, UInt8.lowercase, .hyphen, .underscore: true
      case .dot: isVendor
      default: false
      }
    }
    guard isPlain, part.contains(where: { $0 != .dot }) else {
      return "the URI's \(name) has a character that isn't allowed"
    }
    return nil
  }

  /// For web addresses of schemas, and URIs whose scheme is misspelt or missing.
  private static func withoutScheme(_ text: [UInt8], at span: Span) -> Diagnostic {
    let shown = String(decoding: text, as: UTF8.self)
    let parts = shown.split(separator: "/").suffix(4)
    var path = parts.joined(separator: "/")
    if let colon = path.lastIndex(of: ":") { path = String(path[path.index(after: colon)...]) }
    if path.hasSuffix("#") { path.removeLast() }
    let meant = SchemaKey(path: path).map { "did you mean `\($0.uri)`?" }
    return .notAnIgluURI("it doesn't start with `iglu:`", at: span, hint: meant)
  }
}
