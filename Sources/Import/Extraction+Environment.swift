import Text
import Values

/// Members of RunJobFlow that are other ones in another account, network or size.
struct EnvironmentMember {
  /// The keys that lead to it.
  var path: [String]
  /// Its place in the configuration.
  var name: [String]
  var description: String
  var change: [String]
  var pattern: String?
  var words: String?

  init(
    _ path: String, _ name: String, _ description: String, _ change: [String],
    _ pattern: String? = nil, _ words: String? = nil
  ) {
    self.path = path.split(separator: ".").map(String.init)
    self.name = name.split(separator: ".").map(String.init)
    self.description = description
    self.change = change
    self.pattern = pattern
    self.words = words
  }

  private static let group = "^sg-[0-9a-f]+$"
  private static let groupWords = "the id of a security group, such as `sg-0123456789abcdef0`"
  private static let subnet = "^subnet-[0-9a-f]+$"
  private static let subnetWords = "the id of a subnet, such as `subnet-0123456789abcdef0`"
  private static let network = ["security", "new-cluster"]
  private static let machine = ["cost", "new-cluster"]

  static let all: [EnvironmentMember] = [
    .init(
      "ReleaseLabel", "release", "EMR's release.", ["data", "new-cluster"], #"^emr-\d+\.\d+\.\d+"#,
      "a release's label, such as `emr-7.5.0`"),
    .init("AmiVersion", "ami_version", "The AMI's version.", ["data", "new-cluster"]),
    .init("CustomAmiId", "machines.ami", "The machines' own AMI.", ["security", "new-cluster"]),
    .init("LogUri", "log_uri", "Where EMR writes logs.", ["data", "security"]),
    .init("LogEncryptionKmsKeyId", "log_key", "The key that encrypts logs.", ["security"]),
    .init("ServiceRole", "roles.service", "The role of EMR itself.", network),
    .init("JobFlowRole", "roles.instances", "The instance profile of the machines.", network),
    .init("AutoScalingRole", "roles.scaling", "The role that scales instance groups.", network),
    .init("StepExecutionRoleArn", "roles.steps", "The role that steps run as.", ["security"]),
    .init(
      "SecurityConfiguration", "security_configuration", "EMR's security configuration.", network),
    .init("Instances.Ec2KeyName", "key_name", "The key pair for SSH.", network),
    .init(
      "Instances.Ec2SubnetId", "network.subnet", "The subnet of the machines.", network, subnet,
      subnetWords),
    .init("Instances.Ec2SubnetIds", "network.subnets", "Subnets, of which EMR picks one.", network),
    .init(
      "Instances.Placement.AvailabilityZone", "network.zone", "The availability zone.", network),
    .init(
      "Instances.EmrManagedMasterSecurityGroup", "network.primary_group",
      "EMR's managed security group of the primary node.", network, group, groupWords),
    .init(
      "Instances.EmrManagedSlaveSecurityGroup", "network.worker_group",
      "EMR's managed security group of the other nodes.", network, group, groupWords),
    .init(
      "Instances.ServiceAccessSecurityGroup", "network.service_group",
      "The security group that EMR itself comes through.", network, group, groupWords),
    .init(
      "Instances.AdditionalMasterSecurityGroups", "network.more_primary_groups",
      "Further security groups of the primary node.", network),
    .init(
      "Instances.AdditionalSlaveSecurityGroups", "network.more_worker_groups",
      "Further security groups of the other nodes.", network),
    .init(
      "Instances.MasterInstanceType", "machines.primary_type", "The primary node's type.", machine),
    .init("Instances.SlaveInstanceType", "machines.type", "The other nodes' type.", machine),
    .init("Instances.InstanceCount", "machines.count", "How many machines there are.", ["cost"]),
    .init(
      "ManagedScalingPolicy.ComputeLimits.MinimumCapacityUnits", "capacity.minimum",
      "What the cluster has at least.", ["cost"]),
    .init(
      "ManagedScalingPolicy.ComputeLimits.MaximumCapacityUnits", "capacity.maximum",
      "What the cluster has at most.", ["cost"]),
    .init(
      "ManagedScalingPolicy.ComputeLimits.MaximumOnDemandCapacityUnits",
      "capacity.maximum_on_demand", "What of it is on-demand at most.", ["cost"]),
    .init(
      "ManagedScalingPolicy.ComputeLimits.MaximumCoreCapacityUnits", "capacity.maximum_core",
      "What of it is core nodes at most.", ["cost"]),
  ]

  /// Members of an instance group, and of a fleet.
  static let ofGroup: [EnvironmentMember] = [
    .init("InstanceType", "type", "Their type.", machine),
    .init("InstanceCount", "count", "How many there are.", ["cost"]),
    .init("BidPrice", "bid_price", "What is paid for an hour at most, in US dollars.", ["cost"]),
    .init("TargetOnDemandCapacity", "on_demand", "How much of them is on-demand.", ["cost"]),
    .init("TargetSpotCapacity", "spot", "How much of them is spot.", ["cost"]),
  ]
}

extension Extraction {
  mutating func takeEnvironment() {
    for member in EnvironmentMember.all {
      take(member, at: member.path.map { .key($0) }, as: member.name)
    }
    for list in ["InstanceGroups", "InstanceFleets"] { takeMachines(list) }
    takeTags()
  }

