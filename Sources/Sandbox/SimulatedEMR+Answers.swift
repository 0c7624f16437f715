package import AWSServices
package import Values

/// What the simulated EMR says of its clusters, in EMR's shapes.
extension SimulatedEMR: ClusterSource {
  package func answer(
    _ question: ClusterQuestion, about cluster: String
  ) async throws(CloudError) -> Value {
    try call(question.rawValue) { simulation throws(CloudError) in
      let index = try Self.find(cluster, simulation, question.rawValue)
      let cluster = simulation.world.clusters[index]
      switch question {
      case .cluster: return cluster.answer
      // EMR lists the newest first.
      case .steps: return .list(cluster.steps.reversed().map(\.answer))
      case .instanceGroups: return .list(cluster.groups)
      case .instanceFleets:
        return .list(cluster.request["Instances"]["InstanceFleets"].items.map(Self.fleet))
      case .bootstrapActions:
        return .list(
          cluster.request["BootstrapActions"].items.map { action in
            .object([
              "Name": action["Name"], "ScriptPath": action["ScriptBootstrapAction"]["Path"],
              "Args": .list(action["ScriptBootstrapAction"]["Args"].items),
            ])
          })
      case .managedScaling: return cluster.request["ManagedScalingPolicy"]
      case .autoTermination: return cluster.request["AutoTerminationPolicy"]
      }
    }
  }

  private static func fleet(_ request: Value) -> Value {
    guard case .map(var fleet) = request else { return request }
    if let types = fleet["InstanceTypeConfigs"] {
      fleet["InstanceTypeConfigs"] = nil
      fleet["InstanceTypeSpecifications"] = .list(types.items.map(SandboxWorld.withDisks))
    }
    return .map(fleet)
  }
}

extension SandboxWorld {
  /// Machines with each of their volumes, in the place of how many there are of each kind.
  static func withDisks(_ request: Value) -> Value {
    guard case .map(var machines) = request else { return request }
    let disks = machines["EbsConfiguration"] ?? .null
    machines["EbsConfiguration"] = nil
    let devices = disks["EbsBlockDeviceConfigs"].items.flatMap { kind in
      Array(
        repeating: Value.object(["VolumeSpecification": kind["VolumeSpecification"]]),
        count: Int(clamping: max(1, min(kind["VolumesPerInstance"].integer ?? 1, 100))))
    }
    if !devices.isEmpty { machines["EbsBlockDevices"] = .list(devices) }
    if case .bool = disks["EbsOptimized"] { machines["EbsOptimized"] = disks["EbsOptimized"] }
    return .map(machines)
  }
}

extension SandboxWorld.Cluster {
  /// Members of a request that DescribeCluster repeats.
  private static let repeated = [
    "LogEncryptionKmsKeyId", "ReleaseLabel", "VisibleToAllUsers", "Applications", "ServiceRole",
    "Configurations", "SecurityConfiguration", "AutoScalingRole", "ScaleDownBehavior",
    "CustomAmiId", "EbsRootVolumeSize", "EbsRootVolumeIops", "EbsRootVolumeThroughput",
    "RepoUpgradeOnBoot", "KerberosAttributes", "StepConcurrencyLevel", "OSReleaseLabel",
    "ExtendedSupport", "MonitoringConfiguration",
  ]

  fileprivate var answer: Value {
    var answer = ValueMap([
      "Id": .string(id), "Name": .string(name),
      "Status": .object(["State": .string(state.rawValue)]),
    ])
    for key in Self.repeated {
      if case .null = request[key] { continue }
      answer[key] = request[key]
    }
    if let logURI { answer["LogUri"] = .string(logURI) }
    if case .string = request["AmiVersion"] {
      answer["RequestedAmiVersion"] = request["AmiVersion"]
    }
    if case .list = request["PlacementGroupConfigs"] {
      answer["PlacementGroups"] = request["PlacementGroupConfigs"]
    }
    answer["Tags"] = .list(
      tags.map { .object(["Key": .string($0.key), "Value": .string($0.value)]) })
    let instances = request["Instances"]
    answer["AutoTerminate"] = .bool(!staysAlive)
    answer["TerminationProtected"] = .bool(isProtected)
    if case .bool = instances["UnhealthyNodeReplacement"] {
      answer["UnhealthyNodeReplacement"] = instances["UnhealthyNodeReplacement"]
    }
    let hasFleets = !instances["InstanceFleets"].items.isEmpty
    answer["InstanceCollectionType"] = .string(hasFleets ? "INSTANCE_FLEET" : "INSTANCE_GROUP")
    answer["Ec2InstanceAttributes"] = attributes(instances)
    return .map(answer)
  }

  private func attributes(_ instances: Value) -> Value {
    var attributes = ValueMap()
    for key in [
      "Ec2KeyName", "Ec2SubnetId", "EmrManagedMasterSecurityGroup",
      "EmrManagedSlaveSecurityGroup", "ServiceAccessSecurityGroup",
      "AdditionalMasterSecurityGroups", "AdditionalSlaveSecurityGroups",
    ] {
      if case .null = instances[key] { continue }
      attributes[key] = instances[key]
    }
    let subnets = instances["Ec2SubnetIds"].items
    if let first = subnets.first {
      attributes["Ec2SubnetId"] = first
      attributes["RequestedEc2SubnetIds"] = .list(subnets)
    }
    let zone = instances["Placement"]["AvailabilityZone"]
    if case .string = zone { attributes["Ec2AvailabilityZone"] = zone }
    if case .string = request["JobFlowRole"] {
      attributes["IamInstanceProfile"] = request["JobFlowRole"]
    }
    return .map(attributes)
  }

  /// Its machines as groups, however they were asked for.
  fileprivate var groups: [Value] {
    let instances = request["Instances"]
    let groups = instances["InstanceGroups"].items
    guard groups.isEmpty else {
      return groups.map { group in
        guard case .map(var map) = SandboxWorld.withDisks(group) else { return group }
        map["InstanceGroupType"] = map["InstanceRole"]
        map["InstanceRole"] = nil
        map["RequestedInstanceCount"] = map["InstanceCount"]
        map["InstanceCount"] = nil
        return .map(map)
      }
    }
    guard let master = instances["MasterInstanceType"].text else { return [] }
    let count = instances["InstanceCount"].integer ?? 1
    var made = [Self.group("MASTER", master, 1)]
    if count > 1 {
      made.append(Self.group("CORE", instances["SlaveInstanceType"].text ?? master, count - 1))
    }
    return made
  }

  private static func group(_ role: String, _ type: String, _ count: Int64) -> Value {
    .object([
      "InstanceGroupType": .string(role), "InstanceType": .string(type),
      "RequestedInstanceCount": .int(count), "Market": .string("ON_DEMAND"),
    ])
  }
}

extension SandboxWorld.Step {
  fileprivate var answer: Value {
    let properties = properties.items.compactMap { property in
      property["Key"].text.map { (key: Value.string($0), value: property["Value"]) }
    }
    return .object([
      "Id": .string(id), "Name": .string(name), "ActionOnFailure": .string(actionOnFailure),
      "Config": .object([
        "Jar": .string(jar), "MainClass": .string(ifAny: mainClass), "Args": .strings(arguments),
        "Properties": .map(ValueMap(properties)),
      ]), "Status": .object(["State": .string(state.rawValue)]),
    ])
  }
}
