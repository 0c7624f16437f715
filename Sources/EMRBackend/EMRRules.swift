import Text
package import Diagnostics
package import PipelineIR
import SourceText
import Values

/// EMR's rules that its service model states only in prose; docs/emr-rules.md lists them.
///
/// They are checked in every compilation, in time proportional to the steps.
package enum EMRRules {
  package static func check(
    _ program: Program, by rules: [EMRRule] = EMRRule.standard, data: ModelData,
    into diagnostics: inout [Diagnostic]
  ) {
    var check = JobFlowCheck(program, data)
    check.run(rules)
    diagnostics += check.diagnostics
  }
}

/// The state of checking one program.
struct JobFlowCheck {
  /// No more of one kind are told: one mistake of an `each` is one mistake.
  private static let reportLimit = 20

  let program: Program
  let data: ModelData
  /// RunJobFlow's body; empty if the pipeline has none.
  let body: SpannedValue
  let instances: SpannedValue
  let groups: [SpannedValue]
  let fleets: [SpannedValue]
  /// The requested release, if it can be parsed.
  let release: Release?
  /// Most often all texts are plain, and none has to be looked at by itself.
  let textsArePlain: Bool
  private(set) var diagnostics: [Diagnostic] = []

  init(_ program: Program, _ data: ModelData) {
    self.program = program
    self.data = data
    body = program.cluster.jobFlow ?? SpannedValue(.map([]))
    instances = body["Instances"] ?? SpannedValue(.map([]))
    groups = instances["InstanceGroups"]?.items ?? []
    fleets = instances["InstanceFleets"]?.items ?? []
    let label = body["ReleaseLabel"]?.text
    release = label.flatMap { $0.hasPrefix("emr-") ? Release($0.dropFirst(4)) : nil }
    textsArePlain = program.texts.withAllBytes(ByteScan.isPlain)
  }

  mutating func report(_ diagnostic: Diagnostic) { diagnostics.append(diagnostic) }

  /// Checks the rules in their order; those of steps in one walk, where the first of them is.
  fileprivate mutating func run(_ rules: [EMRRule]) {
    var walksSteps = true
    for rule in rules {
      let before = diagnostics.count
      switch rule.body {
      case .run(let check): check(&self)
      case .cluster(let check): if program.cluster.reusedID == nil { check(&self) }
      case .step:
        if walksSteps { runOnSteps(rules) }
        walksSteps = false
        continue
      }
      assert(isTrue(to: rule, since: before), "\(rule.name) reports what it does not say")
    }
  }

  private mutating func runOnSteps(_ rules: [EMRRule]) {
    let rules = rules.compactMap { rule in
      if case .step(let check) = rule.body { (rule, check) } else { nil }
    }
    for step in program.steps {
      for (rule, check) in rules {
        let before = diagnostics.count
        check(&self, step)
        assert(isTrue(to: rule, since: before), "\(rule.name) reports what it does not say")
      }
      if diagnostics.count > Self.reportLimit { break }
    }
  }

  /// Whether a rule reported only what it says that it may report.
  private func isTrue(to rule: EMRRule, since count: Int) -> Bool {
    diagnostics[count...].allSatisfy { rule.codes.contains($0.code) }
  }
}
