import TestSupport
import Testing

/// The list of mutations, which is only tried now and then.
@Suite struct MutationTests {
  /// What a mutation changes is in its file, once; else the code has moved on, and nothing is tried.
  @Test func eachMutationHasItsPlace() throws {
    var name = ""
    var file = ""
    var count = 0
    for line in try Repository.lines("Tests/Mutations/mutations.txt") {
      if line.hasPrefix("[") { name = String(line) }
      if line.hasPrefix("file = ") { file = String(line.dropFirst("file = ".count)) }
      guard line.hasPrefix("find = ") else { continue }
      count += 1
      let found = try Repository.text(file).ranges(of: String(line.dropFirst("find = ".count)))
      #expect(found.count == 1, "\(name) in \(file)")
    }
    #expect(count > 50)
  }
}
