import Text
import Documents
import Values

/// Equality as JSON Schema defines it: numbers by value, maps in any order.
enum InstanceEquality {
  /// Values nested deeper than this count as different.
  static var depthLimit: Int { 160 }

  static func areEqual<A: SchemaInstance, B: SchemaInstance>(
    _ a: A, _ left: A.Node, _ b: B, _ right: B.Node, depth: Int = 0
  ) -> Bool {
    let kind = a.kind(left)
    let other = b.kind(right)
    switch (kind, other) {
    case (.null, .null): return true
    case (.bool, .bool), (.string, .string): return haveEqualBytes(a, left, b, right)
    case (.int, .int), (.int, .float), (.float, .int), (.float, .float):
      if let left = a.integer(left), let right = b.integer(right) { return left == right }
      if haveEqualBytes(a, left, b, right) { return true }
      guard let left = a.withBytes(left, { DecimalNumber($0) }),
        let right = b.withBytes(right, { DecimalNumber($0) })
      else { return false }
      return left == right
    case (.list, .list):
      guard depth < depthLimit, a.count(left) == b.count(right) else { return false }
      var leftItems = a.items(left)
      var rightItems = b.items(right)
      while let one = leftItems.next(), let two = rightItems.next() {
        guard areEqual(a, one, b, two, depth: depth + 1) else { return false }
      }
      return true
    case (.map, .map):
      guard depth < depthLimit, a.count(left) == b.count(right) else { return false }
      return areEqualMaps(a, left, b, right, depth: depth)
    default: return false
    }
  }

  private static func haveEqualBytes<A: SchemaInstance, B: SchemaInstance>(
    _ a: A, _ left: A.Node, _ b: B, _ right: B.Node
  ) -> Bool {
    a.withBytes(left) { left in b.withBytes(right) { left.elementsEqual($0) } }
  }

  private static func areEqualMaps<A: SchemaInstance, B: SchemaInstance>(
    _ a: A, _ left: A.Node, _ b: B, _ right: B.Node, depth: Int
  ) -> Bool {
    var values: [String: B.Node] = [:]
    var rightEntries = b.entries(right)
    while let entry = rightEntries.next() { values[b.keyString(entry.key)] = entry.value }
    var leftEntries = a.entries(left)
    while let entry = leftEntries.next() {
      guard let other = values[a.keyString(entry.key)],
        areEqual(a, entry.value, b, other, depth: depth + 1)
      else { return false }
    }
    return true
  }
}

/// A hash consistent with `InstanceEquality`.
enum InstanceHash {
  static func hash<A: SchemaInstance>(_ a: A, _ node: A.Node, depth: Int = 0) -> UInt64 {
    switch a.kind(node) {
    case .null: return 1
    case .bool: return a.withBytes(node) { $0.first == UInt8(ascii: "t") ? 2 : 3 }
    case .string: return a.withBytes(node) { bytes($0, 4) }
    case .int, .float:
      if let integer = a.integer(node) { return mix(5, UInt64(bitPattern: integer)) }
      let number = a.withBytes(node) { DecimalNumber($0) }
      guard let number else { return 6 }
      if let integer = number.integer { return mix(5, UInt64(bitPattern: integer)) }
      return number.digits.reduce(mix(7, UInt64(bitPattern: Int64(number.exponent)))) {
        mix($0, UInt64($1))
      }
    case .list:
      var hash: UInt64 = 8
      guard depth < InstanceEquality.depthLimit else { return hash }
      var items = a.items(node)
      while let item = items.next() { hash = mix(hash, self.hash(a, item, depth: depth + 1)) }
      return hash
    case .map:
      var hash: UInt64 = 9
      guard depth < InstanceEquality.depthLimit else { return hash }
      var entries = a.entries(node)
      while let entry = entries.next() {
        hash &+= mix(
          a.withKeyBytes(entry.key) { bytes($0, 10) },
          self.hash(a, entry.value, depth: depth + 1))
      }
      return hash
    }
  }

  private static func mix(_ left: UInt64, _ right: UInt64) -> UInt64 {
    let sum = (left ^ right &* 0x9E37_79B9_7F4A_7C15) &* 0xFF51_AFD7_ED55_8CCD
    return sum ^ (sum >> 32)
  }

  private static func bytes(_ bytes: UnsafeBufferPointer<UInt8>, _ seed: UInt64) -> UInt64 {
    var hash = seed
    for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
    return mix(hash, UInt64(bytes.count))
  }
}
