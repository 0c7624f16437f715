package import Diagnostics
import Expressions
import PipelineIR
import PipelineSyntax
import PlanFormat
package import SourceText
import Values

extension Diagnostic {
  static func afterUnknownStep(
    _ name: String, in step: String, isLater: Bool, among names: [String], at span: Span
  ) -> Diagnostic {
    Diagnostic(
      .afterUnknownStep,
      isLater
        ? "step `\(step)` comes before `\(name)`, so it can't wait for it"
        : "step `\(step)` waits for `\(name)`, but the pipeline has no step of that name",
      at: span,
      hint: isLater
        ? "name earlier steps, or move this one"
        : Suggestion.hint(for: name, among: names) ?? "`penstock plan` lists the steps")
  }

  static func beforeUnused(at span: Span) -> Diagnostic {
    Diagnostic(
      .pipelineUnknownParameter, "`before` has no effect here: the step runs where it is written",
      at: span,
      hint: "use it in a dataset's `release`, or in the steps of `on-create` and `on-reuse`")
  }

  static func badPattern(_ pattern: String, _ reason: String, at span: Span) -> Diagnostic {
    Diagnostic(.requirementFailed, "the pattern `\(pattern)` cannot be used: \(reason)", at: span)
  }

  /// - Parameter places: the values that the rule isn't met by; the last one is blamed.
  package static func checkFailed(
    _ message: String, at places: [Span], rule: Span, hint: String?, isWarning: Bool
  ) -> Diagnostic {
    let others = places.dropLast().reversed().map { Note("together with this value", at: $0) }
    return Diagnostic(
      .checkFailed, message, at: places.last ?? rule,
      notes: others + (places.isEmpty ? [] : [Note("the pipeline's rule is here", at: rule)]),
      hint: hint, severity: isWarning ? .warning : .error)
  }

  package static func clusterAbsent(_ id: String, at span: Span) -> Diagnostic {
    Diagnostic(
      .clusterAbsent, "there is no live cluster `\(id)`", at: span,
      hint: "`aws emr list-clusters --active` lists those of the region")
  }

  package static func clusterActions(
    _ action: String, step: String, id: String, at span: Span
  ) -> Diagnostic {
    let effect =
      action == Step.ActionOnFailure.cancelAndWait.rawValue
      ? "cancel all steps that wait on" : "terminate"
    return Diagnostic(
      .clusterActions,
      "a failure of `\(step)` would \(effect) the cluster `\(id)`, which others use too", at: span,
      hint: "leave out `on-failure`: Penstock adds a step only when those before it are completed")
  }

  package static func clusterAmbiguous(_ name: String, ids: [String], at span: Span) -> Diagnostic {
    Diagnostic(
      .clusterAmbiguous,
      "\(ids.count) clusters are named `\(name)` (\(ids.joined(separator: ", "))), so it isn't clear which to use",
      at: span, hint: "terminate all but one, or give this pipeline's cluster another name")
  }

  package static func clusterBusy(
    _ name: String, id: String, state: String, at span: Span
  ) -> Diagnostic {
    Diagnostic(
      .clusterBusy, "cluster `\(name)` (\(id)) is \(state), but only a WAITING cluster can be used",
      at: span, hint: "wait until the run that uses it has ended")
  }

  /// - Parameter names: the path from the `let` back to itself.
  static func cyclicLet(_ names: [String], at span: Span) -> Diagnostic {
    let path = names.map { "`\($0)`" }.joined(separator: " → ")
    return Diagnostic(
      .pipelineCyclicLet, "`\(names.first ?? "")` depends on itself: \(path)", at: span,
      hint: "a `let` may use the ones above it")
  }

  static func datasetAbsent(_ name: String, at span: Span) -> Diagnostic {
    Diagnostic(
      .datasetAbsent, "dataset `\(name)` does not exist in this run", at: span,
      hint: "its `when` is false, or its `at` has no value: guard what uses it with a `when`")
  }

  static func duplicateName(_ name: String, at span: Span, first: Span) -> Diagnostic {
    Diagnostic(
      .pipelineDuplicateName, "the name `\(name)` is declared twice", at: span,
      notes: [Note("it is first declared here", at: first)], hint: "rename one of the two")
  }

  static func evaluation(_ error: EvaluationError) -> Diagnostic {
    Diagnostic(.expressionEvaluation, error.message, at: error.span, hint: error.hint)
  }

