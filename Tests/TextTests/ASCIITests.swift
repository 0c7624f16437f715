import Testing
import Text

@Suite struct ASCIITests {
  @Test(
    arguments: [
      (UInt8.tab, "\t"), (.newline, "\n"), (.carriageReturn, "\r"), (.space, " "),
      (.exclamation, "!"), (.quote, "\""), (.hash, "#"), (.dollar, "$"), (.percent, "%"),
      (.ampersand, "&"), (.apostrophe, "'"), (.openParenthesis, "("), (.closeParenthesis, ")"),
      (.asterisk, "*"), (.plus, "+"), (.comma, ","), (.hyphen, "-"), (.dot, "."), (.slash, "/"),
      (.colon, ":"), (.semicolon, ";"), (.less, "<"), (.equals, "="), (.greater, ">"),
      (.question, "?"), (.at, "@"), (.openBracket, "["), (.backslash, "\\"), (.closeBracket, "]"),
      (.caret, "^"), (.underscore, "_"), (.backtick, "`"), (.openBrace, "{"), (.bar, "|"),
      (.closeBrace, "}"), (.tilde, "~"),
    ] as [(UInt8, Unicode.Scalar)])
  func namesAreRight(byte: UInt8, scalar: Unicode.Scalar) {
    #expect(byte == UInt8(ascii: scalar))
  }

  @Test func rangesAreRight() {
    #expect(UInt8.digits == UInt8(ascii: "0")...UInt8(ascii: "9"))
    #expect(UInt8.uppercase == UInt8(ascii: "A")...UInt8(ascii: "Z"))
    #expect(UInt8.lowercase == UInt8(ascii: "a")...UInt8(ascii: "z"))
  }

  /// What the predicates say of every byte is what Unicode's tables say of ASCII.
  @Test func classesAreRight() {
    for byte in UInt8.min...UInt8.max {
      let isASCII = byte < 0x80
      let character = Character(Unicode.Scalar(byte))
      #expect(ASCII.isDigit(byte) == (isASCII && character.isNumber), "\(byte)")
      #expect(ASCII.isLetter(byte) == (isASCII && character.isLetter), "\(byte)")
      #expect(
        ASCII.isWord(byte)
          == (isASCII && (character.isLetter || character.isNumber || byte == .underscore)))
      #expect(ASCII.isSpace(byte) == (isASCII && character.isWhitespace), "\(byte)")
      let digit = isASCII ? character.hexDigitValue.map(UInt8.init) : nil
      #expect(ASCII.hexValue(byte) == digit, "\(byte)")
    }
  }

  @Test func onlyASCIIChangesCase() {
    #expect(ASCII.lowercased("aZ[Ü0") == "az[Ü0")
    #expect(ASCII.uppercased("aZ{ü0") == "AZ{ü0")
    #expect(ASCII.equalsIgnoringCase("Content-TYPE", "content-type"))
    #expect(!ASCII.equalsIgnoringCase("Ü", "ü") && !ASCII.equalsIgnoringCase("a", "aa"))
    #expect(!ASCII.equalsIgnoringCase("@", "`") && !ASCII.equalsIgnoringCase("[", "{"))
  }

  @Test func bytesAsDigits() {
    #expect(ASCII.hex([0, 0x0A, 0xFF]) == "000aff")
    #expect(ASCII.hex([0xAB, 0x9], uppercase: true) == "AB09")
    #expect(ASCII.hex(UInt64(0x1F)) == "000000000000001f")
    #expect(ASCII.hex(UInt64.max) == "ffffffffffffffff")
  }

  @Test(arguments: [
    ("", ""), (" \t\r\n", ""), (" a b ", "a b"), ("a", "a"), ("\u{A0}a\u{A0}", "\u{A0}a\u{A0}"),
    ("\u{B}ü\u{C}", "ü"),
  ])
  func trims(text: String, trimmed: String) {
    #expect(ASCII.trimmed(text) == trimmed)
  }
}
