package import Diagnostics
package import SourceText

/// Writes diagnostics in a form that people or other programs read.
package enum DiagnosticRenderer {
  package enum Format: String, Sendable, Hashable, CaseIterable {
    case text, json, sarif, github
  }

  /// All diagnostics, sorted and each once. Nothing at all where there is none to show, but for the
  /// forms that are documents of their own (JSON, SARIF).
  ///
  /// `help` gives the page of a code, for forms that carry pages with them.
  package static func render(
    _ diagnostics: [Diagnostic], sources: SourceSet, format: Format, color: Bool = false,
    version: String = "", help: (DiagnosticCode) -> String? = { _ in nil }
  ) -> [UInt8] {
    let diagnostics = diagnostics.sortedAndUnique()
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

extension Severity {
  /// As text and JSON name it.
  package var name: String {
    switch self {
    case .error: "error"
    case .warning: "warning"
    case .information: "info"
    }
  }
}
