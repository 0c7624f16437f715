import Foundation
import Testing

@testable import Schemas

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
}
