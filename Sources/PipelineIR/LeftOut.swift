package import SourceText

/// A step that `--skip-step` leaves out of a stage that runs: it is done.
package struct DoneStep: Sendable {
  package var name: String
  /// Nil for a step of the cluster itself.
  package var stage: StageID?
  /// The index of the program's step that comes after it; their number where none does.
  package var before: Int
  package var accesses: [Access]

  package init(name: String, stage: StageID?, before: Int, accesses: [Access]) {
    self.name = name
    self.stage = stage
    self.before = before
    self.accesses = accesses
  }
}

/// What a stage that the run leaves out would do to data in a run that leaves nothing out.
package struct WouldBeStage: Sendable {
  package struct Access: Sendable {
    package var mode: PipelineIR.Access.Mode
    package var place: PlaceID
    /// The datasets that it touches, by index: in that other run they may have other places.
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
  /// Why not all that it would do is known, where that is so: it may then read anything.
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

/// The steps that a step's own program waits for.
package struct StepOrder: Sendable {
  package struct Name: Sendable {
    package var text: String
    package var span: Span

    package init(text: String, span: Span) {
      self.text = text
      self.span = span
    }
  }

  /// The step's name: indices change while steps are put among others.
  package var step: TextID
  package var after: [Name]

  package init(step: TextID, after: [Name]) {
    self.step = step
    self.after = after
  }
}
