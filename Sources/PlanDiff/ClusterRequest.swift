import EMRModel
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

  /// Turns EMR's description of a cluster into the request that would make one like it.
  static func request(of cluster: ValueMap) -> ValueMap {
    let request = DescribedCluster.request(of: SpannedValue(value: .map(cluster)))
    guard case .map(let body) = request.value else { return ValueMap() }
    return body
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
