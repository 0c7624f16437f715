import Text

/// The parts of a plan that a compilation doesn't know.
package struct PlanDetails: Sendable {
  /// The program's name and version.
  package var madeBy: String
  /// The part of the command line that applies to any run of the same pipeline and inputs: without
  /// the selection of stages and the run's id.
  package var arguments: [String]

  package init(madeBy: String, arguments: [String]) {
    self.madeBy = madeBy
    self.arguments = arguments
  }
}
