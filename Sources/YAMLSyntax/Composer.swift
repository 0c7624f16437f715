import Text
import Documents
import CLibYAML
import Diagnostics
import SourceText
import Values

/// Builds a tree from libyaml's events.
struct Composer {
  /// An open container.
  struct Frame {
    var isMap: Bool
    /// For a map: whether a key comes next.
    var expectsKey: Bool
    /// Whether it is a template placeholder that looks like a map (`{{X}}`), or inside one.
    var isTemplateMark = false
    /// Whether a key isn't text, so that keys can't be compared.
    var hasBadKey = false
    var node: NodeID
    var anchor: String?
    /// Nodes of the container so far, including those that aliases repeat.
    var size = 1
    /// The number of levels below it.
    var height = 0
    /// Offset after the last thing in it.
    var end: Int
    var mergeKeys: [NodeID] = []
    /// The line of the last key.
    var keyLine = -1
  }

  /// A value that an alias may refer to.
  struct Anchor {
    var node: NodeID
    var size: Int
    var height: Int
    var isOpen: Bool
  }

  let file: SourceFile
  let bytes: UnsafeBufferPointer<UInt8>
  let source: SourceID
  let rules: ScalarRules
  let limits: YAMLLimits
  var offsets: MarkOffsets
  var builder: TreeBuilder
  var frames: [Frame] = []
  var anchors: [String: Anchor] = [:]
  var aliasedNodes = 0
  var diagnostics: [Diagnostic] = []
  /// Whether the tree can't be used because of an error.
  var isBroken = false
  /// The last scalar, which may explain the error that follows.
  var lastScalar: Range<Int> = 0..<0
  var lastMark: Range<Int>?

  init(
    file: SourceFile, bytes: UnsafeBufferPointer<UInt8>, source: SourceID, rules: ScalarRules,
    limits: YAMLLimits, offsets: MarkOffsets
  ) {
    self.file = file
    self.bytes = bytes
    self.source = source
    self.rules = rules
    self.limits = limits
    self.offsets = offsets
    builder = TreeBuilder(source: source, text: file.parsed)
  }

  /// Takes all events, up to the first fatal error.
  mutating func compose(_ events: borrowing EventParser) {
    var hasDocument = false
    var event = yaml_event_t()
    while true {
      guard events.next(&event) else {
        refuse(events.problem)
        return
      }
      defer { yaml_event_delete(&event) }
      switch event.type {
      case YAML_STREAM_END_EVENT:
        if builder.tree.root == nil {
          let at = offsets.offset(of: event.start_mark)
          builder.scalar(.null, style: .plain, span: at..<at, textInSource: at..<at)
        }
        return
      case YAML_DOCUMENT_START_EVENT:
        if hasDocument {
          let at = offsets.offset(of: event.start_mark)
          report(
            .yamlSeveralDocuments(at: Span(source, at..<min(at + 3, bytes.count))), isFatal: true)
          return
        }
        hasDocument = true
      case YAML_SCALAR_EVENT: scalar(event)
      case YAML_ALIAS_EVENT:
        guard alias(event) else { return }
      case YAML_MAPPING_START_EVENT, YAML_SEQUENCE_START_EVENT:
        guard begin(event) else { return }
      case YAML_MAPPING_END_EVENT, YAML_SEQUENCE_END_EVENT: end(event)
      default: break
      }
    }
  }

  /// Adds a diagnostic, up to a limit.
  mutating func report(_ diagnostic: Diagnostic, isFatal: Bool = false) {
    if isFatal { isBroken = true }
    if diagnostics.count < limits.diagnostics { diagnostics.append(diagnostic) }
  }

  func span(_ range: Range<Int>) -> Span { Span(source, range) }

  // MARK: Containers

  private mutating func begin(_ event: yaml_event_t) -> Bool {
    let isMap = event.type == YAML_MAPPING_START_EVENT
    let properties =
      isMap
      ? (event.data.mapping_start.anchor, event.data.mapping_start.tag)
      : (event.data.sequence_start.anchor, event.data.sequence_start.tag)
    let isFlow =
      isMap
      ? event.data.mapping_start.style == YAML_FLOW_MAPPING_STYLE
      : event.data.sequence_start.style == YAML_FLOW_SEQUENCE_STYLE
    var start = offsets.offset(of: event.start_mark)
    let hasProperties = properties.0 != nil || properties.1 != nil
    if hasProperties { start = endOfProperties(from: start) }
    guard frames.count < limits.depth else {
      report(
        .yamlTooDeep(limit: limits.depth, at: span(start..<min(start + 1, bytes.count))),
        isFatal: true)
      return false
    }
    let isInMark = noteContainer(start: start, isMap: isMap, isFlow: isFlow)
    if let tag = properties.1 {
      checkContainerTag(tag, isMap: isMap, at: offsets.offset(of: event.start_mark)..<start)
    }
    let node = builder.begin(isMap ? .map : .list, start: start, isFlow: isFlow)
    let anchor = properties.0.map { String(cString: $0) }
    if let anchor { anchors[anchor] = Anchor(node: node, size: 1, height: 0, isOpen: true) }
    frames.append(
      Frame(
        isMap: isMap, expectsKey: isMap, isTemplateMark: isInMark, node: node, anchor: anchor,
        end: start))
    return true
  }

