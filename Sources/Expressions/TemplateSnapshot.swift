package import Documents
package import SourceText
import Values

/// A file's templates for a snapshot, in flat tables that they share.
package struct TemplateTables {
  /// A text of the file, by its node in the file's tree.
  fileprivate struct TemplateRow: BitwiseCopyable {
    var node: UInt32
    var pieces: RowRange
  }

  fileprivate struct RowRange: BitwiseCopyable {
    var start: UInt32
    var count: UInt32

    var indices: Range<Int> { Int(start)..<(Int(start) + Int(count)) }
  }

  fileprivate struct PieceRow: BitwiseCopyable {
    /// In `expressions`, or -1 for a text.
    var expression: Int32
    var text: RowRange
  }

  fileprivate struct ExpressionRow: BitwiseCopyable {
    var nodes: RowRange
    var extra: RowRange
    var literals: RowRange
    var names: RowRange
    var root: Int64
    var slotCount: Int64
    var buildsContainers: Bool
  }

  fileprivate struct LiteralRow: BitwiseCopyable {
    enum Kind: UInt8, BitwiseCopyable { case null, bool, int, uint, double, string, bytes }

    var kind: Kind
    var bits: UInt64
    var text: RowRange
  }

  private var templates: [TemplateRow] = []
  private var pieces: [PieceRow] = []
  private var expressions: [ExpressionRow] = []
  private var nodes: [Expression.Node] = []
  private var extra: [Int32] = []
  private var literals: [LiteralRow] = []
  private var names: [RowRange] = []
  private var text: [UInt8] = []

  package init() {}

  /// Adds the template of a node; nodes come in ascending order.
  package mutating func add(_ template: Template, at node: NodeID) {
    guard template.pieces.allSatisfy(Self.canBeKept) else { return }
    let start = UInt32(clamping: pieces.count)
    for piece in template.pieces {
      switch piece {
      case .text(let literal): pieces.append(PieceRow(expression: -1, text: add(literal)))
      case .expression(let expression):
        pieces.append(
          PieceRow(
            expression: Int32(clamping: expressions.count), text: RowRange(start: 0, count: 0)))
        add(expression)
      }
    }
    templates.append(
      TemplateRow(
        node: node.index,
        pieces: RowRange(start: start, count: UInt32(clamping: template.pieces.count))))
  }

  private static func canBeKept(_ piece: Template.Piece) -> Bool {
    guard case .expression(let expression) = piece else { return true }
    return expression.literals.allSatisfy { LiteralRow.Kind($0) != nil }
  }

  private mutating func add(_ literal: String) -> RowRange {
    add(bytes: Array(literal.utf8))
  }

  private mutating func add(bytes: [UInt8]) -> RowRange {
    text += bytes
    return RowRange(
      start: UInt32(clamping: text.count - bytes.count), count: UInt32(clamping: bytes.count))
  }

  private mutating func add(_ expression: Expression) {
    func range(_ total: Int, _ count: Int) -> RowRange {
      RowRange(start: UInt32(clamping: total - count), count: UInt32(clamping: count))
    }
    nodes += expression.nodes
    extra += expression.extra
    for literal in expression.literals { add(literal) }
    for name in expression.names { names.append(add(name)) }
    expressions.append(
      ExpressionRow(
        nodes: range(nodes.count, expression.nodes.count),
        extra: range(extra.count, expression.extra.count),
        literals: range(literals.count, expression.literals.count),
        names: range(names.count, expression.names.count), root: Int64(expression.root),
        slotCount: Int64(expression.slotCount), buildsContainers: expression.buildsContainers))
  }

  private mutating func add(_ literal: Value) {
    var row = LiteralRow(kind: .null, bits: 0, text: RowRange(start: 0, count: 0))
    row.kind = LiteralRow.Kind(literal) ?? .null
    switch literal {
    case .bool(let flag): row.bits = flag ? 1 : 0
    case .int(let number): row.bits = UInt64(bitPattern: number)
    case .uint(let number): row.bits = number
    case .double(let number): row.bits = number.bitPattern
    case .string(let string): row.text = add(string)
    case .bytes(let bytes): row.text = add(bytes: bytes)
    default: break
    }
    literals.append(row)
  }

  /// The tables as a blob; nil if there are no templates.
  package var snapshot: SnapshotWriter.Blob? {
    guard !templates.isEmpty else { return nil }
    var blob = SnapshotWriter.Blob()
    blob.table(templates)
    blob.table(pieces)
    blob.table(expressions)
    blob.table(nodes)
    blob.table(extra)
    blob.table(literals)
    blob.table(names)
    blob.table(text)
    return blob
  }
}

