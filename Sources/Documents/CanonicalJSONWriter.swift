import Text
package import Values

/// The only JSON writer for everything that Penstock emits, so that equal values give equal bytes
/// on every machine.
///
/// Keys keep the order in which they are written. Pretty output indents by two spaces.
package struct CanonicalJSONWriter {
  package private(set) var bytes: [UInt8] = []
  private let isPretty: Bool
  /// For each open container, whether it has an element yet.
  private var hasElement: [Bool] = []
  private var isAfterKey = false

  package init(pretty: Bool) { isPretty = pretty }

  /// Reserves space for that many bytes.
  package mutating func reserve(_ count: Int) { bytes.reserveCapacity(count) }

  /// Returns what was written so far and forgets it; writing continues after it.
  package mutating func take() -> [UInt8] {
    defer { bytes = [] }
    return bytes
  }

  /// The same, for a sink that doesn't keep the bytes: the memory is reused.
  package mutating func flush(to sink: (borrowing [UInt8]) -> Void) {
    sink(bytes)
    bytes.removeAll(keepingCapacity: true)
  }

  package mutating func beginObject() { begin(.openBrace) }
  package mutating func endObject() { end(.closeBrace) }
  package mutating func beginArray() { begin(.openBracket) }
  package mutating func endArray() { end(.closeBracket) }

  package mutating func key(_ name: String) {
    quote(name, isPretty ? .keyAndBlank : .key)
    isAfterKey = true
  }

  package mutating func null() { literal("null") }
  package mutating func bool(_ value: Bool) { literal(value ? "true" : "false") }
  package mutating func int(_ value: Int64) { literal(String(value)) }
  package mutating func uint(_ value: UInt64) { literal(String(value)) }

  /// Writes a whole number below 2^53 without a fraction; NaN and infinities, which JSON lacks, as
  /// null.
  package mutating func double(_ value: Double) { literal(Value.text(of: value)) }

  /// Writes a number that is kept as its JSON text.
  package mutating func number(_ text: String) { literal(text) }

  package mutating func string(_ value: String) { quote(value, .string) }

  /// Writes a string given as UTF-8; the bytes are not checked.
  package mutating func string(utf8: UnsafeBufferPointer<UInt8>) { quote(utf8, .string) }

  package mutating func newline() { bytes.append(.newline) }

  private mutating func literal(_ text: String) {
    put(gap(), nil, UnsafeBufferPointer(start: nil, count: 0), .none)
    bytes.append(contentsOf: text.utf8)
  }

  private mutating func begin(_ bracket: UInt8) {
    put(gap(), bracket, UnsafeBufferPointer(start: nil, count: 0), .none)
    hasElement.append(false)
  }

  private mutating func end(_ bracket: UInt8) {
    let hadElement = hasElement.popLast() ?? false
    let gap = Gap(hasComma: false, margin: hadElement ? margin : 0)
    put(gap, bracket, UnsafeBufferPointer(start: nil, count: 0), .none)
  }

  private mutating func quote(_ text: String, _ tail: Tail) {
    text.withSharedUTF8 { quote($0, tail) }
  }

  private mutating func quote(_ text: UnsafeBufferPointer<UInt8>, _ tail: Tail) {
    guard var next = ByteScan.escaped(text, from: 0) else {
      return put(gap(), .quote, text, tail)
    }
    put(gap(), .quote, UnsafeBufferPointer(rebasing: text[..<next]), .none)
    // Runs that need no escape are copied whole.
    while true {
      escape(text[next])
      let start = next + 1
      guard let further = ByteScan.escaped(text, from: start) else {
        return put(Gap(), nil, UnsafeBufferPointer(rebasing: text[start...]), tail)
      }
      bytes.append(contentsOf: UnsafeBufferPointer(rebasing: text[start..<further]))
      next = further
    }
  }

  // MARK: Bytes

  /// What separates an element from the text before it.
  private struct Gap {
    var hasComma = false
    /// The length of a line end and indentation, together; 0 for neither.
    var margin = 0
  }

  /// What to write at the end of a text.
  private enum Tail {
    case none, string, key, keyAndBlank
  }

  /// The length of the line end and indentation before an element of the innermost container.
  private var margin: Int { isPretty ? 2 * hasElement.count + 1 : 0 }

  /// The gap before the next value or key.
  private mutating func gap() -> Gap {
    if isAfterKey {
      isAfterKey = false
      return Gap()
    }
    guard let last = hasElement.indices.last else { return Gap() }
    let gap = Gap(hasComma: hasElement[last], margin: margin)
    hasElement[last] = true
    return gap
  }

  /// Appends all of these at once: large output spends most of its time here.
  private mutating func put(
    _ gap: Gap, _ head: UInt8?, _ text: UnsafeBufferPointer<UInt8>, _ tail: Tail
  ) {
    bytes.append(addingCapacity: text.count + gap.margin + 5) { span in
      span.withUnsafeMutableBufferPointer { space, count in
        guard let start = space.baseAddress else { return }
        var at = start + count
        func add(_ byte: UInt8) {
          at.initialize(to: byte)
          at += 1
        }
        if gap.hasComma { add(.comma) }
        if gap.margin > 0 {
          add(.newline)
          at.initialize(repeating: .space, count: gap.margin - 1)
          at += gap.margin - 1
        }
        if let head { add(head) }
        if let first = text.baseAddress {
          at.initialize(from: first, count: text.count)
          at += text.count
        }
        if tail != .none { add(.quote) }
        if tail == .key || tail == .keyAndBlank { add(.colon) }
        if tail == .keyAndBlank { add(.space) }
        count = at - start
      }
    }
  }

  private mutating func escape(_ byte: UInt8) {
    bytes.append(.backslash)
    switch byte {
    case .quote, .backslash: bytes.append(byte)
    case .newline: bytes.append(UInt8(ascii: "n"))
    case .carriageReturn: bytes.append(UInt8(ascii: "r"))
    case .tab: bytes.append(UInt8(ascii: "t"))
    case 0x08: bytes.append(UInt8(ascii: "b"))
    case 0x0C: bytes.append(UInt8(ascii: "f"))
    default:
      bytes.append(contentsOf: [UInt8(ascii: "u"), UInt8(ascii: "0"), UInt8(ascii: "0")])
      bytes.append(ASCII.hexDigit(byte >> 4))
      bytes.append(ASCII.hexDigit(byte & 15))
    }
  }
}

