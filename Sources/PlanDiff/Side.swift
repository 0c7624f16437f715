package import Documents
import PlanFormat
package import SourceText
package import Values

/// One of the two job flows that are compared: what a plan, a request, or EMR itself says of it.
package struct Side: Sendable {
  package enum Kind: String, Sendable, Hashable {
    case plan
    /// The body of RunJobFlow.
    case jobFlow = "job-flow"
    /// The body of AddJobFlowSteps, or a list of steps.
    case steps
    /// What EMR tells of a cluster that was started.
    case cluster
    /// There is none: all of the other side is new, or gone.
    case nothing
  }

  /// An input that the side was compiled from, for the lines that changes come from.
  package struct Input: Sendable {
    package var role: String
    package var file: SourceFile
    package var tree: Tree
    /// The tree's value with secrets marked.
    package var value: Value

    package init(role: String, file: SourceFile, tree: Tree, value: Value) {
      self.role = role
      self.file = file
      self.tree = tree
      self.value = value
    }
  }

  /// How people call it.
  package var name: String
  package var kind: Kind
  /// All but the steps: the members of the document that the side can tell of.
  var head = ValueMap()
  /// The steps of the requests, in the order of the run.
  var requestSteps: [Value] = []
  /// What a plan says of the same steps; empty for anything but a plan.
  var planSteps: [Plan.Step] = []
  /// What is done when a run fails in each of a plan's steps; empty where nothing tells.
  var recoveries: [Recovery] = []
  package var run: RunName?
  /// Files that a plan was made from, with their digests, by path.
  var digests: [(path: String, digest: String)] = []
  package var warnings: [String] = []
  /// Where a stage or a check is written, by its name.
  var origins: [String: SourceLine] = [:]
  /// Texts of the secrets whose placeholders stand in the plan, where it was compiled here.
  package var secrets: [String: String]?
  /// Secret texts of the inputs, which no document may hold.
  package var hidden: [String] = []
  package var inputs: [Input] = []

  init(name: String, kind: Kind) {
    self.name = name
    self.kind = kind
  }

  package static func nothing(name: String) -> Side { Side(name: name, kind: .nothing) }

  package var stepCount: Int { requestSteps.count }

  /// Whether secrets stand in it as they are, not as placeholders.
  var isInTheClear: Bool { kind == .jobFlow || kind == .cluster || kind == .steps }
}

/// A run's name and moment, which differ between runs without anything being different.
package struct RunName: Hashable, Sendable {
  package var id: String
  package var moment: Value.Timestamp?

  package init(id: String, moment: Value.Timestamp?) {
    self.id = id
    self.moment = moment
  }

  /// The texts that stand for it in a job flow, longest first.
  var texts: [String] {
    guard let moment else { return [id] }
    let milliseconds = moment.seconds * 1000 + Int64(moment.nanoseconds / 1_000_000)
    return [moment.description, id, String(milliseconds), String(moment.seconds)]
  }
}

extension [UInt8] {
  /// With every text of one run replaced by that of another.
  package func replacing(_ old: RunName, by new: RunName) -> [UInt8] {
    var bytes = self
    for (old, new) in zip(old.texts, new.texts) where old != new && old.utf8.count >= 8 {
      bytes = bytes.replacing(Array(old.utf8), by: Array(new.utf8))
    }
    return bytes
  }

  private func replacing(_ old: [UInt8], by new: [UInt8]) -> [UInt8] {
    guard let first = old.first else { return self }
    var result: [UInt8] = []
    result.reserveCapacity(count)
    var start = 0
    var at = 0
    while at + old.count <= count {
      if self[at] == first, self[at..<(at + old.count)].elementsEqual(old) {
        result += self[start..<at]
        result += new
        at += old.count
        start = at
      } else {
        at += 1
      }
    }
    result += self[start...]
    return result
  }
}
