import Values

/// The cluster's part of a job flow in the canonical form for comparison: RunJobFlow's body without
/// steps, with machines as groups or fleets.
enum ClusterRequest {
  /// Turns the older way to describe machines into the newer one.
  static func canonical(_ body: ValueMap) -> Value {
    var body = body
    body["Steps"] = nil
    body["JobFlowId"] = nil
    guard case .map(var instances)? = body["Instances"],
      case .string(let master)? = instances["MasterInstanceType"],
      instances["InstanceGroups"] == nil, instances["InstanceFleets"] == nil
    else { return .map(body) }
    var count: Int64 = 1
    if case .int(let given)? = instances["InstanceCount"] { count = given }
    var groups = [group("MASTER", master, 1)]
    if case .string(let type)? = instances["SlaveInstanceType"], count > 1 {
      groups.append(group("CORE", type, count - 1))
    }
    instances["InstanceGroups"] = .list(groups)
    for key in ["MasterInstanceType", "SlaveInstanceType", "InstanceCount"] { instances[key] = nil }
    body["Instances"] = .map(instances)
    return .map(body)
  }

  private static func group(_ role: String, _ type: String, _ count: Int64) -> Value {
    .map(
      ValueMap([
        "InstanceRole": .string(role), "InstanceType": .string(type), "InstanceCount": .int(count),
      ]))
  }

  /// Members that EMR reports as they were requested.
  private static let same = [
    "Name", "LogUri", "LogEncryptionKmsKeyId", "ReleaseLabel", "Configurations",
    "SecurityConfiguration", "AutoScalingRole", "ScaleDownBehavior", "CustomAmiId",
    "EbsRootVolumeSize", "EbsRootVolumeIops", "EbsRootVolumeThroughput", "RepoUpgradeOnBoot",
    "KerberosAttributes", "StepConcurrencyLevel", "OSReleaseLabel", "Tags", "VisibleToAllUsers",
    "ServiceRole", "AutoTerminationPolicy", "ManagedScalingPolicy", "PlacementGroups",
  ]

  /// Turns EMR's description of a cluster into the request that would make one like it.
  static func request(of cluster: ValueMap) -> ValueMap {
    var body = ValueMap()
    for key in same {
      if let value = cluster[key] { body[key] = value }
    }
    // EMR reports an empty one if it was never set.
    if case .string(let name)? = body["SecurityConfiguration"], name.isEmpty {
      body["SecurityConfiguration"] = nil
    }
    if case .list(let applications)? = cluster["Applications"] {
      body["Applications"] = .list(
        applications.map { $0.only(["Name", "Args", "AdditionalInfo"]) })
    }
    if case .list(let actions)? = cluster["BootstrapActions"] {
      body["BootstrapActions"] = .list(actions.map(bootstrapAction))
    }
    var instances = ValueMap()
    if case .map(let attributes)? = cluster["Ec2InstanceAttributes"] {
      addAttributes(attributes, to: &instances)
      if let profile = attributes["IamInstanceProfile"] { body["JobFlowRole"] = profile }
    }
    if case .list(let groups)? = cluster["InstanceGroups"] {
      instances["InstanceGroups"] = .list(groups.map(instanceGroup))
    }
    if case .list(let fleets)? = cluster["InstanceFleets"] {
      instances["InstanceFleets"] = .list(fleets.map(instanceFleet))
    }
    if case .bool(let ends)? = cluster["AutoTerminate"] {
      instances["KeepJobFlowAliveWhenNoSteps"] = .bool(!ends)
    }
    if let flag = cluster["TerminationProtected"] { instances["TerminationProtected"] = flag }
    body["Instances"] = .map(instances)
    return body
  }

  private static func addAttributes(_ attributes: ValueMap, to instances: inout ValueMap) {
    for key in [
      "Ec2KeyName", "Ec2SubnetId", "EmrManagedMasterSecurityGroup",
      "EmrManagedSlaveSecurityGroup", "ServiceAccessSecurityGroup",
      "AdditionalMasterSecurityGroups", "AdditionalSlaveSecurityGroups",
    ] {
      if let value = attributes[key] { instances[key] = value }
    }
    if instances["Ec2SubnetId"] == nil, let zone = attributes["Ec2AvailabilityZone"],
      zone.plainText?.isEmpty == false
    {
      instances["Placement"] = .map(ValueMap(["AvailabilityZone": zone]))
    }
  }

  private static func bootstrapAction(_ action: Value) -> Value {
    guard case .map(let map) = action, map["ScriptBootstrapAction"] == nil else { return action }
    var script = ValueMap()
    if let path = map["ScriptPath"] ?? map["Path"] { script["Path"] = path }
    if let arguments = map["Args"]?.unlessEmpty { script["Args"] = arguments }
    var result = ValueMap()
    if let name = map["Name"] { result["Name"] = name }
    result["ScriptBootstrapAction"] = .map(script)
    return .map(result)
  }

  private static func instanceGroup(_ group: Value) -> Value {
    guard case .map(let map) = group else { return group }
    var result = ValueMap()
    if let name = map["Name"] { result["Name"] = name }
    if let role = map["InstanceGroupType"] ?? map["InstanceRole"] { result["InstanceRole"] = role }
    for key in ["InstanceType", "Market", "BidPrice", "Configurations", "CustomAmiId"] {
      if let value = map[key]?.unlessEmpty { result[key] = value }
    }
    if let count = map["RequestedInstanceCount"] ?? map["InstanceCount"] {
      result["InstanceCount"] = count
    }
    if let disks = volumes(map) { result["EbsConfiguration"] = disks }
    if case .map(let policy)? = map["AutoScalingPolicy"] {
      result["AutoScalingPolicy"] = Value.map(policy).only(["Constraints", "Rules"])
    }
    return .map(result)
  }

