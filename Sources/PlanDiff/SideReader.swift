import Text
package import Documents
package import Diagnostics
import PlanFormat
import SourceText
import Values

/// Reads a side from the JSON of a plan, of a request's body, or of EMR's description.
package struct SideReader {
  private let tree: Tree
  private let root: NodeID
  private var side: Side

  /// Nil and an error if the document is none of those.
  package static func read(
    _ tree: Tree, name: String, into diagnostics: inout [Diagnostic]
  ) -> Side? {
    let kind = DocumentKind(of: tree)
    guard let root = tree.root, kind.isJobFlow else {
      diagnostics.append(.sideUnknown(name, kind, at: tree.root.map { tree.span($0) }))
      return nil
    }
    if kind == .plan {
      return PlanReader.read(tree, into: &diagnostics).map { Side($0, name: name) }
    }
    var reader = SideReader(tree: tree, root: root, side: Side(name: name, kind: .plan))
    if kind == .cluster { reader.readLive() } else { reader.readRequest() }
    return reader.side
  }

  /// A cluster and its steps, from two calls.
  package static func joined(_ first: Side, _ second: Side) -> Side {
    var joined = first
    if joined.requestSteps.isEmpty, !second.requestSteps.isEmpty {
      joined.requestSteps = second.requestSteps
      joined.planSteps = second.planSteps
      joined.recoveries = second.recoveries
      joined.run = joined.run ?? second.run
    }
    for entry in second.head.entries where joined.head[entry.key] == nil {
      joined.head[entry.key] = entry.value
    }
    joined.name = first.name + "+" + second.name
    joined.kind = first.kind == .steps ? second.kind : first.kind
    return joined
  }

  // MARK: Requests and EMR's descriptions

  private func values(of list: NodeID) -> [Value] { tree.items(list).map { Value(tree, $0) } }

  private func members(of node: NodeID) -> ValueMap {
    var members = ValueMap()
    for entry in tree.entries(node) {
      let key = tree.string(entry.key)
      // There can be many steps, so they are read one by one.
      if key != "Steps" { members[key] = Value(tree, entry.value) }
    }
    return members
  }

  private mutating func readRequest() {
    let steps = tree.value(root, "Steps")
    side.requestSteps = steps.map { values(of: $0) } ?? []
    if tree.value(root, "Instances") == nil, tree.value(root, "Name") == nil {
      side.kind = .steps
      var request = members(of: root)
      request["Steps"] = nil
      if !request.isEmpty { side.head["request"] = .map(request) }
      if side.requestSteps.contains(where: { $0.member("Config") != nil }) {
        side.kind = .cluster
        // EMR lists the newest first.
        side.requestSteps.reverse()
      }
    } else {
      side.kind = .jobFlow
      side.head["cluster"] = ClusterRequest.canonical(members(of: root))
    }
    side.run = RunName.found(in: tree)
    side.references = Value.list(side.requestSteps + [side.head["cluster"] ?? .null]).placeholders
  }

  private mutating func readLive() {
    guard let cluster = tree.value(root, "Cluster") else { return }
    side.kind = .cluster
    side.head["cluster"] = ClusterRequest.canonical(
      ClusterRequest.request(of: members(of: cluster)))
    if let steps = tree.value(root, "Steps") { side.requestSteps = values(of: steps).reversed() }
    side.run = RunName.found(in: tree)
  }
}

extension RunName {
  /// The only name that follows `run=` in a document, if there is exactly one.
  static func found(in tree: Tree) -> RunName? {
    let mark = Array("run=".utf8)
    var found: String?
    var at = 0
    let text = tree.text
    while at + mark.count + 19 <= text.count {
      guard text[at] == mark[0], text[at..<(at + mark.count)].elementsEqual(mark) else {
        at += 1
        continue
      }
      let name = text[(at + mark.count)..<(at + mark.count + 19)]
      at += mark.count
      let isName = zip(name, "dddd-dd-dd-dd-dd-dd".utf8).allSatisfy { byte, shape in
        shape == UInt8(ascii: "d") ? ASCII.isDigit(byte) : byte == shape
      }
      guard isName else { continue }
      let id = String(decoding: name, as: UTF8.self)
      if let found, found != id { return nil }
      found = id
    }
    return found.map { RunName(id: $0, moment: nil) }
  }
}
