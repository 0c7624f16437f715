import Testing
import Values

@Suite struct EqualityTests {
  @Test(
    arguments: [
      (.null, .null), (.bool(true), .bool(true)), (.int(1), .uint(1)), (.int(1), .double(1)),
      (.uint(.max), .uint(.max)), (.number("1.0"), .int(1)), (.number("1.0"), .uint(1)),
      (.number("1e2"), .number("100.0")), (.number("2.50"), .double(2.5)),
      (.number("12345678901234567890"), .number("12345678901234567890")),
      (.number("12345678901234567890"), .double(12_345_678_901_234_567_168)),
      (.string("a"), .string("a")), (.bytes([1]), .bytes([1])),
      (.list([.int(1)]), .list([.double(1)])),
      (
        .map(ValueMap(["a": .int(1), "b": .null])),
        .map(ValueMap(["b": .null, "a": .number("1.0")]))
      ),
      (
        .timestamp(.init(seconds: 1, nanoseconds: 2)), .timestamp(.init(seconds: 1, nanoseconds: 2))
      ),
      (.duration(.init(nanoseconds: 1)), .duration(.init(nanoseconds: 1))),
      (.type("a"), .type("a")),
      (.optional(nil), .optional(nil)), (.optional(.int(1)), .optional(.uint(1))),
      (.opaque(type: "t", text: "x"), .opaque(type: "t", text: "x")),
      (.secret(Secret(.string("pw"), reference: "r")), .string("pw")),
    ] as [(Value, Value)])
  func equal(left: Value, right: Value) {
    #expect(left == right)
    #expect(right == left)
  }

  @Test(
    arguments: [
      (.null, .bool(false)), (.int(0), .bool(false)), (.int(1), .string("1")),
      (.int(-1), .uint(.max)),
      (.int(.max), .double(9_223_372_036_854_775_808)), (.double(.nan), .double(.nan)),
      (.number("1.5"), .int(1)), (.number("12345678901234567890"), .number("12345678901234567891")),
      (.number("12345678901234567890"), .int(.max)), (.string("é"), .string("e\u{301}")),
      (.string("a"), .bytes([0x61])), (.list([]), .list([.null])), (.list([]), .map(ValueMap())),
      (.map(ValueMap(["a": .int(1)])), .map(ValueMap(["b": .int(1)]))),
      (.map(ValueMap(["a": .int(1)])), .map(ValueMap(["a": .int(2)]))),
      (.map(ValueMap(["a": .null])), .map(ValueMap())), (.optional(nil), .optional(.null)),
      (.optional(nil), .null), (.type("a"), .string("a")),
      (.timestamp(.init(seconds: 1, nanoseconds: 0)), .duration(.init(nanoseconds: 1_000_000_000))),
      (.opaque(type: "t", text: "x"), .opaque(type: "u", text: "x")),
      (.secret(Secret(.string("pw"), reference: "r")), .string("r")),
    ] as [(Value, Value)])
  func different(left: Value, right: Value) {
    #expect(left != right)
    #expect(right != left)
  }

  @Test(
    arguments: [
      (.null, "null"), (.bool(true), "a bool"), (.int(1), "an int"), (.uint(1), "a uint"),
      (.double(1), "a double"), (.number("12345678901234567890"), "an int"),
      (.number("1.0"), "a double"), (.string(""), "a string"), (.bytes([]), "bytes"),
      (.list([]), "a list"), (.map(ValueMap()), "a map"),
      (.timestamp(.init(seconds: 0, nanoseconds: 0)), "a timestamp"),
      (.duration(.init(nanoseconds: 0)), "a duration"), (.type("int"), "a type"),
      (.optional(nil), "an optional"), (.opaque(type: "net.IP", text: "::1"), "a `net.IP`"),
      (.secret(Secret(.list([]), reference: "r")), "a list"),
    ] as [(Value, String)])
  func kindNames(value: Value, name: String) {
    #expect(value.kindName == name)
  }

  @Test func secretsAreFoundInOrder() {
    let one = Value.secret(Secret(.string("1"), reference: "one"))
    let two = Value.secret(Secret(.string("2"), reference: "two"))
    let value = Value.map(ValueMap(["a": .list([one, .int(1)]), "b": .optional(two)]))
    #expect(value.secretReferences == ["one", "two"])
    #expect(Value.string("x").secretReferences == [])
    let twice = Value.secret(Secret(one, reference: "f(one)"))
    if case .string(let text) = twice.revealed {
      #expect(text == "1")
    } else {
      Issue.record("a secret")
    }
    #expect(Secret(.null, reference: "f#/a").placeholder == "{{secret: f#/a}}")
  }
}