  /// EMR lists every volume; a request has a count of each kind.
  private static func volumes(_ map: ValueMap) -> Value? {
    var configurations: [(volume: Value, count: Int64)] = []
    if case .list(let devices)? = map["EbsBlockDevices"] {
      for case .map(let device) in devices {
        guard let volume = device["VolumeSpecification"] else { continue }
        if let known = configurations.firstIndex(where: { $0.volume.equals(volume) }) {
          configurations[known].count += 1
        } else {
          configurations.append((volume, 1))
        }
      }
    }
    var result = ValueMap()
    if !configurations.isEmpty {
      result["EbsBlockDeviceConfigs"] = .list(
        configurations.map {
          .map(ValueMap(["VolumeSpecification": $0.volume, "VolumesPerInstance": .int($0.count)]))
        })
    }
    if let optimized = map["EbsOptimized"] { result["EbsOptimized"] = optimized }
    return result.isEmpty ? nil : .map(result)
  }

  private static func instanceFleet(_ fleet: Value) -> Value {
    guard case .map(let map) = fleet else { return fleet }
    var result = ValueMap()
    for key in [
      "Name", "InstanceFleetType", "TargetOnDemandCapacity", "TargetSpotCapacity",
      "LaunchSpecifications", "ResizeSpecifications",
    ] {
      if let value = map[key]?.unlessEmpty { result[key] = value }
    }
    if case .list(let types)? = map["InstanceTypeSpecifications"] {
      result["InstanceTypeConfigs"] = .list(
        types.map { type in
          guard case .map(let type) = type else { return type }
          var config = ValueMap()
          for key in [
            "InstanceType", "WeightedCapacity", "BidPrice",
            "BidPriceAsPercentageOfOnDemandPrice", "Configurations", "CustomAmiId", "Priority",
          ] {
            if let value = type[key]?.unlessEmpty { config[key] = value }
          }
          if let disks = volumes(type) { config["EbsConfiguration"] = disks }
          return .map(config)
        })
    } else if let types = map["InstanceTypeConfigs"] {
      result["InstanceTypeConfigs"] = types
    }
    return .map(result)
  }
}

/// What can be compared between a request and EMR's description of a cluster.
extension ClusterRequest {
  /// Members that describe-cluster lacks, or has only if a client adds them.
  private static let untoldMembers: Set<String> = [
    "BootstrapActions", "ManagedScalingPolicy", "AutoTerminationPolicy", "AdditionalInfo",
    "SupportedProducts", "NewSupportedProducts", "PlacementGroupConfigs", "AmiVersion",
    "ExtendedSupport", "MonitoringConfiguration",
  ]
  private static let untoldOfInstances: Set<String> = [
    "InstanceGroups", "InstanceFleets", "HadoopVersion", "Ec2SubnetIds", "Placement",
    "UnhealthyNodeReplacement", "RequestedEc2SubnetIds",
  ]
  /// Members that EMR chooses if a request doesn't.
  private static let chosen: Set<String> = [
    "EmrManagedMasterSecurityGroup", "EmrManagedSlaveSecurityGroup", "ServiceAccessSecurityGroup",
    "Ec2SubnetId", "Placement",
  ]

  /// A request without the members that a cluster's description lacks.
  static func told(_ request: Value, by cluster: Value) -> Value {
    guard case .map(let own) = request, case .map(let other) = cluster else { return request }
    var result = own.filtered { other[$0] != nil || !untoldMembers.contains($0) }
    if case .map(let ownInstances)? = own["Instances"], case .map(let others)? = other["Instances"]
    {
      result["Instances"] = .map(
        ownInstances.filtered { others[$0] != nil || !untoldOfInstances.contains($0) })
    }
    return .map(result)
  }

  /// A cluster's description without what EMR chose because the request didn't.
  static func asked(_ cluster: Value, for request: Value) -> Value {
    guard case .map(var own) = cluster, case .map(let other) = request,
      case .map(let ownInstances)? = own["Instances"], case .map(let others)? = other["Instances"]
    else { return cluster }
    own["Instances"] = .map(
      ownInstances.filtered { others[$0] != nil || !chosen.contains($0) })
    return .map(own)
  }

  /// The names of members that a request has and a cluster's description lacks.
  static func untold(_ request: Value?, by cluster: Value?) -> [String] {
    guard let request, let cluster, case .map(let all) = request,
      case .map(let rest) = told(request, by: cluster)
    else { return [] }
    var names = all.keys.map(\.keyText).filter { rest[$0] == nil }
    if case .map(let instances)? = all["Instances"], case .map(let kept)? = rest["Instances"] {
      names += instances.keys.map(\.keyText).filter { kept[$0] == nil }
    }
    return names
  }
}

extension ValueMap {
  fileprivate func filtered(_ isKept: (String) -> Bool) -> ValueMap {
    ValueMap(entries.filter { isKept($0.key.keyText) })
  }
}

extension Value {
  /// Only these members of a map.
  fileprivate func only(_ keys: [String]) -> Value {
    guard case .map(let map) = self else { return self }
    return .map(
      ValueMap(map.entries.filter { keys.contains($0.key.keyText) && $0.value.unlessEmpty != nil }))
  }
}
