package import Documents
import RegularExpressions
import Values

extension Schema {
  /// The schema as a blob of a snapshot; nil if validation needs its documents.
  package var snapshot: SnapshotWriter.Blob? {
    let needsDocuments = arena.constants.contains { constant in
      switch constant.kind {
      case .null, .bool, .string: false
      case .int, .float, .list, .map: true
      }
    }
    guard !needsDocuments, arena.dynamicTargets.isEmpty else { return nil }
    var blob = SnapshotWriter.Blob()
    blob.number(Int(root))
    arena.write(to: &blob)
    return blob
  }

  /// A schema that validates from read-only data; `full` explains the violations.
  package init?(_ snapshot: SnapshotReader, full: @escaping @Sendable () -> Schema?) {
    var reader = snapshot
    guard let root = reader.number().flatMap({ Int32(exactly: $0) }),
      let arena = SchemaArena(snapshot: &reader), arena.nodes.indices.contains(Int(root))
    else { return nil }
    self.init(arena: arena, root: root, full: full)
  }
}

extension SchemaArena {
  fileprivate func write(to blob: inout SnapshotWriter.Blob) {
    blob.number(Int(traits.rawValue))
    nodes.write(to: &blob)
    properties.write(to: &blob)
    sortedProperties.write(to: &blob)
    patterns.write(to: &blob)
    dependencies.write(to: &blob)
    names.write(to: &blob)
    constants.write(to: &blob)
    children.write(to: &blob)
    limits.write(to: &blob)
    patternTexts.write(to: &blob)
    writeAutomata(to: &blob)
    dynamics.write(to: &blob)
    text.write(to: &blob)
  }
}

extension SchemaArena {
  /// A snapshot's patterns are automata where possible.
  private func writeAutomata(to blob: inout SnapshotWriter.Blob) {
    var ranges: [TextRange] = []
    var bytes: [UInt8] = []
    for text in patternTexts {
      var automaton: [UInt8] = []
      if case .success(let expression) = RegularExpression.compile(string(text), syntax: .ecma) {
        automaton = expression.automaton ?? []
      }
      ranges.append(
        TextRange(start: UInt32(clamping: bytes.count), count: UInt32(clamping: automaton.count)))
      bytes += automaton
    }
    blob.table(ranges)
    blob.table(bytes)
  }
}

extension FlatTable {
  fileprivate func write(to blob: inout SnapshotWriter.Blob) { blob.table(storage) }
}

extension SnapshotReader {
  mutating func flatTable<Row: BitwiseCopyable>(of row: Row.Type) -> FlatTable<Row>? {
    table(of: row).map { FlatTable($0) }
  }
}
