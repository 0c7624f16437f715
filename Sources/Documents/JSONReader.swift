package import Diagnostics
package import SourceText

/// Reads JSON (RFC 8259) into a `Tree`, strictly, with every error at its place.
///
/// Work is linear in the text's length, and depth is bounded, so no input overflows the stack.
package enum JSONReader {
  /// How deep containers may nest.
  package static var depthLimit: Int { 512 }

  /// The document, or nil and at least one error. A duplicate key is an error too, but the tree is
  /// still returned (with both entries), so that the caller can go on and find more.
  package static func read(
    _ text: [UInt8], source: SourceID, into diagnostics: inout [Diagnostic]
  ) -> Tree? {
    text.withUnsafeBufferPointer { bytes in
      var parser = JSONParser(bytes, builder: TreeBuilder(source: source, text: text))
      let isDocument = parser.readDocument()
      diagnostics.append(contentsOf: parser.diagnostics)
      return isDocument ? parser.builder.tree : nil
    }
  }
}
