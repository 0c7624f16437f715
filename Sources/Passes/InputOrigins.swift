package import Documents
import Diagnostics
import Expressions
package import PipelineSyntax
package import SourceText
import Values
import YAMLSyntax

/// Finds the place in an input from which an expression gets its value.
package struct InputOrigins: Sendable {
  private let trees: [String: [Tree]]

  package init(_ trees: [String: [Tree]]) { self.trees = trees }

  /// A check's `at`: an expression without `${…}`.
  static func expression(
    _ place: Spanned<String>, into diagnostics: inout [Diagnostic]
  ) -> Expression? {
    Expression.parse(place.value, locate: { _ in place.span }, into: &diagnostics)
  }

  /// The place named by a check's `at`: for what is missing, the deepest key that is there, or else
  /// the document's first one.
  func place(_ place: Spanned<String>) -> Span? {
    var ignored: [Diagnostic] = []
    guard let reference = Self.expression(place, into: &ignored)?.reference else { return nil }
    return self.place(of: reference) ?? start(of: reference.name)
  }

  /// All of the list or map that a check's `at` names; nil if it names neither.
  func extent(_ place: Spanned<String>) -> Span? {
    var ignored: [Diagnostic] = []
    guard let reference = Self.expression(place, into: &ignored)?.reference,
      let tree = trees[reference.name]?.first, trees[reference.name]?.count == 1,
      var node = tree.root
    else { return nil }
    for part in reference.members {
      guard let entry = tree.entry(node, part) else { return nil }
      node = entry.value
    }
    return tree.kind(node) == .map || tree.kind(node) == .list ? tree.span(node) : nil
  }

  /// The first key of an input that is one document.
  private func start(of input: String) -> Span? {
    guard let documents = trees[input], documents.count == 1, let tree = documents.first,
      let root = tree.root
    else { return nil }
    return tree.entries(root).first { _ in true }.map { tree.span($0.key) } ?? tree.span(root)
  }

  /// The place named by a path, in the item of an input that its first name stands for, if that is
  /// `item`'s name.
  func place(
    _ place: Spanned<String>, item: (name: String, input: String, index: Int)?
  ) -> Span? {
    var ignored: [Diagnostic] = []
    guard let reference = Self.expression(place, into: &ignored)?.reference else { return nil }
    guard let item, reference.name == item.name else { return self.place(of: reference) }
    guard let trees = trees[item.input], item.index < trees.count else { return nil }
    return self.place(of: reference.members, in: trees[item.index])
  }

  /// The place of the value, for a scalar that is a single reference to an input, `${config.a.b}`.
  package func place(of node: NodeID, in tree: Tree) -> Span? {
    var ignored: [Diagnostic] = []
    guard tree.hasExpression(node),
      let expression = tree.template(node, into: &ignored)?.singleExpression
    else { return nil }
    return expression.reference.flatMap(place(of:))
  }

  /// The place that is referred to; nil if it isn't part of an input.
  func place(of reference: Reference) -> Span? {
    place(of: reference.members, in: reference.name)
  }

  /// The place of a member of an input, by the keys that lead to it.
  fileprivate func place(of members: [String], in input: String) -> Span? {
    trees[input]?.first.flatMap { place(of: members, in: $0) }
  }

  private func place(of members: [String], in tree: Tree) -> Span? {
    guard var at = tree.root else { return nil }
    var span: Span?
    for part in members {
      // For a missing key, the deepest existing one is blamed.
      guard let entry = tree.entry(at, part) else { return span }
      span = tree.span(entry.value)
      if tree.kind(entry.value) == .map || tree.kind(entry.value) == .null {
        span = tree.span(entry.key)
      }
      at = entry.value
    }
    return span
  }
}

/// Finds the place in an input to blame for a value that an expression can't use.
package struct InputBlame: Sendable {
  private let pipeline: PipelineDecl
  private let origins: InputOrigins
  /// How many levels of `let`s are followed.
  private static let depth = 16

  package init(_ pipeline: PipelineDecl, _ inputTrees: [String: [Tree]]) {
    self.pipeline = pipeline
    origins = InputOrigins(inputTrees)
  }

  /// The one place in an input that a scalar's expressions, or a part of them, read; nil if there
  /// isn't exactly one.
  package func place(of node: NodeID, within span: Span? = nil) -> Span? {
    // A direct read is closer to the mistake than one through a `let`.
    for depth in [1, Self.depth] {
      var places: [Span] = []
      collect(node, span, depth, &places)
      if places.count == 1 { return places.first }
    }
    return nil
  }

  /// The same for a function's argument that it rejected; other failures are the expression's
  /// fault.
  func place(ofArgumentIn node: NodeID, call span: Span?) -> Span? {
    var ignored: [Diagnostic] = []
    guard let span, pipeline.tree.template(node, into: &ignored)?.isCall(at: span) ?? false
    else { return nil }
    return place(of: node, within: span)
  }

  private func collect(_ node: NodeID, _ span: Span?, _ depth: Int, _ places: inout [Span]) {
    var ignored: [Diagnostic] = []
    guard depth > 0, places.count < 2, pipeline.tree.hasExpression(node),
      let template = pipeline.tree.template(node, into: &ignored)
    else { return }
    for reference in template.references
    where span.map({ $0.start <= reference.span.start && reference.span.end <= $0.end }) ?? true {
      let (name, members) = resolved(reference)
      if let item = self.let(name) {
        collect(item.value, nil, depth - 1, &places)
      } else if let place = origins.place(of: members, in: name), !places.contains(place) {
        places.append(place)
      }
    }
  }

  private func `let`(_ name: String) -> LetDecl? {
    pipeline.lets.first { $0.name.value == name }
  }

  /// What a reference refers to if `let`s are only aliases: with `s3: ${config.aws.s3}`,
  /// `s3.region` is `config.aws.s3.region`.
  private func resolved(_ reference: Reference) -> (name: String, members: [String]) {
    var (name, members) = (reference.name, reference.members)
    for _ in 0..<Self.depth {
      var ignored: [Diagnostic] = []
      guard let item = self.let(name),
        pipeline.tree.hasExpression(item.value),
        let alias = pipeline.tree.template(item.value, into: &ignored)?.singleExpression?.reference
      else { break }
      (name, members) = (alias.name, alias.members + members)
    }
    return (name, members)
  }
}

extension Diagnostic {
  /// The same at the place to blame in an input, with a note on where the pipeline needs it.
  func blaming(_ place: Span?) -> Diagnostic {
    guard let place, let span else { return self }
    var diagnostic = self
    diagnostic.span = place
    diagnostic.notes.append(Note("the pipeline uses it here", at: span))
    return diagnostic
  }
}
