import SourceText
package import Values

/// EMR's description of a cluster (DescribeCluster's `Cluster`, as the AWS CLI prints it, too: with
/// `InstanceGroups`, `InstanceFleets` and `BootstrapActions` in it) as RunJobFlow's body.
package enum DescribedCluster {
  /// Members that EMR reports as they were requested.
  private static let same = [
    "Name", "LogUri", "LogEncryptionKmsKeyId", "ReleaseLabel", "Configurations",
    "SecurityConfiguration", "AutoScalingRole", "ScaleDownBehavior", "CustomAmiId",
    "EbsRootVolumeSize", "EbsRootVolumeIops", "EbsRootVolumeThroughput", "RepoUpgradeOnBoot",
    "KerberosAttributes", "StepConcurrencyLevel", "OSReleaseLabel", "Tags", "VisibleToAllUsers",
    "ServiceRole", "AutoTerminationPolicy", "ManagedScalingPolicy", "PlacementGroups",
  ]

  /// The request that would make a cluster like this one, without steps; each part at its place.
  package static func request(of cluster: SpannedValue) -> SpannedValue {
    var body = Members(span: cluster.span)
    for key in same { body.take(key, from: cluster) }
    // EMR reports an empty one if it was never set.
    if body.value(of: "SecurityConfiguration")?.isEmpty ?? false {
      body.remove("SecurityConfiguration")
    }
    if let applications = cluster.member("Applications"), let items = applications.list {
      body.add(
        "Applications", .list(items.map { $0.only(["Name", "Args", "AdditionalInfo"]) }),
        applications)
    }
    if let actions = cluster.member("BootstrapActions"), let items = actions.list {
      body.add("BootstrapActions", .list(items.map(bootstrapAction)), actions)
    }
    if let attributes = cluster.member("Ec2InstanceAttributes") {
      body.take("IamInstanceProfile", from: attributes, as: "JobFlowRole")
    }
    body.add("Instances", .map(instances(of: cluster).entries), cluster)
    return body.value
  }

  private static func instances(of cluster: SpannedValue) -> Members {
    var instances = Members(span: cluster.span)
    if let attributes = cluster.member("Ec2InstanceAttributes") {
      addAttributes(attributes, to: &instances)
    }
    if let groups = cluster.member("InstanceGroups"), let items = groups.list {
      instances.add("InstanceGroups", .list(items.map(instanceGroup)), groups)
    }
    if let fleets = cluster.member("InstanceFleets"), let items = fleets.list {
      instances.add("InstanceFleets", .list(items.map(instanceFleet)), fleets)
    }
    if let ends = cluster.member("AutoTerminate"), case .scalar(.bool(let flag)) = ends.content {
      instances.add("KeepJobFlowAliveWhenNoSteps", .scalar(.bool(!flag)), ends)
    }
    instances.take("TerminationProtected", from: cluster)
    return instances
  }

  private static func addAttributes(_ attributes: SpannedValue, to instances: inout Members) {
    for key in [
      "Ec2KeyName", "Ec2SubnetId", "EmrManagedMasterSecurityGroup",
      "EmrManagedSlaveSecurityGroup", "ServiceAccessSecurityGroup",
      "AdditionalMasterSecurityGroups", "AdditionalSlaveSecurityGroups",
    ] {
      instances.take(key, from: attributes)
    }
    if instances.value(of: "Ec2SubnetId") == nil,
      let zone = attributes.member("Ec2AvailabilityZone"), !zone.isEmpty
    {
      var placement = Members(span: zone.span)
      placement.add("AvailabilityZone", zone)
      instances.add("Placement", placement.value)
    }
  }

  private static func bootstrapAction(_ action: SpannedValue) -> SpannedValue {
    guard action.isMap, action.member("ScriptBootstrapAction") == nil else { return action }
    var script = Members(span: action.span)
    if let path = action.member("ScriptPath") ?? action.member("Path") { script.add("Path", path) }
    script.take("Args", from: action, unlessEmpty: true)
    var result = Members(span: action.span)
    result.take("Name", from: action)
    result.add("ScriptBootstrapAction", script.value)
    return result.value
  }

  private static func instanceGroup(_ group: SpannedValue) -> SpannedValue {
    guard group.isMap else { return group }
    var result = Members(span: group.span)
    result.take("Name", from: group)
    if let role = group.member("InstanceGroupType") ?? group.member("InstanceRole") {
      result.add("InstanceRole", role)
    }
    for key in ["InstanceType", "Market", "BidPrice", "Configurations", "CustomAmiId"] {
      result.take(key, from: group, unlessEmpty: true)
    }
    if let count = group.member("RequestedInstanceCount") ?? group.member("InstanceCount") {
      result.add("InstanceCount", count)
    }
    if let disks = volumes(group) { result.add("EbsConfiguration", disks) }
    if let policy = group.member("AutoScalingPolicy"), policy.isMap {
      result.add("AutoScalingPolicy", policy.only(["Constraints", "Rules"]))
    }
    return result.value
  }

  /// EMR lists every volume; a request has a count of each kind.
  private static func volumes(_ group: SpannedValue) -> SpannedValue? {
    var kinds: [(volume: SpannedValue, count: Int64)] = []
    for device in group.member("EbsBlockDevices")?.list ?? [] {
      guard let volume = device.member("VolumeSpecification") else { continue }
      if let known = kinds.firstIndex(where: { $0.volume.value.equals(volume.value) }) {
        kinds[known].count += 1
      } else {
        kinds.append((volume, 1))
      }
    }
    var result = Members(span: group.span)
    if !kinds.isEmpty {
      let configurations = kinds.map { kind in
        var members = Members(span: kind.volume.span)
        members.add("VolumeSpecification", kind.volume)
        members.add("VolumesPerInstance", .scalar(.int(kind.count)), kind.volume)
        return members.value
      }
      result.add("EbsBlockDeviceConfigs", SpannedValue(.list(configurations), span: group.span))
    }
    result.take("EbsOptimized", from: group)
    return result.entries.isEmpty ? nil : result.value
  }

  private static func instanceFleet(_ fleet: SpannedValue) -> SpannedValue {
    guard fleet.isMap else { return fleet }
    var result = Members(span: fleet.span)
    for key in [
      "Name", "InstanceFleetType", "TargetOnDemandCapacity", "TargetSpotCapacity",
      "LaunchSpecifications", "ResizeSpecifications",
    ] {
      result.take(key, from: fleet, unlessEmpty: true)
    }
    if let types = fleet.member("InstanceTypeSpecifications"), let items = types.list {
      result.add("InstanceTypeConfigs", .list(items.map(instanceType)), types)
    } else {
      result.take("InstanceTypeConfigs", from: fleet)
    }
    return result.value
  }

  private static func instanceType(_ type: SpannedValue) -> SpannedValue {
    guard type.isMap else { return type }
    var result = Members(span: type.span)
    for key in [
      "InstanceType", "WeightedCapacity", "BidPrice", "BidPriceAsPercentageOfOnDemandPrice",
      "Configurations", "CustomAmiId", "Priority",
    ] {
      result.take(key, from: type, unlessEmpty: true)
    }
    if let disks = volumes(type) { result.add("EbsConfiguration", disks) }
    return result.value
  }
}

