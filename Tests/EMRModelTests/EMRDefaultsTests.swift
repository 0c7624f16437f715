import Compiler
import EMRModel
import Foundation
import Testing
import Values

/// What EMR takes where a request says nothing is something that a request could say.
@Suite struct EMRDefaultsTests {
  private typealias Object = [String: Any]

  /// The embedded model of RunJobFlow: a JSON Schema.
  private static func model() throws -> Object {
    let bytes = try #require(Builtins.file("schemas/emr/run-job-flow.schema.json"))
    return try #require(try JSONSerialization.jsonObject(with: Data(bytes)) as? Object)
  }

  /// The types of all members of a name, wherever they are in a request.
  private static func types(of member: String) throws -> [Object] {
    let model = try model()
    let definitions = try #require(model["$defs"] as? Object)
    return ([model] + definitions.values.compactMap { $0 as? Object }).compactMap { type in
      guard let property = (type["properties"] as? Object)?[member] as? Object else { return nil }
      guard let reference = property["$ref"] as? String else { return property }
      return definitions[String(reference.dropFirst("#/$defs/".count))] as? Object
    }
  }

  private static let members = [
    "Market", "KeepJobFlowAliveWhenNoSteps", "TerminationProtected", "EbsOptimized",
    "VisibleToAllUsers", "StepConcurrencyLevel", "VolumesPerInstance", "ScaleDownBehavior",
    "RepoUpgradeOnBoot",
  ]

  @Test(arguments: members)
  func aDefaultIsAValueOfItsMember(member: String) throws {
    let value = try #require(EMRDefaults.member(member))
    let types = try Self.types(of: member)
    #expect(!types.isEmpty, "the model has no \(member)")
    for type in types {
      switch value {
      case .bool: #expect(type["type"] as? String == "boolean")
      case .int: #expect(type["type"] as? String == "integer")
      case .string(let text):
        #expect(type["type"] as? String == "string")
        let values = try #require(type["enum"] as? [String])
        #expect(values.contains(text), "\(values)")
      default: Issue.record("\(member) has \(value.kindName)")
      }
    }
  }

  /// The list above has every member of the model that has a default.
  @Test func noDefaultIsForgotten() throws {
    let model = try Self.model()
    let definitions = try #require(model["$defs"] as? Object)
    let types = [model] + definitions.values.compactMap { $0 as? Object }
    let names = Set(types.flatMap { ($0["properties"] as? Object ?? [:]).keys })
    #expect(names.count > 100)
    #expect(names.filter { EMRDefaults.member($0) != nil } == Set(Self.members))
  }

  @Test(arguments: ["", "Name", "ReleaseLabel", "market", "Instances"])
  func othersHaveNone(member: String) {
    #expect(EMRDefaults.member(member) == nil)
  }

  @Test func constantsAreTheMembers() {
    #expect(EMRDefaults.member("Market") == .string(EMRDefaults.market))
    #expect(
      EMRDefaults.member("StepConcurrencyLevel") == .int(Int64(EMRDefaults.stepConcurrencyLevel)))
    #expect(
      EMRDefaults.member("KeepJobFlowAliveWhenNoSteps")
        == .bool(EMRDefaults.keepJobFlowAliveWhenNoSteps))
    #expect(
      EMRDefaults.member("TerminationProtected") == .bool(EMRDefaults.terminationProtected))
  }

  @Test func actionsOnFailureAreTheModels() throws {
    let types = try Self.types(of: "ActionOnFailure")
    #expect(!types.isEmpty)
    for type in types {
      let values = try #require(type["enum"] as? [String])
      #expect(values.allSatisfy { ActionOnFailure(rawValue: $0) != nil }, "\(values)")
      #expect(values.count == 4 && Set(values).count == 4)
    }
  }
}
