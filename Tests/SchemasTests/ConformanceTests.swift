import Foundation
import Schemas
import Testing

@Suite struct ConformanceTests {
  static let drafts: [(String, Dialect)] = [
    ("draft4", .draft4), ("draft7", .draft7), ("draft2020-12", .draft2020),
  ]

  @Test(.enabled(if: Suite.folder != nil, "the conformance data is absent"), arguments: drafts)
  func agreesWithTheSuite(_ draft: (name: String, dialect: Dialect)) throws {
    let result = try Suite.run(draft.name, draft.dialect)
    for failure in result.failures { print("FAILS \(failure)") }
    print("\(draft.name): \(result.passed) of \(result.total)")
    #expect(result.total > 300)
    #expect(result.share >= 0.99)
  }

  /// Draft 4 has six formats; all of them are checked.
  @Test(.enabled(if: Suite.folder != nil, "the conformance data is absent"))
  func formatsOfDraft4AgreeWithTheSuite() throws {
    let result = try Suite.run("draft4", .draft4, below: ["optional/format"])
    #expect(result.total > 100)
    #expect(result.failures.isEmpty, "\(result.failures.joined(separator: "\n"))")
  }
}