  static func includeUnknown(_ name: String, among names: [String], at span: Span?) -> Diagnostic {
    Diagnostic(
      .includeUnknown, "--include names `\(name)`, which this pipeline doesn't offer", at: span,
      hint: Suggestion.hint(for: name, among: names)
        ?? (names.isEmpty
          ? "this pipeline has nothing to include"
          : "it can be \(names.map { "`\($0)`" }.joined(separator: ", "))"))
  }

  static func itemAbsent(at span: Span) -> Diagnostic {
    Diagnostic(
      .listItemAbsent,
      "the item has no value in this run, but leaving it out would shift the ones after it",
      at: span,
      hint:
        "give a value with `orValue(…)`, or leave the item out on purpose: `{ $when: …, $value: … }`"
    )
  }

  static func laterLet(_ name: String, at span: Span, declared: Span) -> Diagnostic {
    Diagnostic(
      .expressionUnknownName, "`\(name)` is used before it is declared", at: span,
      notes: [Note("it is declared here", at: declared)],
      hint: "move it up: a `let` may use the ones above it")
  }

  /// - Parameter asked: the span in a `let` that refers to the stage.
  static func laterStage(
    _ name: String, at span: Span, declared: Span, asked: Span?
  ) -> Diagnostic {
    Diagnostic(
      .expressionUnknownField, "whether stage `\(name)` runs isn't known yet at this point",
      at: span,
      notes: (asked.map { [Note("it is used here", at: $0)] } ?? [])
        + [Note("the stage is declared here", at: declared)],
      hint: "a stage's `when` can refer only to the stages above it")
  }

  static func requirementFailed(
    _ code: DiagnosticCode, _ message: String, stage: String, stageSpan: Span, at span: Span,
    note: String?, hint: String?, isWarning: Bool
  ) -> Diagnostic {
    var notes = [Note("stage `\(stage)` requires it", at: stageSpan)]
    if let note { notes.append(Note(note)) }
    return Diagnostic(
      code, message, at: span, notes: notes, hint: hint, severity: isWarning ? .warning : .error)
  }

  /// A value that can't become a step's argument.
  static func notAnArgument(_ value: Value, at span: Span) -> Diagnostic {
    let hint =
      switch value.revealed {
      case .list: "write its items one by one, or join them: `${items.join(\",\")}`"
      case .map: "write its entries one by one, or as JSON: `${json(entries)}`"
      case .null, .optional:
        "without it the next argument would take its place: leave it out together with its flag, as in `${has(config.x) ? [\"--x\", config.x] : []}`, or give a value with `orValue(…)`"
      case .double: "use a finite number"
      default: "use a string, a number or a bool"
      }
    let name = value.isAbsent ? "an absent value" : value.kindName
    return Diagnostic(
      .argumentNotText, "\(name) can't be a step's argument", at: span, hint: hint)
  }

  static func noPairs(_ value: Value, of parameter: String, at span: Span) -> Diagnostic {
    Diagnostic(
      .argumentNotText, "`\(parameter)` becomes `KEY=VALUE` pairs, but it is \(value.kindName)",
      at: span, hint: "give a map")
  }

  static func reservedName(_ name: String, at span: Span) -> Diagnostic {
    Diagnostic(
      .pipelineReservedName, "`\(name)` is a reserved name in expressions", at: span,
      hint: "choose another one")
  }

  static func resumeFromPart(_ name: String, of whole: String, at span: Span) -> Diagnostic {
    Diagnostic(
      .resumeUnsafe,
      "cannot resume from `\(name)`: it runs inside the steps of stage `\(whole)`",
      at: span, hint: "use `--resume-from \(whole)`")
  }

  static func resumeNotApplicable(_ name: String, at span: Span) -> Diagnostic {
    Diagnostic(
      .resumeUnsafe,
      "cannot resume from `\(name)`: with these inputs the stage is not part of the run", at: span,
      notes: [Note("its `when` is false")])
  }

  static func resumeUnknownStage(_ name: String, among names: [String], at span: Span?)
    -> Diagnostic
  {
    Diagnostic(
      .resumeUnknownStage, "--resume-from names `\(name)`, which isn't a stage of this pipeline",
      at: span,
      hint: Suggestion.hint(for: name, among: names)
        ?? "it can be \(names.map { "`\($0)`" }.joined(separator: ", "))")
  }