  /// Refuses a container as a key, and reports one that is an unfilled placeholder. Returns whether
  /// it is one.
  private mutating func noteContainer(start: Int, isMap: Bool, isFlow: Bool) -> Bool {
    let isInside = frames.last?.isTemplateMark ?? false
    let opensMark = isFlow && isMap && start + 1 < bytes.count && bytes[start + 1] == .openBrace
    if opensMark, !isInside {
      let mark = TemplateMarks.braces(bytes, at: start) ?? start..<min(start + 2, bytes.count)
      lastMark = mark
      report(.templateMark(shown(mark), at: span(mark)), isFatal: true)
    }
    if let frame = frames.last, frame.isMap, frame.expectsKey {
      frames[frames.count - 1].hasBadKey = true
      if !isInside, !opensMark {
        report(.yamlKeyIsContainer(at: span(start..<min(start + 1, bytes.count))), isFatal: true)
      }
    }
    added(size: 0, height: 0, end: start)
    return isInside || opensMark
  }

  private mutating func end(_ event: yaml_event_t) {
    guard let frame = frames.last else { return }
    let eventEnd = offsets.offset(of: event.end_mark)
    let isFlow = builder.tree.isFlow(frame.node)
    let end = isFlow ? eventEnd : frame.end
    if frame.isMap, !frame.hasBadKey { finishMap(frame) }
    frames.removeLast()
    builder.end(at: end)
    if let anchor = frame.anchor {
      anchors[anchor] = Anchor(
        node: frame.node, size: frame.size, height: frame.height, isOpen: false)
    }
    guard !frames.isEmpty else { return }
    let last = frames.count - 1
    frames[last].end = max(frames[last].end, end)
    frames[last].size = Self.sum(frames[last].size, frame.size)
    frames[last].height = max(frames[last].height, frame.height + 1)
  }

  private mutating func finishMap(_ frame: Frame) {
    if !frame.mergeKeys.isEmpty { resolveMerges(frame) }
    for (key, first) in builder.duplicateKeys(limit: limits.diagnostics) {
      let span = builder.tree.span(key)
      let name = file.isSubstituted(span) ? nil : builder.tree.string(key)
      report(.yamlDuplicateKey(name, at: span, first: builder.tree.span(first)))
    }
  }

  /// Records in the innermost container that a child was added.
  mutating func added(size: Int, height: Int, end: Int) {
    guard !frames.isEmpty else { return }
    let last = frames.count - 1
    if frames[last].isMap { frames[last].expectsKey.toggle() }
    frames[last].size = Self.sum(frames[last].size, size)
    frames[last].height = max(frames[last].height, height)
    frames[last].end = max(frames[last].end, end)
  }

  static func sum(_ left: Int, _ right: Int) -> Int {
    let (sum, overflow) = left.addingReportingOverflow(right)
    return overflow ? Int.max : sum
  }

  // MARK: Aliases and merge keys

  private mutating func alias(_ event: yaml_event_t) -> Bool {
    let range = offsets.offset(of: event.start_mark)..<offsets.offset(of: event.end_mark)
    let name = event.data.alias.anchor.map { String(cString: $0) } ?? ""
    let isKey = frames.last.map { $0.isMap && $0.expectsKey } ?? false
    guard let anchor = anchors[name], !anchor.isOpen else {
      report(
        anchors[name] == nil
          ? .yamlAliasUndefined(shown(range), known: nearbyAnchors, at: span(range))
          : .yamlAliasRecursive(shown(range), at: span(range)),
        isFatal: true)
      builder.scalar(.null, style: .plain, span: range, textInSource: range)
      added(size: 1, height: 0, end: range.upperBound)
      return true
    }
    aliasedNodes = Self.sum(aliasedNodes, anchor.size)
    guard aliasedNodes <= limits.aliasedNodes else {
      report(.yamlAliasExpansion(limit: limits.aliasedNodes, at: span(range)), isFatal: true)
      return false
    }
    guard frames.count + anchor.height < limits.depth else {
      report(.yamlTooDeep(limit: limits.depth, at: span(range)), isFatal: true)
      return false
    }
    let kind = builder.tree.kind(anchor.node)
    if isKey, kind == .list || kind == .map {
      frames[frames.count - 1].hasBadKey = true
      report(.yamlKeyIsContainer(at: span(range)), isFatal: true)
    }
    builder.alias(anchor.node, span: range)
    added(
      size: anchor.size, height: kind == .list || kind == .map ? anchor.height + 1 : 0,
      end: range.upperBound)
    return true
  }

  /// The anchors' names, if few enough to compare for a suggestion.
  private var nearbyAnchors: [String] {
    anchors.count <= 100 && file.substituted.isEmpty ? anchors.keys.sorted().map { "*" + $0 } : []
  }

  private mutating func resolveMerges(_ frame: Frame) {
    let tree = builder.tree
    var merges: [(key: NodeID, maps: [NodeID])] = []
    var wrong: [NodeID] = []
    var keys = frame.mergeKeys[...]
    for entry in tree.entries(frame.node) where entry.key == keys.first {
      keys.removeFirst()
      var maps: [NodeID] = []
      switch tree.kind(entry.value) {
      case .map: maps = [entry.value]
      case .list:
        for item in tree.items(entry.value) {
          if tree.kind(item) == .map { maps.append(item) } else { wrong.append(item) }
        }
      case .null, .bool, .int, .float, .string: wrong.append(entry.value)
      }
      merges.append((entry.key, maps))
    }
    for node in wrong { report(.yamlMergeOfNoMap(at: tree.span(node)), isFatal: true) }
    builder.merge(merges)
  }
}
