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
      .emrInstancesTwice, "`\(first)` and `\(second)` exclude each other", at: spot,
      source: reference("JobFlowInstancesConfig"), hint: "say what machines there are in one way")
  }

  static func masters(_ count: Int, in list: String, at spot: Spot) -> Diagnostic {
    rule(
      .emrInstanceRoles, "`\(list)` has \(count) items of MASTER, and EMR takes one", at: spot,
      source: reference("JobFlowInstancesConfig"),
      hint: count == 0 ? "add one of MASTER" : "leave out all but one")
  }

  static func instanceRoles(
    _ role: String, _ count: Int, limit: Int, in list: String, at spot: Spot
  ) -> Diagnostic {
    rule(
      .emrInstanceRoles, "`\(list)` has \(count) items of \(role), and EMR takes \(limit)",
      at: spot,
      source: "EMR's management guide says so of clusters' machines",
      hint: "put them into one, or into fewer")
  }

  static func masterCount(_ count: Int64, at spot: Spot) -> Diagnostic {
    rule(
      .emrMasterCount, "a cluster has 1 or 3 masters, not \(count)", at: spot,
      source: "EMR's management guide says so of high availability",
      hint: "three survive the loss of one; one is the usual number")
  }

  static func threeMasters(_ release: Release, at spot: Spot) -> Diagnostic {
    rule(
      .emrReleaseTooOld, "release \(release) has one master: three need 5.23.0 or later", at: spot,
      source: "EMR's management guide says so of high availability",
      hint: "take a release that has them, or one master")
  }

  static func instanceCount(_ count: Int64, at spot: Spot) -> Diagnostic {
    rule(
      .emrInstanceCount, "there cannot be \(count) machines", at: spot,
      source: reference("InstanceGroupConfig"), hint: "give a number from 0")
  }

  static func bidPrice(_ text: String, at spot: Spot) -> Diagnostic {
    rule(
      .emrBidPrice, "`\(text)` is no price", at: spot, source: reference("InstanceGroupConfig"),
      hint: "give US dollars an hour as a decimal number: `0.25`")
  }

  static func bidPriceUnused(at spot: Spot) -> Diagnostic {
    rule(
      .emrBidPriceUnused, "machines on demand have no bid", at: spot,
      source: reference("InstanceGroupConfig"),
      hint: "leave `BidPrice` out, or set `Market` to `SPOT`")
  }

  static func bidPriceTwice(at spot: Spot) -> Diagnostic {
    rule(
      .emrBidPriceTwice, "`BidPriceAsPercentageOfOnDemandPrice` and `BidPrice` exclude each other",
      at: spot, source: reference("InstanceTypeConfig"), hint: "leave out one of the two")
  }
}

// MARK: Fleets

extension Diagnostic {
  static func masterFleet(_ onDemand: Int64, _ spot: Int64, at place: Spot) -> Diagnostic {
    rule(
      .emrMasterFleet,
      "the fleet of MASTER asks for \(onDemand) units on demand and \(spot) of spot", at: place,
      source: reference("InstanceFleetConfig"),
      hint: "one of `TargetOnDemandCapacity` and `TargetSpotCapacity` is 1, the other is left out")
  }

  static func fleetCapacity(_ kind: String, at spot: Spot) -> Diagnostic {
    rule(
      .emrFleetCapacity, "the fleet of \(kind) asks for no capacity", at: spot,
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
      .emrFleetTypes, "the fleet has \(count) instance types, and EMR takes \(limit)", at: spot,
      source: reference("InstanceFleetConfig"),
      hint: limit == 5 ? "with an `AllocationStrategy` there may be 30" : "leave some out")
  }

  static func weightedCapacity(_ number: Int64, isMaster: Bool, at spot: Spot) -> Diagnostic {
    rule(
      .emrWeightedCapacity,
      "`WeightedCapacity` is \(number), and EMR takes \(isMaster ? "1 of masters" : "1 or more")",
      at: spot, source: reference("InstanceTypeConfig"), hint: "give a number that it takes")
  }

  static func fleetAllocation(_ strategy: String, at spot: Spot) -> Diagnostic {
    rule(
      .emrFleetPriority, "`\(strategy)` looks at priorities, and no instance type has one",
      at: spot,
      source: reference("InstanceTypeConfig"),
      hint: "give types a `Priority` (0 is the first), or take another strategy")
  }

  static func fleetPriority(at spot: Spot) -> Diagnostic {
    rule(
      .emrFleetPriority, "no strategy of the fleet looks at `Priority`", at: spot,
      source: reference("InstanceTypeConfig"),
      hint: "take `prioritized` or `capacity-optimized-prioritized`, or leave it out")
  }

  static func spotTimeout(_ minutes: Int64, at spot: Spot) -> Diagnostic {
    rule(
      .emrSpotTimeout, "a fleet waits for spot machines for 5 to 1440 minutes, not \(minutes)",
      at: spot, source: reference("SpotProvisioningSpecification"),
      hint: "give a number in this range")
  }

  static func blockDuration(_ minutes: Int64, at spot: Spot) -> Diagnostic {
    rule(
      .emrBlockDuration, "spot machines are had for 60, 120, 180, 240, 300 or 360 minutes",
      at: spot,
      source: reference("SpotProvisioningSpecification"),
      hint: "leave it out: EC2 sells no such times to new customers")
  }

  static func resizeTimeout(_ minutes: Int64, at spot: Spot) -> Diagnostic {
    rule(
      .emrResizeTimeout, "a fleet's resizing takes 5 to 10080 minutes, not \(minutes)", at: spot,
      source: reference("InstanceFleetResizingSpecifications"), hint: "give a number in this range")
  }
}

// MARK: Network

extension Diagnostic {
  private static let network = "EMR's API reference says so of `JobFlowInstancesConfig`"

  static func subnetTwice(at spot: Spot) -> Diagnostic {
    rule(
      .emrSubnetTwice, "`Ec2SubnetId` and `Ec2SubnetIds` exclude each other", at: spot,
      source: network, hint: "leave out one of the two")
  }

  static func subnetWithZone(_ subnet: String, _ zone: String, at spot: Spot) -> Diagnostic {
    rule(
      .emrSubnetWithZone, "`\(subnet)` and `Placement.\(zone)` exclude each other", at: spot,
      source: network, hint: "a subnet is in a zone: leave `Placement` out")
  }

  static func zoneTwice(at spot: Spot) -> Diagnostic {
    rule(
      .emrZoneTwice, "`AvailabilityZone` and `AvailabilityZones` exclude each other", at: spot,
      source: reference("PlacementType"), hint: "groups take the first, fleets the second")
  }

  static func subnetsWithoutFleets(at spot: Spot) -> Diagnostic {
    rule(
      .emrSubnetsWithoutFleets, "only fleets choose among subnets, and the cluster has none",
      at: spot, source: network, hint: "give one subnet, or `InstanceFleets`")
  }

  static func zonesWithoutFleets(at spot: Spot) -> Diagnostic {
    rule(
      .emrZonesWithoutFleets, "only fleets choose among zones, and the cluster has none", at: spot,
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
      source: "EMR's management guide says so of security groups",
      hint: "give `EmrManagedMasterSecurityGroup` and `EmrManagedSlaveSecurityGroup` too")
  }
}
