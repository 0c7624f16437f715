import Foundation
import TestSupport
import Testing

/// Every member of EMR's requests, every parameter of the step kinds and every key of the built-in
/// pipelines' inputs says what a change of it means.
@Suite struct ChangeRuleTests {
  private static let classes: Set<String> = [
    "security", "data", "new-cluster", "cost", "cosmetic", "unknown",
  ]

  /// A schema file, by its path below the repository.
  private static func schema(_ path: String) throws -> [String: Any] {
    let bytes = try Data(contentsOf: Locations.repository.appending(path: path))
    return try #require(JSONSerialization.jsonObject(with: bytes) as? [String: Any], "\(path)")
  }

  /// Reports the members that neither they nor what is above them classifies.
  private static func walk(
    _ value: Any, _ path: String, inherits: Bool, in file: String, seen: Set<String> = []
  ) throws -> [String] {
    guard let schema = value as? [String: Any] else { return [] }
    // What else describes it is walked where it is.
    let isMarked = inherits || schema["x-change"] != nil || schema["x-change-of"] != nil
    if let marks = schema["x-change"] { try check(marks, "\(file): \(path)") }
    var found: [String] = []
    if let reference = schema["$ref"] as? String, !seen.contains(file + reference) {
      let parts = reference.split(separator: "#", omittingEmptySubsequences: false)
      let other = URL(filePath: "/" + file).deletingLastPathComponent()
        .appending(path: String(parts[0])).standardized.path.dropFirst()
      let name = parts[0].isEmpty ? file : String(other)
      var target: Any = try Self.schema(name)
      for key in (parts.count > 1 ? parts[1] : "").split(separator: "/") {
        target = try #require((target as? [String: Any])?[String(key)])
      }
      found += try walk(
        target, path, inherits: isMarked, in: name, seen: seen.union([file + reference]))
    }
    let members = schema["properties"] as? [String: Any] ?? [:]
    for (key, member) in members.sorted(by: { $0.key < $1.key }) {
      let place = path + "/" + key
      let own = ["x-change", "x-change-of"].contains {
        (member as? [String: Any])?[$0] != nil
      }
      let inner = try walk(member, place, inherits: isMarked, in: file, seen: seen)
      let isContainer = (member as? [String: Any]).map { Self.isContainer($0, file) } ?? false
      if !isMarked, !own, !isContainer { found.append(place) }
      found += inner
    }
    for (pattern, member) in schema["patternProperties"] as? [String: Any] ?? [:] {
      found += try walk(
        ["properties": [pattern: member]], path, inherits: isMarked, in: file, seen: seen)
    }
    for keyword in ["items", "additionalProperties", "then", "else"] {
      if let inner = schema[keyword] as? [String: Any] {
        found += try walk(inner, path, inherits: isMarked, in: file, seen: seen)
      }
    }
    for keyword in ["allOf", "anyOf", "oneOf", "prefixItems"] {
      for inner in schema[keyword] as? [Any] ?? [] {
        found += try walk(inner, path, inherits: isMarked, in: file, seen: seen)
      }
    }
    return found
  }

  /// Whether a member only holds others, which are classified each.
  private static func isContainer(_ schema: [String: Any], _ file: String) -> Bool {
    guard schema["properties"] == nil, schema["patternProperties"] == nil,
      !(schema["additionalProperties"] is [String: Any])
    else { return true }
    if let reference = schema["$ref"] as? String, !reference.hasPrefix("#") { return true }
    guard let reference = schema["$ref"] as? String, reference.hasPrefix("#/$defs/"),
      let root = try? Self.schema(file),
      let defs = root["$defs"] as? [String: Any],
      let target = defs[String(reference.dropFirst(8))] as? [String: Any]
    else { return schema["items"] is [String: Any] && schema["type"] as? String == "array" }
    return target["properties"] != nil || target["items"] != nil
  }

  private static func check(_ marks: Any, _ place: String) throws {
    for mark in try #require(marks as? [Any], "\(place)") {
      let map = mark as? [String: Any]
      let name = try #require(map?["class"] as? String ?? mark as? String, "\(place)")
      #expect(classes.contains(name) || name == "by-name", "\(place): \(name)")
      for key in map?.keys.sorted() ?? [] {
        #expect(
          ["class", "weaker", "loses", "dearer", "order", "means"].contains(key), "\(place)")
      }
    }
  }

  /// All schemas of inputs, of EMR's requests, of pipelines and of step kinds: not those of what the
  /// program writes.
  private static let files: [String] = {
    let folder = Locations.repository.appending(path: "schemas")
    let names = FileManager.default.enumerator(atPath: folder.path)?.compactMap { $0 as? String }
    // What isn't an input of a run.
    let written = [
      "diff.schema.json", "graph.schema.json", "plan.schema.json", "test.schema.json",
    ]
    // Copies of Iglu Central's, whose keys the schemas of inputs classify.
    let copies = ["iglu/", "snowplow/storage-targets/"]
    return (names ?? []).filter { name in
      name.hasSuffix(".schema.json") && !written.contains(name)
        && !copies.contains { name.hasPrefix($0) }
    }
    .map { "schemas/" + $0 }.sorted()
  }()

  @Test func allFilesAreWalked() throws {
    #expect(Self.files.count >= 13)
    // Those that the built-in pipelines name.
    let folder = Locations.repository.appending(path: "pipelines")
    for file in Locations.files(in: folder, withEnding: ".yml") {
      for line in String(decoding: try Locations.bytes(file), as: UTF8.self).split(separator: "\n")
      {
        guard let range = line.range(of: "schema: "), line.hasSuffix(".schema.json") else {
          continue
        }
        #expect(Self.files.contains("schemas/" + line[range.upperBound...]), "\(line)")
      }
    }
  }

  @Test(arguments: files) func everyMemberIsClassified(path: String) throws {
    #expect(try Self.walk(Self.schema(path), "", inherits: false, in: path) == [])
  }

  /// In EMR's requests each member has its own classes.
  @Test(arguments: ["run-job-flow", "add-job-flow-steps"])
  func everyMemberOfARequestHasItsOwn(name: String) throws {
    let schema = try Self.schema("schemas/emr/\(name).schema.json")
    let defs = try #require(schema["$defs"] as? [String: Any])
    var count = 0
    for (type, body) in [("", schema as Any)] + defs.map({ ($0.key, $0.value) }) {
      let members = (body as? [String: Any])?["properties"] as? [String: Any] ?? [:]
      for (key, member) in members {
        count += 1
        #expect((member as? [String: Any])?["x-change"] != nil, "\(type).\(key)")
      }
    }
    #expect(count > 10)
  }

  @Test func everyParameterOfAStepKindIsClassified() throws {
    let folder = Locations.repository.appending(path: "step-kinds")
    var count = 0
    for file in Locations.files(in: folder, withEnding: ".yml") {
      let text = String(decoding: try Locations.bytes(file), as: UTF8.self)
      var name: String?
      for line in text.split(separator: "\n") {
        let indent = line.prefix { $0 == " " }.count
        if indent == 4, line.hasSuffix(":") {
          #expect(name == nil, "\(file.lastPathComponent): \(name ?? "") isn't classified")
          name = line.trimmingCharacters(in: .whitespaces)
          count += 1
        } else if indent == 6, line.hasPrefix("      x-change: [") {
          name = nil
        } else if indent < 4 {
          #expect(name == nil, "\(file.lastPathComponent): \(name ?? "") isn't classified")
          name = nil
        }
      }
    }
    #expect(count > 60)
  }
}
