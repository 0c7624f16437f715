import Documents
import Text
import Diagnostics
import Expressions
import Foundation
import SourceText
import TestSupport
import Testing
import Values

/// The public cases of CEL's conformance tests, set up as for pipelines.
struct ConformanceTests {
  static let folder = Locations.conformance("cel")

  @Test(.enabled(if: folder != nil, "the conformance data is absent"))
  func publicCases() throws {
    let folder = try #require(Self.folder)
    let listed = Set(
      try Self.cases(folder.appending(path: "known-divergences.json")).compactMap { $0["id"]?.text }
    )
    var (count, namespaced) = (0, 0)
    var failures: [String: String] = [:]
    var divergent: [String: String] = [:]
    for file in Locations.files(in: folder.appending(path: "public"), withEnding: ".json") {
      for found in try Self.cases(file) {
        let test = ConformanceCase(found)
        let id = try #require(found["id"]?.text)
        let problem = test.problem.map { "\(found["expr"]?.text ?? "") → \($0)" }
        if listed.contains(id) {
          divergent[id] = problem
        } else if test.hasNamespaces {
          namespaced += 1
        } else {
          count += 1
          failures[id] = problem
        }
      }
    }
    print("cel: \(count - failures.count) of \(count)")
    #expect(count == 1183 && namespaced == Self.namespacedCount)
    #expect(Set(failures.keys) == Self.stricter, "\(failures)")
    #expect(Set(divergent.keys) == Self.divergent, "\(divergent)")
    let page = try Locations.bytes(Locations.repository.appending(path: "docs/conformance-cel.md"))
    #expect(
      String(decoding: page, as: UTF8.self).contains("\(count - failures.count) of \(count) pass"))
  }

  /// The points in which pipelines are stricter, as listed in docs/conformance-cel.md.
  private static let stricter: Set = [
    "logic/AND/short_circuit_error_left", "logic/AND/short_circuit_error_right",
    "logic/OR/short_circuit_error_right", "optionals/optionals/map_null_entry_hasValue",
  ]

  /// Of the cases that others' implementations fail, those that ours fails too.
  private static let divergent: Set<String> = [
    "fields/qualified_identifier_resolution/qualified_identifier_resolution_unchecked",
    "namespace/namespace/self_eval_container_lookup_unchecked",
  ]

  /// Cases of containers and of names with dots, which pipelines don't have.
  private static let namespacedCount = 15

  static func cases(_ file: URL) throws -> [ValueMap] {
    let bytes = [UInt8](try Data(contentsOf: file))
    var problems: [Diagnostic] = []
    let tree = try #require(JSONReader.read(bytes, source: SourceID(index: 0), into: &problems))
    let root = try #require(tree.root)
    guard case .list(let items) = Value(tree, root) else { return [] }
    return items.compactMap { if case .map(let map) = $0 { map } else { nil } }
  }
}

/// One case: parsed, checked (unless it says not to), evaluated and compared.
struct ConformanceCase {
  let fields: ValueMap

  init(_ fields: ValueMap) { self.fields = fields }

  /// What is wrong with the outcome; nil if it is as expected.
  var problem: String? {
    guard let text = fields["expr"]?.text, let expect = fields["expect"]?.map else {
      return "no case"
    }
    let wantsError = expect["error"] != nil || expect["anyError"] != nil
    var diagnostics: [Diagnostic] = []
    guard
      let expression = Expression.parse(
        text, locate: { Span(SourceID(index: 0), $0) }, into: &diagnostics)
    else { return "not parsed: \(diagnostics.map(\.message))" }
    if fields["disableCheck"]?.flag != true {
      let type = expression.check(in: environment, into: &diagnostics)
      if !diagnostics.isEmpty {
        return wantsError ? nil : "not checked: \(diagnostics.map(\.message))"
      }
      if let wanted = expect["type"], let wanted = Self.type(wanted), wanted != type {
        return "type \(type) instead of \(wanted)"
      }
    }
    if fields["checkOnly"]?.flag == true { return nil }
    let context = EvaluationContext(
      variables: bindings, functions: HostFunctions(timeZones: Self.timeZones))
    switch expression.evaluate(in: context) {
    case .failure(let error): return wantsError ? nil : "error: \(error.message)"
    case .success(let value):
      if wantsError { return "an error is wanted, not \(value)" }
      guard let wanted = expect["value"] else { return nil }
      guard let wanted = Self.value(wanted) else { return "no value" }
      return Self.areSame(value, wanted) ? nil : "\(value) instead of \(wanted)"
    }
  }

  /// Whether it is about namespaces, which pipelines don't have: a container, or names with dots.
  var hasNamespaces: Bool {
    let names =
      (fields["bindings"]?.map?.entries ?? []).compactMap(\.key.text)
      + (fields["typeEnv"]?.items ?? []).compactMap { item in
        item.map?["overloads"] == nil ? item.map?["name"]?.text : nil
      }
    return fields["container"]?.text?.isEmpty == false || names.contains { $0.contains(".") }
  }

