package import SourceText

/// The command line as a source, so that errors in it are shown at their place like any others.
package struct CommandLineText: Sendable {
  package let file: SourceFile
  /// Where each argument is, without the quotes it may need.
  private let starts: [Int]

  package static let source = SourceID(index: 0)

  package init(_ arguments: [String]) {
    var text = Array("penstock".utf8)
    var starts: [Int] = []
    for argument in arguments {
      text.append(0x20)
      let isPlain = !argument.isEmpty && argument.utf8.allSatisfy(Self.isPlain)
      if !isPlain { text.append(0x27) }
      starts.append(text.count)
      text.append(contentsOf: argument.utf8)
      if !isPlain { text.append(0x27) }
    }
    file = SourceFile(name: "<command line>", text: text)
    self.starts = starts
  }

  /// The span of a part of an argument; after the last one if the index is too large.
  package func span(_ argument: Int, _ range: Range<Int>) -> Span {
    guard starts.indices.contains(argument) else {
      return Span(Self.source, file.text.count..<file.text.count)
    }
    let start = starts[argument]
    return Span(Self.source, (start + range.lowerBound)..<(start + range.upperBound))
  }

  private static func isPlain(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x80...0xFF: true
    case 0x25, 0x2B, 0x2C, 0x2D, 0x2E, 0x2F, 0x3A, 0x3D, 0x40, 0x5F: true
    default: false
    }
  }
}
