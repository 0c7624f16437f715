import Diagnostics
import Expressions
import Testing
import Values

/// Types of expressions, and what is known to be present.
struct CheckerTests {
  let environment: TypeEnvironment

  init() {
    func object(_ name: String, _ fields: [ObjectType.Field]) -> ValueType {
      .object(ObjectType(name: name, fields: fields))
    }
    let data = object(
      "data",
      [
        .init(name: "purpose", type: .string, isRequired: true),
        .init(
          name: "manifest",
          type: object("manifest", [.init(name: "table", type: .string, isRequired: true)]),
          isRequired: false),
      ])
    let config = object(
      "config",
      [
        .init(name: "name", type: .string, isRequired: true),
        .init(name: "note", type: .string, isRequired: false),
        .init(name: "bid", type: .nullable(.double), isRequired: true),
        .init(name: "flag", type: .bool, isRequired: false),
        .init(name: "any", type: .union([.int, .string]), isRequired: true),
        .init(
          name: "disk",
          type: object(
            "config.disk",
            [
              .init(name: "kind", type: .string, isRequired: true),
              .init(name: "iops", type: .int, isRequired: false),
            ]), isRequired: false),
      ])
    environment = TypeEnvironment()
      .declaring("config", config)
      .declaring("opt", .nullable(config))
      .declaring(
        "targets", .list(object("target", [.init(name: "data", type: data, isRequired: true)]))
      )
      .declaring("n", .int)
  }

  @Test(arguments: [
    ("config.name", ValueType.string),
    ("config.?note.orValue('')", .string),
    ("config.?disk.iops", .optional(.int)),
    ("config.?disk.?iops.orValue(1) > 0", .bool),
    ("config.?bid.orValue(1) > 0", .bool),
    ("has(config.note) && config.note == 'x'", .bool),
    ("!has(config.note) || config.note == 'x'", .bool),
    ("has(config.note) ? config.note : ''", .string),
    ("!has(config.note) ? '' : config.note", .string),
    ("!(has(config.note) && has(config.flag)) || config.flag", .bool),
    ("has(config.disk.iops)", .bool),
    ("has(config.disk.iops) && config.disk.kind == 'a' && config.disk.iops > 0", .bool),
    ("config.?disk.hasValue() && config.disk.kind == 'a'", .bool),
    ("config.?note.orValue('') != '' && config.note == 'x'", .bool),
    ("config.?note.orValue('') in ['a', 'b'] ? config.note : 'c'", .string),
    ("config.?flag.orValue(false) && config.flag", .bool),
    ("opt != null && opt.name == 'x'", .bool),
    ("config.any == 1 || config.any == 'x'", .bool),
    ("targets.filter(t, has(t.data.manifest)).map(t, t.data.manifest.table)", .list(.string)),
    ("targets.all(t, !has(t.data.manifest) || t.data.manifest.table != '')", .bool),
    ("targets[?0].?data.?manifest.table", .optional(.string)),
    ("[1, 'a']", .list(.dyn)), ("{'a': [1]}.a[0]", .int), ("[].map(x, x)", .list(.dyn)),
    ("n > 1.5 ? 1 : 2", .int), ("(true ? [] : ['a']) + (true ? ['b'] : [])", .list(.string)),
    ("true ? optional.of('gz') : optional.none()", .optional(.string)),
    ("json({'a': config})", .string), ("version('1') < version('2')", .bool),
    ("cel.bind(x, 1, x + 1)", .int),
    (
      "{'a': 1}.transformMap(k, v, string(v))",
      .map(key: .string, value: .string)
    ),
    ("merge(config, {'a': {'b': ''}})", .map(key: .string, value: .dyn)),
  ])
  func types(_ text: String, _ expected: ValueType) {
    let result = check(text, in: environment)
    #expect(result.problems == [], "\(text)")
    #expect(result.type == expected, "\(text)")
  }

  @Test(arguments: [
    ("config.note == 'x'", "expression-absent-optional: `note` may be absent"),
    ("config.bid > 1", "expression-absent-optional: `bid` may be absent"),
    ("has(config.note) || config.note == 'x'", "expression-absent-optional: `note` may be absent"),
    ("has(config.flag) && config.note == 'x'", "expression-absent-optional: `note` may be absent"),
    (
      "(has(config.note) && true) ? config.disk.kind : ''",
      "expression-absent-optional: `disk` may be absent"
    ),
    (
      "config.?note.orValue('x') == 'x' && config.note == ''",
      "expression-absent-optional: `note` may be absent"
    ),
    ("opt.name", "expression-absent-optional: `opt` may be absent"),
    ("config.nam", "expression-unknown-field: `config` has no field `nam`"),
    ("has(config.disk.iop)", "expression-unknown-field: `config.disk` has no field `iop`"),
    ("confg.name", "expression-unknown-name: there is no `confg` here"),
    ("jsn(config)", "expression-unknown-function: there is no function `jsn`"),
    ("config.name.toUpper()", "expression-unknown-function: there is no function `toUpper`"),
    (
      "config.name + 1",
      "expression-type: `+` does not work on a value of type `string` and a value of type `int`"
    ),
    (
      "config.name == 1",
      "expression-type: `==` does not work on a value of type `string` and a value of type `int`"
    ),
    ("config.any.x", "expression-type: a value of type `int` has no field `x`"),
    ("n && true", "expression-type: expected a bool, found a value of type `int`"),
    ("config.name.matches('(')", "expression-type: invalid regular expression"),
    ("size(1)", "expression-type: `size` does not work on (int)"),
    ("1 ? 2 : 3", "expression-type: expected a bool, found a value of type `int`"),
  ])
  func problems(_ text: String, _ expected: String) {
    let result = check(text, in: environment)
    #expect(
      result.problems.count == 1 && result.problems[0].hasPrefix(expected), "\(result.problems)")
  }

  @Test func hints() {
    let absent = check("config.disk.kind", in: environment).diagnostics.first
    #expect(
      absent?.hint
        == "guard it with `has(config.disk)`, or give a default: `config.?disk.orValue(…)`")
    #expect(absent?.span == locate(0..<11))
    #expect(
      check("config.nam", in: environment).diagnostics.first?.hint?.contains("`name`") == true)
  }

  @Test func assumptions() throws {
    var diagnostics: [Diagnostic] = []
    func expression(_ text: String) throws -> Expression {
      try #require(Expression.parse(text, locate: locate, into: &diagnostics))
    }
    let present = environment.assuming(try expression("has(config.disk.iops)"), holds: true)
    #expect(check("config.disk.iops + 1", in: present).problems.isEmpty)
    #expect(!check("config.note", in: present).problems.isEmpty)
    let failed = environment.assuming(
      try expression("!has(config.note) || n > 1"), holds: false)
    #expect(check("config.note", in: failed).problems.isEmpty)
    let other = present.declaring(
      "config",
      .object(
        ObjectType(
          name: "c",
          fields: [
            .init(name: "disk", type: .string, isRequired: false)
          ])))
    #expect(!check("config.disk", in: other).problems.isEmpty)
  }
}
