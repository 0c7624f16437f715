import Testing
import Values

/// Maps of a few entries are searched, larger ones have an index; both behave the same.
@Suite struct ValueMapTests {
  private static func map(_ count: Int) -> ValueMap {
    var map = ValueMap()
    for number in 0..<count { map["key \(number)"] = .int(Int64(number)) }
    return map
  }

  @Test(arguments: [0, 1, 7, 8, 9, 10, 33, 1000])
  func entriesAreFound(count: Int) {
    let map = Self.map(count)
    #expect(map.count == count && map.isEmpty == (count == 0))
    for number in 0..<count {
      #expect(map["key \(number)"] == .int(Int64(number)))
      #expect(map[.string("key \(number)")] == .int(Int64(number)))
    }
    #expect(map["key \(count)"] == nil && map[""] == nil && map[.int(0)] == nil)
    #expect(map.keys == (0..<count).map { .string("key \($0)") })
  }

  @Test(arguments: [3, 8, 9, 40])
  func entriesKeepTheirPlaces(count: Int) {
    var map = Self.map(count)
    map["key 1"] = .string("new")
    #expect(map.keys == (0..<count).map { .string("key \($0)") })
    #expect(map["key 1"] == .string("new"))
    map["key 0"] = nil
    map["absent"] = nil
    #expect(map.count == count - 1 && map["key 0"] == nil)
    for number in 2..<count { #expect(map["key \(number)"] == .int(Int64(number))) }
    map["key 0"] = .bool(true)
    #expect(map.keys.last == .string("key 0") && map["key 0"] == .bool(true))
  }

  @Test func theLaterOfTwoEntriesWins() {
    let map = ValueMap([
      (.string("a"), .int(1)), (.string("b"), .int(2)), (.string("a"), .int(3)),
    ])
    #expect(map.count == 2 && map["a"] == .int(3) && map.keys == [.string("a"), .string("b")])
  }

  @Test(arguments: [0, 20])
  func keysAreComparedByTheirBytes(others: Int) {
    var map = Self.map(others)
    map["é"] = .int(1)
    map["e\u{301}"] = .int(2)
    #expect(map.count == others + 2 && map["é"] == .int(1) && map["e\u{301}"] == .int(2))
  }

  @Test(arguments: [0, 20])
  func keysNeedNotBeTexts(others: Int) {
    var map = Self.map(others)
    map[.int(1)] = .string("int")
    map[.bool(true)] = .string("bool")
    map[.string("1")] = .string("string")
    map[.uint(1)] = .string("uint")
    #expect(map.count == others + 3, "equal numbers are the same key")
    #expect(map[.double(1)] == .string("uint") && map["1"] == .string("string"))
    map[.bool(true)] = nil
    #expect(map[.bool(true)] == nil && map[.int(1)] == .string("uint"))
  }

  @Test(arguments: [2, 8, 9, 50])
  func theOrderDoesNotMatterForEquality(count: Int) {
    let map = Self.map(count)
    let reversed = ValueMap(map.entries.reversed())
    #expect(map == reversed && map.keys != reversed.keys)
    var other = reversed
    other["key 0"] = .int(-1)
    #expect(map != other)
    other["key 0"] = nil
    #expect(map != other)
    other["other"] = .int(0)
    #expect(map != other && other != map)
  }
}
