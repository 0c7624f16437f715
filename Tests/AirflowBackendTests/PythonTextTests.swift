import AirflowBackend
import Testing

/// Texts as Python has them.
@Suite struct PythonTextTests {
  @Test(arguments: [
    ("s3://b/c/", #""s3://b/c/""#), ("", #""""#), (#"say "no""#, #"'say "no"'"#),
    (#"it's "so""#, #"'it\'s "so"'"#), ("a\\b", #""a\\b""#), ("one\ntwo\t\r", #""one\ntwo\t\r""#),
    ("{{ ds }}", #""{{ ds }}""#), ("Zürich 😀", #""Zürich 😀""#),
    ("\u{0}\u{A0}\u{200B}\u{E0001}", #""\x00\xa0\u200b\U000e0001""#),
  ])
  func literalsAreQuotedAsRuffDoes(text: String, source: String) {
    #expect(PythonText(text).source == source)
  }

  @Test func namesMakeItAnFString() {
    let text = PythonText(pieces: [.literal("{a}/"), .name("RUN_ID"), .literal("/")])
    #expect(text.source == #"f"{{a}}/{RUN_ID}/""#)
  }

  @Test func oneNameIsNoText() {
    #expect(PythonText(pieces: [.name("RUN_ID")]).source == "RUN_ID")
  }
}

/// Names that a DAG has once.
@Suite struct DAGNamesTests {
  @Test func takenNamesGetANumber() {
    var names = DAGNames(reserved: ["list"])
    #expect(names.unique("load") == "load")
    #expect(names.unique("load") == "load_2")
    #expect(names.unique("load_2") == "load_2_2")
    #expect(names.unique("list") == "list_2")
  }

  /// A step's task and its sensor share a name.
  @Test func suffixesAreTakenToo() {
    var names = DAGNames()
    #expect(names.unique("copy_wait") == "copy_wait")
    #expect(names.uniqueWith("copy", suffixes: ["_wait"]) == "copy_2")
    #expect(names.unique("copy_2_wait") == "copy_2_wait_2")
  }

  @Test func slugsAreLowerCaseWords() {
    #expect(DAGNames.slug("[load] Copy to S3!", limit: 40) == "load_copy_to_s3")
    #expect(DAGNames.slug("a very long name", limit: 6).utf8.count <= 6)
  }
}