extension CanonicalJSONWriter {
  /// Writes a value; the caller chooses how secrets are written. Values that JSON lacks are written
  /// as their text.
  package mutating func value(_ value: Value, revealingSecrets: Bool) {
    switch value {
    case .null, .optional(nil): null()
    case .bool(let flag): bool(flag)
    case .int(let number): int(number)
    case .uint(let number): uint(number)
    case .double(let number): double(number)
    case .number(let text): number(text)
    case .string(let text), .type(let text), .opaque(_, let text): string(text)
    case .bytes(let bytes): string(Base64.encode(bytes))
    case .optional(let wrapped?): self.value(wrapped, revealingSecrets: revealingSecrets)
    case .timestamp(let moment): string(moment.description)
    case .duration(let duration): string(duration.description)
    case .secret(let secret):
      if revealingSecrets {
        self.value(secret.value, revealingSecrets: true)
      } else {
        string(secret.placeholder)
      }
    case .list(let items):
      beginArray()
      for item in items { self.value(item, revealingSecrets: revealingSecrets) }
      endArray()
    case .map(let map):
      beginObject()
      for entry in map.entries {
        key(entry.key.keyText)
        self.value(entry.value, revealingSecrets: revealingSecrets)
      }
      endObject()
    }
  }
}

extension Value {
  /// The value that a reader gets back after this one was written, with placeholders for secrets.
  package var asWritten: Value {
    switch self {
    case .null, .bool, .int, .uint, .double, .number, .string: self
    case .optional(let wrapped): wrapped?.asWritten ?? .null
    case .type(let text), .opaque(_, let text): .string(text)
    case .bytes(let bytes): .string(Base64.encode(bytes))
    case .timestamp(let moment): .string(moment.description)
    case .duration(let duration): .string(duration.description)
    case .secret(let secret): .string(secret.placeholder)
    case .list(let items): .list(items.map(\.asWritten))
    case .map(let map):
      .map(ValueMap(map.entries.map { (.string($0.key.keyText), $0.value.asWritten) }))
    }
  }

  /// A map's key as JSON text.
  fileprivate var keyText: String {
    switch self {
    case .string(let text): text
    case .int(let number): String(number)
    case .uint(let number): String(number)
    case .bool(let flag): String(flag)
    default: ""
    }
  }
}
