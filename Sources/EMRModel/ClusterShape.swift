import Digests
import SourceText
import Text
package import Values

/// What a cluster is, as far as the steps of a run depend on it: made of a request, or of EMR's
/// description of a cluster, without what changes while it works.
///
/// A member that isn't known is absent. Settings and arguments are told by a few bits of a digest:
/// enough to see that they differ, too few to find out a secret.
package enum ClusterShape {
  /// The members that are compared.
  package enum Member: String, Sendable, CaseIterable {
    case release = "ReleaseLabel"
    case image = "CustomAmiId"
    case applications = "Applications"
    case configurations = "Configurations"
    case bootstrapActions = "BootstrapActions"
    case securityConfiguration = "SecurityConfiguration"
    case serviceRole = "ServiceRole"
    case machineRole = "JobFlowRole"
    case stepConcurrency = "StepConcurrencyLevel"
    case subnet = "Ec2SubnetId"
    case machines = "Instances"
  }

  /// Of EMR's description of a cluster (DescribeCluster's `Cluster`, with its machines and bootstrap
  /// actions in it or beside it); null if it isn't one of a cluster that is there.
  package static func shape(ofDescription document: Value) -> Value {
    guard case .map(let whole) = document else { return .null }
    var cluster = whole
    if case .map(let inner)? = whole["Cluster"] {
      cluster = inner
      for key in ["InstanceGroups", "InstanceFleets", "BootstrapActions", "ManagedScalingPolicy"] {
        if cluster[key] == nil { cluster[key] = whole[key] }
      }
    }
    if case .map(let status)? = cluster["Status"], case .string(let state)? = status["State"],
      state.hasPrefix("TERMINAT")
    {
      return .null
    }
    let request = DescribedCluster.request(of: SpannedValue(value: .map(cluster))).value
    guard case .map(var body) = request, body.count > 0 else { return .null }
    // EMR tells of a cluster all that it has; what isn't among it wasn't asked for.
    for key in ["Applications", "Configurations"] where body[key] == nil { body[key] = .list([]) }
    for key in ["SecurityConfiguration", "CustomAmiId"] where body[key] == nil {
      body[key] = .string("")
    }
    var shape = ValueMap()
    if let name = body["Name"] { shape["Name"] = name }
    for (key, value) in self.shape(ofRequest: .map(body), isComplete: false).entries {
      shape[key] = value
    }
    return .map(shape)
  }

  /// Of RunJobFlow's body.
  package static func shape(ofRequest request: Value) -> ValueMap {
    shape(ofRequest: request, isComplete: true)
  }

  /// - Parameter isComplete: whether what isn't there isn't on the cluster either.
  private static func shape(ofRequest request: Value, isComplete: Bool) -> ValueMap {
    guard case .map(let body) = request else { return ValueMap() }
    var shape = ValueMap()
    for member in Member.allCases {
      let key = member.rawValue
      switch member {
      case .release, .image, .securityConfiguration:
        shape[key] = text(body[key]).map { .string($0) } ?? (isComplete ? .string("") : nil)
      case .serviceRole, .machineRole:
        // A role may be named by its ARN.
        let name = text(body[key]).flatMap { $0.split(separator: "/").last.map(String.init) }
        shape[key] = name.map { .string($0) }
      case .applications:
        shape[key] = list(body[key], isComplete).map { .list($0.map(applicationName)) }
      case .configurations:
        guard let items = list(body[key], isComplete) else { continue }
        var settings = ValueMap()
        add(items, under: "", to: &settings)
        shape[key] = .map(settings)
      case .bootstrapActions:
        shape[key] = list(body[key], isComplete).map { .list($0.map(action)) }
      case .stepConcurrency:
        shape[key] = body[key] ?? .int(Int64(EMRDefaults.stepConcurrencyLevel))
      case .subnet: shape[key] = subnets(body["Instances"])
      case .machines: shape[key] = machines(body)
      }
    }
    return shape
  }

  // MARK: Parts

  private static func text(_ value: Value?) -> String? {
    guard case .string(let text)? = value?.shown else { return nil }
    return text
  }

  private static func list(_ value: Value?, _ isComplete: Bool) -> [Value]? {
    if case .list(let items)? = value { return items }
    return isComplete ? [] : nil
  }

  private static func applicationName(_ application: Value) -> Value {
    guard case .map(let members) = application else { return .null }
    return text(members["Name"]).map { .string($0.lowercased()) } ?? .null
  }

  /// Settings as `classification property`, inner ones after the outer classification.
  private static func add(_ items: [Value], under outer: String, to settings: inout ValueMap) {
    for case .map(let item) in items {
      let name = outer + (text(item["Classification"]) ?? "")
      settings[name] = .string("")
      if case .map(let properties)? = item["Properties"] {
        for (key, value) in properties.entries {
          guard case .string(let property) = key else { continue }
          settings["\(name) \(property)"] = .string(mark(value))
        }
      }
      if case .list(let inner)? = item["Configurations"] {
        add(inner, under: "\(name)/", to: &settings)
      }
    }
  }

  private static func action(_ action: Value) -> Value {
    guard case .map(let members) = action else { return .null }
    var script = ValueMap()
    if case .map(let inner)? = members["ScriptBootstrapAction"] { script = inner }
    var arguments: [Value] = []
    if case .list(let items)? = script["Args"] { arguments = items }
    let path = text(script["Path"]).map { SecretParts.replaced(in: $0) { _ in "***" } } ?? ""
    return .map(
      ValueMap([
        "Path": .string(path),
        "Args": .string(arguments.isEmpty ? "" : mark(.list(arguments))),
      ]))
  }

  private static func subnets(_ instances: Value?) -> Value? {
    guard case .map(let members)? = instances else { return nil }
    if let one = text(members["Ec2SubnetId"]) { return .list([.string(one)]) }
    guard case .list(let several)? = members["Ec2SubnetIds"], !several.isEmpty else { return nil }
    return .list(several.map(\.shown))
  }

  /// The machines by their role: which types, and how many at least.
  private static func machines(_ body: ValueMap) -> Value? {
    guard case .map(let instances)? = body["Instances"] else { return nil }
    var isScaled = false
    if case .map(let policy)? = body["ManagedScalingPolicy"], policy.count > 0 { isScaled = true }
    var roles = Roles()
    if case .list(let fleets)? = instances["InstanceFleets"], !fleets.isEmpty {
      for case .map(let fleet) in fleets { roles.add(fleet: fleet, isScaled) }
    } else if case .list(let groups)? = instances["InstanceGroups"] {
      for case .map(let group) in groups {
        let isScaled = isScaled || group["AutoScalingPolicy"] != nil
        roles.add(
          text(group["InstanceRole"]) ?? "", [text(group["InstanceType"]) ?? ""],
          isScaled ? nil : integer(group["InstanceCount"]))
      }
    } else if let type = text(instances["MasterInstanceType"]) {
      let count = integer(instances["InstanceCount"]) ?? 1
      roles.add("MASTER", [type], 1)
      if count > 1 {
        roles.add(
          "CORE", [text(instances["SlaveInstanceType"]) ?? type], isScaled ? nil : count - 1)
      }
    } else {
      return nil
    }
    return roles.value
  }

  static func integer(_ value: Value?) -> Int64? {
    guard case .int(let number)? = value?.shown else { return nil }
    return number
  }

  /// The mark of a value that isn't known.
  static var unknown: String { "*" }

  /// Tells a value from others, in 16 bits.
  private static func mark(_ value: Value) -> String {
    let words = value.plainWords
    // A sandbox doesn't keep secrets.
    if words.contains("{{secret: ") { return unknown }
    return String(SHA256.name(of: Array(words.utf8)).dropFirst(7).prefix(4))
  }

  private struct Roles {
    /// In the order in which they are met.
    private var roles: [(name: String, types: [String], count: Int64?)] = []

    mutating func add(fleet: ValueMap, _ isScaled: Bool) {
      var types: [String] = []
      if case .list(let configurations)? = fleet["InstanceTypeConfigs"] {
        for case .map(let configuration) in configurations {
          types.append(text(configuration["InstanceType"]) ?? "")
        }
      }
      let sizes = ["TargetOnDemandCapacity", "TargetSpotCapacity"].compactMap {
        integer(fleet[$0])
      }
      add(
        text(fleet["InstanceFleetType"]) ?? "", types,
        isScaled ? nil : sizes.reduce(0) { $0.addingReportingOverflow($1).partialValue })
    }

    mutating func add(_ name: String, _ types: [String], _ count: Int64?) {
      guard let known = roles.firstIndex(where: { $0.name == name }) else {
        roles.append((name, types, count))
        return
      }
      roles[known].types += types
      if let more = count, let sum = roles[known].count {
        roles[known].count = sum.addingReportingOverflow(more).partialValue
      } else {
        roles[known].count = nil
      }
    }

    var value: Value {
      var result = ValueMap()
      // For determinism: EMR lists groups in any order.
      for role in roles.sorted(by: { $0.name < $1.name }) {
        let types = Set(role.types).sorted()
        var members = ValueMap(["Types": .list(types.map { .string($0) })])
        if let count = role.count { members["Count"] = .int(count) }
        result[role.name] = .map(members)
      }
      return .map(result)
    }
  }
}

extension Value {
  /// The value of a secret, too.
  fileprivate var shown: Value {
    if case .secret(let secret) = self { secret.value.shown } else { self }
  }

  /// All that is in it, as one text.
  fileprivate var plainWords: String {
    switch shown {
    case .string(let text): text
    case .int(let number): "\(number)"
    case .bool(let flag): "\(flag)"
    case .list(let items): items.map(\.plainWords).joined(separator: "\u{0}")
    default: "\(shown)"
    }
  }
}
