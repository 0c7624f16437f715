import CLibYAML
package import Diagnostics
package import Documents
package import SourceText
import Text

/// One event of libyaml's parser, with its bytes: what a layout must keep.
package struct YAMLEvent: Sendable {
  package enum Kind: Sendable, Hashable {
    case documentStart, documentEnd, alias, scalar, listStart, listEnd, mapStart, mapEnd
  }

  package var kind: Kind
  /// The bytes of the file that it covers, as libyaml says: a node's with its properties; for a
  /// block of text, with the empty lines after it.
  package var range: Range<Int>
  /// A node's anchor, or the name that an alias refers to.
  package var anchor: String?
  package var tag: String?
  /// A scalar's decoded text.
  package var value: [UInt8] = []
  package var style = Tree.Style.plain
  /// Whether a container has brackets or braces.
  package var isFlow = false
  /// Whether a document's start or end has no marker.
  package var isImplicit = false
}

extension YAMLReader {
  /// All events of all documents, or nil and at least one error.
  ///
  /// Unlike `read`, this accepts what libyaml accepts: several documents, any tag, any key.
  package static func events(
    _ file: SourceFile, source: SourceID, into diagnostics: inout [Diagnostic]
  ) -> [YAMLEvent]? {
    file.parsed.withUnsafeBufferPointer { bytes in
      let check = TextCheck(bytes)
      if let problem = check.problem {
        diagnostics.append(.yamlText(problem.what, at: Span(source, problem.at)))
        return nil
      }
      if let directive = excessDirective(bytes, base: check.base) {
        diagnostics.append(.yamlTooManyDirectives(at: Span(source, directive)))
        return nil
      }
      let body = UnsafeBufferPointer(rebasing: bytes.dropFirst(check.base))
      guard let parser = EventParser(body) else {
        diagnostics.append(.yamlMemory(at: Span(source, 0..<0)))
        return nil
      }
      var collector = EventCollector(
        offsets: MarkOffsets(bytes, isASCII: check.isASCII, base: check.base))
      let limit = YAMLLimits.standard.depth
      if let problem = collector.collect(parser, depth: limit) {
        diagnostics.append(
          collector.diagnostic(of: problem, bytes, file: file, source: source))
        return nil
      }
      if collector.isTooDeep {
        let at = collector.events.last?.range ?? 0..<0
        diagnostics.append(.yamlTooDeep(limit: limit, at: Span(source, at)))
        return nil
      }
      return collector.events
    }
  }
}

/// Takes libyaml's events, with offsets in bytes.
private struct EventCollector {
  var offsets: MarkOffsets
  var events: [YAMLEvent] = []
  var isTooDeep = false
  private var depth = 0

  init(offsets: MarkOffsets) { self.offsets = offsets }

  /// Returns what is wrong with the text, if anything.
  mutating func collect(_ parser: borrowing EventParser, depth limit: Int) -> EventProblem? {
    var event = yaml_event_t()
    while true {
      guard parser.next(&event) else { return parser.problem }
      defer { yaml_event_delete(&event) }
      if event.type == YAML_STREAM_END_EVENT { return nil }
      if let taken = take(event) { events.append(taken) }
      guard depth <= limit else {
        isTooDeep = true
        return nil
      }
    }
  }

  private mutating func take(_ event: yaml_event_t) -> YAMLEvent? {
    let start = offsets.offset(of: event.start_mark)
    let range = start..<max(start, offsets.offset(of: event.end_mark))
    switch event.type {
    case YAML_DOCUMENT_START_EVENT:
      return YAMLEvent(
        kind: .documentStart, range: range, isImplicit: event.data.document_start.implicit != 0)
    case YAML_DOCUMENT_END_EVENT:
      return YAMLEvent(
        kind: .documentEnd, range: range, isImplicit: event.data.document_end.implicit != 0)
    case YAML_ALIAS_EVENT:
      return YAMLEvent(kind: .alias, range: range, anchor: Self.text(event.data.alias.anchor))
    case YAML_SCALAR_EVENT: return scalar(event.data.scalar, range)
    case YAML_SEQUENCE_START_EVENT:
      depth += 1
      let data = event.data.sequence_start
      return YAMLEvent(
        kind: .listStart, range: range, anchor: Self.text(data.anchor), tag: Self.text(data.tag),
        isFlow: data.style == YAML_FLOW_SEQUENCE_STYLE)
    case YAML_MAPPING_START_EVENT:
      depth += 1
      let data = event.data.mapping_start
      return YAMLEvent(
        kind: .mapStart, range: range, anchor: Self.text(data.anchor), tag: Self.text(data.tag),
        isFlow: data.style == YAML_FLOW_MAPPING_STYLE)
    case YAML_SEQUENCE_END_EVENT, YAML_MAPPING_END_EVENT:
      depth -= 1
      return YAMLEvent(
        kind: event.type == YAML_SEQUENCE_END_EVENT ? .listEnd : .mapEnd, range: range)
    default: return nil
    }
  }

  private func scalar(
    _ data: yaml_event_t.__Unnamed_union_data.__Unnamed_struct_scalar, _ range: Range<Int>
  ) -> YAMLEvent {
    YAMLEvent(
      kind: .scalar, range: range, anchor: Self.text(data.anchor), tag: Self.text(data.tag),
      value: Array(
        UnsafeBufferPointer(start: UnsafePointer(data.value), count: Int(clamping: data.length))),
      style: Composer.style(data.style))
  }

  private static func text(_ pointer: UnsafeMutablePointer<UInt8>?) -> String? {
    pointer.map { String(cString: $0) }
  }

  /// What libyaml found, in our own words.
  mutating func diagnostic(
    of problem: EventProblem, _ bytes: UnsafeBufferPointer<UInt8>, file: SourceFile,
    source: SourceID
  ) -> Diagnostic {
    if problem.isMemory { return .yamlMemory(at: Span(source, 0..<0)) }
    let at = offsets.offset(of: problem.mark)
    let context = problem.contextMark.map { offsets.offset(of: $0) }
    let last = events.last { $0.kind == .scalar }?.range ?? 0..<0
    let advice = SyntaxAdvice(
      lines: SourceLines(bytes: bytes), problem: problem.text, context: problem.context, at: at,
      contextAt: context, lastScalar: last)
    return advice.make(source) { range in
      range.count <= 80 ? String(decoding: bytes[range], as: UTF8.self) : nil
    }
  }
}
