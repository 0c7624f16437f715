import Testing
import Text

@Suite struct TextIndexTests {
  /// Texts by number, as users of the index keep them.
  private struct Table {
    var texts: [String] = []
    var index: TextIndex

    init(capacity: Int = 0) { index = TextIndex(capacity: capacity) }

    mutating func insert(_ text: String) -> Int {
      let texts = texts
      let number = text.withSharedUTF8 { bytes in
        index.number(of: bytes, orInsert: texts.count) {
          texts[$0].hasUTF8(bytes)
        } hash: { at in
          at < texts.count ? texts[at].withSharedUTF8(TextIndex.hash) : TextIndex.hash(bytes)
        }
      }
      if number == texts.count { self.texts.append(text) }
      return number
    }

    func number(of text: String) -> Int? {
      text.withSharedUTF8 { bytes in index.number(of: bytes) { texts[$0].hasUTF8(bytes) } }
    }
  }

  @Test(arguments: [0, 5, 1000])
  func textsAreFoundWhileItGrows(capacity: Int) {
    var table = Table(capacity: capacity)
    for number in 0..<1000 { #expect(table.insert("text \(number)") == number) }
    for number in 0..<1000 {
      #expect(table.number(of: "text \(number)") == number)
      #expect(table.insert("text \(number)") == number)
    }
    #expect(table.texts.count == 1000)
    #expect(table.number(of: "text 1000") == nil && table.number(of: "") == nil)
  }

  @Test func bytesDecide() {
    var table = Table()
    #expect(table.insert("") == 0)
    #expect(table.insert("é") == 1)
    #expect(table.insert("e\u{301}") == 2)
    #expect(table.insert("a\u{0}") == 3)
    #expect(table.number(of: "a") == nil && table.number(of: "") == 0)
  }

  @Test(arguments: [0, 1, 7, 8, 9, 16, 17])
  func equalBytesAreTheSame(count: Int) {
    let text = String(repeating: "x", count: count)
    #expect(text.withSharedUTF8 { text.hasUTF8($0) })
    #expect((text + "y").withSharedUTF8 { !text.hasUTF8($0) })
    for at in 0..<count {
      var other = Array(text.utf8)
      other[at] = 0x79
      #expect(other.withUnsafeBufferPointer { !text.hasUTF8($0) }, "at \(at)")
    }
  }
}
