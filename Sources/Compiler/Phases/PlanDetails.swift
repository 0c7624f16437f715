/// The parts of a plan that a compilation doesn't know.
package struct PlanDetails: Sendable {
  /// The program's name and version.
  package var madeBy: String
  /// The part of the command line that applies to any run of the same pipeline and inputs: without
  /// the selection of stages and the run's id.
  package var arguments: [String]
  /// The AWS account that was asked for facts; nil if none was.
  package var account: String?

  /// The key for hashes of secrets, of 32 bytes at least; nil: there are none.
  package var secretsKey: [UInt8]?

  package init(madeBy: String, arguments: [String], account: String? = nil) {
    self.account = account
    self.madeBy = madeBy
    self.arguments = arguments
  }
}
