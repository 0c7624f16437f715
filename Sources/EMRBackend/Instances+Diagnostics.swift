import Text
import Diagnostics

// MARK: Groups and fleets

extension Diagnostic {
  static func instancesMissing(at spot: Spot) -> Diagnostic {
    rule(
      .emrInstancesMissing, "the cluster has no machines", at: spot,
      source: reference("JobFlowInstancesConfig"), hint: "give `InstanceGroups` or `InstanceFleets`"
    )
  }

  static func instancesTwice(_ first: String, _ second: String, at spot: Spot) -> Diagnostic {
    rule(
      .emrInstancesTwice, "`\(first)` and `\(second)` can't be used together", at: spot,
      source: reference("JobFlowInstancesConfig"), hint: "describe the machines in one way only")
  }

  static func masters(_ count: Int, in list: String, at spot: Spot) -> Diagnostic {
    rule(
      .emrInstanceRoles, "`\(list)` has \(count) items of MASTER; EMR requires one", at: spot,
      source: reference("JobFlowInstancesConfig"),
      hint: count == 0 ? "add one of MASTER" : "leave out all but one")
  }

  static func instanceRoles(
    _ role: String, _ count: Int, limit: Int, in list: String, at spot: Spot
  ) -> Diagnostic {
    rule(
      .emrInstanceRoles, "`\(list)` has \(count) items of \(role); EMR allows \(limit)",
      at: spot,
      source: "see EMR's management guide on clusters' machines",
      hint: "merge some of them")
  }

  static func masterCount(_ count: Int64, at spot: Spot) -> Diagnostic {
    rule(
      .emrMasterCount, "a cluster has 1 or 3 masters, not \(count)", at: spot,
      source: "see EMR's management guide on high availability",
      hint: "use 1, or 3 to survive the loss of one")
  }

  static func threeMasters(_ release: Release, at spot: Spot) -> Diagnostic {
    rule(
      .emrReleaseTooOld, "release \(release) supports only one master: three need 5.23.0 or later",
      at: spot,
      source: "see EMR's management guide on high availability",
      hint: "use a later release, or one master")
  }

  static func instanceCount(_ count: Int64, at spot: Spot) -> Diagnostic {
    rule(
      .emrInstanceCount, "the number of instances can't be \(count)", at: spot,
      source: reference("InstanceGroupConfig"), hint: "give 0 or more")
  }

  static func bidPrice(_ text: String, at spot: Spot) -> Diagnostic {
    rule(
      .emrBidPrice, "the bid price `\(text)` isn't a number of US dollars above 0", at: spot,
      source: reference("InstanceGroupConfig"),
      hint: "give US dollars an hour as a decimal number: `0.25`")
  }

  static func bidPriceUnused(at spot: Spot) -> Diagnostic {
    rule(
      .emrBidPriceUnused, "on-demand instances have no bid price", at: spot,
      source: reference("InstanceGroupConfig"),
      hint: "leave `BidPrice` out, or set `Market` to `SPOT`")
  }

  static func bidPriceTwice(at spot: Spot) -> Diagnostic {
    rule(
      .emrBidPriceTwice,
      "`BidPriceAsPercentageOfOnDemandPrice` and `BidPrice` can't be used together",
      at: spot, source: reference("InstanceTypeConfig"), hint: "leave out one of the two")
  }
}

// MARK: Fleets

extension Diagnostic {
  static func masterFleet(_ onDemand: Int64, _ spot: Int64, at place: Spot) -> Diagnostic {
    rule(
      .emrMasterFleet,
      "the MASTER fleet asks for \(onDemand) on-demand and \(spot) spot units", at: place,
      source: reference("InstanceFleetConfig"),
      hint:
        "set one of `TargetOnDemandCapacity` and `TargetSpotCapacity` to 1, and leave the other out"
    )
  }

  static func fleetCapacity(_ kind: String, at spot: Spot) -> Diagnostic {
    rule(
      .emrFleetCapacity, "the \(kind) fleet has no target capacity", at: spot,
      source: reference("InstanceFleetConfig"),
      hint: "give `TargetOnDemandCapacity`, `TargetSpotCapacity` or both, above 0")
  }

