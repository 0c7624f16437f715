import Diagnostics
import Expressions
import Testing
import Values

/// A function of a secret is a secret.
struct SecretTests {
  let variables: [String: Value] = [
    "s": .secret(Secret(.string("pw"), reference: "t.json#/data/password")),
    "m": .map(
      ValueMap([
        "user": .string("u"),
        "inner": .map(ValueMap(["password": .secret(Secret(.string("pw"), reference: "R"))])),
      ])),
    "whole": .secret(Secret(.map(ValueMap(["k": .int(1)])), reference: "c.yml#/x")),
  ]

  @Test(arguments: [
    ("s + 'x'", "t.json#/data/password", "pwx"),
    ("base64(s)", "base64(t.json#/data/password)", "cHc="),
    ("string(s)", "t.json#/data/password", "pw"),
    ("json(m.inner)", "json(R)", #"{"password":"pw"}"#),
    ("base64(json(m))", "base64(json(R))", "eyJ1c2VyIjoidSIsImlubmVyIjp7InBhc3N3b3JkIjoicHcifX0="),
    ("[s, 'x', m.inner.password].join('-')", "join(t.json#/data/password + R)", "pw-x-pw"),
    ("'%s'.format([s])", "format(t.json#/data/password)", "pw"),
    ("optional.of(s).value()", "t.json#/data/password", "pw"),
    ("m.inner.?password.orValue('')", "R", "pw"),
    ("string(whole.k)", "c.yml#/x/k", "1"),
    ("[s].map(x, x + 'y')[0]", "t.json#/data/password", "pwy"),
    ("merge(m, {'a': 1}).inner.password", "R", "pw"),
    ("s.split('').slice(1, 2)[0]", "split(t.json#/data/password).1", "w"),
    ("s.split('').first().value()", "split(t.json#/data/password).0", "p"),
    ("string([1].transformMapEntry(i, x, whole).k)", "c.yml#/x/k", "1"),
  ])
  func staySecret(_ text: String, _ reference: String, _ content: String) throws {
    guard case .secret(let secret) = try value(of: text, variables) else {
      Issue.record("\(text) is no secret")
      return
    }
    #expect(secret.reference == reference)
    #expect(secret.value.text == content)
  }

  @Test(arguments: [
    "s == 'pw'", "s.startsWith('p')", "size(s) > 1", "has(whole.k)", "'k' in whole",
  ])
  func boolsAreOpen(_ text: String) throws {
    #expect(try value(of: text, variables).flag == true)
  }

  /// What an error would quote isn't shown; nor is a secret asked about or made a key, which are shown.
  @Test(arguments: [
    "{'a': 1}[s]", "{'a': 1}[s + 'x']", "[1][size(s)]", "int(s)", "timestamp(s)",
    "'a'.matches(s + '[')",
    "{s: 1}", "{s + 'x': 1}.a", "{'a': s}.transformMapEntry(k, v, {v: 1})", "ask(s)",
    "ask('x' + s)",
    "ask([s, 'x'].join(''))",
  ])
  func errorsDoNotShow(_ text: String) {
    var functions = HostFunctions()
    functions.add("ask", parameters: [.string], result: .string) { .success($0[0]) }
    let variables = variables.merging(
      ["s": .secret(Secret(.string("PLANTED"), reference: "R"))]) { $1 }
    do {
      let result = try value(of: text, variables, functions: functions)
      Issue.record("\(text) gives \(result)")
    } catch let error as EvaluationError {
      #expect(!error.message.contains("PLANTED"), "\(error.message)")
      #expect(error.message.contains("R"), "\(error.message)")
    } catch {
      Issue.record("\(error)")
    }
  }

  @Test func templates() throws {
    var diagnostics: [Diagnostic] = []
    let template = try #require(
      Template.parse("a $${b} ${s}-${m.user}", locate: locate, into: &diagnostics))
    let result = try template.evaluate(in: EvaluationContext(variables: variables)).get()
    #expect(result.secretReferences == ["t.json#/data/password"])
    #expect(result.revealed.text == "a ${b} pw-u")
  }
}
