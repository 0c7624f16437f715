import Documents
import Text
import YAMLSyntax

/// Where an event's parts are in the text.
struct EventExtent {
  /// The anchor and the tag, in their order.
  var properties: [Range<Int>] = []
  /// Where the content starts; after the properties, if there is none.
  var content: Int
  /// Where a scalar's text ends, without the empty lines after a block.
  var end: Int
  /// What isn't looked at for comments.
  var covered: [Range<Int>]

  static func all(_ events: [YAMLEvent], _ bytes: [UInt8]) -> [EventExtent] {
    var flows: [Bool] = []
    return events.map { event in
      switch event.kind {
      case .listStart, .mapStart: flows.append(event.isFlow)
      case .listEnd, .mapEnd: flows.removeLast(flows.isEmpty ? 0 : 1)
      case .documentStart, .documentEnd, .alias, .scalar: break
      }
      return EventExtent(event, bytes, isInFlow: flows.last ?? false)
    }
  }

  private init(_ event: YAMLEvent, _ bytes: [UInt8], isInFlow: Bool) {
    let start = event.range.lowerBound
    content = start
    end = event.range.upperBound
    covered = []
    switch event.kind {
    case .documentStart, .documentEnd:
      if !event.isImplicit {
        // Directives are before the marker.
        let marker = event.kind == .documentStart ? max(start, end - 3) : start
        covered = [marker..<min(marker + 3, bytes.count)]
      }
    case .listEnd, .mapEnd: break
    case .alias: covered = [event.range]
    case .scalar, .listStart, .mapStart:
      readProperties(event, bytes, isInFlow: isInFlow)
      covered = properties
      guard event.kind == .scalar else { return }
      let isEmpty = event.style == .plain && event.value.isEmpty
      if isEmpty {
        content = properties.last?.upperBound ?? start
        end = content
      } else {
        trim(event, bytes)
        covered.append(content..<max(content, end))
      }
    }
  }

  private mutating func readProperties(_ event: YAMLEvent, _ bytes: [UInt8], isInFlow: Bool) {
    var left = (event.anchor == nil ? 0 : 1) + (event.tag == nil ? 0 : 1)
    guard left > 0 else { return }
    var at = event.range.lowerBound
    while at < bytes.count {
      switch bytes[at] {
      case .space, .tab, .newline, .carriageReturn: at += 1
      case .hash: while at < bytes.count, !Self.isBreak(bytes[at]) { at += 1 }
      case .ampersand where left > 0:
        let start = at
        at += 1
        while at < bytes.count, ASCII.isWord(bytes[at]) || bytes[at] == .hyphen { at += 1 }
        properties.append(start..<at)
        left -= 1
      case .exclamation where left > 0:
        let start = at
        at = Self.endOfTag(bytes, from: at, isInFlow: isInFlow)
        properties.append(start..<at)
        left -= 1
      default:
        content = at
        return
      }
    }
    content = min(at, bytes.count)
  }

  private static func endOfTag(_ bytes: [UInt8], from start: Int, isInFlow: Bool) -> Int {
    var at = start
    let isVerbatim = start + 1 < bytes.count && bytes[start + 1] == .less
    while at < bytes.count, bytes[at] != .space, bytes[at] != .tab, !isBreak(bytes[at]) {
      if isVerbatim, bytes[at] == .greater { return at + 1 }
      if !isVerbatim, isInFlow, [.comma, .closeBracket, .closeBrace].contains(bytes[at]) { break }
      at += 1
    }
    return at
  }

  /// The end of the text: of a block that keeps its last line ends, with them.
  private mutating func trim(_ event: YAMLEvent, _ bytes: [UInt8]) {
    end = min(end, bytes.count)
    guard event.style.isBlock || event.style == .plain else { return }
    let isKept = event.style.isBlock && BlockHeader(Array(bytes[content..<end])).chomping == .plus
    while end > content, !isKept,
      [.space, .tab, .newline, .carriageReturn].contains(bytes[end - 1])
    {
      end -= 1
    }
  }

  static func isBreak(_ byte: UInt8) -> Bool { byte == .newline || byte == .carriageReturn }
}

/// The first line of a block of text: `|2- # comment`.
struct BlockHeader {
  var indentation: Int?
  /// `+`, `-` or nothing.
  var chomping: UInt8?
  var comment: Range<Int>?
  /// Where the first line of the text begins.
  var end = 0

  init(_ raw: [UInt8]) {
    var at = 1
    while at < raw.count, !EventExtent.isBreak(raw[at]) {
      switch raw[at] {
      case .plus, .hyphen: chomping = raw[at]
      case UInt8.digits: indentation = Int(raw[at] - 0x30)
      case .hash:
        let start = at
        while at < raw.count, !EventExtent.isBreak(raw[at]) { at += 1 }
        comment = start..<at
        continue
      default: break
      }
      at += 1
    }
    if at < raw.count, raw[at] == .carriageReturn, at + 1 < raw.count, raw[at + 1] == .newline {
      at += 1
    }
    end = min(at + 1, raw.count)
  }
}
