import Documents
import Text
import Diagnostics
import SourceText
import Values
import YAMLSyntax

/// Documents passed as one argument: JSON or YAML in base 64.
enum EncodedDocument {
  /// The document; nil for any other text.
  static func decode(_ text: String) -> Value? {
    guard text.utf8.count >= 8, !SecretMask.isPlaceholder(text) else { return nil }
    let isURLSafe = text.utf8.contains { $0 == .hyphen || $0 == .underscore }
    let digits = text.utf8.map { byte -> UInt8 in
      isURLSafe && byte == .hyphen ? .plus : isURLSafe && byte == .underscore ? .slash : byte
    }
    guard let bytes = Base64.decode(digits), String(validating: bytes, as: UTF8.self) != nil
    else { return nil }
    return document(bytes)
  }

  /// A map or a list; a scalar isn't a document.
  private static func document(_ bytes: [UInt8]) -> Value? {
    var ignored: [Diagnostic] = []
    let source = SourceID(index: 0)
    let first = bytes.first { $0 > .space }
    if first == .openBrace || first == .openBracket {
      guard let tree = JSONReader.read(bytes, source: source, into: &ignored), let root = tree.root
      else { return nil }
      return Value(tree, root)
    }
    guard bytes.contains(.colon), !bytes.contains(0) else { return nil }
    let file = SourceFile(name: "argument", text: bytes)
    guard let tree = YAMLReader.read(file, source: source, rules: .core, into: &ignored),
      !ignored.hasErrors, let root = tree.root, tree.kind(root) == .map
    else { return nil }
    return Value(tree, root)
  }
}
