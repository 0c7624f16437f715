import Diagnostics
import PipelineIR
import SourceText

/// Refusals because of the data that steps read, write and delete.
extension Diagnostic {
  enum Use: String {
    case reads, writes, deletes

    fileprivate var participle: String {
      switch self {
      case .reads: "has to read"
      case .writes: "writes"
      case .deletes: "deletes"
      }
    }
  }

  static func dataAfterFailure(
    _ step: String, _ use: Use, _ place: String, of failed: String, _ failedUse: Use,
    at span: Span, failed origin: Span
  ) -> Diagnostic {
    Diagnostic(
      .dataAfterFailure,
      "step `\(step)` \(use.rawValue) `\(place)` even if `\(failed)`, which \(failedUse.participle) it, has failed",
      at: span,
      notes: [
        Note(
          "EMR continues after this step fails, because its `on-failure` is CONTINUE", at: origin)
      ],
      hint:
        "remove `on-failure: CONTINUE` there, or put `\(step)` after that step with `after: [\(failed.debugDescription)]`"
    )
  }

  static func dataDeletedBeforeRead(
    _ place: String, by deleter: String, reader: String, at span: Span, deletion: Span
  ) -> Diagnostic {
    Diagnostic(
      .dataDeletedBeforeRead,
      "step `\(reader)` reads `\(place)` after step `\(deleter)` has deleted it", at: span,
      notes: [Note("it is deleted here", at: deletion)],
      hint: "delete it after its last reader")
  }

  static func dataLost(_ place: String, writer: String, at span: Span) -> Diagnostic {
    Diagnostic(
      .dataLost,
      "step `\(writer)` writes `\(place)`, which no later step reads and which is lost when the cluster ends",
      at: span, hint: "copy it to S3, or remove the step")
  }

  static func dataMovedOntoItself(
    _ source: String, to target: String, by step: String, at span: Span
  ) -> Diagnostic {
    Diagnostic(
      .dataMovedOntoItself,
      source == target
        ? "step `\(step)` moves `\(source)` onto itself, then deletes it"
        : "step `\(step)` moves `\(source)` to `\(target)`, but one is inside the other",
      at: span, hint: "move it to a place outside, or copy it without deleting")
  }

  static func dataInDoubt(
    _ place: String, reader: String, writer: String, at span: Span, condition: Span
  ) -> Diagnostic {
    Diagnostic(
      .dataNotProduced,
      "step `\(reader)` reads `\(place)` on the cluster, but the stage that writes it may be left out",
      at: span, notes: [Note("whether `\(writer)` runs is decided during the run", at: condition)],
      hint: "give the reader's stage the same `when`, or write the data in another stage too")
  }

  static func dataNotProduced(
    _ place: String, reader: String, at span: Span, laterWriter: String?, producers: [String],
    steps: [String] = []
  ) -> Diagnostic {
    let hint =
      if let laterWriter {
        "step `\(laterWriter)` writes it later: move that step before this one"
      } else if !steps.isEmpty {
        "step \(steps.map { "`\($0)`" }.joined(separator: " or ")) writes it: run it too, or declare "
          + "`restore` on the dataset"
      } else if producers.isEmpty {
        "add a step that writes it, or a dataset with `restore`"
      } else {
        "stage \(producers.map { "`\($0)`" }.joined(separator: " or ")) writes it: "
          + "run it too, or declare `restore` on the dataset"
      }
    return Diagnostic(
      .dataNotProduced,
      "step `\(reader)` reads `\(place)` on the cluster, but no step of this run writes it",
      at: span, hint: hint)
  }

  /// - Parameter doubt: why the reader's behaviour isn't known; nil if it is.
  static func dataUnread(
    _ dataset: String, filledBy: String, deletedBy: String, reader: String, isStep: Bool = false,
    doubt: WouldBeStage.Doubt?, mustBeRead: Bool, at span: Span
  ) -> Diagnostic {
    Diagnostic(
      .dataUnread,
      "`\(deletedBy)` moves away what `\(filledBy)` put into dataset `\(dataset)`, but \(isStep ? "step" : "stage") `\(reader)`, which \(doubt == nil ? "reads it" : "may read it"), doesn't run",
      at: span,
      notes: doubt.map {
        [Note("what `\(reader)` would read isn't known: \($0.reason)", at: $0.span)]
      } ?? [],
      hint: mustBeRead
        ? "also leave out the \(isStep ? "step" : "stage") that moves it away, or let `\(reader)` run"
        : nil,
      severity: mustBeRead ? .error : .warning)
  }

  static func dataWrittenTwice(
    _ place: String, first: String, second: String, at span: Span, firstSpan: Span
  ) -> Diagnostic {
    Diagnostic(
      .dataWrittenTwice, "steps `\(first)` and `\(second)` both write `\(place)`", at: span,
      notes: [Note("the first one is here", at: firstSpan)],
      hint: "give each its own place")
  }

  static func dataRace(
    _ first: String, _ second: String, _ use: Use, _ place: String, atOnce: Int, at span: Span,
    first origin: Span
  ) -> Diagnostic {
    Diagnostic(
      .dataRace,
      "step `\(second)` \(use.rawValue) `\(place)` while `\(first)` may still be using it",
      at: span,
      notes: [
        Note("this is the other step", at: origin),
        Note(
          "StepConcurrencyLevel is \(atOnce), so EMR doesn't wait for one step before it starts the next"
        ),
      ],
      hint:
        "let Penstock add each step when those before it are completed (`penstock run`; `--emit requests` "
        + "shows its calls), or set StepConcurrencyLevel to 1"
    )
  }
}
