import Text
import Values

/// A document's parts: symbols and foldable ranges.
extension Server {
  enum SymbolKind: Int {
    case module = 2
    case namespace = 3
    case property = 7
    case interface = 11
    case function = 12
    case variable = 13
    case object = 19
    case key = 20
    case structure = 23
    case event = 24
  }

  func symbols(_ params: Value) -> Value {
    guard let (path, document) = document(params) else { return .list([]) }
    let outline = outline(path)
    let kind = ProjectFinder.kind(of: outline)
    let all = outline.roots.compactMap {
      symbol($0, outline, document.text, kind, depth: 0)
    }
    guard !client.hasHierarchy else { return .list(all) }
    var flat: [Value] = []
    for symbol in all { flatten(symbol, document.uri, nil, into: &flat) }
    return .list(flat)
  }

  private func flatten(
    _ symbol: Value, _ uri: String, _ container: String?, into flat: inout [Value]
  ) {
    flat.append(
      .object([
        "name": symbol["name"], "kind": symbol["kind"],
        "location": .object(["uri": .string(uri), "range": symbol["range"]]),
        "containerName": container.map { .string($0) },
      ]))
    for child in symbol["children"]?.items ?? [] {
      flatten(child, uri, symbol["name"]?.text, into: &flat)
    }
  }

  private func symbol(
    _ node: Int, _ outline: Outline, _ text: LineText, _ kind: ProjectFinder.Kind, depth: Int
  ) -> Value? {
    let (name, symbolKind) = naming(node, outline, kind, depth: depth)
    guard let name, !name.isEmpty else { return nil }
    let whole = outline.nodes[node]
    let range = text.range(whole.start..<max(whole.start, whole.end), encoding)
    let children =
      depth >= 8
      ? []
      : whole.children.compactMap { symbol($0, outline, text, kind, depth: depth + 1) }
    var chosen = whole.key?.range ?? whole.start..<min(whole.start + 1, whole.end)
    if whole.isItem, let named = nameNode(node, outline),
      let value = outline.nodes[named].value
    {
      chosen = value.range
    }
    return .object([
      "name": .string(name),
      "detail": children.isEmpty ? detail(node, outline).map { .string($0) } : nil,
      "kind": .number(symbolKind.rawValue), "range": range,
      "selectionRange": text.range(chosen, encoding),
      "children": children.isEmpty ? nil : .list(children),
    ])
  }

  private func detail(_ node: Int, _ outline: Outline) -> String? {
    // A configuration's values may be secrets, which lists of symbols need not show.
    guard let value = outline.valueText(node), value.utf8.contains(.dollar) else { return nil }
    let line = value.split(separator: "\n").joined(separator: " ")
    return line.count > 60 ? "\(line.prefix(59))…" : line
  }

  /// The entry that an item is named by.
  private func nameNode(_ node: Int, _ outline: Outline) -> Int? {
    ["stage", "name", "Name", "message", "require", "empty", "data", "depth"].lazy
      .compactMap { outline.child(node, $0) }.first { outline.nodes[$0].value != nil }
  }

  private func naming(
    _ node: Int, _ outline: Outline, _ kind: ProjectFinder.Kind, depth: Int
  ) -> (String?, SymbolKind) {
    if outline.nodes[node].isItem {
      let named = nameNode(node, outline)
      let name = named.flatMap { outline.valueText($0) } ?? outline.valueText(node)
      let isStage = named.map { outline.name($0) == "stage" } ?? false
      let short = name.map { String(($0.split(separator: "\n").first ?? "").prefix(80)) }
      return (
        short ?? "[\(outline.nodes[node].index)]",
        isStage ? .module : outline.nodes[node].children.isEmpty ? .property : .event
      )
    }
    let name = outline.name(node)
    guard kind == .pipeline else {
      return (name, outline.nodes[node].children.isEmpty ? .key : .object)
    }
    let parent = outline.nodes[node].parent
    guard parent >= 0 else { return (name, .namespace) }
    switch (depth, outline.name(parent)) {
    case (1, "inputs"): return (name, .interface)
    case (1, "let"): return (name, .variable)
    case (1, "datasets"): return (name, .structure)
    default: return (name, outline.nodes[node].children.isEmpty ? .property : .object)
    }
  }

  // MARK: Folding

  func foldingRanges(_ params: Value) -> Value {
    guard let (path, document) = document(params) else { return .list([]) }
    let text = document.text
    var ranges: [Value] = []
    for node in outline(path).nodes where node.end > node.start {
      add(text.lineNumber(of: node.start), text.lineNumber(of: node.end), nil, to: &ranges)
    }
    var start: Int?
    for line in 0...text.lineCount {
      let bytes = text.bytes[text.line(line)]
      let isComment = bytes.first { $0 != .space && $0 != .tab } == .hash
      if isComment, line < text.lineCount {
        start = start ?? line
      } else if let first = start {
        add(first, line - 1, "comment", to: &ranges)
        start = nil
      }
    }
    return .list(ranges)
  }

  private func add(_ first: Int, _ last: Int, _ kind: String?, to ranges: inout [Value]) {
    guard last > first else { return }
    ranges.append(
      .object([
        "startLine": .number(first), "endLine": .number(last),
        "kind": kind.map { .string($0) },
      ]))
  }
}
