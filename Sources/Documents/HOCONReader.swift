package import Diagnostics
package import SourceText

/// Reads HOCON, the JSON superset of Typesafe Config (github.com/lightbend/config, HOCON.md), into a
/// `Tree`, as the program that gets the text would see it.
///
/// Objects with one key are merged, later values win, and substitutions are replaced by what the file
/// says. Not read: `include`, and the environment (`${?X}` that the file doesn't set is absent,
/// `${X}` is an error).
package enum HOCONReader {
  /// How deep containers may nest.
  package static var depthLimit: Int { 100 }

  /// The document, or nil and at least one error.
  package static func read(
    _ text: [UInt8], source: SourceID, into diagnostics: inout [Diagnostic]
  ) -> Tree? {
    text.withUnsafeBufferPointer { bytes in
      var parser = HOCONParser(bytes, source: source)
      do throws(HOCONFailure) {
        let parsed = try parser.readDocument()
        var resolver = HOCONResolver(root: parsed)
        guard let root = try resolver.resolved(parsed, inside: []) else { return nil }
        var builder = TreeBuilder(source: source, text: text)
        root.write(to: &builder)
        return builder.tree
      } catch {
        diagnostics.append(
          .hoconSyntax(error.message, at: Span(source, error.range), hint: error.hint))
        return nil
      }
    }
  }
}

/// What ends the reading of a document.
struct HOCONFailure: Error {
  var message: String
  var range: Range<Int>
  var hint: String?

  init(_ message: String, _ range: Range<Int>, hint: String? = nil) {
    self.message = message
    self.range = range
    self.hint = hint
  }
}
