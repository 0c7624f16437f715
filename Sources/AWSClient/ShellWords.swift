import Text
internal import Values

/// Splits a command line into words like a POSIX shell, without any expansion.
package enum ShellWords {
  /// Nil if a quote isn't closed.
  package static func split(_ line: String) -> [String]? {
    var words: [[UInt8]] = []
    var word: [UInt8]?
    var quote: UInt8?
    var bytes = Array(line.utf8)[...]
    while let byte = bytes.popFirst() {
      if let open = quote {
        if byte == open {
          quote = nil
        } else if byte == .backslash, open == .quote, let next = bytes.first,
          next == .quote || next == .backslash
        {
          word?.append(bytes.removeFirst())
        } else {
          word?.append(byte)
        }
      } else if byte == .quote || byte == .apostrophe {
        quote = byte
        word = word ?? []
      } else if ASCII.isSpace(byte) {
        if let done = word { words.append(done) }
        word = nil
      } else if byte == .backslash {
        guard let next = bytes.popFirst() else { return nil }
        word = (word ?? []) + [next]
      } else {
        word = (word ?? []) + [byte]
      }
    }
    guard quote == nil else { return nil }
    if let done = word { words.append(done) }
    return words.map { String(decoding: $0, as: UTF8.self) }
  }
}
