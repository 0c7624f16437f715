import Diagnostics
import Expressions
import Testing
import Values

/// Nothing traps, hangs or fills memory.
struct LimitTests {
  private func parse(_ text: String) -> Expression? {
    var diagnostics: [Diagnostic] = []
    return Expression.parse(text, locate: locate, into: &diagnostics)
  }

  @Test(arguments: ["(", "[", "-(", "!(", "{1:", "a?b:(", "x.map(y,", "f(", "a[", "a+("])
  func depth(_ opening: String) {
    #expect(parse(String(repeating: opening, count: 100_000)) == nil)
  }

  @Test func deepButAllowed() throws {
    let text = String(repeating: "(", count: 240) + "1" + String(repeating: ")", count: 240)
    #expect(try value(of: text).equals(.int(1)))
    let sum = Array(repeating: "1", count: 240).joined(separator: " + ")
    #expect(try value(of: sum).equals(.int(240)))
    let list = String(repeating: "[", count: 240) + String(repeating: "]", count: 240)
    #expect(try value(of: "size(\(list))").equals(.int(1)))
    #expect(check(list, in: TypeEnvironment()).problems.isEmpty)
    let all = Array(repeating: "true", count: 5000).joined(separator: " && ")
    #expect(try value(of: all).flag == true)
    #expect(parse(Array(repeating: "1", count: 5000).joined(separator: " + ")) == nil)
    let nested =
      String(repeating: "[1].map(x, ", count: 200) + "1" + String(repeating: ")", count: 200)
    #expect(try value(of: "size(\(nested))").equals(.int(1)))
  }

  @Test func work() {
    func outcome(_ text: String) -> String? { failure(of: text, costLimit: 100_000) }
    let list = "[" + Array(repeating: "1", count: 100).joined(separator: ",") + "]"
    let loop = "cel.bind(l, \(list), l.all(a, l.all(b, l.all(c, l.all(d, a + b + c + d > 0)))))"
    #expect(outcome(loop)?.contains("too much work") == true)
    // Values that double at each step, as texts, lists, and trees of shared lists.
    for step in ["a + a", "[a, a]"] {
      var text = "a"
      for _ in 0..<60 { text = "cel.bind(a, \(step), \(text))" }
      for start in ["'0123456789abcdef'", "['0123456789abcdef']"] {
        #expect(outcome("size(json(cel.bind(a, \(start), \(text))))") != nil)
        if step != "a + a" || start.hasPrefix("[") {
          #expect(outcome("cel.bind(a, \(start), \(text))") != nil)
        }
      }
    }
    #expect(outcome("cel.bind(a, lists.range(1000000), a.map(x, a.map(y, y)))") != nil)
    #expect(outcome("lists.range(9223372036854775807)") != nil)
    #expect(outcome("lists.range(50000).transformMap(i, v, v)") != nil)
    let long = "cel.bind(t, lists.range(99).map(x, \(list)).map(x, 'aaaaaaaaaaaaaaaaaaaa').join()"
    #expect(
      outcome(long + ", cel.bind(l, \(list), l.all(a, l.all(b, t + 'b' == t + 'b'))))") != nil)
    #expect(outcome("'%.999999999f'.format([1.0])") != nil)
  }

  @Test func numbersDoNotTrap() {
    for text in [
      "9223372036854775807 + 1", "-9223372036854775808 - 1", "-(-9223372036854775808)",
      "-9223372036854775808 / -1", "-9223372036854775808 % -1", "1 / 0", "1 % 0", "0u - 1u",
      "18446744073709551615u + 1u", "int(1e300)", "int(0.0 / 0.0)", "uint(-1.0)", "[1][1]",
      "[1][-1]", "math.abs(-9223372036854775808)", "timestamp(253402300800)",
      "timestamp('2024-02-30T00:00:00Z')", "duration('9223372036854775808ns')",
      "timestamp(0) - duration('-9223372036854775808ns')", "'a'.substring(2, 1)",
      "'abc'.substring(2, 1)", "duration('1e9h')", "duration('99999999999999999999h')",
      "duration('0.99999999999999999999999999h1')", "[].slice(0, 1)", "'a'.charAt(-1)",
    ] {
      #expect(failure(of: text) != nil, "\(text)")
    }
    for text in [
      "'a'.split('', 9223372036854775807)", "'aaa'.replace('', 'x', -9223372036854775808)",
      "''.split('')", "''.lastIndexOf('')", "math.bitShiftLeft(1, 9223372036854775807)",
      "'%d %s %.0f %e %x'.format([1, [{}], 1e308, 5e-324, b''])", "'a'.indexOf('', 1)",
      "timestamp(-62135596800).getDayOfWeek('-23:59')", "number(5e-324)", "number(1.7e308)",
    ] {
      #expect(failure(of: text) == nil, "\(text): \(failure(of: text) ?? "")")
    }
  }

  @Test func anyBytesAreReadOrRefused() {
    var state: UInt64 = 88_172_645_463_325_252
    func random(_ below: Int) -> Int {
      state ^= state << 13
      state ^= state >> 7
      state ^= state << 17
      return Int(state % UInt64(below))
    }
    let pieces = [
      "a", "b", "1", "1u", "2.5", "'x'", "b'y'", "(", ")", "[", "]", "{", "}", ".", ",", ":", "?",
      "&&", "||", "!", "-", "+", "==", "<", "in", "has", "map", "exists", "cel", "bind", "index",
      "block", "optional", "of", "size", "`q`", "true", "null", " ", "\\", "\"", "'''", "é", "$",
      "json", "yaml", "merge", "[0]", "{'k': 1}", ".?", "[?", "format", "matches",
    ]
    for _ in 0..<20_000 {
      var text = ""
      for _ in 0..<random(14) { text += pieces[random(pieces.count)] }
      guard let expression = parse(text) else { continue }
      var diagnostics: [Diagnostic] = []
      let environment = TypeEnvironment().declaring("a", .dyn).declaring("b", .list(.int))
      _ = expression.check(in: environment, into: &diagnostics)
      _ = expression.evaluate(
        in: EvaluationContext(
          variables: ["a": .map(ValueMap(["k": .int(1)])), "b": .list([.int(1)])]))
    }
  }
}