  static func fleetWithoutTypes(at spot: Spot) -> Diagnostic {
    rule(
      .emrFleetTypes, "the fleet has no instance types to choose from", at: spot,
      source: reference("InstanceFleetConfig"), hint: "give `InstanceTypeConfigs`")
  }

  static func fleetTypes(_ count: Int, limit: Int, at spot: Spot) -> Diagnostic {
    rule(
      .emrFleetTypes, "the fleet has \(count) instance types; EMR allows \(limit)", at: spot,
      source: reference("InstanceFleetConfig"),
      hint: limit == 5 ? "with an `AllocationStrategy`, 30 are allowed" : "leave some out")
  }

  static func weightedCapacity(_ number: Int64, isMaster: Bool, at spot: Spot) -> Diagnostic {
    rule(
      .emrWeightedCapacity,
      "`WeightedCapacity` is \(number); EMR allows \(isMaster ? "1 for masters" : "1 or more")",
      at: spot, source: reference("InstanceTypeConfig"),
      hint: isMaster ? "set it to 1" : "give 1 or more")
  }

  static func fleetAllocation(_ strategy: String, at spot: Spot) -> Diagnostic {
    rule(
      .emrFleetPriority, "`\(strategy)` uses priorities, but no instance type has one",
      at: spot,
      source: reference("InstanceTypeConfig"),
      hint: "give types a `Priority` (0 is the first), or use another strategy")
  }

  static func fleetPriority(at spot: Spot) -> Diagnostic {
    rule(
      .emrFleetPriority, "no strategy of the fleet uses `Priority`", at: spot,
      source: reference("InstanceTypeConfig"),
      hint: "use `prioritized` or `capacity-optimized-prioritized`, or leave it out")
  }

  static func spotTimeout(_ minutes: Int64, at spot: Spot) -> Diagnostic {
    rule(
      .emrSpotTimeout, "a fleet can wait for spot instances for 5 to 1440 minutes, not \(minutes)",
      at: spot, source: reference("SpotProvisioningSpecification"),
      hint: "give a number in this range")
  }

  static func blockDuration(_ minutes: Int64, at spot: Spot) -> Diagnostic {
    rule(
      .emrBlockDuration,
      "spot instances can be reserved only for 60, 120, 180, 240, 300 or 360 minutes",
      at: spot,
      source: reference("SpotProvisioningSpecification"),
      hint: "leave it out: EC2 doesn't offer it to new customers")
  }

  static func resizeTimeout(_ minutes: Int64, at spot: Spot) -> Diagnostic {
    rule(
      .emrResizeTimeout, "a fleet's resize timeout must be 5 to 10080 minutes, not \(minutes)",
      at: spot,
      source: reference("InstanceFleetResizingSpecifications"), hint: "give a number in this range")
  }
}

// MARK: Network

extension Diagnostic {
  private static let network = "see `JobFlowInstancesConfig` in EMR's API reference"

  static func subnetTwice(at spot: Spot) -> Diagnostic {
    rule(
      .emrSubnetTwice, "`Ec2SubnetId` and `Ec2SubnetIds` can't be used together", at: spot,
      source: network, hint: "leave out one of the two")
  }

  /// What an id is of, by its prefix.
  private static func other(_ id: String) -> String? {
    let kinds = [
      ("subnet-", "a subnet"), ("sg-", "a security group"), ("vpc-", "a VPC"),
      ("eni-", "a network interface"), ("igw-", "an internet gateway"), ("rtb-", "a route table"),
      ("acl-", "a network ACL"), ("i-", "an instance"), ("ami-", "an image"), ("vol-", "a volume"),
      ("key-", "a key pair"), ("eipalloc-", "an Elastic IP address"), ("j-", "a cluster"),
    ]
    return kinds.first { id.hasPrefix($0.0) }?.1
  }

