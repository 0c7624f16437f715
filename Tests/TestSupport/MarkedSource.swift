package import SourceText

/// A text with marks in it (`1️⃣` to `9️⃣`), which name places without counting.
package struct MarkedSource: Sendable {
  /// The text without its marks.
  package let file: SourceFile
  private var offsets: [Int: Int] = [:]

  package static let source = SourceID(index: 0)

  package init(_ marked: String, name: String = "test.yml") {
    var text: [UInt8] = []
    let bytes = Array(marked.utf8)
    let tail: [UInt8] = [0xEF, 0xB8, 0x8F, 0xE2, 0x83, 0xA3]
    var at = 0
    while at < bytes.count {
      let byte = bytes[at]
      if (0x31...0x39).contains(byte), bytes[(at + 1)...].starts(with: tail) {
        offsets[Int(byte - 0x30)] = text.count
        at += 1 + tail.count
      } else {
        text.append(byte)
        at += 1
      }
    }
    file = SourceFile(name: name, text: text)
  }

  package var text: [UInt8] { file.text }

  package var sources: SourceSet {
    var sources = SourceSet()
    sources.add(file)
    return sources
  }

  /// The position of a mark; after the end if there is no such mark.
  package func offset(_ mark: Int) -> Int { offsets[mark] ?? file.text.count + 1 }

  /// The span from one mark to another; at one mark if only one is given.
  package func span(_ from: Int, _ to: Int? = nil) -> Span {
    Span(Self.source, offset(from)..<offset(to ?? from))
  }
}
