import Testing
import Text

/// Searches of eight bytes at a time find what searches of one byte at a time find.
@Suite struct ByteScanTests {
  /// Each byte at each place of texts that are shorter than, as long as, and longer than a word.
  private static func eachPlacement(_ body: (_ text: [UInt8], _ byte: UInt8, _ at: Int) -> Void) {
    for count in [1, 7, 8, 9, 16, 21] {
      for at in 0..<count {
        for byte in UInt8.min...UInt8.max {
          var text = [UInt8](repeating: UInt8(ascii: "a"), count: count)
          text[at] = byte
          body(text, byte, at)
        }
      }
    }
  }

  private static func mustBeEscaped(_ byte: UInt8) -> Bool {
    byte < 0x20 || byte == 0x22 || byte == 0x5C || byte == 0x7F
  }

  @Test func escapedBytesAreFound() {
    Self.eachPlacement { text, byte, at in
      let found = text.withUnsafeBufferPointer { ByteScan.escaped($0, from: 0) }
      let wanted = Self.mustBeEscaped(byte) ? at : nil
      if found != wanted { Issue.record("\(byte) at \(at) of \(text.count): \(found as Any)") }
      let later = text.withUnsafeBufferPointer { ByteScan.escaped($0, from: at + 1) }
      if later != nil { Issue.record("\(byte) at \(at) found after it") }
    }
  }

  @Test func controlCharactersAreNotPlain() {
    Self.eachPlacement { text, byte, at in
      let isPlain = text.withUnsafeBufferPointer { ByteScan.isPlain($0) }
      let wanted = byte >= 0x20 || [0x09, 0x0A, 0x0D].contains(byte)
      if isPlain != wanted { Issue.record("\(byte) at \(at) of \(text.count): \(isPlain)") }
    }
  }

  @Test(
    arguments: [
      ("\u{FFFE}", false), ("\u{FFFF}", false), ("\u{FFFD}", true), ("\u{F000}", true),
      ("\u{FEFF}", true),
    ] as [(String, Bool)])
  func nonCharactersAreNotPlain(scalar: String, isPlain: Bool) {
    for before in 0..<20 {
      for after in [0, 1, 9] {
        let text =
          String(repeating: "a", count: before) + scalar + String(repeating: "b", count: after)
        #expect(text.withSharedUTF8 { ByteScan.isPlain($0) } == isPlain, "after \(before)")
      }
    }
  }

  @Test func wordsAreFound() {
    for before in 0..<20 {
      let text = String(repeating: "n", count: before) + "need needle needle"
      for word in ["needle", "n", "e", "le", "x", "needles"] {
        let found = text.withSharedUTF8 { text in
          word.withSharedUTF8 { ByteScan.first($0, in: text, from: 0) }
        }
        let wanted = text.firstRange(of: word).map {
          text.utf8.distance(from: text.startIndex, to: $0.lowerBound)
        }
        #expect(found == wanted, "\(word) after \(before)")
      }
    }
  }

  @Test func searchesStartWhereTheyAreTold() {
    let places = [0, 1, 4, 5, 9, 99, -1].map { start in
      "abc abc".withSharedUTF8 { text in
        "abc".withSharedUTF8 {
          start <= text.count ? ByteScan.first($0, in: text, from: start) : nil
        }
      }
    }
    #expect(places == [0, 4, 4, nil, nil, nil, nil])
    #expect(
      "abc".withSharedUTF8 { text in "".withSharedUTF8 { ByteScan.first($0, in: text, from: 0) } }
        == nil)
  }

  @Test(arguments: [
    ("", false), ("$", false), ("${", true), ("$ {", false), ("{$", false), ("$${", true),
    ("{}", false),
  ])
  func expressionsAreFound(mark: String, found: Bool) {
    for before in 0..<18 {
      let text = String(repeating: "a", count: before) + mark
      #expect(text.withSharedUTF8 { ByteScan.hasExpression($0) } == found, "after \(before)")
    }
  }
}
