import Diagnostics
package import Documents
import PlanFormat
package import SourceText
package import Values
import YAMLSyntax

/// One of the two job flows being compared, from a plan, a request, or EMR itself.
package struct Side: Sendable {
  package enum Kind: String, Sendable, Hashable {
    case plan
    /// The body of RunJobFlow.
    case jobFlow = "job-flow"
    /// The body of AddJobFlowSteps, or a list of steps.
    case steps
    /// EMR's description of a cluster.
    case cluster
    /// A pipeline as it is written, without inputs.
    case pipeline
    /// There is none: everything on the other side was added or removed.
    case nothing
  }

  /// An input that the side was compiled from, for the lines that changes come from.
  package struct Input: Sendable {
    package var role: String
    /// The path of its schema, as in `schemas/mine/config.schema.json`.
    package var schema: String
    package var file: SourceFile
    /// The files that its values are from, if they are several.
    package var layers: [SourceID: SourceFile] = [:]
    /// The file that is meant of those.
    package var layer: SourceID?
    package var tree: Tree
    /// The tree's value with secrets marked.
    package var value: Value

    package init(role: String, schema: String, file: SourceFile, tree: Tree, value: Value) {
      self.role = role
      self.schema = schema
      self.file = file
      self.tree = tree
      self.value = value
    }

    /// The input as each of its files has it, in order.
    package var files: [Input] {
      guard !layers.isEmpty else { return [self] }
      return layers.sorted { $0.key < $1.key }.filter { !$0.value.name.hasPrefix("<") }.map {
        var input = self
        input.file = $0.value
        input.layer = $0.key
        return input
      }
    }

    /// The file that a place of its tree is in.
    func file(of span: Span) -> SourceFile { layers[span.source] ?? file }

    /// A schema or a step kind beside a pipeline; nil if it can't be read.
    package init?(besides file: SourceFile, role: String) {
      var ignored: [Diagnostic] = []
      let source = SourceID(index: 0)
      let tree =
        file.name.hasSuffix(".json")
        ? JSONReader.read(file.parsed, source: source, into: &ignored)
        : YAMLReader.read(file, source: source, rules: .core, into: &ignored)
      guard let tree, let root = tree.root else { return nil }
      let schema = role == "schema" ? ChangeRuleSet.ownSchema : ChangeRuleSet.stepKind
      self.init(
        role: role, schema: schema, file: file, tree: tree,
        value: Value(markingSecretsOf: tree, root, at: file.name + "#"))
    }
  }

  /// Its name for people.
  package var name: String
  package var kind: Kind
  /// The members of the document that the side has, without the steps.
  var head = ValueMap()
  /// The steps of the requests, in the order of the run.
  var requestSteps: [Value] = []
  /// What a plan says about the same steps; empty for anything but a plan.
  var planSteps: [Plan.Step] = []
  /// A plan's outputs.
  var outputs: [Plan.Output] = []
  /// The recovery after a failure in each of a plan's steps; empty if unknown.
  var recoveries: [Recovery] = []
  package var run: RunName?
  /// Whether it is compared by which steps may be repeated.
  var tellsRepetition = true
  /// Of its run, while it is compared.
  var runMask = RunMask()
  /// Files that a plan was made from, with their digests, by path.
  var digests: [(path: String, digest: String)] = []
  package var warnings: [String] = []
  /// Where a stage or a check is written, by its name.
  var origins: [String: SourceLine] = [:]
  /// Values of the secrets whose placeholders are in the plan, if it was compiled here.
  package var secrets: [String: String]?
  /// What secrets that are documents consist of, by reference, from a plan.
  var documents = ValueMap()
  /// The references of the secrets, also of those in documents.
  var references: [String] = []
  /// Keyed hashes of secrets, from a plan that has them.
  var hashes: Plan.SecretHashes?
  /// The roles of the files that a plan was made from, by path.
  var roles: [String: String] = [:]
  /// The pipeline's own schemas and step kinds, by path.
  package var own: [String: [UInt8]] = [:]
  /// Secret texts of the inputs, which must not appear in any document.
  package var hidden: [String] = []
  package var inputs: [Input] = []
  /// The paths of inputs that have other names here, as the user would type them.
  package var paths: [String: String] = [:]
  /// What was assumed about S3 and EMR, in sentences.
  package var assumed: [String] = []
  /// What a reader has to know about how it was made, in sentences.
  package var notes: [String] = []

  init(name: String, kind: Kind) {
    self.name = name
    self.kind = kind
  }

  package static func nothing(name: String) -> Side { Side(name: name, kind: .nothing) }

  package var stepCount: Int { requestSteps.count }

  /// Whether it holds secrets themselves, not placeholders.
  var isInTheClear: Bool { kind == .jobFlow || kind == .cluster || kind == .steps }
}

/// A run's name and time, which differ between runs but aren't a difference.
package struct RunName: Hashable, Sendable {
  package var id: String
  package var moment: Value.Timestamp?

  package init(id: String, moment: Value.Timestamp?) {
    self.id = id
    self.moment = moment
  }

  /// The forms in which it occurs in a job flow, longest first.
  var texts: [String] {
    guard let moment else { return [id] }
    let milliseconds = moment.seconds * 1000 + Int64(moment.nanoseconds / 1_000_000)
    return [moment.description, id, String(milliseconds), String(moment.seconds)]
  }
}

extension [UInt8] {
  /// With every form of one run's name replaced by another's.
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
