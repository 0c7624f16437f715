import Documents
import Text
import YAMLSyntax

/// Builds layout nodes out of events and the marks between them.
struct LayoutReader {
  let bytes: [UInt8]
  let events: [YAMLEvent]
  /// For each event, where its content starts, after its properties.
  let contents: [EventExtent]
  let marks: [LayoutMark]
  let hasExpressions: Bool
  private var index = 0
  private var markIndex = 0
  /// The columns of the open block containers; -1 is the document.
  private var columns: [Int] = [-1]
  /// The keys that lead to a node, in maps only; nil for an item of a list.
  private var path: [[UInt8]?] = []

  init(
    _ bytes: [UInt8], _ events: [YAMLEvent], _ contents: [EventExtent], _ marks: [LayoutMark],
    hasExpressions: Bool
  ) {
    self.bytes = bytes
    self.events = events
    self.contents = contents
    self.marks = marks
    self.hasExpressions = hasExpressions
  }

  /// All documents, and the comments of a text without any.
  mutating func read() -> (documents: [LayoutDocument], rest: [LayoutTrivia]) {
    var documents: [LayoutDocument] = []
    while index < events.count, events[index].kind == .documentStart {
      documents.append(document())
    }
    return (documents, take(before: Int.max))
  }

  private mutating func document() -> LayoutDocument {
    let start = events[index]
    index += 1
    var head: [LayoutMark.Kind] = []
    var markerComment: LayoutComment?
    if !start.isImplicit {
      while let mark = nextMark, mark.offset < start.range.upperBound {
        if mark.kind != .blank || !head.isEmpty { head.append(mark.kind) }
        markIndex += 1
      }
      markerComment = sameLineComment(from: start.range.upperBound)
    }
    let root = node(isKey: false)
    let tail = take(before: endOfTail)
    var document = LayoutDocument(
      head: head, hasMarker: !start.isImplicit, markerComment: markerComment, root: root, tail: tail
    )
    if index < events.count, events[index].kind == .documentEnd {
      let end = events[index]
      index += 1
      document.hasEndMarker = !end.isImplicit
      if !end.isImplicit { document.endComment = sameLineComment(from: end.range.lowerBound) }
    }
    return document
  }

  /// Where a document's own comments end: at its end's marker or at the next one's start.
  private var endOfTail: Int {
    guard index < events.count, events[index].kind == .documentEnd else { return Int.max }
    if !events[index].isImplicit { return events[index].range.lowerBound }
    guard index + 1 < events.count else { return Int.max }
    let next = events[index + 1].range.lowerBound
    // Directives belong to the next document, and the comments after the first of them.
    let directive = marks[markIndex...].first {
      if case .directive = $0.kind { $0.offset < next } else { false }
    }
    return directive?.offset ?? next
  }

  // MARK: Marks

  private var nextMark: LayoutMark? { markIndex < marks.count ? marks[markIndex] : nil }

  /// Comments and empty lines before an offset; indicators are passed over.
  private mutating func take(before offset: Int) -> [LayoutTrivia] {
    var taken: [LayoutTrivia] = []
    while let mark = nextMark, mark.offset < offset {
      switch mark.kind {
      case .comment(let comment): taken.append(.comment(comment))
      case .blank: taken.append(.blank)
      case .indicator, .directive: break
      }
      markIndex += 1
    }
    return taken
  }

  /// What is before an indicator, which is passed over; nil if there is none before the offset.
  private mutating func take(through indicator: UInt8, before offset: Int) -> [LayoutTrivia]? {
    let found = marks[markIndex...].prefix { $0.offset < offset }
      .first { $0.kind == .indicator(indicator) }
    guard let found else { return nil }
    let taken = take(before: found.offset)
    markIndex += 1
    return taken
  }

  /// A comment after a place on its line, perhaps after a comma.
  private mutating func sameLineComment(from offset: Int, afterComma: Bool = false)
    -> LayoutComment?
  {
    var at = markIndex
    if afterComma, at < marks.count, marks[at].kind == .indicator(.comma) { at += 1 }
    guard at < marks.count, case .comment(let comment) = marks[at].kind, !comment.isOwnLine,
      !hasBreak(offset..<marks[at].offset), isNext(marks[at].offset)
    else { return nil }
    markIndex = at + 1
    return comment
  }