/// A map under construction.
private struct Members {
  private(set) var value: SpannedValue

  init(span: Span?) { value = SpannedValue(.map([]), span: span) }

  var entries: [SpannedValue.Entry] {
    if case .map(let entries) = value.content { entries } else { [] }
  }

  func value(of key: String) -> SpannedValue? { value.member(key) }

  mutating func add(_ key: String, _ member: SpannedValue) {
    value.content = .map(entries + [SpannedValue.Entry(key: key, value: member)])
  }

  /// Adds a value that is made of one at a place.
  mutating func add(_ key: String, _ content: SpannedValue.Content, _ source: SpannedValue) {
    add(key, SpannedValue(content, span: source.span))
  }

  /// Adds another map's member, if it has one.
  mutating func take(
    _ key: String, from other: SpannedValue, as name: String? = nil, unlessEmpty: Bool = false
  ) {
    guard let member = other.member(key), !unlessEmpty || !member.isEmpty else { return }
    add(name ?? key, member)
  }

  mutating func remove(_ key: String) { value.content = .map(entries.filter { $0.key != key }) }
}

extension SpannedValue {
  fileprivate var isMap: Bool { if case .map = content { true } else { false } }

  fileprivate var list: [SpannedValue]? {
    if case .list(let items) = content { items } else { nil }
  }

  /// Whether it is an empty text, list or map, or null.
  fileprivate var isEmpty: Bool {
    switch content {
    case .scalar(.null): true
    case .scalar(.string(let text)): text.isEmpty
    case .scalar: false
    case .list(let items): items.isEmpty
    case .map(let entries): entries.isEmpty
    }
  }

  fileprivate func member(_ key: String) -> SpannedValue? {
    guard case .map(let entries) = content else { return nil }
    return entries.first { $0.key == key }?.value
  }

  /// Only these members of a map, without empty ones.
  fileprivate func only(_ keys: [String]) -> SpannedValue {
    guard case .map(let entries) = content else { return self }
    return SpannedValue(
      .map(entries.filter { keys.contains($0.key) && !$0.value.isEmpty }), span: span)
  }
}
