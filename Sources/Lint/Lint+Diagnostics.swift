package import Diagnostics
import Iglu
package import SourceText

extension Diagnostic {
  package static func badProxy(_ variable: String) -> Diagnostic {
    Diagnostic(
      .registryUnreachable, "\(variable) isn't the address of an HTTP proxy",
      hint: "it has the form `http://HOST:PORT`")
  }

  static func byteOrderMark(at span: Span) -> Diagnostic {
    Diagnostic(
      .jsonSyntax, "the file starts with a byte-order mark", at: span,
      hint: "save it as UTF-8 without one: other readers reject it")
  }

  package static func fileExists(_ path: String, at span: Span) -> Diagnostic {
    Diagnostic(
      .outputExists, "`\(path)` already exists", at: span,
      hint: "name another folder, or give `--force` to replace it")
  }

  package static func missingOption(_ option: String, of command: String, at span: Span)
    -> Diagnostic
  {
    Diagnostic(.missingArgument, "`\(command)` needs `\(option)`", at: span)
  }

  static func notAResolver(
    _ reference: SchemaReference, among families: [SchemaFamily]
  ) -> Diagnostic {
    let wanted = families.map { "`iglu:\($0.path)/…`" }.joined(separator: " or ")
    return Diagnostic(
      .schemaWrongDocument, "this isn't a resolver configuration but `\(reference.key.uri)`",
      at: reference.span, hint: "the schema of a resolver configuration is \(wanted)")
  }
}
