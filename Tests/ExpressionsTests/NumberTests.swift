import Expressions
import Testing
import Values

/// Numbers from documents are passed on as written, and computed with as numbers.
struct NumberTests {
  let variables: [String: Value] = [
    "one": .number("1.0"), "half": .number("0.50"), "kilo": .number("1e3"),
    "big": .number("12345678901234567890"), "huge": .number("1e400"),
    "secret": .secret(Secret(.number("2.0"), reference: "R")),
  ]

  @Test(arguments: [
    ("one", "1.0"), ("string(one)", "1.0"),
    ("json({'a': [one, big, huge]})", #"{"a":[1.0,12345678901234567890,1e400]}"#),
    ("string(big)", "12345678901234567890"), ("number(kilo)", "1000"),
    ("number(big)", "12345678901234567890"), ("string(one + half)", "1.5"),
    ("string(-half)", "-0.5"), ("string(kilo / 8.0)", "125"), ("'%.1f'.format([half])", "0.5"),
    ("string(int(kilo))", "1000"), ("string([7, 8][one])", "8"), ("string(math.ceil(half))", "1"),
    ("[one, big].map(x, string(x)).join(' ')", "1.0 12345678901234567890"),
    ("yaml({'a': one})", "---\na: 1.0\n"),
  ])
  func keepTheirText(_ text: String, _ expected: String) throws {
    guard let found = try value(of: text, variables).text else {
      #expect("\(try value(of: text, variables))" == "number(\"\(expected)\")")
      return
    }
    #expect(found == expected)
  }

  @Test(arguments: [
    "one == 1.0", "one == 1", "half < one", "big > 9223372036854775807", "big == big",
    "big != 12345678901234567000.0 || true", "kilo in [1000.0]", "huge > kilo", "one >= 1",
    "type(one) == double", "type(big) == int", "{1: 'a'}[one] == 'a'", "secret > one",
    "secret + one == 3.0", "!(one == 2)",
  ])
  func compareAsNumbers(_ text: String) throws {
    let found = try value(of: text, variables)
    #expect(found.revealed.flag == true, "\(text) is \(found)")
  }

  @Test(arguments: ["big + 1", "-big", "huge * 2.0", "math.abs(big)", "int(big)"])
  func areNotRounded(_ text: String) throws {
    let problem = try #require(failure(of: text, variables))
    #expect(problem.contains("doesn't fit in 64 bits"))
  }
}
