import Foundation
import TestSupport
import Testing

/// The migration guide names each kind of case in which Penstock does something else than
/// EmrEtlRunner did: `<!-- deviation: PATTERN -->` follows the sentence that does, with a regular
/// expression for the deviation's text.
@Suite(
  .enabled(if: Locations.conformance("emr-etl-runner") != nil, "needs the recorded cases"))
struct MigrationGuideTests {
  private static let guide = Locations.repository.appending(
    path: "docs/migrating-from-emr-etl-runner.md")

  /// What the guide names.
  private static func named() throws -> [String] {
    let text = String(decoding: try Locations.bytes(guide), as: UTF8.self)
    return text.matches(of: /<!-- deviation: ([^\n]+) -->/).map { String($0.output.1) }
  }

  private static func recorded() throws -> [UpstreamCase] {
    let folder = try #require(Locations.conformance("emr-etl-runner"))
    return try Locations.files(in: folder.appending(path: "cases"), withEnding: ".json")
      .map(UpstreamCase.init)
  }

  /// The deviations of each case, some cases at a time.
  private static func deviations(
    of cases: [UpstreamCase]
  ) async throws -> [(name: String, deviations: [String])] {
    let width = 4
    return try await withThrowingTaskGroup(of: [(String, [String])].self) { group in
      for part in 0..<width {
        group.addTask {
          try cases.enumerated().filter { $0.offset % width == part }
            .map { ($0.element.name, try $0.element.deviations()) }
        }
      }
      var all: [(String, [String])] = []
      for try await part in group { all += part }
      return all.sorted { $0.0 < $1.0 }
    }
  }

  @Test func namesEachDeviation() async throws {
    let patterns = try Self.named().map { ($0, try Regex($0).dotMatchesNewlines()) }
    var unused = Set(patterns.map(\.0))
    let cases = try Self.recorded() + Self.variants.map { try $0.made() }
    var count = 0
    for (name, deviations) in try await Self.deviations(of: cases) {
      for deviation in deviations {
        let found = patterns.filter { deviation.firstMatch(of: $0.1) != nil }
        #expect(!found.isEmpty, "the guide doesn't name what \(name) shows: \(deviation)")
        unused.subtract(found.map(\.0))
        count += 1
      }
    }
    #expect(count > 100)
    #expect(unused.isEmpty, "no case shows what these patterns name")
  }

  /// Each variant differs, so that none passes without being looked at.
  @Test func eachVariantDeviates() async throws {
    let cases = try Self.variants.map { try $0.made() }
    for (name, deviations) in try await Self.deviations(of: cases) {
      #expect(!deviations.isEmpty, "\(name)")
    }
  }

  @Test func anUnnamedDeviationIsFound() throws {
    let patterns = try Self.named().map { try Regex($0).dotMatchesNewlines() }
    var changed = try Variant("plain", [], upstream: 0).made()
    changed.status = 1
    changed.error = "SomeError: for a reason"
    let accepted = try changed.deviations()
    #expect(accepted.count == 1)
    changed.status = 0
    changed.arguments += ["--skip", "nonesuch"]
    let refused = try changed.deviations()
    #expect(refused.count == 1)
    for deviation in accepted + refused {
      #expect(patterns.allSatisfy { deviation.firstMatch(of: $0) == nil }, "\(deviation)")
    }
  }

  // MARK: Variants

  /// A recorded case with something changed, and what EmrEtlRunner does with that.
  struct Variant: Sendable {
    var title: String
    var base = "region--b-us-east-1"
    var edits: [(file: String, old: String, new: String)]
    var arguments: [String] = []
    /// Keys of further objects, by bucket.
    var objects: [(bucket: String, keys: [String])] = []
    var upstream: Int32
    var error = ""

    init(
      _ title: String, base: String = "region--b-us-east-1",
      _ edits: [(file: String, old: String, new: String)], _ arguments: [String] = [],
      objects: [(bucket: String, keys: [String])] = [], upstream: Int32, error: String = ""
    ) {
      self.title = title
      self.base = base
      self.edits = edits
      self.arguments = arguments
      self.objects = objects
      self.upstream = upstream
      self.error = error
    }
  }
}
