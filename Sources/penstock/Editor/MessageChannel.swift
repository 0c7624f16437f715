import Host
import Platform
import Text

/// Messages of the language server's protocol over standard input and output: a header with the
/// content's length, an empty line, the content.
struct MessageChannel {
  /// What is read and not yet taken.
  private var buffer: [UInt8] = []
  private var start = 0
  private(set) var isAtEnd = false
  /// A message is a document at most; one that claims to be larger is nonsense.
  private static let largest = 1 << 28

  /// Reads what is there.
  ///
  /// - Parameter waiting: whether to wait until there is something.
  /// - Returns: whether anything was read.
  mutating func read(waiting: Bool) -> Bool {
    var request = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
    let ready = poll(&request, 1, waiting ? -1 : 0)
    guard ready > 0 else { return false }
    if start > 1 << 16 {
      buffer.removeFirst(start)
      start = 0
    }
    let chunk = [UInt8](unsafeUninitializedCapacity: 1 << 16) { bytes, count in
      count = max(0, Platform.read(STDIN_FILENO, bytes.baseAddress, bytes.count))
    }
    if chunk.isEmpty {
      isAtEnd = true
      return false
    }
    buffer += chunk
    return true
  }

  /// The next message's content, if it is there in full. A header without a length is skipped.
  mutating func next() -> [UInt8]? {
    while true {
      guard let end = headerEnd() else { return nil }
      guard let length = length(of: buffer[start..<end.lowerBound]) else {
        start = end.upperBound
        continue
      }
      guard length <= Self.largest else {
        isAtEnd = true
        return nil
      }
      guard buffer.count - end.upperBound >= length else { return nil }
      let content = Array(buffer[end.upperBound..<(end.upperBound + length)])
      start = end.upperBound + length
      return content
    }
  }

  /// The empty line after a header.
  private func headerEnd() -> Range<Int>? {
    var at = start
    while at + 3 < buffer.count {
      if buffer[at] == .carriageReturn, buffer[at + 1] == .newline,
        buffer[at + 2] == .carriageReturn, buffer[at + 3] == .newline
      {
        return at..<(at + 4)
      }
      at += 1
    }
    return nil
  }

  private func length(of header: ArraySlice<UInt8>) -> Int? {
    for line in String(decoding: header, as: UTF8.self).split(whereSeparator: \.isNewline) {
      let parts = line.split(separator: ":", maxSplits: 1)
      guard parts.count == 2, ASCII.equalsIgnoringCase(String(parts[0]), "content-length") else {
        continue
      }
      return Int(ASCII.trimmed(parts[1])).flatMap { $0 >= 0 ? $0 : nil }
    }
    return nil
  }

  /// Whether the messages could be written: not if the editor is gone.
  func write(_ messages: [[UInt8]]) -> Bool {
    var bytes: [UInt8] = []
    for message in messages {
      bytes += "Content-Length: \(message.count)\r\n\r\n".utf8
      bytes += message
    }
    return bytes.isEmpty || (try? Output.write(bytes, to: STDOUT_FILENO)) != nil
  }
}
