/// Writes JSON: the one writer for everything that Penstock emits, so that equal values are equal
/// bytes on every machine.
///
/// Keys keep the order in which they are written. Pretty output indents by two spaces.
package struct CanonicalJSONWriter {
  package private(set) var bytes: [UInt8] = []
  private let isPretty: Bool
  /// One for each open container: whether it has an element yet.
  private var hasElement: [Bool] = []
  private var isAfterKey = false
  /// A line's end, and blanks for the next one.
  private var margin: [UInt8] = [0x0A]

  package init(pretty: Bool) { isPretty = pretty }

  /// Hands over what was written so far and forgets it; writing goes on behind it.
  package mutating func take() -> [UInt8] {
    defer { bytes = [] }
    return bytes
  }

  /// The same, for a sink that does not keep it: the memory is used again.
  package mutating func flush(to sink: (borrowing [UInt8]) -> Void) {
    sink(bytes)
    bytes.removeAll(keepingCapacity: true)
  }

  package mutating func beginObject() { begin(0x7B) }
  package mutating func endObject() { end(0x7D) }
  package mutating func beginArray() { begin(0x5B) }
  package mutating func endArray() { end(0x5D) }

  package mutating func key(_ name: String) {
    separate()
    quote(name)
    bytes.append(0x3A)
    if isPretty { bytes.append(0x20) }
    isAfterKey = true
  }

  package mutating func null() { literal("null") }
  package mutating func bool(_ value: Bool) { literal(value ? "true" : "false") }
  package mutating func int(_ value: Int64) { literal(String(value)) }
  package mutating func uint(_ value: UInt64) { literal(String(value)) }

  /// A whole number below 2^53 is written without a fraction; NaN and infinities, which JSON lacks,
  /// as null.
  package mutating func double(_ value: Double) {
    if !value.isFinite {
      null()
    } else if let whole = Int64(exactly: value), abs(value) < 9_007_199_254_740_992 {
      literal(String(whole))
    } else {
      literal(value.description)
    }
  }

  package mutating func string(_ value: String) {
    separate()
    quote(value)
  }

  /// A string whose UTF-8 is at hand; bytes are taken as they are.
  package mutating func string(utf8: UnsafeBufferPointer<UInt8>) {
    separate()
    quote(utf8)
  }

  package mutating func newline() { bytes.append(0x0A) }

  private mutating func literal(_ text: String) {
    separate()
    bytes.append(contentsOf: text.utf8)
  }

  private mutating func begin(_ bracket: UInt8) {
    separate()
    bytes.append(bracket)
    hasElement.append(false)
  }

  private mutating func end(_ bracket: UInt8) {
    let hadElement = hasElement.popLast() ?? false
    if hadElement { indent() }
    bytes.append(bracket)
  }

  private mutating func separate() {
    if isAfterKey {
      isAfterKey = false
      return
    }
    guard let last = hasElement.indices.last else { return }
    if hasElement[last] { bytes.append(0x2C) }
    hasElement[last] = true
    indent()
  }

  private mutating func indent() {
    guard isPretty else { return }
    let count = 2 * hasElement.count + 1
    if count > margin.count {
      margin.append(contentsOf: repeatElement(0x20, count: count - margin.count + 16))
    }
    margin.withUnsafeBufferPointer {
      bytes.append(contentsOf: UnsafeBufferPointer(rebasing: $0[..<count]))
    }
  }

  private mutating func quote(_ text: String) {
    var text = text
    text.withUTF8 { quote($0) }
  }

  private mutating func quote(_ text: UnsafeBufferPointer<UInt8>) {
    bytes.append(0x22)
    // Runs without anything to escape, which is most text, are copied whole.
    var start = 0
    while let index = ByteScan.escaped(text, from: start) {
      bytes.append(contentsOf: UnsafeBufferPointer(rebasing: text[start..<index]))
      escape(text[index])
      start = index + 1
    }
    bytes.append(contentsOf: UnsafeBufferPointer(rebasing: text[start...]))
    bytes.append(0x22)
  }

  private mutating func escape(_ byte: UInt8) {
    bytes.append(0x5C)
    switch byte {
    case 0x22, 0x5C: bytes.append(byte)
    case 0x0A: bytes.append(0x6E)
    case 0x0D: bytes.append(0x72)
    case 0x09: bytes.append(0x74)
    case 0x08: bytes.append(0x62)
    case 0x0C: bytes.append(0x66)
    default:
      bytes.append(contentsOf: [0x75, 0x30, 0x30])
      bytes.append(ASCII.hexDigit(byte >> 4))
      bytes.append(ASCII.hexDigit(byte & 15))
    }
  }
}

extension CanonicalJSONWriter {
  /// Writes a value; how secrets are written is the caller's choice. Values that JSON lacks are
  /// written as their text.
  package mutating func value(_ value: Value, revealingSecrets: Bool) {
    switch value {
    case .null, .optional(nil): null()
    case .bool(let flag): bool(flag)
    case .int(let number): int(number)
    case .uint(let number): uint(number)
    case .double(let number): double(number)
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
