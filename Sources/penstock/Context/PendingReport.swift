import DiagnosticRendering
import Diagnostics
import Host
import SourceText
import Synchronization

/// The diagnostics of a command whose format is one document for all of them (JSON, SARIF). It is
/// written when the process ends, and is all that standard error has.
enum PendingReport {
  private struct State: Sendable {
    var diagnostics: [Diagnostic] = []
    var sources = SourceSet()
  }

  private static let state = Mutex(State())

  /// Begins the document; does nothing for formats that are written piece by piece.
  static func begin(_ format: DiagnosticRenderer.Format) {
    guard format.isDocument else { return }
    Output.reserveErrors {
      let all = state.withLock { $0 }
      return DiagnosticRenderer.render(
        all.diagnostics, sources: all.sources, format: format, version: Version.text,
        help: Pages.page(of:))
    }
  }

  static func add(_ diagnostics: [Diagnostic], _ sources: SourceSet) {
    guard !diagnostics.isEmpty else { return }
    state.withLock { state in
      let ids = state.sources.add(allOf: sources)
      state.diagnostics += diagnostics.map { $0.moved(to: ids) }
    }
  }
}

extension DiagnosticRenderer.Format {
  /// Whether all diagnostics are one document, with nothing before or after it.
  var isDocument: Bool {
    switch self {
    case .json, .sarif: true
    case .text, .github: false
    }
  }
}

extension Diagnostic {
  /// With spans in other sources; `ids` are theirs, by the index of those here.
  func moved(to ids: [SourceID]) -> Diagnostic {
    func moved(_ span: Span?) -> Span? {
      guard var span, ids.indices.contains(Int(span.source.index)) else { return nil }
      span.source = ids[Int(span.source.index)]
      return span
    }
    var diagnostic = self
    diagnostic.span = moved(span)
    for index in notes.indices { diagnostic.notes[index].span = moved(notes[index].span) }
    return diagnostic
  }
}
