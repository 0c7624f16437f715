import Diagnostics
import Formatting
import SourceText
import Values

/// Documents in their canonical layout, as `penstock fmt` writes them.
extension Server {
  /// The edits that lay out a document; null for JSON, and for a document with mistakes, which are shown
  /// already.
  func formatting(_ params: Value) -> Value {
    guard let (path, document) = document(params), !path.hasSuffix(".json") else { return .null }
    let text = document.text
    var ignored: [Diagnostic] = []
    let new = Formatter.format(
      text.bytes, name: path, source: SourceID(index: 0), into: &ignored)
    guard let new else { return .null }
    return .list(
      LineDiff(text.bytes, new).edits.map { edit in
        .object([
          "range": text.range(edit.range, encoding),
          "newText": .string(String(decoding: edit.text, as: UTF8.self)),
        ])
      })
  }
}
