import Testing
import Text

@Suite struct DisplayWidthTests {
  @Test(arguments: [
    ("", 0), ("abc", 3), ("üß", 2), ("e\u{301}", 1), ("a\u{308}\u{323}", 1), ("日本", 4), ("한글", 4),
    ("\u{1100}\u{1161}\u{11A8}", 2), ("Ａ！", 4), ("ｱ", 1), ("、", 2), ("👍", 2), ("☎", 1),
    ("☎\u{FE0F}", 1), ("\u{200D}", 0), ("\u{200C}", 0), ("→", 1), ("…", 1), ("\u{20000}", 2),
    ("ह\u{941}", 1), ("א\u{5B0}", 1), ("⌚", 2), ("a中b", 4),
  ])
  func cells(text: String, width: Int) {
    #expect(DisplayWidth.of(text) == width)
  }

  @Test func asciiTakesACellEach() {
    for code in UInt8(0x20)...0x7E {
      #expect(DisplayWidth.of(Unicode.Scalar(code)) == 1)
    }
  }
}
