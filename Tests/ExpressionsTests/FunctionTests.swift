import Expressions
import Testing
import Values

/// Penstock's own functions.
struct FunctionTests {
  @Test(arguments: [
    ("version('1.9.0-a') < version('1.9.0')", true),
    ("version('1.9.0-a') < version('1.9.0-rc1')", true),
    ("version('1.10.0') > version('1.9.0')", true),
    ("version('0.15.0-rc4') >= version('0.15.0-rc4')", true),
    ("version('0.16.0-rc1') > version('0.15.0')", true),
    ("version('1.0') == version('1.0.0')", true),
    ("version('1.0.0.rc1') != version('1.0.0.rc2')", true),
    ("version('1.0.0-rc2') < version('1.0.0-rc10')", true),
    ("version('2') <= version('1.99999999999999999999')", false),
    ("isVersion('1.2.x-3')", true), ("isVersion('v1')", false), ("isVersion('1..2')", false),
    ("path('s3://b/a/', '/c') == 's3://b/a/c'", true), ("path('a', 'b') == 'a/b'", true),
    ("dir('s3://b/a') == 's3://b/a/' && dir('x/') == 'x/'", true),
    ("bucketOf('s3://b/a/c') == 'b' && keyOf('s3://b/a/c') == 'a/c'", true),
    ("keyOf('s3://b') == ''", true),
    ("number(1e21) == '1000000000000000000000' && number(1.5e-7) == '0.00000015'", true),
    ("number(3) == '3' && number(-2.0) == '-2' && number(0.1) == '0.1'", true),
    ("base64('hello') == 'aGVsbG8=' && base64(b'\\377') == '/w=='", true),
    ("parseJson('{\"a\": [1, 2.5, null]}').a[1] == 2.5", true),
    ("epochMillis(timestamp('2026-02-03T04:05:06.789Z')) == 1770091506789", true),
    // The digest of the empty text is known, and so is the form of a UUID.
    (
      "uuid('a').matches('^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$')",
      true
    ),
    ("uuid('a') == uuid('a') && uuid('a') != uuid('b')", true),
  ])
  func functions(_ text: String, _ expected: Bool) throws {
    #expect(try value(of: text).equals(.bool(expected)), "\(text)")
  }

  @Test func formatTime() throws {
    let text = "formatTime(timestamp('2026-02-03T04:05:06.007Z'), '%Y-%m-%d-%H-%M-%S %L %s %%')"
    #expect(try value(of: text).text == "2026-02-03-04-05-06 007 1770091506 %")
    #expect(failure(of: "formatTime(timestamp(0), '%q')") != nil)
    #expect(failure(of: "formatTime(timestamp(0), '%')") != nil)
  }

  @Test func jsonKeepsOrderAndNulls() throws {
    let text = try value(of: "json({'b': null, 'a': [1, 1.5, true, 'x\\n'], 'c': {}})").text
    #expect(text == #"{"b":null,"a":[1,1.5,true,"x\n"],"c":{}}"#)
  }

  @Test func mergeIsDeepAndRightWins() throws {
    let text = "json(merge({'b': {'x': 1, 'y': 2}, 'a': 1}, {'b': {'y': 3, 'z': 4}, 'c': 5}))"
    #expect(try value(of: text).text == #"{"b":{"x":1,"y":3,"z":4},"a":1,"c":5}"#)
  }

  @Test func yamlQuotesWhatNeedsIt() throws {
    let text = """
      yaml({'a': 'plain', 'b': 'yes', 'c': '1.0', 'd': 'a: b', 'e': [], 'f': {}, 'g': null,
      'h': [1, 2.0, {'k': 'v', 'l': ['m']}], 'i': '', 'j': 'x #y', 'on': true, 'z': 'a\\nb',
      's3': 's3://b/k', 'u': 'é', 't': '2001-01-01', 'w': '~', 'v': 'a:'})
      """
    let expected = """
      ---
      a: plain
      b: "yes"
      c: "1.0"
      d: "a: b"
      e: []
      f: {}
      g: null
      h:
        - 1
        - 2.0
        -
          k: v
          l:
            - m
      i: ""
      j: "x #y"
      "on": true
      z: "a\\nb"
      s3: s3://b/k
      u: "é"
      t: "2001-01-01"
      w: "~"
      v: "a:"

      """
    #expect(try value(of: text).text == expected)
    #expect(try value(of: "yaml('x')").text == "--- x\n")
    #expect(try value(of: "yaml([])").text == "--- []\n")
  }

  @Test func hostFunctions() throws {
    var functions = HostFunctions()
    functions.add("s3.isEmpty", parameters: [.string], result: .bool) { _ in
      .success(.bool(true))
    }
    functions.add("s3.isEmpty", parameters: [.string, .string], result: .bool) { arguments in
      .success(.bool(arguments[1].equals(.string("x"))))
    }
    functions.add("uuid", parameters: [], result: .string) { _ in .success(.string("new")) }
    functions.add("fails", parameters: [], result: .string) { _ in
      .failure(EvaluationError(message: "so it is"))
    }
    #expect(try value(of: "s3.isEmpty('a')", functions: functions).flag == true)
    #expect(try value(of: "s3.isEmpty('a', 'y')", functions: functions).flag == false)
    #expect(try value(of: "uuid()", functions: functions).text == "new")
    #expect(throws: EvaluationError(message: "so it is", span: locate(0..<7))) {
      try value(of: "fails()", functions: functions)
    }
    let environment = TypeEnvironment().declaring(functions)
    #expect(check("s3.isEmpty('a', 'b')", in: environment).type == .bool)
    #expect(check("s3.isEmpty(1)", in: environment).problems.count == 1)
    #expect(
      check("s3.isEmty('a')", in: environment).problems
        == ["expression-unknown-function: there is no function `s3.isEmty`"])
  }

  @Test func nullIsAbsent() throws {
    let map: [String: Value] = ["m": .map(ValueMap(["a": .null, "b": .int(1)]))]
    #expect(try value(of: "has(m.a)", map).flag == false)
    #expect(try value(of: "has(m.a.x.y)", map).flag == false)
    #expect(try value(of: "m.?a.hasValue()", map).flag == false)
    #expect(try value(of: "m['a'] == null", map).flag == true)
    #expect(failure(of: "m.a", map) != nil)
  }
}
