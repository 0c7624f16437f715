import Documents
import Diagnostics
import SourceText
import Values

/// How older layouts of a pipeline's configuration become today's, from a data file.
///
/// A path is dot-separated keys. `when` is a list of paths, at least one of which must exist.
package struct MigrationRules: Sendable {
  struct Move: Sendable {
    var from: String
    var to: String
  }

  struct Given: Sendable {
    var to: String
    /// The text to write.
    var value: String
    var when: [String]
    /// Whether it replaces an existing value.
    var replaces: Bool
    /// Prefixes of values that it replaces; empty for any.
    var prefixes: [String]
    var why: String
    /// Whether it is the version of a job, whose jar is in the assets' bucket.
    var isJob: Bool
  }

  /// A number that counted more than it does today.
  struct Counted: Sendable {
    var to: String
    var from: [String]
    var minus: Int64
    var atLeast: Int64
    var why: String
    /// What it means if it is raised to `atLeast`.
    var whyMore: String
  }

  struct Derived: Sendable {
    var to: String
    var from: [String]
    var suffix: String
    var when: [String]
  }

  struct Extra: Sendable {
    var from: String
    var file: String
    var kind: TargetRules.Kind
  }

  struct Dropped: Sendable {
    var from: String
    var why: String
  }

  struct Shape: Sendable {
    var name: String
    var has: [String]
    var lacks: [String]
    var moved: [Move]
    /// Keys of a companion's file whose values the configuration has too.
    var same: [Move]
    var why: String
  }

  /// The bucket with the jobs' jars.
  struct Assets: Sendable {
    var at: String
    /// What the locations that have all releases begin with.
    var standard: [String]
  }

  var moved: [Move]
  var given: [Given]
  var derived: [Derived]
  var counted: [Counted]
  var assets: Assets?
  var dropped: [Dropped]
  var refused: [Shape]
  /// Files of a companion program, which are read with the configuration.
  var companions: [Shape]
  var targets: TargetRules
  /// Parts that each become a file.
  var extras: [Extra]
  /// Where the resolver's configuration was.
  var resolver: String
  /// The one to write if there was none.
  var standardResolver: Value
  /// The path of the configuration's schema among the built-in schemas.
  package var schema: String

  /// Nil if the file is malformed, which is a bug of ours.
  package init?(_ text: [UInt8]) {
    var diagnostics: [Diagnostic] = []
    guard let tree = JSONReader.read(text, source: SourceID(index: 0), into: &diagnostics),
      let root = tree.root, let targets = tree.value(root, "targets"),
      let standard = tree.value(root, "standardResolver")
    else { return nil }
    let reader = RuleReader(tree: tree)
    moved = reader.moves(root, "moved")
    given = reader.items(root, "given").map { item in
      Given(
        to: reader.text(item, "to"), value: reader.text(item, "value"),
        when: reader.texts(item, "when"), replaces: reader.text(item, "replaces") == "true",
        prefixes: reader.texts(item, "prefixes"),
        why: reader.text(item, "why"), isJob: reader.text(item, "job") == "true")
    }
    counted = reader.items(root, "counted").map { item in
      Counted(
        to: reader.text(item, "to"), from: reader.texts(item, "from"),
        minus: reader.number(item, "minus"), atLeast: reader.number(item, "atLeast"),
        why: reader.text(item, "why"), whyMore: reader.text(item, "whyMore"))
    }
    assets = tree.value(root, "assets").map {
      Assets(at: reader.text($0, "at"), standard: reader.texts($0, "standard"))
    }
    derived = reader.items(root, "derived").map { item in
      Derived(
        to: reader.text(item, "to"), from: reader.texts(item, "from"),
        suffix: reader.text(item, "suffix"), when: reader.texts(item, "when"))
    }
    dropped = reader.items(root, "dropped").map { item in
      Dropped(from: reader.text(item, "from"), why: reader.text(item, "why"))
    }
    refused = reader.shapes(root, "refused")
    companions = reader.shapes(root, "companions")
    self.targets = TargetRules(tree, targets)
    extras = reader.items(root, "extras").map { item in
      Extra(
        from: reader.text(item, "from"), file: reader.text(item, "file"),
        kind: TargetRules.Kind(tree, item))
    }
    resolver = reader.text(root, "resolver")
    standardResolver = Value(tree, standard)
    schema = reader.text(root, "schema")
  }
}

struct RuleReader {
  let tree: Tree

  func items(_ node: NodeID, _ key: String) -> [NodeID] {
    tree.value(node, key).map { Array(tree.items($0)) } ?? []
  }

  func text(_ node: NodeID, _ key: String) -> String {
    tree.value(node, key).map { tree.string($0) } ?? ""
  }

  func number(_ node: NodeID, _ key: String) -> Int64 { Int64(text(node, key)) ?? 0 }

  func texts(_ node: NodeID, _ key: String) -> [String] {
    items(node, key).map { tree.string($0) }
  }

  func moves(_ node: NodeID, _ key: String) -> [MigrationRules.Move] {
    items(node, key).map { .init(from: text($0, "from"), to: text($0, "to")) }
  }

  func shapes(_ node: NodeID, _ key: String) -> [MigrationRules.Shape] {
    items(node, key).map { item in
      .init(
        name: text(item, "name"), has: texts(item, "has"), lacks: texts(item, "lacks"),
        moved: moves(item, "moved"), same: moves(item, "same"), why: text(item, "why"))
    }
  }
}
