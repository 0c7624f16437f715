import Foundation
import Testing
import Text

/// Base 64, compared with Foundation's.
@Suite struct Base64Tests {
  @Test(arguments: 0...70)
  func bytesOfEachLengthComeBack(count: Int) {
    let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 * 37 + count * 11) }
    let text = Base64.encode(bytes)
    #expect(text == Data(bytes).base64EncodedString())
    #expect(Base64.decode(text.utf8) == bytes)
    #expect(Base64.decode(text.utf8.filter { $0 != .equals }) == bytes, "padding may be missing")
  }

  @Test func everyByteComesBack() {
    let bytes = Array(UInt8.min...UInt8.max)
    #expect(Base64.decode(Base64.encode(bytes).utf8) == bytes)
  }

  @Test(arguments: [
    ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="),
    ("fooba", "Zm9vYmE="), ("foobar", "Zm9vYmFy"), ("~~~???", "fn5+Pz8/"), ("ü", "w7w="),
  ])
  func examples(text: String, encoded: String) {
    #expect(Base64.encode(text) == encoded)
  }

  @Test(arguments: [
    "A", "AAAAA", "A===", "AA=", "AA===", "AAA==", "AAAA=", "=", "====", "AA=A", "A=AA",
    "AAAA AAAA",
    "AAAA\n", "AA-_", "é",
  ])
  func refuses(text: String) {
    #expect(Base64.decode(text.utf8) == nil)
  }
}
