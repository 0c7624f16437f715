import Compiler
import SourceText
import Values

/// `penstock pipelines`: what is built in; with a name, that pipeline's text, to read and to copy.
enum PipelinesCommand {
  static func run(_ context: CommandContext) -> ExitStatus {
    if let name = context.invocation.argument {
      guard let bytes = BuiltinPipelines.text(of: name.value) else {
        let names = BuiltinPipelines.names
        return context.refuse(
          [.unknownPipeline(name.value, among: names, at: name.span)], .usage)
      }
      return context.write(bytes)
    }
    let pipelines = BuiltinPipelines.names.map { ($0, BuiltinPipelines.summary(of: $0)) }
    if context.invocation[.format]?.value == "json" { return context.write(json(pipelines)) }
    return context.write(Columns.text(pipelines))
  }

  private static func json(_ pipelines: [(name: String, summary: String)]) -> [UInt8] {
    var writer = CanonicalJSONWriter(pretty: true)
    writer.beginArray()
    for pipeline in pipelines {
      writer.beginObject()
      writer.key("name")
      writer.string(pipeline.name)
      writer.key("summary")
      writer.string(pipeline.summary)
      writer.endObject()
    }
    writer.endArray()
    writer.newline()
    return writer.bytes
  }
}

/// The pipelines that the binary carries.
enum BuiltinPipelines {
  private static let prefix = "pipelines/"
  private static let suffix = ".yml"

  static var names: [String] {
    Builtins.paths.compactMap { path in
      guard path.hasPrefix(prefix), path.hasSuffix(suffix) else { return nil }
      let name = path.dropFirst(prefix.count).dropLast(suffix.count)
      return name.contains("/") ? nil : String(name)
    }
  }

  static func path(of name: String) -> String { prefix + name + suffix }

  static func text(of name: String) -> [UInt8]? {
    name.contains("/") ? nil : Builtins.file(path(of: name))
  }

  /// What its `summary:` says, on one line of its own.
  static func summary(of name: String) -> String {
    let lines = String(decoding: text(of: name) ?? [], as: UTF8.self).split(separator: "\n")
    let key = "summary: "
    return lines.first { $0.hasPrefix(key) }.map { String($0.dropFirst(key.count)) } ?? ""
  }
}
