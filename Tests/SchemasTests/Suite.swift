import Documents
import Diagnostics
import Foundation
import Schemas
import SourceText
import TestSupport
import Values

/// The public conformance suite of JSON Schema.
enum Suite {
  static let folder = Locations.conformance("json-schema")

  /// Documents by the URI at which the suite expects them.
  static let documents: [String: Tree] = {
    guard let folder else { return [:] }
    var documents: [String: Tree] = [:]
    for (part, base) in [("remotes", "http://localhost:1234/"), ("metaschemas", "")] {
      let top = folder.appending(path: part)
      let names = FileManager.default.enumerator(atPath: top.path)?.compactMap { $0 as? String }
      for name in names ?? [] where name.hasSuffix(".json") {
        guard let tree = try? read(top.appending(path: name)) else { continue }
        if base.isEmpty {
          guard let root = tree.root, let id = tree.value(root, "$id") ?? tree.value(root, "id")
          else { continue }
          documents[SchemaURI.resolve(tree.string(id), against: "").uri] = tree
        } else {
          documents[base + name] = tree
        }
      }
    }
    return documents
  }()

  static func read(_ file: URL) throws -> Tree {
    var diagnostics: [Diagnostic] = []
    let bytes = try Locations.bytes(file)
    guard let tree = JSONReader.read(bytes, source: SourceID(index: 0), into: &diagnostics) else {
      throw UnreadableFile(name: file.path, diagnostics: diagnostics)
    }
    return tree
  }

  struct UnreadableFile: Error {
    var name: String
    var diagnostics: [Diagnostic]
  }

  struct Result {
    var passed = 0
    var failures: [String] = []

    var total: Int { passed + failures.count }
  }

  /// Runs all tests of a draft; `part` is a folder's name, `public` or `heldout`.
  static func run(
    _ draft: String, _ dialect: Dialect, part: String = "public",
    below: [String] = ["", "optional"]
  ) throws -> Result {
    var result = Result()
    guard let top = folder?.appending(path: part).appending(path: draft) else { return result }
    for below in below {
      let options = ValidationOptions(
        assertsFormats: below == "optional/format" || below == "optional")
      for file in Locations.files(in: top.appending(path: below), withEnding: ".json") {
        let name = "\(draft)/\(below.isEmpty ? "" : below + "/")\(file.lastPathComponent)"
        // Apart from formats, only `content` is asserted, and only in draft 7.
        let asserts = below == "optional/format" || name == "draft7/optional/content.json"
        try run(file, name, dialect, asserts ? options : ValidationOptions(), &result)
      }
    }
    return result
  }

  private static func run(
    _ file: URL, _ name: String, _ dialect: Dialect, _ options: ValidationOptions,
    _ result: inout Result
  ) throws {
    let tree = try read(file)
    guard let root = tree.root else {
      result.failures.append("\(name): nothing is in it")
      return
    }
    for group in tree.items(root) {
      let title = tree.value(group, "description").map { tree.string($0) } ?? ""
      guard let schema = tree.value(group, "schema"), let tests = tree.value(group, "tests") else {
        result.failures.append("\(name): \(title): no schema, or no tests")
        continue
      }
      var set = SchemaSet(defaultDialect: dialect)
      set.add(tree, root: schema, uri: "http://suite.example/schema.json")
      var diagnostics: [Diagnostic] = []
      let compiled = set.compile(
        "http://suite.example/schema.json", load: { documents[$0] }, into: &diagnostics)
      for test in tree.items(tests) {
        let label = tree.value(test, "description").map { tree.string($0) } ?? ""
        guard let data = tree.value(test, "data"), let valid = tree.value(test, "valid") else {
          result.failures.append("\(name): \(title): \(label): no data, or no answer")
          continue
        }
        let expected = tree.string(valid) == "true"
        let place = "\(name): \(title): \(label)"
        guard let compiled else {
          result.failures.append("\(place) (\(diagnostics.map(\.message)))")
          continue
        }
        let isValid = compiled.isValid(tree, data, options)
        let reported = compiled.diagnose(
          tree, data, assertingFormats: options.assertsFormats)
        if isValid != reported.isEmpty {
          result.failures.append("\(place) (the answer and the diagnostics differ)")
        } else if isValid != expected {
          result.failures.append("\(place) (should be \(expected ? "valid" : "invalid"))")
        } else {
          result.passed += 1
        }
      }
    }
  }
}
