import Documents
package import Diagnostics
import SourceText
import Values

/// Checks of enrichments that go beyond their schemas.
package enum EnrichmentChecks {
  package static func diagnose(_ documents: [SelfDescribing]) -> [Diagnostic] {
    var found: [Diagnostic] = []
    var first: [String: SelfDescribing] = [:]
    for document in documents {
      let name = text(document, "name") ?? document.reference.key.family.name
      let vendor = text(document, "vendor") ?? document.reference.key.family.vendor
      let identity = "\(vendor)/\(name)"
      if let earlier = first[identity] {
        found.append(.enrichmentTwice(name, at: place(document), first: place(earlier)))
      } else {
        first[identity] = document
      }
      checkNames(document, into: &found)
      checkEnabled(document, name, into: &found)
      checkAddresses(document, into: &found)
    }
    return found
  }

  private static func text(_ document: SelfDescribing, _ key: String) -> String? {
    document.tree.value(document.data, key).flatMap { node in
      document.tree.kind(node) == .string ? document.tree.string(node) : nil
    }
  }

  private static func place(_ document: SelfDescribing) -> Span {
    document.tree.value(document.data, "name").map { document.tree.span($0) }
      ?? document.reference.span
  }

  private static func checkNames(_ document: SelfDescribing, into found: inout [Diagnostic]) {
    let family = document.reference.key.family
    for (key, wanted) in [("name", family.name), ("vendor", family.vendor)] {
      guard let given = text(document, key), given != wanted,
        let node = document.tree.value(document.data, key)
      else { continue }
      found.append(
        .enrichmentMisnamed(
          key, given, wanted, at: document.tree.span(node),
          schema: key == "name" ? document.reference.nameSpan : document.reference.vendorSpan))
    }
  }

  private static func checkEnabled(
    _ document: SelfDescribing, _ name: String, into found: inout [Diagnostic]
  ) {
    guard let node = document.tree.value(document.data, "enabled"),
      document.tree.kind(node) == .bool, document.tree.string(node) == "false"
    else { return }
    found.append(.enrichmentDisabled(name, at: document.tree.span(node)))
  }

  /// Wherever there is a `uri` next to a `database`, the two are joined and fetched.
  private static func checkAddresses(
    _ document: SelfDescribing, into found: inout [Diagnostic]
  ) {
    let tree = document.tree
    var open = [document.data]
    while let node = open.popLast() {
      if let uri = tree.value(node, "uri"), let file = tree.value(node, "database"),
        tree.kind(uri) == .string, tree.kind(file) == .string,
        let problem = ResourceAddress.problem(with: tree.string(uri), file: tree.string(file))
      {
        found.append(.enrichmentLocation(problem, at: tree.span(uri)))
      }
      open += tree.entries(node).map(\.value)
      open += tree.items(node)
    }
  }
}
