import Expressions
import Passes
import PipelineSyntax
import Text

/// A name that a pipeline declares, where it is written.
struct Occurrence {
  enum Kind: Hashable {
    case input, binding, dataset, stage, stepKind
  }

  var kind: Kind
  var name: String
  /// Bytes of the document, without quotes.
  var range: Range<Int>
  var isDeclaration = false

  func isSame(_ other: Occurrence) -> Bool { kind == other.kind && name == other.name }
}

/// Finds the names in a pipeline, also in one with mistakes.
struct OccurrenceFinder {
  let outline: Outline
  let kinds: [KnownKind]
  private let inputs: Set<String>
  private let bindings: Set<String>
  private let datasets: Set<String>
  private let stages: Set<String>
  private(set) var found: [Occurrence] = []
  /// What expressions say of members of inputs: the chain, and where its last name is.
  private(set) var chains: [(chain: [String], range: Range<Int>)] = []

  init(_ outline: Outline, _ kinds: [KnownKind]) {
    self.outline = outline
    self.kinds = kinds
    func names(_ key: String) -> Set<String> {
      guard let node = outline.find([key]) else { return [] }
      return Set(outline.children(node).compactMap { outline.name($0) })
    }
    inputs = names("inputs")
    bindings = names("let")
    datasets = names("datasets")
    let stageNodes = outline.find(["stages"]).map { outline.children($0) } ?? []
    stages = Set(stageNodes.compactMap { outline.childText($0, "stage") })
    for node in outline.nodes.indices { visit(node) }
    found.sort { $0.range.lowerBound < $1.range.lowerBound }
  }

  private mutating func add(
    _ kind: Occurrence.Kind, _ name: String, _ range: Range<Int>, declares: Bool = false
  ) {
    found.append(Occurrence(kind: kind, name: name, range: range, isDeclaration: declares))
  }

  private mutating func visit(_ node: Int) {
    let path = outline.path(node)
    let place = PipelinePlace(path: path)
    if let key = outline.nodes[node].key, let name = path.last?.key {
      if path.count == 2 {
        switch path[0].key {
        case "inputs": add(.input, name, key.content, declares: true)
        case "let": add(.binding, name, key.content, declares: true)
        case "datasets": add(.dataset, name, key.content, declares: true)
        default: break
        }
      }
      if place.inStep?.count == 1, StepDecl.Member(rawValue: name) == nil,
        kinds.contains(where: { $0.name == name })
      {
        add(.stepKind, name, key.content)
      }
    }
    guard let value = outline.nodes[node].value else { return }
    let text = outline.string(value)
    if text.utf8.contains(.dollar) { visitExpressions(value) }
    if place.namesDataset(kinds), datasets.contains(text) { add(.dataset, text, value.content) }
    if path.count == 3, path[0].key == "stages", path[2].key == "stage" {
      add(.stage, text, value.content, declares: true)
    } else if place.namesStage, stages.contains(text) {
      add(.stage, text, value.content)
    }
    if place.namesInputPlace {
      let name = String(text.prefix { $0 != "." && $0 != "[" })
      if inputs.contains(name) {
        let start = value.content.lowerBound
        add(.input, name, start..<(start + name.utf8.count))
      }
    }
  }

  private mutating func visitExpressions(_ value: Outline.Scalar) {
    let (text, offsets) = outline.decoded(value)
    for scan in ExpressionScan.all(in: text) {
      for part in scan.parts {
        guard part.role == .global || part.role == .member, let name = part.chain.last,
          let first = part.chain.first, scan.parts[part.chainStart].role == .global
        else { continue }
        var range = offsets[part.range.lowerBound]..<offsets[part.range.upperBound]
        if part.kind == .string || part.kind == .quotedName {
          range = (range.lowerBound + 1)..<max(range.lowerBound + 1, range.upperBound - 1)
        }
        if part.chain.count == 1 {
          if inputs.contains(name) {
            add(.input, name, range)
          } else if bindings.contains(name) {
            add(.binding, name, range)
          }
        } else if part.chain.count == 2, first == "data", datasets.contains(name) {
          add(.dataset, name, range)
        } else if part.chain.count == 2, first == "stages", stages.contains(name) {
          add(.stage, name, range)
        } else if inputs.contains(first) {
          chains.append((part.chain, range))
        }
      }
    }
  }

  func occurrence(at offset: Int) -> Occurrence? {
    found.first { $0.range.lowerBound <= offset && offset <= $0.range.upperBound }
  }
}
