import Diagnostics
import Documents
import SourceText
import Text
import Values

/// A value on the command line: `NAME=VALUE` with its place.
struct GivenText {
  let name: Spanned<String>
  /// Where the value starts, in bytes.
  private let start: Int
  private let whole: Spanned<String>

  /// Nil without a name or an equals sign.
  init?(_ text: Spanned<String>) {
    let name = text.value.utf8.prefix { $0 != .equals }
    guard !name.isEmpty, name.count < text.value.utf8.count else { return nil }
    whole = text
    start = name.count + 1
    self.name = Spanned(
      String(decoding: name, as: UTF8.self),
      Span(text.span.source, text.span.start, text.span.start + UInt32(clamping: name.count)))
  }

  var value: String { String(decoding: whole.value.utf8.dropFirst(start), as: UTF8.self) }

  var valueSpan: Span {
    Span(whole.span.source, whole.span.start + UInt32(clamping: start), whole.span.end)
  }

  /// The value as a document: a text where one is wanted; otherwise JSON if it is that, or else a
  /// text.
  func document(as type: ValueType) -> Tree {
    let bytes = Array(whole.value.utf8.dropFirst(start))
    let source = whole.span.source
    if !type.isText(or: bytes) {
      var ignored: [Diagnostic] = []
      if let tree = JSONReader.read(bytes, source: source, into: &ignored), !ignored.hasErrors {
        return tree.placed(at: valueSpan)
      }
    }
    var builder = TreeBuilder(source: source, text: bytes)
    builder.scalar(.string, style: .plain, span: bytes.indices, textInSource: bytes.indices)
    return builder.tree.placed(at: valueSpan)
  }

  /// A list with the given parts of the name as texts.
  func names(_ parts: [(text: String, range: Range<Int>)]) -> Tree {
    let bytes = Array(name.value.utf8)
    var builder = TreeBuilder(source: whole.span.source, text: bytes)
    builder.begin(.list, start: 0)
    for part in parts {
      builder.scalar(.string, style: .plain, span: part.range, decoded: Array(part.text.utf8))
    }
    builder.end(at: bytes.count)
    return builder.tree.placed(at: name.span)
  }
}

extension ValueType {
  /// The type of a value that is there.
  var ofValue: ValueType {
    switch self {
    case .optional(let wrapped), .nullable(let wrapped): wrapped.ofValue
    default: self
    }
  }

  /// Whether bytes are a text as they are: if only a text is wanted, unless it is a null that is
  /// allowed.
  fileprivate func isText(or bytes: [UInt8]) -> Bool {
    guard case .string = ofValue else { return false }
    if case .nullable = self, bytes.elementsEqual("null".utf8) { return false }
    return true
  }
}
