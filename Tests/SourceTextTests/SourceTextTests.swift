import SourceText
import Testing

@Suite struct LineTableTests {
  @Test func everyKindOfLineEndCounts() {
    let text = Array("a\nb\r\nc\rd\n".utf8)
    let table = LineTable(text)
    #expect(table.starts == [0, 2, 5, 7, 9])
    #expect(table.position(of: 0, in: text) == Position(line: 1, column: 1))
    #expect(table.position(of: 5, in: text) == Position(line: 3, column: 1))
    #expect(table.position(of: 9, in: text) == Position(line: 5, column: 1))
    #expect(table.position(of: 99, in: text) == Position(line: 5, column: 1))
  }

  @Test func columnsCountScalars() {
    let text = Array("é😀x".utf8)
    #expect(LineTable(text).position(of: 6, in: text) == Position(line: 1, column: 3))
    #expect(LineTable([]).position(of: 0, in: []) == Position(line: 1, column: 1))
  }
}

@Suite struct OffsetMapTests {
  /// `ab` verbatim, a replacement of two bytes by two others, `cd` verbatim.
  private static var map: OffsetMap {
    var map = OffsetMap()
    map.append(derivedCount: 1, origin: 10..<11)
    map.append(derivedCount: 1, origin: 11..<12)
    map.appendReplacement(derivedCount: 2, origin: 12..<14)
    map.append(derivedCount: 2, origin: 14..<16)
    return map
  }

  @Test func verbatimPiecesJoin() {
    #expect(Self.map.segments.map(\.derived) == [0..<2, 2..<4, 4..<6])
    #expect(Self.map.derivedCount == 6)
  }

  @Test func offsetsMapBack() {
    let map = Self.map
    #expect(map.origin(of: 1) == 11..<12)
    #expect(map.origin(of: 2) == 12..<14 && map.origin(of: 3) == 12..<14)
    #expect(map.origin(of: 4) == 14..<15)
    #expect(map.origin(of: 6) == 16..<16)
    #expect(map.origin(of: 1..<3) == 11..<14)
    #expect(map.origin(of: 5..<5) == 15..<15)
    #expect(OffsetMap().origin(of: 3) == 0..<0)
  }

  @Test func emptyReplacementsAreSteppedOver() {
    var map = OffsetMap()
    map.append(derivedCount: 2, origin: 0..<2)
    map.appendReplacement(derivedCount: 0, origin: 2..<9)
    map.append(derivedCount: 2, origin: 9..<11)
    #expect(map.origin(of: 1) == 1..<2)
    #expect(map.origin(of: 2) == 9..<10)
    #expect(map.origin(of: 1..<3) == 1..<10)
  }
}

@Suite struct SourceFileTests {
  @Test func renderedTextMapsToWhatWasWritten() {
    var map = OffsetMap()
    map.append(derivedCount: 3, origin: 0..<3)
    map.appendReplacement(derivedCount: 5, origin: 3..<10)
    map.append(derivedCount: 1, origin: 10..<11)
    let file = SourceFile(
      name: "a.yml", text: Array("k: <%= x %>".utf8), parsed: Array("k: value!".utf8),
      rendering: map, substituted: [Span(SourceID(index: 0), 3, 8)])
    let id = SourceID(index: 0)
    #expect(file.written(Span(id, 3, 8)) == 3..<10)
    #expect(file.written(Span(id, 0, 1)) == 0..<1)
    #expect(file.written(Span(id, 50, 60)) == 11..<11)
    #expect(file.isSubstituted(Span(id, 7, 9)) && file.isSubstituted(Span(id, 0, 4)))
    #expect(!file.isSubstituted(Span(id, 0, 3)) && !file.isSubstituted(Span(id, 8, 9)))
  }

  @Test func setsFindPositions() {
    var set = SourceSet()
    let id = set.add(SourceFile(name: "a", text: Array("x\ny".utf8)))
    #expect(set.position(of: Span(id, 2, 3)) == Position(line: 2, column: 1))
    #expect(set.position(of: Span(SourceID(index: 9), 0, 0)) == nil)
  }

  @Test func spansAreOrderedAndJoined() {
    let id = SourceID(index: 0)
    #expect(Span(id, 5, 2) == Span(id, 5, 5))
    #expect(Span(id, 1, 2).union(Span(id, 4, 6)) == Span(id, 1, 6))
    #expect(Span(id, 1, 2).union(Span(SourceID(index: 1), 4, 6)) == Span(id, 1, 2))
    #expect(Span(id, -1..<Int.max) == Span(id, 0, UInt32.max))
  }
}

@Suite struct UTF8ScalarTests {
  @Test(
    arguments: [
      ([0x41], 1), ([0xC3, 0xA9], 2), ([0xE2, 0x82, 0xAC], 3), ([0xF0, 0x9F, 0x98, 0x80], 4),
      ([0xC0, 0x80], 0), ([0xE0, 0x80, 0x80], 0), ([0xED, 0xA0, 0x80], 0),
      ([0xF5, 0x80, 0x80, 0x80], 0),
      ([0xC3], 0), ([0xE2, 0x82], 0), ([0xE2, 0x41, 0x41], 0), ([0x80], 0), ([], 0),
    ] as [([UInt8], Int)])
  func lengthsAreOfWellFormedScalars(_ bytes: [UInt8], _ length: Int) {
    bytes.withUnsafeBufferPointer { buffer in
      #expect(UTF8Scalar.length(buffer, at: 0) == length)
      if length > 0 {
        let expected = String(decoding: bytes, as: UTF8.self).unicodeScalars.first?.value
        #expect(UTF8Scalar.value(buffer, at: 0, length: length) == expected)
      }
    }
  }
}