  private var bindings: [String: Value] {
    var variables: [String: Value] = [:]
    for entry in fields["bindings"]?.map?.entries ?? [] {
      if let name = entry.key.text, let value = Self.value(entry.value) { variables[name] = value }
    }
    return variables
  }

  private var environment: TypeEnvironment {
    var environment = TypeEnvironment()
    for declaration in fields["typeEnv"]?.items ?? [] {
      guard let declaration = declaration.map, let name = declaration["name"]?.text else {
        continue
      }
      if let type = declaration["type"].flatMap(Self.type) {
        environment = environment.declaring(name, type)
      }
      var functions = HostFunctions()
      for overload in declaration["overloads"]?.items ?? [] {
        guard let overload = overload.map, let result = overload["result"].flatMap(Self.type) else {
          continue
        }
        functions.add(
          name, parameters: (overload["params"]?.items ?? []).compactMap(Self.type), result: result
        ) { _ in .failure(EvaluationError(message: "not bound")) }
      }
      environment = environment.declaring(functions)
    }
    return environment
  }

  private static let timeZones = TimeZones { name in
    let file = URL(filePath: "/usr/share/zoneinfo").appending(path: name)
    return (try? Data(contentsOf: file)).map { .rules([UInt8]($0)) } ?? .unknownName
  }

  /// Like `equals`, but types must be the same, and NaN equals NaN.
  static func areSame(_ left: Value, _ right: Value) -> Bool {
    switch (left, right) {
    case (.double(let a), .double(let b)): a == b || (a.isNaN && b.isNaN)
    case (.int, .int), (.uint, .uint): left.equals(right)
    case (.int, _), (.uint, _), (.double, _): false
    case (.list(let a), .list(let b)): a.count == b.count && zip(a, b).allSatisfy(areSame)
    case (.map(let a), .map(let b)):
      a.count == b.count
        && a.entries.allSatisfy { entry in b[entry.key].map { areSame(entry.value, $0) } ?? false }
    default: left.equals(right)
    }
  }

  static func value(_ json: Value) -> Value? {
    guard let entry = json.map?.entries.first, let kind = entry.key.text else { return nil }
    switch (kind, entry.value) {
    case ("int64", .string(let text)): return Int64(text).map { .int($0) }
    case ("uint64", .string(let text)): return UInt64(text).map { .uint($0) }
    case ("double", .string(let text)): return Double(text).map { .double($0) }
    case ("double", .double), ("double", .int), ("double", .number):
      return entry.value.nearestDouble.map { .double($0) }
    case ("string", .string), ("bool", .bool): return entry.value
    case ("bytes", .string(let text)): return Base64.decode(text.utf8).map { .bytes($0) }
    case ("null", _): return .null
    case ("list", .list(let items)): return .list(items.compactMap(value))
    case ("map", .list(let pairs)):
      return .map(
        ValueMap(
          pairs.compactMap { pair in
            guard let pair = pair.items, let key = pair.first.flatMap(value),
              let value = pair.last.flatMap(value)
            else { return nil }
            return (key: key, value: value)
          }))
    case ("type", .string(let name)): return .type(name)
    case ("timestamp", .string(let text)): return parsed("timestamp", text)
    case ("duration", .string(let text)): return parsed("duration", text)
    default: return nil
    }
  }

  private static func parsed(_ function: String, _ text: String) -> Value? {
    var diagnostics: [Diagnostic] = []
    let expression = Expression.parse(
      "\(function)(text)", locate: { Span(SourceID(index: 0), $0) }, into: &diagnostics)
    return try? expression?.evaluate(
      in: EvaluationContext(variables: ["text": .string(text)])
    ).get()
  }

  static func type(_ json: Value) -> ValueType? {
    if let name = json.text { return simpleType(name) }
    guard let entry = json.map?.entries.first, let kind = entry.key.text else { return nil }
    switch kind {
    case "list": return type(entry.value).map { .list($0) }
    case "map":
      guard let pair = entry.value.items, let key = pair.first.flatMap(type),
        let value = pair.last.flatMap(type)
      else { return nil }
      return .map(key: key, value: value)
    case "type": return .type(type(entry.value))
    case "typeParam": return entry.value.text.map { .parameter($0) }
    case "abstract":
      guard let name = entry.value.map?["name"]?.text else { return nil }
      let parameters = (entry.value.map?["params"]?.items ?? []).compactMap(type)
      if name == "optional_type", let wrapped = parameters.first { return .optional(wrapped) }
      return .abstract(name, parameters)
    default: return nil
    }
  }

  private static func simpleType(_ name: String) -> ValueType? {
    switch name {
    case "int": .int
    case "uint": .uint
    case "double": .double
    case "string": .string
    case "bytes": .bytes
    case "bool": .bool
    case "null": .null
    case "dyn", "any": .dyn
    case "timestamp": .timestamp
    case "duration": .duration
    default: nil
    }
  }
}

extension Value {
  var text: String? { if case .string(let text) = self { text } else { nil } }
  var flag: Bool? { if case .bool(let flag) = self { flag } else { nil } }
  var map: ValueMap? { if case .map(let map) = self { map } else { nil } }
  var items: [Value]? { if case .list(let items) = self { items } else { nil } }
}
