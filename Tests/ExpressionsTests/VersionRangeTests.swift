import Expressions
import Testing

/// Ranges of versions.
@Suite struct VersionRangeTests {
  @Test(arguments: [
    (
      ">=0.15.0 <0.19.0", ["0.15.0", "0.15.0-rc1", "0.15.0-SNAPSHOT", "0.18.2", "0.16"],
      ["0.14.9", "0.19.0", "0.19.0-rc1", "0.19.0.a", "1"]
    ),
    (">=0.16.0-rc2", ["0.16.0-rc2", "0.16.0"], ["0.16.0-rc1", "0.15.0"]),
    (">=3-0-0", ["3-0-0", "3-1-0", "4-0-0", "10-0-0"], ["1-0-0", "2-1-0"]),
    ("<=2-0-0", ["1-0-0", "2-0-0"], ["2-0-1", "2-1-0", "3-0-0"]),
    (">1.2.0", ["1.2.1", "1.10.0"], ["1.2.0", "1.2", "1.1.9"]),
    ("=0.1.0", ["0.1.0", "0.1"], ["0.1.1", "0.1.0-acme"]),
    ("*", ["0", "1.0", "2.0.0-rc1"], ["latest", "", "1..2"]),
  ])
  func contains(_ text: String, _ inside: [String], _ outside: [String]) throws {
    let range = try #require(VersionRange(text))
    for version in inside { #expect(range.contains(version), "\(version) in \(text)") }
    for version in outside { #expect(!range.contains(version), "\(version) not in \(text)") }
    #expect(range.isAny == (text == "*"))
  }

  @Test(arguments: ["", " ", ">=", "1.0", "~>1.0", ">=x", ">=1.0 and", ">= 1.0", "**", ">=1..0"])
  func isNoRange(_ text: String) { #expect(VersionRange(text)?.words == nil) }

  @Test(arguments: [
    (">=6.1.0", "6.1.0 or later"), (">=2-0-0 <3-0-0", "2-0-0 or later and before 3-0-0"),
    ("<0.18.0", "before 0.18.0"), ("<=1", "1 or earlier"), (">1", "later than 1"),
    ("=0.1.0", "0.1.0"),
    ("*", "any version"),
  ])
  func inWords(_ text: String, _ words: String) { #expect(VersionRange(text)?.words == words) }
}
