import Compiler
import Diagnostics
import EMRBackend
import PipelineIR
import TestSupport
import Testing

/// The list of EMR's rules, against the cases that break them.
@Suite struct EMRRuleListTests {
  private static let data = ModelData { Builtins.bytes($0) }

  /// For each rule a case breaks it in each way that it reports, and it reports nothing else.
  @Test func eachRuleHasACaseForEachOfItsCodes() throws {
    var open = Dictionary(
      uniqueKeysWithValues: EMRRule.standard.map { ($0.name, Set($0.codes)) })
    #expect(open.count == EMRRule.standard.count)
    for rule in RuleCase.all {
      let source = RuleCase.pipeline(rule.mistake, steps: rule.steps, region: rule.region)
      let result = RuleCase.compile(source, warned: [rule.code])
      let program = try #require(result.program, "\(rule.testDescription)")
      var reporting: [String] = []
      for checked in EMRRule.standard {
        var found: [Diagnostic] = []
        EMRRules.check(program, by: [checked], data: Self.data, into: &found)
        if !found.isEmpty { reporting.append(checked.name) }
        for diagnostic in found {
          #expect(checked.codes.contains(diagnostic.code), "\(checked.name): \(diagnostic.code)")
          open[checked.name]?.remove(diagnostic.code)
        }
      }
      #expect(reporting.count == 1, "\(rule.testDescription) is reported by \(reporting)")
    }
    for (name, codes) in open.sorted(by: { $0.key < $1.key }) where !codes.isEmpty {
      Issue.record("no case makes `\(name)` report \(codes.map(\.rawValue).sorted())")
    }
  }
}
