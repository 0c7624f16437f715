import Documents
import Diagnostics
import Iglu
import SourceText
import TestSupport
import Testing
import Values

/// Names of schemas, with the places of their parts.
@Suite struct NameTests {
  @Test(arguments: ["1-0-0", "12-3-45", "1-0-10"])
  func versionsAreRead(text: String) { #expect(SchemaVersion(text)?.description == text) }

  @Test(arguments: [
    "", "1", "1-0", "1-0-0-0", "0-0-0", "01-0-0", "1-00-0", "1-0-", "1--0", "a-b-c", "1.0.0",
    "1-0-٣",
    "99999999999999999999-0-0", "-1-0-0", "+1-0-0",
  ])
  func otherVersionsAreNot(text: String) { #expect(SchemaVersion(text) == nil) }

  @Test func versionsHaveAnOrder() {
    let sorted = ["2-0-0", "1-10-0", "1-2-0", "1-2-10", "1-2-9"].compactMap { SchemaVersion($0) }
      .sorted().map(\.description)
    #expect(sorted == ["1-2-0", "1-2-9", "1-2-10", "1-10-0", "2-0-0"])
    #expect(SchemaVersion(1, 0, Int.max).nextAddition == nil)
    #expect(!SchemaVersion(1, 0, Int.max).neighbours.contains(SchemaVersion(1, 0, Int.max)))
    #expect(
      SchemaVersion(2, 1, 3).neighbours.map(\.description) == [
        "2-1-4", "2-1-2", "2-1-1", "2-1-0", "2-0-0", "1-0-0",
      ])
  }

  private static func read(_ marked: MarkedSource) -> (SelfDescribing?, [Diagnostic]) {
    var found: [Diagnostic] = []
    let tree = JSONReader.read(marked.file.text, source: MarkedSource.source, into: &found)
    return (tree.flatMap { SelfDescribing($0, into: &found) }, found)
  }

  @Test func partsHavePlaces() throws {
    let source = MarkedSource(#"{"data": {}, "schema": "iglu:1️⃣com.acme/2️⃣event/jsonschema/3️⃣1-0-2"}"#)
    let (document, found) = Self.read(source)
    let reference = try #require(document).reference
    #expect(found.isEmpty)
    #expect(reference.key.uri == "iglu:com.acme/event/jsonschema/1-0-2")
    #expect(Int(reference.vendorSpan.start) == source.offset(1))
    #expect(Int(reference.nameSpan.start) == source.offset(2))
    #expect(Int(reference.versionSpan.start) == source.offset(3))
    #expect(reference.versionSpan.end - reference.versionSpan.start == 5)
  }

  @Test(arguments: [
    (#"{"schema": "iglu:a/b/c/1️⃣1.0.2️⃣0", "data": 1}"#, "iglu-uri", "did you mean `1-0-0`?"),
    (#"{"schema": "iglu:a/b/c/1️⃣v2", "data": 1}"#, "iglu-uri", "MODEL-REVISION-ADDITION"),
    (#"{"schema": "iglu:a/b/c/1️⃣2", "data": 1}"#, "iglu-uri", "did you mean `2-0-0`?"),
    (#"{"schema": "iglu:a/b/c/1️⃣0-0-1", "data": 1}"#, "iglu-uri", "MODEL-REVISION-ADDITION"),
    (#"{"schema": "iglu:a/1️⃣b c/d/1-0-0", "data": 1}"#, "iglu-uri", ""),
    (#"{"schema": "iglu:1️⃣../b/d/1-0-0", "data": 1}"#, "iglu-uri", ""),
    (#"{"schema": "iglu:a/1️⃣/d/1-0-0", "data": 1}"#, "iglu-uri", ""),
    (#"{"schema": 1️⃣"iglu:a/b/1-0-0", "data": 1}"#, "iglu-uri", "VENDOR/NAME/FORMAT/VERSION"),
    (
      #"{"schema": 1️⃣"http://iglucentral.com/schemas/a/b/jsonschema/1-0-0#", "data": 1}"#,
      "iglu-uri", "did you mean `iglu:a/b/jsonschema/1-0-0`?"
    ),
    (#"{"schema": 1️⃣7, "data": 1}"#, "iglu-uri", ""),
    (#"{"1️⃣shcema": "iglu:a/b/c/1-0-0", "data": 1}"#, "not-self-describing", "`schema`"),
    (#"1️⃣{"schema": "iglu:a/b/c/1-0-0"}"#, "not-self-describing", "iglu:…"),
    (#"1️⃣[]"#, "not-self-describing", "iglu:…"),
    (
      #"{"schema": "iglu:a/b/c/1-0-0", "data": 1, 1️⃣"enabled": true}"#, "not-self-describing",
      "under `data`"
    ),
  ])
  func mistakesAreLocated(text: String, code: String, hint: String) throws {
    let source = MarkedSource(text)
    let (_, found) = Self.read(source)
    let first = try #require(found.first)
    #expect(found.count == 1)
    #expect(first.code.rawValue == code)
    #expect(first.hint?.contains(hint) == true || hint.isEmpty, "\(first)")
    let start = Int(try #require(first.span).start)
    // There may be a quote before a mark.
    #expect([0, -1].contains(start - source.offset(1)), "\(first)")
  }
}
