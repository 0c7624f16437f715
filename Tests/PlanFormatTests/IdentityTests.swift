import Diagnostics
import Documents
import PlanFormat
import SourceText
import TestSupport
import Testing
import Values

/// What a plan would do is its run's identity; its digest covers all of it.
@Suite struct IdentityTests {
  private let plan = PlanReaderTests.sample

  private func changed(_ change: (inout Plan) -> Void) -> Plan {
    var plan = plan
    change(&plan)
    return plan
  }

  @Test func whoMadeItIsNoPartOfARunsIdentity() {
    let same = [
      changed { $0.madeBy = "penstock 9.9" }, changed { $0.files = [] },
      changed { $0.arguments += ["--strict"] }, changed { $0.warnings = [] },
      changed { $0.account = "111122223333" },
      changed { plan in
        for index in plan.facts.indices { plan.facts[index].isAssumed.toggle() }
      },
    ]
    for other in same { #expect(other.identity == plan.identity) }
    let digests = Set((same + [plan]).map(\.digest))
    #expect(digests.count > 1)
  }

  @Test func whatItDoesIs() {
    let others = [
      changed { $0.runID += "x" }, changed { $0.attempt += 1 }, changed { $0.requests = [] },
      changed { $0.cluster.name += "x" }, changed { $0.timeoutSeconds += 1 },
      changed { $0.documents = ValueMap(["base64(json(x))": .string("another host")]) },
      changed { $0.params = ValueMap(["day": .string("2026-03-01")]) },
      changed { $0.emptiedFirst = ["s3://a/b/"] }, changed { $0.recovered = "sha256:1" },
      changed { plan in
        for index in plan.facts.indices { plan.facts[index].answer = .string("other") }
      },
    ]
    #expect(Set((others + [plan]).map(\.identity)).count == others.count + 1)
  }

  /// Any change of a letter in a plan's file is noticed, unless it's in the layout.
  @Test func aChangedPlanDoesNotMatchItsDigest() throws {
    let text = String(decoding: PlanWriter.bytes(plan), as: UTF8.self)
    #expect(try edit(of: text) == nil)
    #expect(try edit(of: text.replacing("\n", with: " \n")) == nil)
    let edited = try edit(of: text.replacing(plan.cluster.name, with: plan.cluster.name + "s"))
    #expect(edited?.code == .planEdited)
    #expect(edited?.span != nil)
  }

  private func edit(of text: String) throws -> Diagnostic? {
    var diagnostics: [Diagnostic] = []
    let tree = try #require(
      JSONReader.read(Array(text.utf8), source: MarkedSource.source, into: &diagnostics))
    let plan = try #require(PlanReader.read(tree, into: &diagnostics))
    return PlanReader.checkDigest(tree, of: plan)
  }
}
