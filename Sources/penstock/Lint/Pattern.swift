/// Bytes that are looked for in others.
struct Pattern: Sendable {
  private let bytes: [UInt8]

  init(_ text: String) { bytes = Array(text.utf8) }

  func isIn(_ text: [UInt8]) -> Bool { range(in: text) != nil }

  func range(in text: [UInt8]) -> Range<Int>? {
    guard let first = bytes.first, text.count >= bytes.count else { return nil }
    for at in 0...(text.count - bytes.count)
    where text[at] == first && text[at..<(at + bytes.count)].elementsEqual(bytes) {
      return at..<(at + bytes.count)
    }
    return nil
  }
}
