import LanguageServer
import Testing

/// Positions of the protocol, in each encoding.
@Suite struct LineTextTests {
  private let text = LineText(Array("aé𝄞z\r\nb\rc\n".utf8))

  @Test(arguments: [
    (PositionEncoding.utf8, [0, 1, 3, 7]), (.utf16, [0, 1, 2, 4]), (.utf32, [0, 1, 2, 3]),
  ])
  func columns(_ encoding: PositionEncoding, _ columns: [Int]) {
    for (offset, column) in zip([0, 1, 3, 7], columns) {
      let position: (line: Int, character: Int) = text.position(offset, encoding)
      #expect(position == (0, column))
      #expect(text.offset(line: 0, character: column, encoding) == offset)
    }
  }

  @Test func whatIsPastTheEndIsTheEnd() {
    #expect(text.offset(line: 0, character: 99, .utf16) == 8)
    #expect(text.offset(line: 1, character: 5, .utf16) == 11)
    #expect(text.offset(line: 99, character: 0, .utf16) == text.bytes.count)
    #expect(text.offset(line: -1, character: 0, .utf16) == 0)
    // Never between the halves of a character.
    #expect(text.offset(line: 0, character: 3, .utf16) == 3)
    #expect(text.offset(line: 0, character: 2, .utf8) == 1)
  }

  @Test func lines() {
    #expect(text.lineCount == 4)
    let position: (line: Int, character: Int) = text.position(12, .utf16)
    #expect(position == (2, 0))
  }
}
