/// A text of a `TextPool`: where it starts there, and its length in bytes.
public struct TextID: Hashable, Sendable, BitwiseCopyable {
  public let start: UInt32
  public let count: UInt32

  package static let empty = TextID(start: 0, count: 0)

  package init(start: UInt32, count: UInt32) {
    self.start = start
    self.count = count
  }
}

/// All texts of a program in one array of bytes, so that a text costs no more than its bytes.
///
/// Public, like `Tree`, where other modules should inline it.
public struct TextPool: Hashable, Sendable {
  @usableFromInline var bytes: [UInt8] = []

  package init() {}

  /// Adds a text. Beyond 4 GiB in all, texts are cut off; sources are rejected far below that.
  package mutating func add(_ text: String) -> TextID {
    var text = text
    return text.withUTF8 { add(bytes: $0) }
  }

  package mutating func add(bytes text: some Collection<UInt8>) -> TextID {
    let start = UInt32(clamping: bytes.count)
    guard bytes.count + text.count < Int(UInt32.max) else { return .empty }
    bytes.append(contentsOf: text)
    return TextID(start: start, count: UInt32(clamping: text.count))
  }

  /// All texts, concatenated.
  package func withAllBytes<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
    bytes.withUnsafeBufferPointer(body)
  }

  package subscript(id: TextID) -> String {
    withBytes(id) { String(decoding: $0, as: UTF8.self) }
  }

  @inlinable public func withBytes<Result>(
    _ id: TextID, _ body: (UnsafeBufferPointer<UInt8>) -> Result
  ) -> Result {
    let range = Int(id.start)..<(Int(id.start) + Int(id.count))
    return bytes.withUnsafeBufferPointer { buffer in
      body(UnsafeBufferPointer(rebasing: buffer[range.clamped(to: 0..<buffer.count)]))
    }
  }
}
