package import Diagnostics
import Documents
package import SourceText
package import Values

/// Writes diagnostics for people or for other programs.
package enum DiagnosticRenderer {
  package enum Format: String, Sendable, Hashable, CaseIterable {
    case text, json, sarif, github
  }

  /// All diagnostics, sorted and without duplicates, and without the secrets that texts of the user's
  /// in them have, such as an address with a password in it. Without any, nothing at all, except for
  /// formats that are whole documents (JSON, SARIF).
  ///
  /// `help` gives the page of a code, for formats that embed the pages.
  package static func render(
    _ diagnostics: [Diagnostic], sources: SourceSet, format: Format, color: Bool = false,
    version: String = "", help: (DiagnosticCode) -> String? = { _ in nil }
  ) -> [UInt8] {
    let diagnostics = diagnostics.sortedAndUnique().map(\.withoutSecrets)
    var locator = Locator(sources)
    switch format {
    case .text:
      var renderer = TextRenderer(locator: locator, palette: color ? .ansi : .plain)
      return renderer.render(diagnostics)
    case .json: return JSONRenderer.render(diagnostics, &locator)
    case .sarif: return SARIFRenderer.render(diagnostics, &locator, version: version, help: help)
    case .github: return GitHubRenderer.render(diagnostics, &locator)
    }
  }
}

extension DiagnosticRenderer {
  /// A command's answer as JSON: an object with these members, and with the diagnostics as
  /// `--diagnostics json` writes them, under `diagnostics`.
  package static func document(
    _ members: [(name: String, value: Value)], _ diagnostics: [Diagnostic], sources: SourceSet
  ) -> [UInt8] {
    var locator = Locator(sources)
    var writer = CanonicalJSONWriter(pretty: true)
    writer.beginObject()
    for member in members {
      writer.key(member.name)
      writer.value(member.value, revealingSecrets: false)
    }
    writer.key("diagnostics")
    JSONRenderer.write(diagnostics.sortedAndUnique().map(\.withoutSecrets), &locator, &writer)
    writer.endObject()
    writer.newline()
    return writer.bytes
  }
}

extension Diagnostic {
  fileprivate var withoutSecrets: Diagnostic {
    func shown(_ text: String) -> String { SecretParts.replaced(in: text) { _ in "***" } }
    var diagnostic = self
    diagnostic.message = shown(message)
    diagnostic.hint = hint.map(shown)
    for at in notes.indices { diagnostic.notes[at].message = shown(notes[at].message) }
    return diagnostic
  }
}

extension Severity {
  /// Its name in text and JSON.
  package var name: String {
    switch self {
    case .error: "error"
    case .warning: "warning"
    case .information: "info"
    }
  }
}
