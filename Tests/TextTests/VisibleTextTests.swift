import Testing
import Text

/// No input can move the cursor, set colours or reverse a line.
@Suite struct VisibleTextTests {
  @Test(
    arguments: [
      ("", ""), ("plain", "plain"), ("a\tb\nc\rd", "a\\tb\\nc\\rd"), ("\u{1B}[31m", "\\u{1B}[31m"),
      ("\u{0}\u{7}\u{8}", "\\u{0}\\u{7}\\u{8}"), ("\u{7F}", "\\u{7F}"),
      ("\u{80}\u{85}\u{9B}\u{9F}", "\\u{80}\\u{85}\\u{9B}\\u{9F}"), ("a\u{AD}b", "a\\u{AD}b"),
      ("\u{200B}", "\\u{200B}"), ("\u{FEFF}", "\\u{FEFF}"),
      ("\u{2028}\u{2029}", "\\u{2028}\\u{2029}"),
      ("\u{E000}", "\\u{E000}"), ("\u{378}", "\\u{378}"), ("\r\n", "\\r\\n"),
      ("üñ中😀", "üñ中😀"), ("e\u{301}", "e\u{301}"), ("\u{A0}", "\u{A0}"),
      ("👩\u{200D}💻", "👩\u{200D}💻"), ("می\u{200C}خ", "می\u{200C}خ"),
    ] as [(String, String)])
  func hiddenCharactersAreEscaped(text: String, shown: String) {
    #expect(VisibleText.of(text).utf8.elementsEqual(shown.utf8))
  }

  @Test func noControlCharacterIsLeft() {
    for code in Array(UInt32(0)...0x1F) + Array(0x7F...0x9F) {
      guard let scalar = Unicode.Scalar(code) else { continue }
      let shown = VisibleText.of(String(Character(scalar)))
      #expect(
        shown.utf8.allSatisfy { (0x20...0x7E).contains($0) } && shown.hasPrefix("\\"), "\(code)")
    }
  }

  @Test func noBidirectionalControlIsLeft() {
    let codes: [UInt32] = [0x061C, 0x200E, 0x200F] + (0x202A...0x202E) + (0x2066...0x2069)
    for code in codes {
      guard let scalar = Unicode.Scalar(code) else { continue }
      let wanted = "a\\u{\(String(code, radix: 16, uppercase: true))}b"
      #expect(VisibleText.of("a\(Character(scalar))b") == wanted)
    }
  }

  @Test(
    arguments: [(0x00, "\\x00"), (0x0A, "\\x0A"), (0xC3, "\\xC3"), (0xFF, "\\xFF")]
      as [(UInt8, String)])
  func bytesThatAreNotText(byte: UInt8, shown: String) {
    #expect(VisibleText.invalid(byte) == shown)
  }
}