extension TemplateTables.LiteralRow.Kind {
  /// Nil for values that are never stored.
  fileprivate init?(_ value: Value) {
    switch value {
    case .null: self = .null
    case .bool: self = .bool
    case .int: self = .int
    case .uint: self = .uint
    case .double: self = .double
    case .string: self = .string
    case .bytes: self = .bytes
    case .number, .list, .map, .timestamp, .duration, .type, .optional, .opaque, .secret:
      return nil
    }
  }
}

extension Template {
  /// A node's template in a snapshot; nil if there is none.
  package init?(_ kept: any SnapshotTexts, at node: NodeID, source: SourceID) {
    guard let tables = kept as? SnapshotTemplates,
      let pieces = tables.pieces(of: node.index, source: source)
    else { return nil }
    self.pieces = pieces
  }
}

/// A snapshot's tables, read in place.
package final class SnapshotTemplates: SnapshotTexts, @unchecked Sendable {
  private typealias Tables = TemplateTables

  private let templates: UnsafeBufferPointer<Tables.TemplateRow>
  private let pieces: UnsafeBufferPointer<Tables.PieceRow>
  private let expressions: UnsafeBufferPointer<Tables.ExpressionRow>
  private let nodes: UnsafeBufferPointer<Expression.Node>
  private let extra: UnsafeBufferPointer<Int32>
  private let literals: UnsafeBufferPointer<Tables.LiteralRow>
  private let names: UnsafeBufferPointer<Tables.RowRange>
  private let text: UnsafeBufferPointer<UInt8>

  /// Nil if `TemplateTables` didn't write the blob.
  package init?(_ snapshot: SnapshotReader) {
    var reader = snapshot
    guard let templates = reader.table(of: Tables.TemplateRow.self),
      let pieces = reader.table(of: Tables.PieceRow.self),
      let expressions = reader.table(of: Tables.ExpressionRow.self),
      let nodes = reader.table(of: Expression.Node.self), let extra = reader.table(of: Int32.self),
      let literals = reader.table(of: Tables.LiteralRow.self),
      let names = reader.table(of: Tables.RowRange.self), let text = reader.table(of: UInt8.self)
    else { return nil }
    self.templates = templates
    self.pieces = pieces
    self.expressions = expressions
    self.nodes = nodes
    self.extra = extra
    self.literals = literals
    self.names = names
    self.text = text
  }

  func pieces(of node: UInt32, source: SourceID) -> [Template.Piece]? {
    var low = 0
    var high = templates.count
    while low < high {
      let middle = (low + high) / 2
      if templates[middle].node < node { low = middle + 1 } else { high = middle }
    }
    guard low < templates.count, templates[low].node == node else { return nil }
    return templates[low].pieces.indices.map { at in
      let piece = pieces[at]
      guard piece.expression >= 0 else { return .text(string(piece.text)) }
      return .expression(expression(expressions[Int(piece.expression)], source))
    }
  }

  private func expression(_ row: Tables.ExpressionRow, _ source: SourceID) -> Expression {
    var expression = Expression.Draft()
    expression.nodes = Array(nodes[row.nodes.indices])
    for at in expression.nodes.indices { expression.nodes[at].span.source = source }
    expression.extra = Array(extra[row.extra.indices])
    expression.literals = row.literals.indices.map { value(literals[$0]) }
    expression.names = row.names.indices.map { string(names[$0]) }
    expression.root = Int(row.root)
    expression.slotCount = Int(row.slotCount)
    expression.buildsContainers = row.buildsContainers
    return Expression(expression)
  }

  private func value(_ row: Tables.LiteralRow) -> Value {
    switch row.kind {
    case .null: .null
    case .bool: .bool(row.bits != 0)
    case .int: .int(Int64(bitPattern: row.bits))
    case .uint: .uint(row.bits)
    case .double: .double(Double(bitPattern: row.bits))
    case .string: .string(string(row.text))
    case .bytes: .bytes(Array(text[row.text.indices]))
    }
  }

  private func string(_ range: Tables.RowRange) -> String {
    String(decoding: text[range.indices], as: UTF8.self)
  }
}
