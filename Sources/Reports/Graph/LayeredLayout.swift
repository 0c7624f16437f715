/// Positions of boxes in columns, and of the lines between them: few crossings, short lines.
///
/// A line that passes a column has a bend there, a node without a size that takes part in the order
/// of the column. Lines with the same `trunk` share their bends. (Sugiyama's method: order by
/// barycenters, then positions by least squares.)
struct LayeredLayout {
  struct Node {
    var column: Int
    var width: Int
    var height: Int
    /// Whether it keeps its order among such nodes of its column.
    var isPinned: Bool
    var isBend = false
  }

  /// From a box to one in a later column.
  struct Edge {
    var from: Int
    var to: Int
    /// Where the line ends, below the upper edges of the boxes.
    var fromY: Int
    var toY: Int
    var trunk: Int
  }

  /// A part of a line between neighbouring columns.
  struct Segment: Hashable {
    var left: Int
    var right: Int
    var leftY: Int
    var rightY: Int
  }

  /// The boxes, then the bends.
  private(set) var nodes: [Node]
  /// For each edge its bends, in order; nil if it is too long to have any.
  private(set) var routes: [[Int]?] = []
  /// The left edge and the width of each column.
  private(set) var columns: [(x: Int, width: Int)] = []
  /// The upper edge of each node.
  private(set) var y: [Int] = []
  private(set) var width = 0
  private(set) var height = 0

  private let edges: [Edge]
  /// The nodes of each column, from top to bottom.
  var order: [[Int]] = []
  /// The parts of lines that begin in each column.
  private(set) var segments: [[Segment]] = []
  /// The segments that end in, and that begin in each node.
  var before: [[Segment]] = []
  var after: [[Segment]] = []

  /// More bends aren't made: that many lines can't be followed anyway.
  private static var mostBends: Int { 20_000 }
  static var margin: Int { 12 }

  init(_ nodes: [Node], _ edges: [Edge]) {
    self.nodes = nodes
    self.edges = edges
    addBends()
    sortColumns()
    y = positions()
    placeColumns()
  }

  // MARK: Bends

  private struct Bend: Hashable {
    var trunk: Int
    var column: Int
  }

  private mutating func addBends() {
    let count = (nodes.map(\.column).max() ?? -1) + 1
    segments = Array(repeating: [], count: count)
    order = Array(repeating: [], count: count)
    var bends: [Bend: Int] = [:]
    var seen: Set<Segment> = []
    for (index, node) in nodes.enumerated() { order[node.column].append(index) }
    for edge in edges {
      let (first, last) = (nodes[edge.from].column, nodes[edge.to].column)
      guard last - first < Self.mostBends / 4, bends.count + last - first < Self.mostBends else {
        routes.append(nil)
        continue
      }
      var route: [Int] = []
      for column in (first + 1)..<max(last, first + 1) {
        let bend = Bend(trunk: edge.trunk, column: column)
        let node = bends[bend] ?? nodes.count
        if node == nodes.count {
          bends[bend] = node
          nodes.append(Node(column: column, width: 0, height: 4, isPinned: false, isBend: true))
          order[column].append(node)
        }
        route.append(node)
      }
      routes.append(route)
      let chain = [edge.from] + route + [edge.to]
      for (left, right) in zip(chain, chain.dropFirst()) {
        let segment = Segment(
          left: left, right: right, leftY: left == edge.from ? edge.fromY : 2,
          rightY: right == edge.to ? edge.toY : 2)
        guard seen.insert(segment).inserted else { continue }
        segments[nodes[left].column].append(segment)
      }
    }
    before = Array(repeating: [], count: nodes.count)
    after = Array(repeating: [], count: nodes.count)
    for segment in segments.joined() {
      before[segment.right].append(segment)
      after[segment.left].append(segment)
    }
  }

  // MARK: Columns

  private mutating func placeColumns() {
    var x = Self.margin
    for (column, members) in order.enumerated() {
      let width = members.map { nodes[$0].width }.max() ?? 0
      columns.append((x, width))
      let lines = segments[column].count
      x += width + (column == order.count - 1 ? 0 : 46 + min(34, 2 * lines))
    }
    width = x + Self.margin
    height = (nodes.indices.map { y[$0] + nodes[$0].height }.max() ?? 0) + Self.margin
  }
}
