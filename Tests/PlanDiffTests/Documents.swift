import Documents
import Diagnostics
import Foundation
import PlanDiff
import SourceText
import TestSupport
import Testing
import Values

/// Documents that are read as sides.
enum Documents {
  static func side(_ text: [UInt8], name: String = "side") throws -> Side {
    var diagnostics: [Diagnostic] = []
    let tree = JSONReader.read(text, source: SourceID(index: 0), into: &diagnostics)
    let side = tree.flatMap { SideReader.read($0, name: name, into: &diagnostics) }
    return try #require(side, "\(diagnostics)")
  }

  static func side(_ text: String, name: String = "side") throws -> Side {
    try side(Array(text.utf8), name: name)
  }

  static func side(_ value: Value, name: String = "side") throws -> Side {
    try side(bytes(value), name: name)
  }

  /// By the schemas and step kinds of this project.
  static let rules: ChangeRules = {
    var files: [String: [UInt8]] = [:]
    for (folder, ending) in [("schemas", ".json"), ("step-kinds", ".yml"), ("data/change", ".yml")]
    {
      let top = Locations.repository.appending(path: folder)
      let names = FileManager.default.enumerator(atPath: top.path)?.compactMap { $0 as? String }
      for name in names ?? [] where name.hasSuffix(ending) {
        files[folder + "/" + name] = try? Locations.bytes(top.appending(path: name))
      }
    }
    return ChangeRules(own: [], paths: files.keys.sorted(), file: { files[$0] })
  }()

  static func comparison(_ before: Side, _ after: Side) -> Comparison {
    Comparison(before, after, rules: rules)
  }

  static func bytes(_ value: Value) -> [UInt8] {
    var writer = CanonicalJSONWriter(pretty: false)
    writer.value(value, revealingSecrets: true)
    return writer.bytes
  }

  static func value(_ text: [UInt8]) throws -> Value {
    var diagnostics: [Diagnostic] = []
    let tree = try #require(
      JSONReader.read(text, source: SourceID(index: 0), into: &diagnostics), "\(diagnostics)")
    return Value(tree, try #require(tree.root))
  }

  /// Every plan of the goldens, by name.
  static let plans: [String: [UInt8]] = {
    var plans: [String: [UInt8]] = [:]
    let folder = Locations.repository.appending(path: "Tests/Goldens/plans")
    for file in Locations.files(in: folder, withEnding: ".json") {
      plans[file.lastPathComponent] = try? Locations.bytes(file)
    }
    return plans
  }()

  static var planNames: [String] { plans.keys.sorted() }

  static func plan(_ name: String) throws -> [UInt8] { try #require(plans[name]) }
}

/// Random numbers that are the same in each run.
struct Chance: RandomNumberGenerator {
  private var state: UInt64

  init(_ seed: Int) { state = UInt64(truncatingIfNeeded: seed) &* 0x9E37_79B9_7F4A_7C15 &+ 1 }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  mutating func below(_ limit: Int) -> Int { Int(next() % UInt64(max(1, limit))) }
}
