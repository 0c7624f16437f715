package import Diagnostics

/// Why a run did not succeed, or was not begun: what people are told, and what the command ends with.
///
/// Made by the factories in `Executor+Diagnostics.swift`.
package struct RunFailure: Hashable, Sendable {
  package var diagnostic: Diagnostic
  package var status: ExitStatus
  /// All of it in one line, for logs and histories.
  package var summary: String

  /// - Parameter summary: the diagnostic's message if nil.
  init(_ diagnostic: Diagnostic, _ status: ExitStatus = .failure, summary: String? = nil) {
    self.diagnostic = diagnostic
    self.status = status
    self.summary = summary ?? diagnostic.message
  }

  package var code: DiagnosticCode { diagnostic.code }
}

/// How a run ended, as its journal keeps it.
package struct RunEnd: Hashable, Sendable {
  package var status: ExitStatus
  package var summary: String
  /// What kind of failure it was; nil after a success.
  package var code: DiagnosticCode?

  package init(status: ExitStatus, summary: String, code: DiagnosticCode?) {
    self.status = status
    self.summary = summary
    self.code = code
  }

  package init(_ failure: RunFailure) {
    self.init(status: failure.status, summary: failure.summary, code: failure.code)
  }

  static func success(_ summary: String) -> RunEnd {
    RunEnd(status: .success, summary: summary, code: nil)
  }

  package var isSuccess: Bool { status == .success }
}
