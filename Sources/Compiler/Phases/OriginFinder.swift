import Text
import Documents
import PlanFormat
import SourceText
import Values

/// Finds lines, columns and excerpts of spans; secrets in a line are left out of its excerpt.
struct OriginFinder {
  private let sources: SourceSet
  /// The ranges of secrets in the files as written, by source, in order.
  private var secrets: [UInt32: [Range<Int>]] = [:]
  private var tables: [UInt32: LineTable] = [:]
  /// The last one found: steps of one `each` have the same span.
  private var last: (span: Span, origin: Plan.Origin)?

  /// Longer lines are cut.
  private static var widest: Int { 200 }

  init(_ sources: SourceSet, documents: [(tree: Tree, value: Value)]) {
    self.sources = sources
    for document in documents {
      guard let root = document.tree.root else { continue }
      var spans: [Span] = []
      Self.collect(document.value, document.tree, root, &spans)
      for span in spans {
        guard let file = sources[span.source] else { continue }
        secrets[span.source.index, default: []].append(file.written(span))
      }
    }
    for key in secrets.keys { secrets[key]?.sort { $0.lowerBound < $1.lowerBound } }
  }

  /// Where a document's secrets are: its value has the marks, its tree the spans.
  private static func collect(
    _ value: Value, _ tree: Tree, _ node: NodeID, _ spans: inout [Span]
  ) {
    switch value {
    case .secret: spans.append(tree.span(node))
    case .list(let items):
      for (item, node) in zip(items, tree.items(node)) { collect(item, tree, node, &spans) }
    case .map(let map):
      for (entry, nodes) in zip(map.entries, tree.entries(node)) {
        collect(entry.value, tree, nodes.value, &spans)
      }
    default: return
    }
  }

  mutating func origin(of span: Span?) -> Plan.Origin? {
    guard let span, let file = sources[span.source] else { return nil }
    if let last, last.span == span { return last.origin }
    let offset = file.written(span).lowerBound
    let table = tables[span.source.index] ?? LineTable(file.text)
    tables[span.source.index] = table
    let position = table.position(of: offset, in: file.text)
    let line = table.line(of: offset)
    let start = table.starts[line]
    let end = line + 1 < table.starts.count ? table.starts[line + 1] : file.text.count
    let origin = Plan.Origin(
      file: file.name, line: Int64(position.line), column: Int64(position.column),
      excerpt: excerpt(start..<end, of: file, secrets[span.source.index] ?? []))
    last = (span, origin)
    return origin
  }

  private func excerpt(_ line: Range<Int>, of file: SourceFile, _ secrets: [Range<Int>]) -> String {
    var bytes: [UInt8] = []
    var at = line.lowerBound
    for secret in secrets where secret.overlaps(line) {
      if secret.lowerBound > at { bytes += file.text[at..<secret.lowerBound] }
      bytes += Array("…".utf8)
      at = max(at, secret.upperBound)
    }
    if at < line.upperBound { bytes += file.text[at..<line.upperBound] }
    while let byte = bytes.last, byte <= .space { bytes.removeLast() }
    // The text before it stays, since the column counts it.
    let text = String(decoding: bytes, as: UTF8.self)
    let scalars = text.unicodeScalars
    guard scalars.count > Self.widest else { return text }
    return String(String.UnicodeScalarView(scalars.prefix(Self.widest))) + "…"
  }
}
