package import Import
import Diagnostics
import Documents
import SourceText
import Text
import Values
import YAMLSyntax

extension SourceKind {
  /// A template with clusters or steps of EMR.
  package static let cloudFormation = SourceKind(
    "cloudformation", "a CloudFormation template with an AWS::EMR::Cluster or AWS::EMR::Step",
    recognises: { source in
      source.given.contains { id in
        var ignored: [Diagnostic] = []
        guard let document = TemplateDocument(id, source, into: &ignored) else { return false }
        return document.resources.contains { $0.type.hasPrefix("AWS::EMR::") }
      }
    },
    read: { source, diagnostics in CloudFormation.read(&source, into: &diagnostics) })
}

/// A template's tree, in which short forms (`!Ref X`) are as the long ones.
struct TemplateDocument {
  struct Resource {
    var name: String
    var type: String
    var node: NodeID
  }

  let tree: Tree
  /// The tags by the offset of what they are at.
  private let tags: [UInt32: String]
  let root: NodeID

  init?(_ id: SourceID, _ source: ImportSource, into diagnostics: inout [Diagnostic]) {
    guard let file = source.sources[id] else { return nil }
    var found: [Diagnostic] = []
    let tree: Tree?
    if ImportSource.isJSON(file.parsed) {
      tree = JSONReader.read(file.parsed, source: id, into: &found)
    } else {
      var limits = YAMLLimits.standard
      limits.diagnostics = 100_000
      tree = YAMLReader.read(file, source: id, rules: .core, limits: limits, into: &found)
    }
    // The reader says where each tag is that it doesn't know: these are CloudFormation's.
    var tags: [UInt32: String] = [:]
    for diagnostic in found {
      guard diagnostic.code == .yamlTag, let span = diagnostic.span,
        let name = Self.tag(file.parsed, span)
      else {
        diagnostics.append(diagnostic)
        continue
      }
      tags[UInt32(clamping: Self.start(in: file.parsed, after: Int(span.end)))] = name
    }
    guard let tree, let root = tree.root, tree.kind(root) == .map else { return nil }
    self.tree = tree
    self.tags = tags
    self.root = root
  }

  /// The function of a short form: `Ref`, `Fn::Sub`; nil if it isn't one.
  private static func tag(_ text: [UInt8], _ span: Span) -> String? {
    let range = Int(span.start)..<min(Int(span.end), text.count)
    guard range.lowerBound < range.upperBound, text[range.lowerBound] == .exclamation else {
      return nil
    }
    let name = String(decoding: text[range].dropFirst(), as: UTF8.self)
    guard !name.isEmpty, name.utf8.allSatisfy({ ASCII.isLetter($0) || ASCII.isDigit($0) }) else {
      return nil
    }
    return name == "Ref" || name == "Condition" ? name : "Fn::" + name
  }

  /// The first byte of what a tag is at.
  private static func start(in text: [UInt8], after end: Int) -> Int {
    var at = end
    while at < text.count {
      if ASCII.isSpace(text[at]) {
        at += 1
      } else if text[at] == .hash {
        while at < text.count, text[at] != .newline { at += 1 }
      } else {
        break
      }
    }
    return at
  }

  /// The function whose short form is at a node.
  func tag(_ node: NodeID) -> String? {
    tags.isEmpty ? nil : tags[tree.span(tree.resolved(node)).start]
  }

  /// The function at a node and what it is given: `{"Ref": X}` or `!Ref X`; nil if it is none.
  func function(_ node: NodeID) -> (name: String, argument: Argument)? {
    if let tag = tag(node) { return (tag, .tagged(node)) }
    guard tree.kind(node) == .map, tree.count(node) == 1,
      let entry = Array(tree.entries(node)).first
    else { return nil }
    let name = tree.string(entry.key)
    guard name == "Ref" || name == "Condition" || name.hasPrefix("Fn::") else { return nil }
    return (name, .plain(entry.value))
  }

  /// What a function is given: the node of a tag is the argument itself, without its tag.
  enum Argument {
    case tagged(NodeID)
    case plain(NodeID)

    var node: NodeID {
      switch self {
      case .tagged(let node), .plain(let node): node
      }
    }
  }

  func member(_ name: String) -> NodeID? { tree.value(root, name) }

  var resources: [Resource] {
    guard let list = member("Resources") else { return [] }
    return tree.entries(list).compactMap { entry in
      guard let type = tree.value(entry.value, "Type"), tree.kind(type) == .string else {
        return nil
      }
      return Resource(
        name: tree.string(entry.key), type: tree.string(type), node: entry.value)
    }
  }
}

/// A template's clusters and steps, as the requests that CloudFormation makes of them.
///
/// Properties and their defaults are from CloudFormation's reference of AWS::EMR.
enum CloudFormation {
  static func read(
    _ source: inout ImportSource, into diagnostics: inout [Diagnostic]
  ) -> [ImportedFlow] {
    var flows: [ImportedFlow] = []
    for id in source.given {
      guard let document = TemplateDocument(id, source, into: &diagnostics) else {
        if !diagnostics.hasErrors {
          diagnostics.append(
            .importMalformed("a template must be a map", at: Span(id, 0..<0)))
        }
        continue
      }
      guard !diagnostics.hasErrors else { continue }
      let resources = document.resources
      let clusters = resources.filter { $0.type == "AWS::EMR::Cluster" }
      for cluster in clusters {
        var reader = TemplateReader(document, given: source.variables)
        if let flow = reader.flow(of: cluster, among: clusters.count, into: &diagnostics) {
          flows.append(flow.finished(at: source.moment))
        }
      }
      if clusters.isEmpty {
        var reader = TemplateReader(document, given: source.variables)
        if let flow = reader.stepsAlone(into: &diagnostics) {
          flows.append(flow.finished(at: source.moment))
        }
      }
    }
    return diagnostics.hasErrors ? [] : flows
  }
}
