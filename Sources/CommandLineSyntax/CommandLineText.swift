import Text
package import SourceText
import Values

/// The command line as a source, so that errors in it are shown at their place like any others.
package struct CommandLineText: Sendable {
  package let file: SourceFile
  /// The program, as it was called.
  package let program: String
  /// Where each argument is, without the quotes it may need.
  private let starts: [Int]

  package static let source = SourceID(index: 0)

  package init(_ arguments: [String], program: String = "penstock") {
    self.program = program
    var text = Array(program.utf8)
    var starts: [Int] = []
    for argument in arguments {
      text.append(.space)
      let isPlain = !argument.isEmpty && argument.utf8.allSatisfy(Self.isPlain)
      if !isPlain { text.append(.apostrophe) }
      starts.append(text.count)
      text.append(contentsOf: argument.utf8)
      if !isPlain { text.append(.apostrophe) }
    }
    let hidden = text.withUnsafeBufferPointer { SecretParts.ranges(in: $0) }
    file = SourceFile(name: "<command line>", text: text).hiding(hidden)
    self.starts = starts
  }

  package var programSpan: Span { Span(Self.source, 0..<program.utf8.count) }

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
    case UInt8.digits, UInt8.uppercase, UInt8.lowercase, 0x80...0xFF: true
    case .percent, .plus, .comma, .hyphen, .dot, .slash, .colon, .equals, .at, .underscore: true
    default: false
    }
  }
}
