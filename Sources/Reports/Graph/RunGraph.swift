/// What of a pipeline or a run is drawn: stages with their steps, data, and what steps do to data.
package struct RunGraph: Sendable {
  package struct Stage: Sendable {
    /// Nil for the steps of the cluster itself.
    package var name: String?
    /// Why it does not run; nil where it does.
    package var absence: String?
    /// Indices into `steps`.
    package var steps: [Int]

    package init(name: String?, absence: String?, steps: [Int]) {
      self.name = name
      self.absence = absence
      self.steps = steps
    }
  }

  package struct Datum: Sendable {
    /// The dataset's name; nil for a location that no dataset has.
    package var name: String?
    package var locations: [String]
    package var isDurable: Bool

    package init(name: String?, locations: [String], isDurable: Bool) {
      self.name = name
      self.locations = locations
      self.isDurable = isDurable
    }
  }

  package struct Edge: Hashable, Sendable {
    package enum Kind: UInt8, Sendable { case read, write, delete }

    package var step: Int
    package var datum: Int
    package var kind: Kind

    package init(step: Int, datum: Int, kind: Kind) {
      self.step = step
      self.datum = datum
      self.kind = kind
    }
  }

  package var title: String
  package var stages: [Stage] = []
  /// The lines of each step's label.
  package var steps: [[String]] = []
  /// Only what steps use, in the order of their use.
  package var data: [Datum] = []
  package var edges: [Edge] = []

  package init(title: String) { self.title = title }
}
