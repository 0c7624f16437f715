package import Diagnostics
package import PipelineIR
import SourceText
import Values

/// The rules of EMR that its service model states in prose only; docs/emr-rules.md lists them.
///
/// They hold for every compilation, and cost time in proportion to the steps.
package enum EMRRules {
  package static func check(
    _ program: Program, data: ModelData, into diagnostics: inout [Diagnostic]
  ) {
    var check = JobFlowCheck(program, data)
    check.checkSteps()
    check.checkRegion()
    if program.cluster.reusedID == nil { check.checkBody() }
    diagnostics += check.diagnostics
  }
}

/// The check of one program under way.
struct JobFlowCheck {
  let program: Program
  let data: ModelData
  /// RunJobFlow's body; without members where the pipeline has none.
  let body: SpannedValue
  let instances: SpannedValue
  /// The release that is asked for, where it can be read as one.
  let release: Release?
  var diagnostics: [Diagnostic] = []

  init(_ program: Program, _ data: ModelData) {
    self.program = program
    self.data = data
    body = program.cluster.jobFlow ?? SpannedValue(.map([]))
    instances = body["Instances"] ?? SpannedValue(.map([]))
    let label = body["ReleaseLabel"]?.text
    release = label.flatMap { $0.hasPrefix("emr-") ? Release($0.dropFirst(4)) : nil }
  }

  fileprivate mutating func checkBody() {
    checkRelease()
    checkSoftware()
    checkCluster()
    checkScaling()
    checkRootVolume()
    checkInstances()
  }
}
