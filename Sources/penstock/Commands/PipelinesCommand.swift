import CommandLineSyntax
import Diagnostics
import Documents
import Compiler
import SourceText
import Text
import Values

/// `penstock pipelines`: the built-in pipelines; with a name, that pipeline's text, to read or
/// copy.
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
