import Diagnostics
import Documents
import SourceText

/// How a configuration becomes the inputs of another pipeline, from a data file.
///
/// A path is dot-separated keys. A key whose value is null counts as absent.
package struct SuccessorRules: Sendable {
  /// One value of the new files.
  struct Row: Sendable {
    var to: String
    /// Where it comes from: the first of these that is there.
    var from: [String]
    /// What to write where it is nowhere, or too old.
    var value: String
    /// The version that a carried one must have at least, and why.
    var atLeast: String
    var why: String
    /// Values that count as absent; locations are compared without a slash at the end.
    var except: [String]
    /// Places beside which a new place is made, with this at its end.
    var beside: [String]
    var suffix: String
    /// Paths that must not be there, and another path whose row is needed too.
    var lacks: [String]
    var with: String
    var isLocation: Bool
    /// Whether it names something, in letters, digits and hyphens.
    var isName: Bool
    var isRequired: Bool
  }

  /// What is left to do by hand, and when.
  struct Task: Sendable {
    var text: String
    var has: [String]
    var lacks: [String]
    /// Paths that have to be carried over.
    var carried: [String]
  }

  var values: [Row]
  var settings: [Row]
  var template: [String]
  /// The names of the two files.
  var config: String
  var other: String
  var byHand: [Task]
  var dropped: [MigrationRules.Dropped]
  /// The pipeline that takes the files.
  package var pipeline: String

  /// Nil if the file is malformed, which is a bug of ours.
  package init?(_ text: [UInt8]) {
    var diagnostics: [Diagnostic] = []
    guard let tree = JSONReader.read(text, source: SourceID(index: 0), into: &diagnostics),
      let root = tree.root
    else { return nil }
    let reader = RuleReader(tree: tree)
    values = reader.items(root, "values").map { Row($0, reader) }
    settings = reader.items(root, "settings").map { Row($0, reader) }
    template = reader.texts(root, "template")
    config = reader.text(root, "config")
    other = reader.text(root, "other")
    pipeline = reader.text(root, "pipeline")
    byHand = reader.items(root, "byHand").map {
      Task(
        text: reader.text($0, "text"), has: reader.texts($0, "has"),
        lacks: reader.texts($0, "lacks"), carried: reader.texts($0, "carried"))
    }
    dropped = reader.items(root, "dropped").map {
      .init(from: reader.text($0, "from"), why: reader.text($0, "why"))
    }
    guard !values.isEmpty, !template.isEmpty, !config.isEmpty, !other.isEmpty else { return nil }
  }
}

extension SuccessorRules.Row {
  init(_ node: NodeID, _ reader: RuleReader) {
    to = reader.text(node, "to")
    from = reader.texts(node, "from")
    value = reader.text(node, "value")
    atLeast = reader.text(node, "atLeast")
    why = reader.text(node, "why")
    except = reader.texts(node, "except")
    beside = reader.texts(node, "beside")
    suffix = reader.text(node, "suffix")
    lacks = reader.texts(node, "lacks")
    with = reader.text(node, "with")
    isLocation = reader.text(node, "isLocation") == "true"
    isName = reader.text(node, "isName") == "true"
    isRequired = reader.text(node, "required") == "true"
  }
}
