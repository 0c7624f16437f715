import Diagnostics
import Documents
import Expressions
import Passes
import PipelineSyntax
import SourceText
import Text
import Values
import YAMLSyntax

/// Names in texts of a used file, which are other ones in the whole pipeline.
extension UseWriter {
  /// A node with its children; expressions with the names that they have in the whole.
  ///
  /// - Parameter hidden: names that mean something else here: those of an `each`.
  mutating func value(_ part: Part, _ hidden: Set<String> = []) {
    let (index, node) = (part.module, part.node)
    let tree = tree(part)
    guard modules[index].isRewritten else { return assembler.copy(node, of: index) }
    switch tree.kind(node) {
    case .list:
      assembler.begin(.list, as: node, of: index)
      for item in tree.items(node) { value(Part(module: index, node: item), hidden) }
      assembler.end()
    case .map:
      let inner = hidden.union(eachNames(tree, node, "$each"))
      assembler.begin(.map, as: node, of: index)
      for entry in tree.entries(node) {
        assembler.copy(entry.key, of: index)
        let isEach = tree.string(entry.key) == "$each"
        value(Part(module: index, node: entry.value), isEach ? hidden : inner)
      }
      assembler.end()
    case .string: text(part, hidden)
    case .null, .bool, .int, .float: assembler.copy(node, of: index)
    }
  }

  /// The names that an `each` gives to a map and what is in it.
  func eachNames(_ tree: Tree, _ node: NodeID, _ key: String) -> Set<String> {
    guard let each = tree.value(node, key) else { return [] }
    return Set(tree.entries(each).map { tree.string($0.key) })
  }

  /// The name of a declaration.
  mutating func name(_ node: NodeID, of index: Int, always: Bool) {
    let module = modules[index]
    guard !module.prefix.isEmpty, !module.tree.hasExpression(node) else {
      return assembler.copy(node, of: index)
    }
    assembler.text((module.prefix + module.tree.string(node)).utf8, as: node, of: index)
  }

  enum Namespace { case datasets, stages }

  /// The name of a dataset or a stage as a text.
  mutating func reference(_ part: Part, to namespace: Namespace, _ hidden: Set<String> = []) {
    let module = modules[part.module]
    let tree = module.tree
    guard tree.kind(part.node) == .string, !tree.hasExpression(part.node) else {
      return value(part, hidden)
    }
    let known = namespace == .datasets ? module.datasets : module.stages
    guard known.contains(tree.string(part.node)) else {
      return assembler.copy(part.node, of: part.module)
    }
    name(part.node, of: part.module, always: true)
  }

  /// A dataset's name, a location, or a list of these.
  mutating func references(_ part: Part, _ hidden: Set<String>) {
    let tree = tree(part)
    guard tree.kind(part.node) == .list else { return reference(part, to: .datasets, hidden) }
    assembler.begin(.list, as: part.node, of: part.module)
    for item in tree.items(part.node) {
      reference(Part(module: part.module, node: item), to: .datasets, hidden)
    }
    assembler.end()
  }

  // MARK: Expressions

  private struct Edit {
    /// In the decoded text.
    var range: Range<Int>
    var text: String
  }

  private mutating func text(_ part: Part, _ hidden: Set<String>) {
    let tree = tree(part)
    guard tree.hasExpression(part.node) else { return assembler.copy(part.node, of: part.module) }
    let edits = edits(part, hidden)
    guard !edits.isEmpty else { return assembler.copy(part.node, of: part.module) }
    let written = Array(tree.string(part.node).utf8)
    let home = tree.decodedMap(of: part.node)
    var text: [UInt8] = []
    var map = OffsetMap()
    var at = 0
    func keep(_ end: Int) {
      for segment in home.segments where segment.derived.overlaps(at..<end) {
        let range = segment.derived.clamped(to: at..<end)
        guard !range.isEmpty else { continue }
        if segment.isVerbatim {
          let start = segment.origin.lowerBound + range.lowerBound - segment.derived.lowerBound
          map.append(derivedCount: range.count, origin: start..<(start + range.count))
        } else {
          map.appendReplacement(derivedCount: range.count, origin: segment.origin)
        }
      }
      text += written[at..<end]
    }
    for edit in edits where edit.range.lowerBound >= at && edit.range.upperBound <= written.count {
      keep(edit.range.lowerBound)
      text += Array(edit.text.utf8)
      map.appendReplacement(derivedCount: edit.text.utf8.count, origin: home.origin(of: edit.range))
      at = edit.range.upperBound
    }
    keep(written.count)
    assembler.text(text, as: part.node, of: part.module, map: map)
  }

  private mutating func edits(_ part: Part, _ hidden: Set<String>) -> [Edit] {
    let module = modules[part.module]
    let tree = module.tree
    let text = tree.string(part.node)
    var ignored: [Diagnostic] = []
    // Mistakes are reported when the whole is read.
    guard
      let template = Template.parse(
        text, locate: { Span(SourceID(index: 0), $0) }, into: &ignored)
    else { return [] }
    let bytes = Array(text.utf8)
    var edits: [Edit] = []
    for reference in template.references where !hidden.contains(reference.name) {
      let range = Int(reference.nameSpan.start)..<Int(reference.nameSpan.end)
      switch reference.name {
      case "params":
        checkParameter(reference, part)
        edits.append(Edit(range: range, text: module.holder))
      case "data", "stages":
        let known = reference.name == "data" ? module.datasets : module.stages
        guard let member = reference.members.first, known.contains(member),
          let place = Self.member(member, after: range.upperBound, in: bytes)
        else { continue }
        edits.append(Edit(range: place, text: module.prefix + member))
      default:
        if module.lets.contains(reference.name) {
          edits.append(Edit(range: range, text: module.prefix + reference.name))
        }
      }
    }
    return edits.filter { !bytes[$0.range].elementsEqual($0.text.utf8) }
      .sorted { $0.range.lowerBound < $1.range.lowerBound }
  }

  private mutating func checkParameter(_ reference: Reference, _ part: Part) {
    let module = modules[part.module]
    let known = module.parameters.map(\.name.value)
    guard let name = reference.members.first ?? (known.isEmpty ? "params" : nil),
      !known.contains(name)
    else { return }
    let span = module.tree.span(
      inScalar: part.node, Int(reference.span.start)..<Int(reference.span.end))
    diagnostics.append(.useUndeclared(name, among: known, at: span))
  }

  /// The place of a member's name after what it is a member of: `.name`, `.?name`, `["name"]`.
  private static func member(_ name: String, after end: Int, in bytes: [UInt8]) -> Range<Int>? {
    let length = name.utf8.count
    var at = end
    while at < bytes.count, at < end + 64 {
      if at + length <= bytes.count, bytes[at..<(at + length)].elementsEqual(name.utf8) {
        return at..<(at + length)
      }
      switch bytes[at] {
      case .space, .tab, .newline, .dot, .question, .quote, .apostrophe, UInt8(ascii: "["): at += 1
      default: return nil
      }
    }
    return nil
  }
}
