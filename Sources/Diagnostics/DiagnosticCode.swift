/// Every diagnostic that Penstock can give: one case each, with a page in docs/diagnostics and a
/// golden. Its raw value is what users see and pass to `penstock explain`.
///
/// Cases stand in sections, one for each module that gives them, alphabetical within.
package enum DiagnosticCode: String, Sendable, Hashable, CaseIterable {
  // MARK: Reading (the command line and files)
  case invalidOptionValue = "invalid-option-value"
  case missingArgument = "missing-argument"
  case missingOptionValue = "missing-option-value"
  case outputFailed = "output-failed"
  case unexpectedArgument = "unexpected-argument"
  case unexpectedOptionValue = "unexpected-option-value"
  case unknownCommand = "unknown-command"
  case unknownDiagnostic = "unknown-diagnostic"
  case unknownOption = "unknown-option"
  case unknownPipeline = "unknown-pipeline"
  case unknownSchema = "unknown-schema"
  case unreadableFile = "unreadable-file"

  // MARK: JSON
  case jsonSyntax = "json-syntax"
  case jsonDuplicateKey = "json-duplicate-key"
  case jsonTooDeep = "json-too-deep"

  // MARK: YAML and templates
  case templateMark = "template-mark"
  case templateRuby = "template-ruby"
  case templateSyntax = "template-syntax"
  case templateUnset = "template-unset"
  case yamlAlias = "yaml-alias"
  case yamlDuplicateKey = "yaml-duplicate-key"
  case yamlEncoding = "yaml-encoding"
  case yamlKey = "yaml-key"
  case yamlMerge = "yaml-merge"
  case yamlSeveralDocuments = "yaml-several-documents"
  case yamlSuspiciousText = "yaml-suspicious-text"
  case yamlSyntax = "yaml-syntax"
  case yamlTag = "yaml-tag"
  case yamlTooCostly = "yaml-too-costly"
  case yamlTooDeep = "yaml-too-deep"

  // MARK: Schemas

  // MARK: Expressions
  case expressionAbsentOptional = "expression-absent-optional"
  case expressionEvaluation = "expression-evaluation"
  case expressionSyntax = "expression-syntax"
  case expressionType = "expression-type"
  case expressionUnknownField = "expression-unknown-field"
  case expressionUnknownFunction = "expression-unknown-function"
  case expressionUnknownName = "expression-unknown-name"

  // MARK: Pipelines

  // MARK: Passes

  // MARK: EMR

  // MARK: Inputs

  /// What a diagnostic of this code is unless its giver says otherwise.
  package var severity: Severity {
    switch self {
    case .yamlSuspiciousText: .warning
    default: .error
    }
  }
}
