import Testing
import Values

/// Numbers are passed on as they were written.
@Suite struct NumberTests {
  /// The case and the number.
  private static func form(_ value: Value?) -> String {
    switch value {
    case .int(let number): "int \(number)"
    case .uint(let number): "uint \(number)"
    case .double(let number): "double \(number)"
    case .number(let text): "number \(text)"
    case nil: "nil"
    default: "other"
    }
  }

  @Test(arguments: [
    ("0", "int 0"), ("-5", "int -5"), ("9223372036854775807", "int 9223372036854775807"),
    ("-9223372036854775808", "int -9223372036854775808"),
    ("9223372036854775808", "number 9223372036854775808"),
    ("-9223372036854775809", "number -9223372036854775809"),
    ("12345678901234567890", "number 12345678901234567890"),
  ])
  func wholeNumbers(text: String, form: String) {
    #expect(Self.form(Value(wholeNumber: text)) == form)
  }

  @Test(arguments: [
    ("1.5", "double 1.5"), ("-0.25", "double -0.25"), ("0.1", "double 0.1"),
    ("1.0", "number 1.0"), ("2.50", "number 2.50"), ("1e5", "number 1e5"),
    ("1e+16", "double 1e+16"), ("1e400", "number 1e400"), ("-1e400", "number -1e400"),
    ("0.12345678901234567890", "number 0.12345678901234567890"), ("007.5", "number 7.5"),
    ("-007.5", "number -7.5"), ("00.5", "number 0.5"), ("0.0", "number 0.0"),
    ("inf", "double inf"), ("-inf", "double -inf"), ("nan", "double nan"),
  ])
  func fractions(text: String, form: String) {
    #expect(Self.form(Value(fraction: text)) == form)
  }

  @Test(
    arguments: [
      (0, "0"), (-0.0, "0"), (1, "1"), (-3, "-3"), (1.5, "1.5"), (0.1 + 0.2, "0.30000000000000004"),
      (1e300, "1e+300"), (9_007_199_254_740_991, "9007199254740991"),
      (9_007_199_254_740_992, "9007199254740992.0"), (.infinity, "null"), (-.infinity, "null"),
      (.nan, "null"),
    ] as [(Double, String)])
  func textOfDoubles(number: Double, text: String) {
    #expect(Value.text(of: number) == text)
  }

  @Test(arguments: [
    ("0", true), ("-12", true), ("12345678901234567890", true), ("1.0", false), ("1e2", false),
    ("1E2", false), ("-0.5", false),
  ])
  func wholeTexts(text: String, isWhole: Bool) {
    #expect(Value.isWhole(text) == isWhole)
  }

  @Test(
    arguments: [
      (.int(3), "int 3"), (.double(0.5), "double 0.5"), (.number("1.0"), "double 1.0"),
      (.number("2.50"), "double 2.5"), (.number("1e2"), "double 100.0"),
      (.number("12345678901234567890"), "nil"), (.number("-12345678901234567890"), "nil"),
      (.number("1e400"), "nil"),
    ] as [(Value, String)])
  func whatIsComputedWith(value: Value, form: String) {
    #expect(Self.form(value.computable) == form)
  }

  @Test(
    arguments: [
      (.int(-1), -1), (.uint(7), 7), (.uint(.max), nil), (.double(2), 2), (.double(2.5), nil),
      (.double(.nan), nil), (.double(1e19), nil), (.number("1.0"), 1), (.number("1e2"), 100),
      (.number("2.50"), nil), (.number("12345678901234567890"), nil), (.string("1"), nil),
      (.bool(true), nil),
    ] as [(Value, Int64?)])
  func integers(value: Value, integer: Int64?) {
    #expect(value.exactInteger == integer)
  }

  @Test(
    arguments: [
      (.int(2), 2), (.uint(3), 3), (.double(0.5), 0.5), (.number("2.50"), 2.5),
      (.number("12345678901234567890"), 12_345_678_901_234_567_168), (.string("1"), nil),
      (.null, nil),
    ] as [(Value, Double?)])
  func doubles(value: Value, double: Double?) {
    #expect(value.nearestDouble == double)
  }
}
