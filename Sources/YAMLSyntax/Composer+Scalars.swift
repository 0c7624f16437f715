import Text
import Documents
import CLibYAML
import Diagnostics
import SourceText
import Values

extension Composer {
  mutating func scalar(_ event: yaml_event_t) {
    let data = event.data.scalar
    let value = UnsafeBufferPointer(
      start: UnsafePointer(data.value), count: Int(clamping: data.length))
    var range = offsets.offset(of: event.start_mark)..<offsets.offset(of: event.end_mark)
    let style = Self.style(data.style)
    var properties = range.lowerBound..<range.lowerBound
    if data.anchor != nil || data.tag != nil {
      let isEmpty = style.isPlain && value.isEmpty
      let start = isEmpty ? range.upperBound : endOfProperties(from: range.lowerBound)
      properties = range.lowerBound..<start
      range = min(start, range.upperBound)..<range.upperBound
    }
    if style.isBlock { range = trimmed(range) }
    lastScalar = range
    let node = add(value, style: style, at: range, tag: data.tag, properties: properties)
    if let anchor = data.anchor {
      anchors[String(cString: anchor)] = Anchor(node: node, size: 1, height: 0, isOpen: false)
    }
    noteScalar(event, node: node, style: style, at: range, isTagged: data.tag != nil)
    added(size: 1, height: 0, end: range.upperBound)
  }

  /// Decides the type of a scalar and adds it.
  private mutating func add(
    _ value: UnsafeBufferPointer<UInt8>, style: Tree.Style, at range: Range<Int>,
    tag: UnsafeMutablePointer<UInt8>?, properties: Range<Int>
  ) -> NodeID {
    var resolved = ResolvedScalar.verbatim(.string)
    if let tag {
      resolved = tagged(value, style: style, tag: tag, at: range, properties: properties)
    } else if style.isPlain {
      resolved = rules.resolve(value)
    }
    switch resolved {
    case .respelt(let kind, let spelling):
      return builder.scalar(kind, style: style, span: range, decoded: spelling.utf8)
    case .symbol(let name):
      let text = UnsafeBufferPointer(rebasing: value[name])
      return add(
        text, .string, style: style, at: range, content: name.lowerBound + range.lowerBound,
        isSymbol: true)
    case .verbatim(let kind):
      let isQuoted = style.isQuoted
      return add(
        value, kind, style: style, at: range, content: range.lowerBound + (isQuoted ? 1 : 0),
        isSymbol: false)
    }
  }

  /// Points into the source if the text is there verbatim.
  private mutating func add(
    _ text: UnsafeBufferPointer<UInt8>, _ kind: Tree.Kind, style: Tree.Style, at range: Range<Int>,
    content: Int, isSymbol: Bool
  ) -> NodeID {
    let place = content..<(content + text.count)
    if place.upperBound <= range.upperBound, isSame(text, as: place) {
      return builder.scalar(
        kind, style: style, span: range, textInSource: place, isSymbol: isSymbol)
    }
    return builder.scalar(kind, style: style, span: range, copying: text, isSymbol: isSymbol)
  }

  private func isSame(_ text: UnsafeBufferPointer<UInt8>, as place: Range<Int>) -> Bool {
    UnsafeBufferPointer(rebasing: bytes[place]).isSame(as: text)
  }

  static func style(_ style: yaml_scalar_style_t) -> Tree.Style {
    switch style {
    case YAML_SINGLE_QUOTED_SCALAR_STYLE: .singleQuoted
    case YAML_DOUBLE_QUOTED_SCALAR_STYLE: .doubleQuoted
    case YAML_LITERAL_SCALAR_STYLE: .literal
    case YAML_FOLDED_SCALAR_STYLE: .folded
    default: .plain
    }
  }

  /// Records what later checks need about a key, and warns of text that was hardly meant as
  /// written.
  private mutating func noteScalar(
    _ event: yaml_event_t, node: NodeID, style: Tree.Style, at range: Range<Int>, isTagged: Bool
  ) {
    guard let last = frames.indices.last, !frames[last].isTemplateMark else { return }
    let line = Int(clamping: event.start_mark.line)
    let isPlain = style.isPlain && !isTagged
    if frames[last].isMap, frames[last].expectsKey {
      frames[last].keyLine = line
      checkQuotes(range, isPlain)
      guard isPlain, range.count > 1,
        bytes[range.lowerBound] == .hyphen || bytes[range.lowerBound] == .less
      else { return }
      if range.count == 2, bytes[range.lowerBound] == .less, bytes[range.lowerBound + 1] == .less {
        frames[last].mergeKeys.append(node)
      } else if bytes[range.lowerBound] == .hyphen, !builder.tree.isFlow(frames[last].node) {
        report(.yamlDashWithoutBlank(isKey: true, at: span(range)))
      }
      return
    }
    guard isPlain, range.count > 2 else { return }
    checkQuotes(range, isPlain)
    let second = bytes[range.lowerBound + 1]
    if bytes[range.lowerBound] == .hyphen, second == .quote || second == .apostrophe {
      report(.yamlDashWithoutBlank(isKey: false, at: span(range)))
    } else if frames[last].isMap, line > frames[last].keyLine,
      let key = KeyShape.keyWithoutBlank(bytes, in: range)
    {
      report(.yamlColonWithoutBlank(shown(key), at: span(key.lowerBound..<(key.upperBound + 1))))
    } else if rules == .ruby, RubyScalar.isTime(bytes[range]) {
      report(.yamlRubyTime(shown(range), at: span(range)))
    }
  }