  /// Whether no event begins before an offset.
  private func isNext(_ offset: Int) -> Bool {
    guard index < events.count else { return true }
    switch events[index].kind {
    case .listEnd, .mapEnd, .documentEnd, .documentStart: return true
    case .alias, .scalar, .listStart, .mapStart:
      return events[index].range.lowerBound >= offset || events[index].range.isEmpty
    }
  }

  /// A comment at the end of a line, and its continuation below.
  private mutating func lineComments(from offset: Int, afterComma: Bool = false) -> LineComments {
    guard let first = sameLineComment(from: offset, afterComma: afterComma) else { return [] }
    return [first] + continuation(of: first)
  }

  private mutating func continuation(of first: LayoutComment) -> LineComments {
    var comments: LineComments = []
    var line = first.line
    while let mark = nextMark, case .comment(let comment) = mark.kind, comment.isOwnLine,
      comment.line == line + 1, comment.column == first.column, isNext(mark.offset)
    {
      comments.append(comment)
      line += 1
      markIndex += 1
    }
    return comments
  }

  private func hasBreak(_ range: Range<Int>) -> Bool {
    guard range.lowerBound < range.upperBound else { return false }
    return bytes[range.clamped(to: 0..<bytes.count)].contains {
      $0 == .newline || $0 == .carriageReturn
    }
  }

  private func column(of offset: Int) -> Int {
    var start = min(offset, bytes.count)
    while start > 0, bytes[start - 1] != .newline, bytes[start - 1] != .carriageReturn {
      start -= 1
    }
    return offset - start
  }

  // MARK: Nodes

  private mutating func node(isKey: Bool, isInFlow: Bool = false) -> LayoutNode {
    guard index < events.count else {
      return LayoutNode(content: .scalar(LayoutScalar(style: .plain, raw: [], value: [])))
    }
    let event = events[index]
    let extent = contents[index]
    let before = take(before: event.range.lowerBound)
    let inner = take(before: extent.content)
    index += 1
    var node = LayoutNode(
      properties: extent.properties.map { Array(bytes[$0]) }, before: before, inner: inner,
      content: .alias([]))
    switch event.kind {
    case .alias: node.content = .alias(Array(bytes[event.range]))
    case .scalar: node.content = .scalar(scalar(event, extent, isKey: isKey))
    case .listStart: node.content = .list(list(event, extent))
    case .mapStart: node.content = .map(map(event, extent))
    case .documentStart, .documentEnd, .listEnd, .mapEnd: break
    }
    guard !isKey else { return node }
    let isBlock = !event.isFlow && (event.kind == .listStart || event.kind == .mapStart)
    if event.kind == .scalar, event.value.isEmpty, extent.end == extent.content, !isInFlow {
      node.trailing = lineComments(from: extent.end)
      let column = max(columns.last ?? 0, 0)
      node.tail = tail { $0.column > column }
    } else if !isBlock, !event.style.isBlock || event.kind != .scalar {
      let end = event.isFlow ? events[index - 1].range.upperBound : extent.end
      node.trailing = lineComments(from: end, afterComma: isInFlow)
    }
    return node
  }

  private func scalar(_ event: YAMLEvent, _ extent: EventExtent, isKey: Bool) -> LayoutScalar {
    var scalar = LayoutScalar(
      style: event.style, raw: Array(bytes[extent.content..<extent.end]), value: event.value,
      isKey: isKey)
    if event.style.isBlock {
      let header = BlockHeader(scalar.raw)
      scalar.blockColumn = header.indentation.map { max(columns.last ?? 0, 0) + $0 }
      if let comment = header.comment {
        scalar.headComment = LayoutComment(
          text: LayoutComment.normal(scalar.raw[comment]), column: 0, isOwnLine: false, line: 0)
      }
    }
    scalar.isTemplate = hasExpressions && !isKey && TemplatePlaces.holdsExpressions(path)
    return scalar
  }

