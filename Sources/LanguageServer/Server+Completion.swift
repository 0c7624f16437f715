import Compiler
import Expressions
import PipelineSyntax
import Schemas
import Text
import Values

/// What can be written at the cursor.
extension Server {
  enum ItemKind: Int {
    case method = 2
    case function = 3
    case field = 5
    case variable = 6
    case module = 9
    case property = 10
    case value = 12
    case keyword = 14
    case reference = 18
    case enumMember = 20
    case structure = 22
  }

  struct Item {
    var label: String
    var kind: ItemKind
    var detail: String?
    var documentation: String?
    /// The text to insert; a snippet if it has `$`.
    var insert: String?
    var isSnippet = false
    /// Items with a smaller one come first.
    var rank = 1
  }

  func completion(_ params: Value) -> Value {
    guard let (path, document) = document(params) else { return .list([]) }
    let offset = document.text.offset(params["position"], encoding)
    let bytes = document.text.bytes
    if isInComment(bytes, offset) { return .list([]) }
    let cursor = Cursor(bytes, offset)
    let kind = ProjectFinder.kind(of: outline(path))
    var items: [Item]
    switch (cursor.spot, kind) {
    case (.expression(let owner, let scan, let word), .pipeline):
      items = expressionItems(path, cursor, owner, scan, word)
    case (.expression(_, let scan, let word), .stepKind):
      items = stepKindItems(path, scan, word)
    case (.expression, .other): items = []
    case (.free, _): items = keyItems(path, cursor, kind) + valueItems(path, cursor, kind)
    case (.value, _): items = valueItems(path, cursor, kind)
    }
    var seen: Set<String> = []
    items = items.filter { seen.insert($0.label).inserted }
    let range = document.text.range(cursor.word.lowerBound..<cursor.word.upperBound, encoding)
    return .object([
      "isIncomplete": .bool(false), "items": .list(items.map { shown($0, range) }),
    ])
  }

  private func shown(_ item: Item, _ range: Value) -> Value {
    let isSnippet = item.isSnippet && client.hasSnippets
    let plain = item.isSnippet ? Self.plain(item.insert ?? item.label) : item.insert ?? item.label
    return .object([
      "label": .string(item.label), "kind": .number(item.kind.rawValue),
      "detail": item.detail.map { .string($0) },
      "documentation": item.documentation.map {
        markup($0, isMarkdown: client.readsMarkdown.items)
      },
      "sortText": .string("\(item.rank)\(item.label)"), "filterText": .string(item.label),
      "insertTextFormat": .number(isSnippet ? 2 : 1),
      "textEdit": .object([
        "range": range,
        "newText": .string(isSnippet ? item.insert ?? item.label : plain),
      ]),
    ])
  }

  /// A snippet without its places.
  private static func plain(_ snippet: String) -> String {
    var text = ""
    var isPlace = false
    for character in snippet {
      if character == "$" {
        isPlace = true
      } else if isPlace, character.isNumber || character == "{" || character == ":" {
        continue
      } else if character == "}", isPlace {
        isPlace = false
      } else if isPlace, character.isLetter {
        continue
      } else {
        isPlace = false
        text.append(character)
      }
    }
    return text
  }

  private func isInComment(_ text: [UInt8], _ offset: Int) -> Bool {
    var start = min(offset, text.count)
    while start > 0, text[start - 1] != .newline { start -= 1 }
    return text[start..<min(offset, text.count)].first { $0 != .space && $0 != .tab } == .hash
  }

  // MARK: Keys

  private func keyItems(_ path: String, _ cursor: Cursor, _ kind: ProjectFinder.Kind) -> [Item] {
    let steps = cursor.path
    let present = presentKeys(path, steps)
    var items: [Item] = []
    if let place = schemaPlace(path, steps) {
      items += place.members.filter { !present.contains($0.name) }.map(item)
    }
    if kind == .pipeline, PipelinePlace(path: steps).inStep?.isEmpty == true {
      let kinds = kinds(ofPipeline: path)
      let hasKind = present.contains { name in kinds.contains { $0.name == name } }
      if !hasKind {
        items += kinds.map { kind in
          Item(
            label: kind.name, kind: .structure, detail: "step kind",
            documentation: kind.summary, insert: kind.name + ":", rank: 2)
        }
      }
    }
    return items
  }

