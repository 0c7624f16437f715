import Diagnostics
import Glibc
import SourceText
import Values
import YAMLSyntax

/// Writes the snapshots of built-in files' trees: `TreeSnapshotter OUT PATH…`.
///
/// A tool of the build: `make build` runs it before the program itself is built.
@main
enum TreeSnapshotter {
  static func main() {
    var arguments = CommandLine.arguments.dropFirst()
    guard let out = arguments.popFirst() else { exit(64) }
    var snapshots = TreeSnapshots()
    for path in arguments {
      guard let text = read(path), let tree = tree(path, text) else {
        perror("cannot read \(path)")
        exit(1)
      }
      snapshots.add(tree, path: path)
    }
    guard write(snapshots.bytes, to: out) else { exit(1) }
  }

  private static func tree(_ path: String, _ text: [UInt8]) -> Tree? {
    var diagnostics: [Diagnostic] = []
    let source = SourceID(index: 0)
    let tree =
      path.hasSuffix(".json")
      ? JSONReader.read(text, source: source, into: &diagnostics)
      : YAMLReader.read(
        SourceFile(name: path, text: text), source: source, rules: .core, into: &diagnostics)
    return diagnostics.isEmpty ? tree : nil
  }

  private static func read(_ path: String) -> [UInt8]? {
    guard let file = fopen(path, "rb") else { return nil }
    defer { fclose(file) }
    var text: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = fread(&piece, 1, piece.count, file)
      if count == 0 { return ferror(file) == 0 ? text : nil }
      text.append(contentsOf: piece[..<count])
    }
  }

  private static func write(_ bytes: [UInt8], to path: String) -> Bool {
    guard let file = fopen(path, "wb") else { return false }
    let count = fwrite(bytes, 1, bytes.count, file)
    return fclose(file) == 0 && count == bytes.count
  }
}
