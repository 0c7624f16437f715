import Foundation
import PlanDiff
import TestSupport
import Testing
import Values

/// Whatever is edited in a job flow, the gates of the classes that the schema says close, and no gate
/// lets pass what nothing classifies.
@Suite struct GateTests {
  /// A place in a document.
  private typealias Path = [String]

  private static func leaves(_ value: Any, _ path: Path = []) -> [Path] {
    if let map = value as? [String: Any] {
      return map.sorted { $0.key < $1.key }.flatMap { leaves($0.value, path + [$0.key]) }
    }
    if let list = value as? [Any] {
      return list.enumerated().flatMap { leaves($0.element, path + [String($0.offset)]) }
    }
    return [path]
  }

  private static func edited(_ value: Any, _ path: Path, _ chance: inout Chance) -> Any {
    guard let first = path.first else { return edited(value, &chance) }
    let rest = Array(path.dropFirst())
    if var map = value as? [String: Any], let inner = map[first] {
      map[first] = edited(inner, rest, &chance)
      return map
    }
    if var list = value as? [Any], let index = Int(first), list.indices.contains(index) {
      list[index] = edited(list[index], rest, &chance)
      return list
    }
    return value
  }

  private static func edited(_ value: Any, _ chance: inout Chance) -> Any {
    if let text = value as? String { return text + "x\(chance.below(1000))" }
    if let number = value as? NSNumber {
      return value is Bool
        ? !number.boolValue : number.intValue + 1 + chance.below(9)
    }
    return "x"
  }

  /// The classes that the nearest `x-change` on the way to a member says.
  private static func classes(_ path: Path, _ root: [String: Any]) -> Set<String> {
    var schema = root
    var found: Set<String> = []
    func resolve() {
      if let marks = schema["x-change"] as? [Any] {
        found = Set(
          marks.compactMap { ($0 as? [String: Any])?["class"] as? String ?? $0 as? String })
      }
      guard let reference = schema["$ref"] as? String else { return }
      let defs = root["$defs"] as? [String: Any]
      schema = defs?[String(reference.dropFirst(8))] as? [String: Any] ?? [:]
    }
    for key in path {
      let members = schema["properties"] as? [String: Any]
      let inner =
        members?[key] ?? (Int(key) == nil ? schema["additionalProperties"] : schema["items"])
      schema = inner as? [String: Any] ?? [:]
      resolve()
    }
    return found
  }

  @Test(arguments: Documents.planNames)
  func everyLeafOfAClusterClosesItsGates(name: String) throws {
    let plan = try JSONSerialization.jsonObject(with: Data(Documents.plan(name)))
    let requests = try #require((plan as? [String: Any])?["requests"] as? [[String: Any]])
    guard let request = requests.first(where: { $0["operation"] as? String == "RunJobFlow" }),
      var body = request["body"] as? [String: Any]
    else { return }
    body["Steps"] = nil
    let url = Locations.repository.appending(path: "schemas/emr/run-job-flow.schema.json")
    let schema = try #require(
      JSONSerialization.jsonObject(with: Data(contentsOf: url)) as? [String: Any])
    let before = try Documents.side(bytes(body))
    var chance = Chance(name.utf8.count)
    var count = 0
    for path in Self.leaves(body) {
      let after = try Documents.side(bytes(Self.edited(body, path, &chance)))
      let comparison = Documents.comparison(before, after)
      let wanted = Self.classes(path, schema)
      #expect(!wanted.isEmpty, "\(path)")
      // Known sizes of programs are cost, and not data.
      let isSize =
        wanted.contains("by-name")
        && ["emory", "ores", "nstances", "Allocation", "ocation-mb"].contains {
          path.last?.contains($0) ?? false
        }
      for text in wanted where text != "by-name" && text != "cosmetic" {
        let one = try #require(ChangeClass(rawValue: isSize && text == "data" ? "cost" : text))
        let isClosed = comparison.hasChange(of: [one])
        #expect(isClosed, "\(name) \(path): \(one)")
        count += 1
      }
      #expect(!comparison.changes.contains { $0.classes.contains(.unknown) }, "\(path)")
    }
    #expect(count > 10)
  }

  /// A member that EMR may add, or a misspelt one.
  @Test(arguments: ["security", "data", "new-cluster", "cost"])
  func whatNothingClassifiesClosesEveryGate(name: String) throws {
    let one = try #require(ChangeClass(rawValue: name))
    let before = try Documents.side(#"{"Name": "n", "Instances": {"Novel": 1}, "Steps": []}"#)
    let after = try Documents.side(#"{"Name": "n", "Instances": {"Novel": 2}, "Steps": []}"#)
    let comparison = Documents.comparison(before, after)
    #expect(comparison.changes.map(\.classes) == [[.unknown]])
    #expect(comparison.hasChange(of: [one]))
  }

  private func bytes(_ value: Any) throws -> [UInt8] {
    Array(try JSONSerialization.data(withJSONObject: value, options: [.sortedKeys]))
  }
}