  static func resumeUnsafe(
    _ name: String, because obstacle: ResumePoint.Obstacle, at span: Span, resumable: [String],
    needsName: Bool
  ) -> Diagnostic {
    Diagnostic(
      .resumeUnsafe, "cannot resume from `\(name)`: \(obstacle.words)", at: span,
      hint: needsName
        ? "to resume a failed run from it, name that run with `--run-id`"
        : "a run can resume from \(resumable.map { "`\($0)`" }.joined(separator: ", "))")
  }

  /// - Parameter skip: the span of the other option.
  /// - Parameter option: the other one: `--skip`, `--only` or `--only-step`.
  static func resumeWith(_ option: String, at span: Span?, _ place: Span?) -> Diagnostic {
    let does = option == "--skip" ? "skips what it names" : "skips what it doesn't name"
    return Diagnostic(
      .resumeWithSkip, "`--resume-from` and `\(option)` can't be used together", at: span,
      notes: [
        Note("--resume-from skips the stages before it; \(option) \(does)", at: place)
      ], hint: "name the failed run with `--run-id` to skip what it was told to skip")
  }

  static func secretInArguments(
    _ reference: String, step: String, at span: Span
  ) -> Diagnostic {
    Diagnostic(
      .secretInArguments,
      "the arguments of step `\(step)` contain a secret (\(reference)), which anyone allowed to describe the cluster can read",
      at: span,
      hint:
        "let the program fetch it: from EC2 Systems Manager's Parameter Store or Secrets Manager")
  }

  /// - Parameters:
  ///   - missing: where this run would read that run's data.
  ///   - notes: what is there instead.
  ///   - ids: of the runs whose folders are there.
  static func runFolderAbsent(
    _ id: String, _ missing: [String], notes: [String], among ids: [String], at span: Span?
  ) -> Diagnostic {
    let places = missing.prefix(3).map { "`\($0)`" }.joined(separator: ", ")
    let more = missing.count > 3 ? " and \(missing.count - 3) more places" : ""
    return Diagnostic(
      .noDataToProcess, "there is nothing of the run `\(id)` to read: no data in \(places)\(more)",
      at: span, notes: notes.map { Note($0) },
      hint: Suggestion.hint(for: id, among: ids)
        ?? (ids.isEmpty
          ? "the run may have ended: everything may be archived"
          : "give `--run-id` the id of a run that is there"))
  }

  static func skipUnknownStep(_ name: String, among names: [String], at span: Span?) -> Diagnostic {
    Diagnostic(
      .skipUnknownStep, "--skip-step names `\(name)`, but the run has no step of that name",
      at: span,
      hint: Suggestion.hint(for: name, among: names) ?? "`penstock plan` lists the steps")
  }

  static func skipUnknownStage(_ name: String, among names: [String], at span: Span?) -> Diagnostic
  {
    Diagnostic(
      .skipUnknownStage, "--skip names `\(name)`, which isn't a stage of this pipeline", at: span,
      hint: Suggestion.hint(for: name, among: names)
        ?? "it can be \(names.map { "`\($0)`" }.joined(separator: ", "))")
  }

  static func severalStepKinds(_ second: String, first: Span, at span: Span) -> Diagnostic {
    Diagnostic(
      .pipelineSeveralStepKinds, "the step has a second kind, `\(second)`", at: span,
      notes: [Note("the first is here", at: first)], hint: "split it into two steps")
  }

  static func stageUnreachable(
    _ name: String, isAlone: Bool, at span: Span, stage: Span
  ) -> Diagnostic {
    Diagnostic(
      .stageUnreachable,
      isAlone
        ? "stage `\(name)` never runs: its `when` is always false"
        : "stage `\(name)` never runs: its `when` is false whenever the stages that it needs run",
      at: span, notes: [Note("the stage is declared here", at: stage)],
      hint: "fix the condition, or remove the stage")
  }

  static func stepLeftOut(_ name: String, because reasons: [String], at span: Span) -> Diagnostic {
    Diagnostic(
      .stepLeftOut, "step `\(name)` is left out: \(reasons.joined(separator: ", "))", at: span,
      hint: "an earlier run may have done it; if not, look at what became of the data")
  }

  static func stepNameTwice(_ name: String, at span: Span, first: Span) -> Diagnostic {
    Diagnostic(
      .stepNameTwice, "two steps of the run are named `\(name)`", at: span,
      notes: [Note(span == first ? "its `each` makes both" : "the first one is here", at: first)],
      hint: span == first
        ? "include the item in the name: `… ${item}`"
        : "rename one: `--skip-step`, `diff` and the journal identify steps by name")
  }