  /// Curly quotes around a word, which a word processor made, are a part of it.
  private mutating func checkQuotes(_ range: Range<Int>, _ isPlain: Bool) {
    guard isPlain, range.count > 6, isCurly(range.lowerBound), isCurly(range.upperBound - 3),
      !bytes[range].contains(.space)
    else { return }
    report(.yamlCurlyQuotes(at: span(range)))
  }

  /// Whether one of ‘ ’ “ ” starts at an offset.
  private func isCurly(_ at: Int) -> Bool {
    bytes[at] == 0xE2 && bytes[at + 1] == 0x80 && [0x98, 0x99, 0x9C, 0x9D].contains(bytes[at + 2])
  }

  /// The text of a range for a message; nil if it came from the environment or is long.
  func shown(_ range: Range<Int>) -> String? {
    guard range.count <= 80, range.upperBound <= bytes.count, !file.isSubstituted(span(range))
    else { return nil }
    return String(decoding: bytes[range], as: UTF8.self)
  }

  // MARK: Tags and anchors

  private static var coreTagPrefix: String { "tag:yaml.org,2002:" }

  private mutating func tagged(
    _ value: UnsafeBufferPointer<UInt8>, style: Tree.Style, tag: UnsafeMutablePointer<UInt8>,
    at range: Range<Int>, properties: Range<Int>
  ) -> ResolvedScalar {
    let tag = String(cString: tag)
    let kind: Tree.Kind
    switch tag {
    case "!", Self.coreTagPrefix + "str": return .verbatim(.string)
    case Self.coreTagPrefix + "int": kind = .int
    case Self.coreTagPrefix + "float": kind = .float
    case Self.coreTagPrefix + "bool": kind = .bool
    case Self.coreTagPrefix + "null": kind = .null
    default:
      refuseTag(tag, in: properties)
      return .verbatim(.string)
    }
    if let resolved = rules.resolve(value, as: kind) { return resolved }
    report(.yamlTagMismatch(Self.shorthand(tag), at: span(range)))
    return .verbatim(.string)
  }

  mutating func checkContainerTag(
    _ tag: UnsafeMutablePointer<UInt8>, isMap: Bool, at properties: Range<Int>
  ) {
    let tag = String(cString: tag)
    if tag == "!" || tag == Self.coreTagPrefix + (isMap ? "map" : "seq") { return }
    refuseTag(tag, in: properties)
  }

  private mutating func refuseTag(_ tag: String, in properties: Range<Int>) {
    let place = span(place(ofTagIn: properties))
    report(.yamlTagUnknown(file.isSubstituted(place) ? nil : Self.shorthand(tag), at: place))
  }

  private static func shorthand(_ tag: String) -> String {
    tag.hasPrefix(coreTagPrefix) ? "!!" + tag.dropFirst(coreTagPrefix.count) : tag
  }

  /// The tag among a node's properties.
  private func place(ofTagIn properties: Range<Int>) -> Range<Int> {
    var at = properties.lowerBound
    while at < properties.upperBound {
      let start = at
      while at < properties.upperBound, !Self.isSpace(bytes[at]) { at += 1 }
      if bytes[start] == .exclamation { return start..<at }
      while at < properties.upperBound, Self.isSpace(bytes[at]) { at += 1 }
    }
    return properties
  }

  /// The first byte of a node's content: after its anchor and tag, spaces and comments.
  func endOfProperties(from start: Int) -> Int {
    var at = start
    while at < bytes.count {
      switch bytes[at] {
      case .ampersand:
        at += 1
        while at < bytes.count, KeyShape.isKeyByte(bytes[at]), bytes[at] != .dot { at += 1 }
      case .exclamation:
        while at < bytes.count, !Self.isSpace(bytes[at]) { at += 1 }
      case .hash:
        while at < bytes.count, bytes[at] != .newline, bytes[at] != .carriageReturn { at += 1 }
      case .space, .tab, .newline, .carriageReturn: at += 1
      default: return at
      }
    }
    return at
  }

  /// A block scalar's range without the empty lines after its text.
  private func trimmed(_ range: Range<Int>) -> Range<Int> {
    var end = range.upperBound
    while end > range.lowerBound, Self.isSpace(bytes[end - 1]) { end -= 1 }
    return range.lowerBound..<end
  }

  static func isSpace(_ byte: UInt8) -> Bool {
    byte == .space || byte == .tab || byte == .newline || byte == .carriageReturn
  }
}

/// Tests that compile to a byte comparison: `==` on another module's enum is a call.
extension Tree.Style {
  var isPlain: Bool { if case .plain = self { true } else { false } }

  var isQuoted: Bool {
    switch self {
    case .singleQuoted, .doubleQuoted: true
    case .plain, .literal, .folded: false
    }
  }

  var isBlock: Bool {
    switch self {
    case .literal, .folded: true
    case .plain, .singleQuoted, .doubleQuoted: false
    }
  }
}
