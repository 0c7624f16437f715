import Compiler
package import Diagnostics
package import Documents
package import SourceText
import PipelineSyntax
import Values
import YAMLSyntax

/// A file of tests as read: what it is about, and its tests.
package struct TestFile: Sendable {
  /// Its path, as the user named it.
  package let path: String
  package let file: SourceFile
  package let tree: Tree
  /// The pipeline's path or name, as written.
  package let pipeline: Spanned<String>
  package let tests: [TestCase]
  package let unreachable: [Unreachable]

  /// Something that no inputs can bring about.
  package struct Unreachable: Sendable {
    package let condition: Spanned<String>
    package let line: Int?
    package let never: Bool
  }

  static let schema = "test.schema.json"

  /// Whether a document is a file of tests.
  package static func isOne(_ file: SourceFile) -> Bool {
    var ignored: [Diagnostic] = []
    guard let tree = read(file, into: &ignored), let root = tree.root else { return false }
    return tree.value(root, "tests-of") != nil
  }

  private static func read(_ file: SourceFile, into diagnostics: inout [Diagnostic]) -> Tree? {
    YAMLReader.read(file, source: SourceID(index: 0), rules: .core, into: &diagnostics)
  }

  /// Nil if the file can't be understood; then there is at least one error.
  /// - Parameter sources: has the file as its first source afterwards.
  package init?(
    _ file: SourceFile, path: String, sources: inout SourceSet, into diagnostics: inout [Diagnostic]
  ) {
    sources.add(file)
    guard let tree = Self.read(file, into: &diagnostics), let root = tree.root else { return nil }
    Compiler.validate(tree, against: Self.schema, sources: &sources, into: &diagnostics)
    guard !diagnostics.hasErrors, let pipeline = tree.value(root, "tests-of") else { return nil }
    self.path = path
    self.file = file
    self.tree = tree
    self.pipeline = Spanned(tree.string(pipeline), tree.span(pipeline))
    let common = tree.value(root, "given").map { [$0] } ?? []
    tests = (tree.value(root, "tests").map { Array(tree.items($0)) } ?? []).compactMap {
      TestCase(tree, $0, common)
    }
    unreachable = (tree.value(root, "unreachable").map { Array(tree.items($0)) } ?? []).compactMap {
      Unreachable(tree, $0)
    }
    checkNames(into: &diagnostics)
  }

  private func checkNames(into diagnostics: inout [Diagnostic]) {
    var first: [String: Span] = [:]
    for test in tests {
      if let earlier = first[test.name.value] {
        diagnostics.append(.testNameTwice(test.name.value, at: test.name.span, first: earlier))
      } else {
        first[test.name.value] = test.name.span
      }
    }
  }
}

extension TestFile.Unreachable {
  fileprivate init?(_ tree: Tree, _ node: NodeID) {
    guard let condition = tree.value(node, "condition"), let never = tree.value(node, "never")
    else { return nil }
    self.condition = Spanned(tree.string(condition), tree.span(condition))
    self.never = tree.string(never) == "true"
    line = tree.value(node, "line").flatMap { Int(tree.string($0)) }
  }
}

/// One test.
package struct TestCase: Sendable {
  package let name: Spanned<String>
  package let given: Given
  package let expect: NodeID

  fileprivate init?(_ tree: Tree, _ node: NodeID, _ common: [NodeID]) {
    guard let name = tree.value(node, "test"), let expect = tree.value(node, "expect") else {
      return nil
    }
    self.name = Spanned(tree.string(name), tree.span(name))
    self.expect = expect
    given = Given(tree, common + (tree.value(node, "given").map { [$0] } ?? []))
  }
}

/// What a test is given, with what all tests of the file are.
package struct Given: Sendable {
  /// By name, in the order in which they are first named.
  private(set) var inputs: [(name: Spanned<String>, value: NodeID)] = []
  private(set) var set: [(path: Spanned<String>, value: NodeID)] = []
  private(set) var unset: [Spanned<String>] = []
  /// Later ones over earlier ones.
  private(set) var facts: [NodeID] = []
  private(set) var environment: [String: String] = [:]
  /// The other members, by name.
  private var options: [String: NodeID] = [:]

  fileprivate init(_ tree: Tree, _ layers: [NodeID]) {
    for layer in layers {
      for entry in tree.entries(layer) { add(tree, tree.string(entry.key), entry.value) }
    }
  }

  private mutating func add(_ tree: Tree, _ name: String, _ value: NodeID) {
    switch name {
    case "inputs":
      for entry in tree.entries(value) {
        let name = Spanned(tree.string(entry.key), tree.span(entry.key))
        inputs.removeAll { $0.name.value == name.value }
        inputs.append((name, entry.value))
      }
    case "set":
      for entry in tree.entries(value) {
        set.append((Spanned(tree.string(entry.key), tree.span(entry.key)), entry.value))
      }
    case "unset": unset += tree.items(value).map { Spanned(tree.string($0), tree.span($0)) }
    case "facts": facts.append(value)
    case "environment":
      for entry in tree.entries(value) {
        environment[tree.string(entry.key)] = tree.string(entry.value)
      }
    default: options[name] = tree.kind(value) == .null ? nil : value
    }
  }

  /// What steps leave as their outputs: `NAME=VALUE`, in order.
  func outcomes(_ tree: Tree) -> [String] {
    options["outcomes"].map { node in
      tree.entries(node).map { "\(tree.string($0.key))=\(tree.string($0.value))" }
    } ?? []
  }

  func text(_ name: String, _ tree: Tree) -> Spanned<String>? {
    options[name].map { Spanned(tree.string($0), tree.span($0)) }
  }

  func flag(_ name: String, _ tree: Tree) -> Bool {
    options[name].map { tree.string($0) == "true" } ?? false
  }

  func texts(_ name: String, _ tree: Tree) -> [Spanned<String>] {
    options[name].map { tree.items($0).map { Spanned(tree.string($0), tree.span($0)) } } ?? []
  }
}
