import Documents
import Diagnostics
import Locations
import PipelineIR
import PipelineSyntax
import SourceText
import Values

extension Context {
  /// Whether a text in a step is a location; reports what is wrong with it.
  ///
  /// - Parameter isData: whether it may be meant as a dataset's name.
  func isLocation(
    _ text: String, from node: NodeID, isData: Bool, _ report: inout Report
  ) -> Bool {
    let span = pipeline.tree.span(node)
    let problem: Diagnostic
    let isGood: Bool
    do throws(LocationProblem) {
      let location = try Location(text)
      guard let doubt = location.doubt else { return true }
      isGood = true
      problem = .locationSuspicious(location, doubt, at: span)
    } catch {
      isGood = false
      problem =
        isData && error == .noScheme
        ? .unknownDataset(text, among: pipeline.datasets.map(\.name.value), at: span)
        : .locationInvalid(text, error, at: span)
    }
    report.diagnostics.append(problem.blaming(blame.place(of: node)))
    return isGood
  }
}