  static func stepsInJobFlow(at span: Span) -> Diagnostic {
    Diagnostic(
      .emrStepsInJobFlow, "`job-flow` can't have `Steps`: they come from the stages",
      at: span,
      hint:
        "write each step in a stage, as in `hadoop-jar: { jar: …, args: […] }` with `properties`, `monitoring` and `on-failure` beside it"
    )
  }

  static func stepKindMissing(at span: Span) -> Diagnostic {
    Diagnostic(
      .pipelineStepKindMissing, "the step does not say what it runs", at: span,
      hint: "give it a step kind, such as `s3-dist-cp: {…}` or `spark-submit: {…}`")
  }

  /// - Parameter limit: of all `each`s of the steps together.
  static func tooManyRepetitions(limit: Int, at span: Span) -> Diagnostic {
    Diagnostic(
      .emrTooManySteps, "`each` yields too many steps: more than \(limit) in all", at: span,
      hint: "a cluster can have 256 at a time")
  }

  static func unknownDataset(_ name: String, among names: [String], at span: Span) -> Diagnostic {
    Diagnostic(
      .pipelineUnknownDataset, "there is no dataset `\(name)`", at: span,
      hint: Suggestion.hint(for: name, among: names)
        ?? "declare it under `datasets`, or give a location such as `s3://bucket/path/`")
  }

  static func unknownStage(_ name: String, among names: [String], at span: Span) -> Diagnostic {
    Diagnostic(
      .pipelineUnknownStage, "there is no stage `\(name)` here", at: span,
      hint: Suggestion.hint(for: name, among: names))
  }

  /// A misspelt member of a step looks like its kind.
  static func unknownStepKey(
    _ name: String, kinds: [String], members: [String], parameterOf kind: String? = nil,
    at span: Span
  ) -> Diagnostic {
    Diagnostic(
      .pipelineUnknownStepKind, "`\(name)` is neither a member of a step nor a step kind", at: span,
      hint: kind.map { "it is a parameter of `\($0)`: indent it below `\($0):`" }
        ?? StepDecl.otherNames[name.lowercased()].map { Suggestion.instead(of: name, $0) }
        ?? Suggestion.hint(for: name, among: members + kinds)
        ?? "members are \(members.map { "`\($0)`" }.joined(separator: ", "))")
  }

  static func unknownStepKind(
    _ name: String, kinds: [String], members: [String], at span: Span
  ) -> Diagnostic {
    Diagnostic(
      .pipelineUnknownStepKind, "there is no step kind `\(name)`", at: span,
      hint: Suggestion.hint(for: name, among: kinds + members)
        ?? Hint(
          "step kinds are \(kinds.map { "`\($0)`" }.joined(separator: ", ")), and those in files "
            + "such as `step-kinds/\(name).yml` beside the pipeline"))
  }

  static func notAnInputsPlace(_ place: Spanned<String>, inputs: [String]) -> Diagnostic {
    Diagnostic(
      .expressionType, "`\(place.value)` isn't a place in an input", at: place.span,
      hint: "write the name of an input and the keys that lead to the value to blame, such as "
        + "`\(inputs.first ?? "config").key`")
  }

  static func wrongValue(_ wanted: String, found: Value, at span: Span) -> Diagnostic {
    var shown = found.kindName
    if case .string(let text) = found, text.utf8.count <= 80 { shown = "the string `\(text)`" }
    if case .int(let number) = found { shown = "the integer `\(number)`" }
    if case .secret = found { shown = "a secret" }
    return Diagnostic(
      .expressionType, "expected \(wanted), but the expression yields \(shown)", at: span)
  }
}

extension Diagnostic.Note {
  /// Notes an answer that was assumed, and what it led to.
  static func assumption(_ record: FactRecord) -> Diagnostic.Note {
    let asked =
      switch record.question.kind {
      case .isEmpty, .hasMatch, .last, .lastFolder, .tooDeep, .count, .all: "S3"
      case .cluster, .clusterShape: "EMR"
      }
    return Diagnostic.Note(
      "\(asked) wasn't asked: this assumes that \(record.question.statement(record.answer)); "
        + "`penstock plan` asks, and `--facts FILE` can give the answer")
  }
}
