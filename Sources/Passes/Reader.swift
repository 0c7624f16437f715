package import Diagnostics

/// Something that is read in many places, and says itself what is wrong with it: its codes belong to
/// no pass and no check alone, and all may report them.
package struct Reader: Sendable {
  package let name: String
  /// What it reads, and where.
  package let summary: String
  package let codes: [DiagnosticCode]

  package static let all: [Reader] = [
    Reader(
      name: "yaml", summary: "each file in YAML, and the templates in it",
      codes: [
        .templateMark, .templateRuby, .templateSyntax, .templateUnset, .yamlAlias,
        .yamlDuplicateKey, .yamlEncoding, .yamlKey, .yamlMerge, .yamlSeveralDocuments,
        .yamlSuspiciousText, .yamlSyntax, .yamlTag, .yamlTooCostly, .yamlTooDeep,
      ]),
    Reader(
      name: "json", summary: "each file in JSON",
      codes: [.jsonDuplicateKey, .jsonSyntax, .jsonTooDeep]),
    Reader(name: "hocon", summary: "each file in HOCON", codes: [.hoconSyntax]),
    Reader(
      name: "schemas", summary: "schemas, and each value that has one",
      codes: [
        .schemaBadEnum, .schemaBadFormat, .schemaBadLength, .schemaBadPattern,
        .schemaDuplicateItem, .schemaInvalid, .schemaMissingItem, .schemaMissingKey,
        .schemaNoAlternative, .schemaNotAllowed, .schemaNotFound, .schemaOutOfRange,
        .schemaTooDeep, .schemaUnknownKey, .schemaWrongDocument, .schemaWrongType,
      ]),
    Reader(
      name: "expressions", summary: "each expression: parsed, checked, evaluated",
      codes: [
        .expressionAbsentOptional, .expressionEvaluation, .expressionSyntax, .expressionType,
        .expressionUnknownField, .expressionUnknownFunction, .expressionUnknownName,
      ]),
    Reader(
      name: "declarations", summary: "what a pipeline has to say without an expression",
      codes: [.pipelineLiteralWanted]),
    Reader(
      name: "uses", summary: "the files that a pipeline uses, and what it gives them",
      codes: [.useArgument, .useConflict, .useCycle, .useFile, .usePlace]),
    Reader(
      name: "settings", summary: "the values of `--set` and `--param`",
      codes: [.invalidOptionValue, .repeatedOption]),
    Reader(
      name: "locations", summary: "each location in S3 or on the cluster",
      codes: [.locationInvalid, .locationSuspicious]),
    Reader(
      name: "facts", summary: "facts files, and what is assumed without one",
      codes: [.factAssumed, .factsShape]),
  ]

  /// Whether one of the readers reports a code.
  package static func reports(_ code: DiagnosticCode) -> Bool {
    all.contains { $0.codes.contains(code) }
  }
}
