import Foundation
import Schemas
import TestSupport
import Testing

@Suite struct ConformanceTests {
  /// The drafts with how many tests each has; none of them deviates.
  static let drafts: [(String, Dialect, Int)] = [
    ("draft4", .draft4, 503), ("draft7", .draft7, 778), ("draft2020-12", .draft2020, 1073),
  ]

  @Test(.enabled(if: Suite.folder != nil, "the conformance data is absent"), arguments: drafts)
  func agreesWithTheSuite(_ draft: (name: String, dialect: Dialect, count: Int))
    throws
  {
    let result = try Suite.run(draft.name, draft.dialect)
    print("\(draft.name): \(result.passed) of \(result.total)")
    #expect(result.total == draft.count)
    #expect(result.failures.isEmpty, "\(result.failures.joined(separator: "\n"))")
    let page = Locations.repository.appending(path: "docs/conformance-json-schema.md")
    let row = "| \(draft.name.dropFirst(5)) | \(draft.count) | \(result.passed) |"
    #expect(String(decoding: try Locations.bytes(page), as: UTF8.self).contains(row))
  }

  /// Draft 4 has six formats; all of them are checked.
  @Test(.enabled(if: Suite.folder != nil, "the conformance data is absent"))
  func formatsOfDraft4AgreeWithTheSuite() throws {
    let result = try Suite.run("draft4", .draft4, below: ["optional/format"])
    #expect(result.total > 100)
    #expect(result.failures.isEmpty, "\(result.failures.joined(separator: "\n"))")
  }
}
