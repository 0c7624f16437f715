package import Diagnostics
package import PipelineIR
import SourceText
import Values

/// EMR's rules that its service model states only in prose; docs/emr-rules.md lists them.
///
/// They are checked in every compilation, in time proportional to the steps.
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

/// The state of checking one program.
struct JobFlowCheck {
  let program: Program
  let data: ModelData
  /// RunJobFlow's body; empty if the pipeline has none.
  let body: SpannedValue
  let instances: SpannedValue
  /// The requested release, if it can be parsed.
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
