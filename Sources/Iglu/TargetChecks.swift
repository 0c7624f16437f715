import Documents
import Text
package import Diagnostics
import SourceText
import Values

/// Checks of storage targets that go beyond their schemas.
package enum TargetChecks {
  /// - Parameters:
  ///   - pipeline: the pipeline's text, which contains the purposes that its stages use.
  ///   - taken: the schemas of the targets that the pipeline accepts, by URI.
  ///   - takesParameterStore: whether a document's schema allows keeping the password elsewhere.
  package static func diagnose(
    _ documents: [SelfDescribing], pipeline: [UInt8]?, taken: Set<String>,
    takesParameterStore: (SelfDescribing) -> Bool
  ) -> [Diagnostic] {
    var found: [Diagnostic] = []
    var first: [String: Span] = [:]
    let used = pipeline.map(Self.purposes)
    for document in documents {
      let tree = document.tree
      if let id = tree.value(document.data, "id"), tree.kind(id) == .string {
        let text = ASCII.lowercased(tree.string(id))
        if let earlier = first[text] {
          found.append(.targetTwice(tree.string(id), at: tree.span(id), first: earlier))
        } else {
          first[text] = tree.span(id)
        }
      }
      if !taken.isEmpty, !taken.contains(document.reference.key.uri) {
        let family = document.reference.key.family
        let versions = taken.compactMap { SchemaKey(path: $0.dropFirst("iglu:".count)) }
          .filter { $0.family == family }.map(\.version).sorted()
        found.append(.targetNotTaken(document.reference, versions))
      } else if let purpose = tree.value(document.data, "purpose"), tree.kind(purpose) == .string,
        let used,
        !used.contains(tree.string(purpose))
      {
        found.append(.targetPurposeUnused(tree.string(purpose), at: tree.span(purpose)))
      }
      if let password = tree.value(document.data, "password"), tree.kind(password) == .string,
        tree.withBytes(password, { !$0.isEmpty }), takesParameterStore(document)
      {
        found.append(.targetPasswordPlain(at: keySpan(document, "password")))
      }
    }
    return found
  }

  /// The key rather than the value: a password isn't underlined.
  private static func keySpan(_ document: SelfDescribing, _ key: String) -> Span {
    document.tree.entry(document.data, key).map { document.tree.span($0.key) }
      ?? document.tree.span(document.data)
  }

  /// The texts that a pipeline compares targets' purposes with: `purpose == "…"`.
  private static func purposes(_ text: [UInt8]) -> Set<String> {
    var found: Set<String> = []
    for line in text.split(separator: .newline) {
      let parts = line.split(separator: .quote, omittingEmptySubsequences: false)
      for (at, part) in parts.enumerated().dropFirst().dropLast() {
        let before = parts[at - 1].filter { $0 != .space }
        guard before.suffix(9).elementsEqual("purpose==".utf8) else { continue }
        found.insert(String(decoding: part, as: UTF8.self))
      }
    }
    return found
  }
}