  private mutating func list(_ event: YAMLEvent, _ extent: EventExtent) -> LayoutList {
    var list = LayoutList(isFlow: event.isFlow)
    if !event.isFlow { columns.append(column(of: extent.content)) }
    path.append(nil)
    defer { path.removeLast() }
    while index < events.count, events[index].kind != .listEnd {
      let start = events[index].range.lowerBound
      let leading =
        event.isFlow ? take(before: start) : take(through: .hyphen, before: start + 1) ?? []
      var node = node(isKey: false, isInFlow: event.isFlow)
      if event.isFlow, node.trailing.isEmpty, !node.isBlockText {
        node.trailing = lineComments(from: events[index - 1].range.upperBound, afterComma: true)
      }
      list.items.append(.init(leading: leading, node: node))
    }
    list.tail = endOfContainer(event.isFlow ? .flow : .block)
    return list
  }

  private mutating func map(_ event: YAMLEvent, _ extent: EventExtent) -> LayoutMap {
    var map = LayoutMap(isFlow: event.isFlow)
    map.isPair =
      event.isFlow && !(extent.content < bytes.count && bytes[extent.content] == .openBrace)
    if !event.isFlow { columns.append(column(of: extent.content)) }
    while index < events.count, events[index].kind != .mapEnd {
      map.entries.append(entry(isFlow: event.isFlow))
    }
    map.tail = endOfContainer(map.isPair ? .pair : event.isFlow ? .flow : .block)
    return map
  }

  private mutating func entry(isFlow: Bool) -> LayoutMap.Entry {
    let start = events[index].range.lowerBound
    let question = take(through: .question, before: start)
    let leading = question ?? take(before: start)
    let isExplicit = question != nil
    let name = events[index].kind == .scalar ? events[index].value : nil
    var key = node(isKey: true, isInFlow: isFlow)
    if isExplicit { key.trailing = lineComments(from: events[index - 1].range.upperBound) }
    path.append(name ?? [])
    defer { path.removeLast() }
    let valueStart = index < events.count ? events[index].range.lowerBound : bytes.count
    let beforeColon = take(through: .colon, before: valueStart) ?? []
    var value = node(isKey: false, isInFlow: isFlow)
    value.before.insert(contentsOf: beforeColon, at: 0)
    return .init(leading: leading, key: key, value: value, isExplicit: isExplicit)
  }

  private enum Container { case block, flow, pair }

  /// Passes over the event that ends a container. Returns the comments that belong to it, after its
  /// last child.
  private mutating func endOfContainer(_ container: Container) -> [LayoutTrivia] {
    guard index < events.count else { return [] }
    let end = events[index].range
    index += 1
    switch container {
    case .pair: return []
    case .flow: return take(before: end.upperBound)
    case .block:
      guard columns.count > 1, let column = columns.popLast() else { return [] }
      let outer = columns.last ?? -1
      return tail { $0.column >= column && $0.column > outer }
    }
  }

  /// The next comments on their own lines, as long as they belong to what ends here.
  private mutating func tail(_ belongs: (LayoutComment) -> Bool) -> [LayoutTrivia] {
    let bound = startOfNext
    var end = markIndex
    var at = markIndex
    while at < marks.count, marks[at].offset < bound {
      if case .comment(let comment) = marks[at].kind {
        if !comment.isOwnLine || !belongs(comment) { break }
        end = at + 1
      } else if marks[at].kind != .blank {
        break
      }
      at += 1
    }
    var taken: [LayoutTrivia] = []
    for mark in marks[markIndex..<end] {
      if case .comment(let comment) = mark.kind {
        taken.append(.comment(comment))
      } else {
        taken.append(.blank)
      }
    }
    markIndex = end
    return taken
  }

  /// Where the next node or document begins.
  private var startOfNext: Int {
    for event in events[index...] {
      switch event.kind {
      case .listEnd, .mapEnd: continue
      case .documentEnd: if event.isImplicit { continue } else { return event.range.lowerBound }
      case .documentStart, .alias, .scalar, .listStart, .mapStart: return event.range.lowerBound
      }
    }
    return Int.max
  }
}

extension LayoutNode {
  var isBlockText: Bool {
    if case .scalar(let scalar) = content { scalar.style.isBlock } else { false }
  }
}

extension Tree.Style {
  var isBlock: Bool {
    switch self {
    case .literal, .folded: true
    case .plain, .singleQuoted, .doubleQuoted: false
    }
  }
}