  private func item(_ member: SchemaPlace.Member) -> Item {
    let types = member.place.types
    let isContainer = types == ["object"] || types == ["array"]
    return Item(
      label: member.name, kind: .property,
      detail: (types.isEmpty ? "" : types.joined(separator: " or "))
        + (member.isRequired ? " (required)" : ""),
      documentation: documentation(member.place),
      insert: member.name + (isContainer ? ":" : ": "), rank: member.isRequired ? 0 : 1)
  }

  /// The keys that the map around the cursor has already, before it and after it.
  private func presentKeys(_ path: String, _ steps: [Outline.Step]) -> Set<String> {
    let outline = outline(path)
    guard !steps.isEmpty else { return Set(outline.roots.compactMap { outline.name($0) }) }
    guard let node = outline.nearest(steps), outline.path(node) == steps else { return [] }
    return Set(outline.children(node).compactMap { outline.name($0) })
  }

  /// What a schema says, as Markdown.
  func documentation(_ place: SchemaPlace) -> String? {
    var lines: [String] = []
    if let text = place.text { lines.append(text) }
    let values = place.values
    if !values.isEmpty {
      let shown = values.prefix(20).map { "`\($0)`" }.joined(separator: ", ")
      lines.append("One of " + shown + (values.count > 20 ? ", …" : ""))
    }
    if let text = place.defaultText, !place.isSecret { lines.append("Default: `\(text)`") }
    return lines.isEmpty ? nil : lines.joined(separator: "\n\n")
  }

  // MARK: Values

  private func valueItems(
    _ path: String, _ cursor: Cursor, _ kind: ProjectFinder.Kind
  ) -> [Item] {
    var steps = cursor.path
    if case .free(let parent, _) = cursor.spot {
      // A new item of the list that the cursor is in.
      guard parent >= 0 else { return [] }
      if !cursor.outline.nodes[parent].isItem, startsItem(cursor) { steps.append(.item(0)) }
    }
    var items: [Item] = []
    if let place = schemaPlace(path, steps) {
      items += place.values.map {
        Item(label: $0, kind: .enumMember, documentation: nil, rank: 0)
      }
      if place.types == ["boolean"] {
        items += ["true", "false"].map { Item(label: $0, kind: .value, rank: 0) }
      }
    }
    guard kind == .pipeline else { return items }
    let place = PipelinePlace(path: steps)
    let outline = outline(path)
    if place.namesDataset(kinds(ofPipeline: path)) {
      items += names(outline, ["datasets"]).map { name, summary in
        Item(
          label: name, kind: .reference, detail: "dataset", documentation: summary, rank: 0)
      }
    }
    if place.namesStage { items += stageNames(outline).map(stageItem) }
    return items
  }

  private func startsItem(_ cursor: Cursor) -> Bool {
    let text = cursor.outline.text
    var start = text.count
    while start > 0, text[start - 1] != .newline { start -= 1 }
    return text[start...].contains(.hyphen) || text.last == .openBracket || text.last == .comma
      || { if case .free(_, true) = cursor.spot { true } else { false } }()
  }

  func stageItem(_ stage: (name: String, summary: String?)) -> Item {
    Item(
      label: stage.name, kind: .reference, detail: "stage", documentation: stage.summary, rank: 0)
  }

  /// The names under a key of the pipeline, with their summaries.
  func names(_ outline: Outline, _ path: [String]) -> [(name: String, summary: String?)] {
    guard let node = outline.find(path) else { return [] }
    return outline.children(node).compactMap { child in
      outline.name(child).map { ($0, outline.childText(child, "summary")) }
    }
  }

  func stageNames(_ outline: Outline) -> [(name: String, summary: String?)] {
    guard let node = outline.find(["stages"]) else { return [] }
    return outline.children(node).compactMap { child in
      outline.childText(child, "stage").map { ($0, outline.childText(child, "summary")) }
    }
  }
}
