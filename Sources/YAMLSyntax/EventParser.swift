import CLibYAML

/// libyaml's parser over bytes in memory, which must outlive it.
struct EventParser: ~Copyable {
  private let parser: UnsafeMutablePointer<yaml_parser_t>

  /// Nil if memory is short. The bytes must be UTF-8 without a byte order mark.
  init?(_ bytes: UnsafeBufferPointer<UInt8>) {
    let parser = UnsafeMutablePointer<yaml_parser_t>.allocate(capacity: 1)
    parser.initialize(to: yaml_parser_t())
    guard yaml_parser_initialize(parser) == 1 else {
      parser.deallocate()
      return nil
    }
    yaml_parser_set_input_string(parser, bytes.baseAddress, bytes.count)
    yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
    self.parser = parser
  }

  deinit {
    yaml_parser_delete(parser)
    parser.deallocate()
  }

  /// Parses the next event, which the caller must delete; false on a syntax error.
  func next(_ event: inout yaml_event_t) -> Bool { yaml_parser_parse(parser, &event) == 1 }

  /// libyaml's syntax error, after `next` returned false.
  var problem: EventProblem {
    let state = parser.pointee
    return EventProblem(
      isMemory: state.error == YAML_MEMORY_ERROR,
      text: state.problem.map { String(cString: $0) } ?? "",
      context: state.context.map { String(cString: $0) } ?? "",
      mark: state.problem_mark, contextMark: state.context.map { _ in state.context_mark })
  }
}

/// An error in libyaml's own words, with its marks.
struct EventProblem {
  var isMemory: Bool
  var text: String
  var context: String
  var mark: yaml_mark_t
  var contextMark: yaml_mark_t?
}

/// Turns libyaml's marks, which count characters, into byte offsets.
///
/// In ASCII text the two are the same. Otherwise a cursor walks on from the last place asked for,
/// so that a parser's events, which come in order, cost one pass over the text in all.
struct MarkOffsets {
  private let bytes: UnsafeBufferPointer<UInt8>
  private let isASCII: Bool
  /// Bytes before what libyaml was given (a byte order mark).
  private let base: Int
  private var character = 0
  private var offset: Int

  init(_ bytes: UnsafeBufferPointer<UInt8>, isASCII: Bool, base: Int) {
    self.bytes = bytes
    self.isASCII = isASCII
    self.base = base
    offset = base
  }

  mutating func offset(of mark: yaml_mark_t) -> Int {
    if isASCII { return min(base + Int(mark.index), bytes.count) }
    let wanted = Int(clamping: mark.index)
    while character < wanted, offset < bytes.count {
      offset += 1
      while offset < bytes.count, bytes[offset] & 0xC0 == 0x80 { offset += 1 }
      character += 1
    }
    while character > wanted, offset > base {
      offset -= 1
      while offset > base, bytes[offset] & 0xC0 == 0x80 { offset -= 1 }
      character -= 1
    }
    return offset
  }
}
