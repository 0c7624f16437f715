import Diagnostics
import SourceText

extension Diagnostic {
  static func enrichmentDisabled(_ name: String, at span: Span) -> Diagnostic {
    Diagnostic(.enrichmentDisabled, "the enrichment `\(name)` isn't enabled", at: span)
  }

  static func enrichmentLocation(
    _ problem: (message: String, hint: String?), at span: Span
  ) -> Diagnostic {
    Diagnostic(
      .enrichmentLocation, "no file can be fetched from here: \(problem.message)", at: span,
      hint: problem.hint)
  }

  static func enrichmentMisnamed(
    _ key: String, _ given: String, _ wanted: String, at span: Span, schema: Span
  ) -> Diagnostic {
    Diagnostic(
      .enrichmentMisnamed, "the \(key) `\(given)` isn't the schema's", at: span,
      notes: [Note("the schema's \(key)", at: schema)], hint: .write(wanted))
  }

  static func enrichmentTwice(_ name: String, at span: Span, first: Span) -> Diagnostic {
    Diagnostic(
      .enrichmentTwice, "there is another enrichment `\(name)`", at: span,
      notes: [Note("the other one", at: first)],
      hint: "remove one: only one of them is used")
  }

  static func resolverKeyInPlain(_ name: String, at span: Span?) -> Diagnostic {
    Diagnostic(
      .resolverKeyInPlain, "the API key of `\(name)` is sent over plain HTTP", at: span,
      hint: "use `https`, so that it can't be read on the way")
  }

  static func resolverPriorityTwice(_ registry: Registry, _ other: Registry) -> Diagnostic {
    Diagnostic(
      .resolverPriorityTwice,
      "`\(registry.name)` has the same priority and vendor prefix as `\(other.name)`",
      at: registry.span, notes: [Note("`\(other.name)`", at: other.span)],
      hint: "give one a higher number: it is undefined which of the two is asked first")
  }

  static func resolverWithoutCentral(at span: Span) -> Diagnostic {
    Diagnostic(
      .resolverWithoutCentral, "Iglu Central isn't among the registries", at: span,
      hint: "add `http://iglucentral.com`, which has the schemas of enrichments and targets")
  }

  static func targetNotTaken(
    _ reference: SchemaReference, _ versions: [SchemaVersion]
  ) -> Diagnostic {
    let known = versions.map { "`\($0)`" }.joined(separator: ", ")
    return Diagnostic(
      .targetPurposeUnused,
      versions.isEmpty
        ? "no stage of the pipeline uses a target of kind `\(reference.key.family.name)`"
        : "no stage of the pipeline uses this version of a target",
      at: versions.isEmpty ? reference.nameSpan : reference.versionSpan,
      hint: versions.isEmpty
        ? "move it to another folder: a run refuses this target" : "known versions are \(known)")
  }

  static func targetPasswordPlain(at span: Span) -> Diagnostic {
    Diagnostic(
      .targetPasswordPlain, "the password is in plain text here", at: span,
      hint: "put it into EC2's parameter store: "
        + "`{\"ec2ParameterStore\": {\"parameterName\": \"…\"}}`")
  }

  static func targetPurposeUnused(_ purpose: String, at span: Span) -> Diagnostic {
    Diagnostic(
      .targetPurposeUnused, "no stage of the pipeline uses a target for `\(purpose)`", at: span,
      hint: "remove it")
  }

  static func targetTwice(_ id: String, at span: Span, first: Span) -> Diagnostic {
    Diagnostic(
      .targetTwice, "there is another target with the id `\(id)`", at: span,
      notes: [Note("the other one", at: first)],
      hint: "give each target its own id: run `uuidgen` to make one")
  }
}