  /// - Parameter prefix: what such ids start with.
  static func networkNumber(
    _ id: String, prefix: String, of what: String, at spot: Spot
  ) -> Diagnostic {
    rule(
      .emrNetworkId, "`\(id)` doesn't look like the id of \(what)", at: spot, source: network,
      hint: "such ids have 8 or 17 hexadecimal digits: `\(prefix)0123456789abcdef0`",
      isWarning: true)
  }

  /// - Parameter prefix: what such ids start with.
  static func networkID(
    _ id: String, prefix: String, of what: String, at spot: Spot
  ) -> Diagnostic {
    let hint: Hint =
      id.hasPrefix("vpc-") && prefix == "subnet-"
      ? "this is a VPC: give the id of one of its subnets"
      : ["", "none", "null", "nil", "default"].contains(id.lowercased())
        ? "leave it out if the cluster needs none"
        : other(id).map { "this is the id of \($0)" }
          ?? "such ids look like `\(prefix)0123456789abcdef0`"
    return rule(
      .emrNetworkId, "`\(id)` isn't the id of \(what)", at: spot, source: network, hint: hint)
  }

  static func zone(_ name: String, region: String, at spot: Spot) -> Diagnostic {
    rule(
      .emrZone,
      name == region
        ? "`\(name)` is a region, not an availability zone"
        : name.hasPrefix(region)
          ? "`\(name)` isn't an availability zone"
          : "the availability zone `\(name)` isn't in the cluster's region `\(region)`", at: spot,
      source: reference("PlacementType"), hint: "a zone is the region and a letter: `\(region)a`")
  }

  static func keyID(_ id: String, at spot: Spot) -> Diagnostic {
    rule(
      .emrKeyName, "`\(id)` is the id of a key pair, not its name", at: spot, source: network,
      hint: "give the name that EC2 shows beside the id", isWarning: true)
  }

  static func keyName(_ name: String, without ending: String, at spot: Spot) -> Diagnostic {
    rule(
      .emrKeyName, "`\(name)` looks like the file of a key pair, not like its name", at: spot,
      source: network,
      hint: "EC2 knows the key pair by its name, such as `\(name.dropLast(ending.count))`",
      isWarning: true)
  }

  static func subnetWithZone(_ subnet: String, _ zone: String, at spot: Spot) -> Diagnostic {
    rule(
      .emrSubnetWithZone, "`\(subnet)` and `Placement.\(zone)` can't be used together", at: spot,
      source: network, hint: "a subnet is in a zone: leave `Placement` out")
  }

  static func zoneTwice(at spot: Spot) -> Diagnostic {
    rule(
      .emrZoneTwice, "`AvailabilityZone` and `AvailabilityZones` can't be used together", at: spot,
      source: reference("PlacementType"), hint: "groups take the first, fleets the second")
  }

  static func subnetsWithoutFleets(at spot: Spot) -> Diagnostic {
    rule(
      .emrSubnetsWithoutFleets,
      "only fleets can choose among subnets, and the cluster has no fleets",
      at: spot, source: network, hint: "give one subnet, or `InstanceFleets`")
  }

  static func zonesWithoutFleets(at spot: Spot) -> Diagnostic {
    rule(
      .emrZonesWithoutFleets, "only fleets can choose among zones, and the cluster has no fleets",
      at: spot,
      source: reference("PlacementType"), hint: "give `AvailabilityZone`, or `InstanceFleets`")
  }

  static func securityGroups(_ given: String, at spot: Spot) -> Diagnostic {
    let other =
      given.contains("Master")
      ? "EmrManagedSlaveSecurityGroup" : "EmrManagedMasterSecurityGroup"
    return rule(
      .emrSecurityGroups, "`\(given)` is given without `\(other)`", at: spot, source: network,
      hint: "give both, or neither")
  }

  static func serviceSecurityGroup(at spot: Spot) -> Diagnostic {
    rule(
      .emrServiceSecurityGroup,
      "`ServiceAccessSecurityGroup` is given without the groups of masters and workers", at: spot,
      source: "see EMR's management guide on security groups",
      hint: "give `EmrManagedMasterSecurityGroup` and `EmrManagedSlaveSecurityGroup` too")
  }
}