  private mutating func take(_ member: EnvironmentMember, at path: BodyPath, as name: [String]) {
    guard let part = flow.body.part(at: path), texts.isAllFree(path) else { return }
    let value = part.value
    switch value {
    case .string(let text): if text.isEmpty { return }
    case .int, .number, .double: break
    case .list(let items):
      guard !items.isEmpty, items.allSatisfy({ $0.isString }) else { return }
    default: return
    }
    var facet = ConfigDraft.Facet(description: member.description, change: member.change)
    if case .string(let text) = value, let pattern = member.pattern, Self.fits(text, member) {
      facet.pattern = pattern
      facet.patternDescription = member.words
    }
    if case .int(let number) = value { facet.minimum = number > 0 ? 1 : 0 }
    let expression = config.add(name, value, facet)
    if case .string = value {
      texts.replace(path, by: expression)
    } else {
      texts.parts[path] = .expression(expression)
    }
  }

  /// Whether a value has the form that its member's pattern asks for.
  private static func fits(_ text: String, _ member: EnvironmentMember) -> Bool {
    guard let pattern = member.pattern else { return false }
    let (start, isHexadecimal) =
      pattern.hasPrefix("^subnet-")
      ? ("subnet-", true) : pattern.hasPrefix("^sg-") ? ("sg-", true) : ("emr-", false)
    guard text.hasPrefix(start) else { return false }
    let rest = text.utf8.dropFirst(start.utf8.count)
    if isHexadecimal {
      return !rest.isEmpty
        && rest.allSatisfy {
          ASCII.isDigit($0) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains($0)
        }
    }
    let numbers = rest.split(separator: .dot, omittingEmptySubsequences: false)
    return numbers.count == 3
      && numbers.allSatisfy { !$0.isEmpty && $0.allSatisfy { ASCII.isDigit($0) } }
  }

  // MARK: Machines

  private mutating func takeMachines(_ list: String) {
    let path: BodyPath = [.key("Instances"), .key(list)]
    guard let groups = flow.body.part(at: path)?.items, !texts.isReplaced(path) else { return }
    var used: [String: Int] = [:]
    for (at, group) in groups.enumerated() {
      let role = group["InstanceRole"]?.text ?? group["InstanceFleetType"]?.text ?? "machines"
      var name = role == "MASTER" ? "primary" : role.lowercased()
      used[name, default: 0] += 1
      if let count = used[name], count > 1 { name += "_\(count)" }
      for member in EnvironmentMember.ofGroup {
        // One primary node is no choice.
        if role == "MASTER", member.name != ["type"],
          group[member.path[0]]?.value.equals(.int(1)) == true
        {
          continue
        }
        take(
          member, at: path + [.index(at)] + member.path.map { .key($0) },
          as: ["machines", name] + member.name)
      }
      takeTypes(of: group, at: path + [.index(at), .key("InstanceTypeConfigs")], name)
    }
  }

  /// The types of a fleet that differ only in type and weight become a list, and one item for each.
  private mutating func takeTypes(of fleet: SpannedValue, at path: BodyPath, _ name: String) {
    guard let types = fleet["InstanceTypeConfigs"]?.items, types.count > 1, texts.isAllFree(path)
    else { return }
    let varying = ["InstanceType", "WeightedCapacity"]
    let rest = types.map { type in
      Value.map(
        ValueMap(
          type.entries.filter { !varying.contains($0.key) }.map {
            (key: .string($0.key), value: $0.value.value)
          }))
    }
    guard let first = types.first, rest.allSatisfy({ $0 == rest[0] }) else { return }
    let hasWeights = types.allSatisfy { $0["WeightedCapacity"] != nil }
    guard hasWeights || types.allSatisfy({ $0["WeightedCapacity"] == nil }),
      types.allSatisfy({ $0["InstanceType"]?.text != nil })
    else { return }
    let value = Value.list(
      types.map { type in
        let kind = type["InstanceType"]?.value ?? .null
        guard hasWeights else { return kind }
        return .map(
          ValueMap(["type": kind, "units": type["WeightedCapacity"]?.value ?? .null]))
      })
    let expression = config.add(
      ["machines", name, "types"], value,
      ConfigDraft.Facet(
        description: hasWeights
          ? "Their types, and how much capacity one of each is." : "Their types.",
        change: ["cost", "new-cluster"]))
    var entries = [
      Draft.Entry("$each", .map([Draft.Entry("machine", .expression(expression))]))
    ]
    for entry in first.entries {
      switch entry.key {
      case "InstanceType":
        entries.append(
          Draft.Entry(entry.key, .expression(hasWeights ? "machine.type" : "machine")))
      case "WeightedCapacity": entries.append(Draft.Entry(entry.key, .expression("machine.units")))
      default:
        let inner = path + [.index(0), .key(entry.key)]
        if let draft = texts.draft(entry.value, inner) {
          entries.append(Draft.Entry(entry.key, draft))
        }
      }
    }
    texts.parts[path] = .items([.map(entries)])
  }

  // MARK: Tags

  private mutating func takeTags() {
    let path: BodyPath = [.key("Tags")]
    guard let tags = flow.body["Tags"]?.items, !tags.isEmpty, texts.isAllFree(path) else { return }
    var map = ValueMap()
    for tag in tags {
      guard tag.entries.count == 2, let key = tag["Key"]?.text, let value = tag["Value"]?.text,
        map[key] == nil
      else { return }
      map[key] = .string(value)
    }
    let expression = config.add(
      ["tags"], .map(map),
      ConfigDraft.Facet(description: "Tags of the cluster.", change: ["cost"]))
    texts.parts[path] = .items([
      .map([
        Draft.Entry("$each", .map([Draft.Entry("tag", .expression(expression))])),
        Draft.Entry("Key", .expression("tag.key")),
        Draft.Entry("Value", .expression("tag.value")),
      ])
    ])
  }
}

extension Value {
  var isString: Bool { if case .string = self { true } else { false } }
}
