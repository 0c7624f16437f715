import Testing
import Text

@Suite struct PercentEncodingTests {
  @Test(arguments: [
    ("", ""), ("aZ09-._~", "aZ09-._~"), ("a b", "a%20b"), ("a+b", "a%2Bb"), ("a/b", "a%2Fb"),
    ("100%", "100%25"), ("ü", "%C3%BC"), ("😀", "%F0%9F%98%80"), ("\n\u{0}", "%0A%00"),
    ("?#[]@!$&'()*,;=:", "%3F%23%5B%5D%40%21%24%26%27%28%29%2A%2C%3B%3D%3A"),
  ])
  func encodes(text: String, encoded: String) {
    #expect(PercentEncoding.encode(text) == encoded)
    #expect(PercentEncoding.decode(encoded) == text)
  }

  @Test func slashesMayStay() {
    #expect(PercentEncoding.encode("/a b/c", keepingSlashes: true) == "/a%20b/c")
  }

  @Test(arguments: [
    ("%", "%"), ("%4", "%4"), ("%zz", "%zz"), ("%4z1", "%4z1"), ("%%41", "%A"), ("%2541", "%41"),
    ("%e4%B8%ad", "中"), ("a+b", "a+b"),
  ])
  func decodesWhatIsComplete(text: String, decoded: String) {
    #expect(PercentEncoding.decode(text) == decoded)
  }

  @Test func aPlusIsASpaceInForms() {
    #expect(PercentEncoding.decode("a+b%2B", plusIsSpace: true) == "a b+")
  }

  @Test func bytesNeedNotBeText() {
    #expect(PercentEncoding.decodedBytes("%FFa%00") == [0xFF, 0x61, 0])
  }
}
