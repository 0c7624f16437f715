import PlanDiff
import TestSupport
import Testing
import Values

/// Properties of all job flows.
@Suite struct PropertyTests {
  @Test(arguments: Documents.planNames)
  func nothingDiffersFromItself(name: String) throws {
    let side = try Documents.side(Documents.plan(name))
    let comparison = Documents.comparison(side, side)
    #expect(comparison.changes.isEmpty && comparison.dangers.isEmpty && comparison.flow.isEmpty)
    #expect(comparison.notes.isEmpty)
  }

  /// Everything that the edits say, and nothing else.
  @Test(arguments: Documents.planNames, 0..<60)
  func editsMakeOneSideOfTheOther(name: String, seed: Int) throws {
    let plan = try Documents.value(Documents.plan(name))
    let old = RandomEdits.edited(plan, seed: seed, count: seed % 5)
    let new = RandomEdits.edited(old, seed: seed + 1000, count: 1 + seed % 12)
    var comparison = Documents.comparison(try Documents.side(old), try Documents.side(new))
    let before = comparison.document(\.before)
    let after = comparison.document(\.after)
    let made = before.applying(comparison.edits)
    #expect(made.equals(after), "\(name), \(seed): \(difference(made, after))")
    #expect(comparison.changes.isEmpty == before.equals(after))
  }

  /// What is added one way is removed the other way, with the same classes.
  @Test(arguments: Documents.planNames, 0..<20)
  func bothDirectionsAgree(name: String, seed: Int) throws {
    let plan = try Documents.value(Documents.plan(name))
    let one = try Documents.side(plan)
    let other = try Documents.side(RandomEdits.edited(plan, seed: seed, count: 6))
    let there = Documents.comparison(one, other).changes.map { summary($0, isBack: false) }.sorted()
    let back = Documents.comparison(other, one).changes.map { summary($0, isBack: true) }.sorted()
    #expect(there == back, "\(name), \(seed)")
  }

  private func summary(_ change: Change, isBack: Bool) -> String {
    var kind = change.kind
    if isBack, kind == .added { kind = .removed } else if isBack, kind == .removed { kind = .added }
    let classes = change.classes.map(\.rawValue).joined(separator: ",")
    return "\(kind.rawValue) \(classes) \(change.label.dropLast().joined(separator: "/"))"
  }

  private func difference(_ made: Value, _ wanted: Value) -> String {
    let left = String(decoding: Documents.bytes(made), as: UTF8.self)
    let right = String(decoding: Documents.bytes(wanted), as: UTF8.self)
    let at = zip(left, right).prefix { $0 == $1 }.count
    return
      "\(left.dropFirst(max(0, at - 60)).prefix(200))\nis not\n\(right.dropFirst(max(0, at - 60)).prefix(200))"
  }
}
