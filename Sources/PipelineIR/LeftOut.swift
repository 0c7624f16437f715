package import SourceText

/// A step that is left out of a stage that runs: because it is done (`--skip-step`), or because it
/// isn't wanted (`--only-step`).
package struct DoneStep: Sendable {
  package var name: String
  /// Nil for a step of the cluster itself.
  package var stage: StageID?
  /// The index of the program's next step after it; the number of steps if there is none.
  package var before: Int
  package var accesses: [Access]

  package init(name: String, stage: StageID?, before: Int, accesses: [Access]) {
    self.name = name
    self.stage = stage
    self.before = before
    self.accesses = accesses
  }
}

/// What a stage that the run leaves out would do to data in a run of everything.
package struct WouldBeStage: Sendable {
  package struct Access: Sendable {
    package var mode: PipelineIR.Access.Mode
    package var place: PlaceID
    /// The datasets that it touches, by index: their places may be different in that other run.
    package var datasets: [Int]
    package var span: Span

    package init(mode: PipelineIR.Access.Mode, place: PlaceID, datasets: [Int], span: Span) {
      self.mode = mode
      self.place = place
      self.datasets = datasets
      self.span = span
    }
  }

  package var stage: StageID
  package var accesses: [Access]
  /// Why it isn't known all that it would do, if so: it may then read anything.
  package var doubt: Doubt?

  package struct Doubt: Sendable {
    package var reason: String
    package var span: Span?

    package init(reason: String, span: Span?) {
      self.reason = reason
      self.span = span
    }
  }

  package init(stage: StageID, accesses: [Access], doubt: Doubt?) {
    self.stage = stage
    self.accesses = accesses
    self.doubt = doubt
  }
}

/// The steps that the pipeline puts before a step with `after`.
package struct StepOrder: Sendable {
  package struct Name: Sendable {
    package var text: String
    package var span: Span

    package init(text: String, span: Span) {
      self.text = text
      self.span = span
    }
  }

  /// The step's name, since indices change when steps are inserted.
  package var step: TextID
  package var after: [Name]

  package init(step: TextID, after: [Name]) {
    self.step = step
    self.after = after
  }
}
