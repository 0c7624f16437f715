import Foundation
import TestSupport
import Testing

/// Two edits that are made together have the causes that each has alone.
@Suite struct EditPairTests {
  private struct Written: Decodable {
    struct Subject: Decodable, Hashable {
      var kind: String
      var name: String?
      var before: Int?
    }

    /// A line, by its text: another edit may move it.
    struct Line: Decodable, Hashable {
      var file: String
      var excerpt: String
      var side: String
    }

    struct Change: Decodable {
      var subject: Subject
      var label: [String]
      var classes: [String]
      var consequence: Bool
      var causes: [Line]

      var place: Place { Place(subject: subject, label: label) }
    }

    struct Place: Hashable {
      var subject: Subject
      var label: [String]
    }

    var changes: [Change]

    /// The lines of each place.
    var causes: [Place: Set<Line>] {
      var causes: [Place: Set<Line>] = [:]
      for change in changes { causes[change.place, default: []].formUnion(change.causes) }
      return causes
    }
  }

  /// Pairs of edits of one example, by chance; the same in each run.
  private static let pairs: [(EditCase, EditCase)] = {
    let cases = EditTests.files.compactMap { try? EditCase($0) }
      .filter { $0.judgement.classes.isDisjoint(with: ["cosmetic", "nothing"]) }
    var pairs: [(EditCase, EditCase)] = []
    for (index, one) in cases.enumerated() {
      for step in [7, 23] {
        let other = cases[(index + step) % cases.count]
        if one.isOfSameBase(as: other), one.path != other.path { pairs.append((one, other)) }
      }
    }
    return Array(pairs.prefix(60))
  }()

  @Test func thereAreManyPairs() { #expect(Self.pairs.count >= 30) }

  @Test(arguments: pairs.indices)
  func causesAreThoseOfEach(index: Int) throws {
    let (one, other) = Self.pairs[index]
    // The same line can't be edited twice.
    guard let sides = try? one.sides(and: other), let both = try written(one, sides) else { return }
    let first = try #require(try written(one, one.sides())).causes
    let second = try #require(try written(other, other.sides())).causes
    let known = Set(first.values.joined()).union(second.values.joined())
    for change in both.changes where !change.consequence && change.classes != ["cosmetic"] {
      let causes = Set(change.causes)
      let wanted = (first[change.place] ?? []).union(second[change.place] ?? [])
      if wanted.isEmpty {
        #expect(causes.isSubset(of: known), "\(one) and \(other): \(change.label)")
      } else {
        #expect(causes == wanted, "\(one) and \(other): \(change.label)")
      }
    }
  }

  /// Nil if the two edits together are refused.
  private func written(_ edit: EditCase, _ sides: Scratch) throws -> Written? {
    let run = try edit.diff(["before", "after"], ["--format", "json"], in: sides)
    guard run.status == 0 else { return nil }
    return try JSONDecoder().decode(Written.self, from: Data(run.output))
  }
}
