import AWSServices
import CommandLineSyntax
import Diagnostics
import Compiler
import Reports
import SourceText
import Values

/// `penstock schema NAME`: a built-in JSON Schema, unchanged; without a name, the list of all.
enum SchemaCommand {
  private static let prefix = "schemas/"

  static func run(_ context: CommandContext) -> ExitStatus {
    guard let wanted = context.invocation.argument else {
      return context.invocation[.format]?.value == "json"
        ? context.write(list) : context.write(names.map { $0 + "\n" }.joined())
    }
    let path = paths.first { path in
      name(of: path) == wanted.value || path == wanted.value || path == prefix + wanted.value
    }
    guard let path, let bytes = Builtins.file(path) else {
      return context.refuse(
        [.unknownSchema(wanted.value, among: names, at: wanted.span)], .usage)
    }
    return context.write(bytes)
  }

  /// A schema itself is JSON in any case.
  private static var list: [UInt8] {
    RunText.bytes(
      .list(paths.map { .object(["name": .string(name(of: $0)), "path": .string($0)]) }))
  }

  static var names: [String] { paths.map(name(of:)) }

  private static var paths: [String] { Builtins.paths.filter { $0.hasPrefix(prefix) } }

  /// `schemas/a/b.schema.json` is `a/b`.
  private static func name(of path: String) -> String {
    var name = path.dropFirst(prefix.count)
    for ending in [".schema.json", ".json"] where name.hasSuffix(ending) {
      name = name.dropLast(ending.count)
      break
    }
    return String(name)
  }
}
