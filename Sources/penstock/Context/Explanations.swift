import Compiler
import Diagnostics
import Host
import Passes
import SourceText

extension CommandContext {
  /// Reports what the passes did, for `--explain`.
  func explain(_ result: CompilerResult) {
    guard !console.format.isDocument else {
      let all = result.explanations.map { Diagnostic.explained($0) }
      return console.report(all, result.sources, tellingAll: true)
    }
    var text = ""
    for explanation in result.explanations {
      text += "\(explanation.pass): \(explanation.change.rawValue) \(explanation.subject): "
      text += explanation.reason
      if let span = explanation.span, let file = result.sources[span.source],
        let position = result.sources.position(of: span)
      {
        text += " (\(file.name):\(position.line):\(position.column))"
      }
      text += "\n"
    }
    Output.report(text)
  }
}

extension Diagnostic {
  /// What a pass did, for formats that contain it.
  fileprivate static func explained(_ explanation: Explanation) -> Diagnostic {
    Diagnostic(
      .explanation,
      "\(explanation.pass): \(explanation.change.rawValue) \(explanation.subject): "
        + explanation.reason, at: explanation.span)
  }
}
