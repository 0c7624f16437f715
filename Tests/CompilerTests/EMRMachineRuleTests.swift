import Compiler
import Diagnostics
import TestSupport
import Testing

private let master = "{ InstanceRole: MASTER, InstanceType: m5.xlarge, InstanceCount: 1 }"
private let masterFleet =
  "{ InstanceFleetType: MASTER, TargetOnDemandCapacity: 1, "
  + "InstanceTypeConfigs: [{ InstanceType: m5.xlarge }] }"

/// `Instances` with groups: a master and these.
private func groups(_ items: String..., masters: String = master, beside: String = "") -> String {
  "Instances:\n" + (beside.isEmpty ? "" : "  \(beside)\n") + "  InstanceGroups:\n"
    + ([masters] + items).filter { !$0.isEmpty }.map { "    - \($0)\n" }.joined()
}

/// `Instances` with fleets: a master and these.
private func fleets(_ items: String..., masters: String = masterFleet, beside: String = "")
  -> String
{
  "Instances:\n" + (beside.isEmpty ? "" : "  \(beside)\n") + "  InstanceFleets:\n"
    + ([masters] + items).filter { !$0.isEmpty }.map { "    - \($0)\n" }.joined()
}

private func core(_ more: String, type: String = "m5.xlarge") -> String {
  "{ InstanceRole: CORE, InstanceType: \(type), InstanceCount: 2, \(more) }"
}

private func fleet(_ more: String, types: String = "[{ InstanceType: m5.xlarge }]") -> String {
  "{ InstanceFleetType: CORE, InstanceTypeConfigs: \(types), \(more) }"
}

/// A core group with one volume.
private func volume(_ specification: String) -> String {
  groups(
    core(
      "EbsConfiguration: { EbsBlockDeviceConfigs: [{ VolumeSpecification: { \(specification) } }] }"
    ))
}

@Suite struct EMRInstanceRuleTests {
  static let cases = [
    RuleCase(.emrInstancesMissing, "1️⃣Instances: { Ec2KeyName: k }", fine: groups()),
    RuleCase(
      .emrInstancesTwice,
      "Instances:\n  InstanceFleets: [\(masterFleet)]\n  1️⃣MasterInstanceType: m5.xlarge",
      fine: "Instances: { MasterInstanceType: m5.xlarge, InstanceCount: 1 }"),
    RuleCase(
      .emrInstancesTwice,
      "Instances:\n  InstanceGroups: [\(master)]\n  1️⃣InstanceFleets: [\(masterFleet)]",
      fine: fleets()),
    RuleCase(.emrInstanceRoles, groups("1️⃣" + master), fine: groups(core("Name: c"))),
    RuleCase(
      .emrInstanceRoles, groups(core("Name: a"), "1️⃣" + core("Name: b")),
      fine: groups(
        core("Name: a"), "{ InstanceRole: TASK, InstanceType: m5.xlarge, InstanceCount: 0 }",
        "{ InstanceRole: TASK, InstanceType: m5.xlarge, InstanceCount: 1 }")),
    RuleCase(
      .emrMasterCount,
      groups(masters: "{ InstanceRole: MASTER, InstanceType: m5.xlarge, InstanceCount: 1️⃣2 }"),
      fine: groups(masters: "{ InstanceRole: MASTER, InstanceType: m5.xlarge, InstanceCount: 3 }")),
    RuleCase(
      .emrReleaseTooOld,
      "ReleaseLabel: emr-5.22.0\n"
        + groups(masters: "{ InstanceRole: MASTER, InstanceType: m5.xlarge, InstanceCount: 1️⃣3 }"),
      fine: "ReleaseLabel: emr-5.23.0\n"
        + groups(masters: "{ InstanceRole: MASTER, InstanceType: m5.xlarge, InstanceCount: 3 }")),
    RuleCase(
      .emrInstanceCount,
      groups("{ InstanceRole: CORE, InstanceType: m5.xlarge, InstanceCount: 1️⃣-1 }"),
      fine: groups("{ InstanceRole: CORE, InstanceType: m5.xlarge, InstanceCount: 0 }")),
    RuleCase(
      .emrBidPrice, groups(core("Market: SPOT, BidPrice: 1️⃣\"$0.25\"")),
      fine: groups(core("Market: SPOT, BidPrice: \"0.25\""))),
    RuleCase(
      .emrBidPriceUnused, groups(core("Market: ON_DEMAND, BidPrice: 1️⃣\"1\"")),
      fine: groups(core("BidPrice: \"1\""))),
    RuleCase(
      .emrInstanceTypeUnknown, groups(core("Name: c", type: "1️⃣m5.xlrage")),
      fine: groups(core("Name: c", type: "m5.xlarge"))),
    RuleCase(
      .emrInstanceTypeNotOffered, groups(core("Name: c", type: "1️⃣t3.micro")),
      fine: groups(core("Name: c", type: "m3.xlarge"))),
    RuleCase(
      .emrInstanceTypeRelease,
      "ReleaseLabel: emr-5.32.0\n" + groups(core("Name: c", type: "1️⃣r5b.xlarge")),
      fine: "ReleaseLabel: emr-5.33.0\n" + groups(core("Name: c", type: "r5b.xlarge"))),
    RuleCase(
      .emrInstanceTypeRelease,
      "ReleaseLabel: emr-6.2.0\n" + groups(core("Name: c", type: "1️⃣r5b.xlarge")),
      fine: "ReleaseLabel: emr-6.3.0\n" + groups(core("Name: c", type: "r5b.xlarge"))),
    RuleCase(
      .emrInstanceTypeRelease,
      "ReleaseLabel: emr-4.9.6\n"
        + groups(
          core("Name: c", type: "1️⃣m5.xlarge"),
          masters: "{ InstanceRole: MASTER, InstanceType: m4.large, InstanceCount: 1 }"),
      fine: "ReleaseLabel: emr-4.9.6\n"
        + groups(
          core("Name: c", type: "m4.large"),
          masters: "{ InstanceRole: MASTER, InstanceType: m4.large, InstanceCount: 1 }")),
  ]

  @Test(arguments: cases) func isChecked(_ rule: RuleCase) { rule.check() }
}

@Suite struct EMRFleetRuleTests {
  /// Instance types of a fleet; the sixth is marked.
  private static func types(_ count: Int) -> String {
    let sizes = ["xlarge", "2xlarge", "4xlarge", "8xlarge", "12xlarge", "16xlarge"]
    let items = sizes.prefix(count).enumerated().map { index, size in
      "\(index == 5 ? "1️⃣" : ""){ InstanceType: r5.\(size) }"
    }
    return "[\(items.joined(separator: ", "))]"
  }

  private static func spot(_ more: String) -> String {
    fleets(fleet("TargetSpotCapacity: 2, LaunchSpecifications: { SpotSpecification: { \(more) } }"))
  }

  static let cases = [
    RuleCase(
      .emrReleaseTooOld,
      "ReleaseLabel: emr-5.0.3\nInstances:\n  1️⃣InstanceFleets: "
        + "[\(masterFleet.replacing("m5", with: "m4"))]",
      fine: "ReleaseLabel: emr-4.8.2\nInstances:\n  InstanceFleets: "
        + "[\(masterFleet.replacing("m5", with: "m4"))]"),
    RuleCase(
      .emrInstanceRoles,
      "Instances:\n  1️⃣InstanceFleets: [\(fleet("TargetOnDemandCapacity: 1"))]",
      fine: fleets(fleet("TargetOnDemandCapacity: 1"))),
    RuleCase(
      .emrMasterFleet,
      fleets(masters: "1️⃣" + masterFleet.replacing("Capacity: 1", with: "Capacity: 2")),
      fine: fleets(masters: masterFleet.replacing("OnDemand", with: "Spot"))),
    RuleCase(
      .emrMasterFleet,
      fleets(
        masters: "1️⃣"
          + masterFleet.replacing("Capacity: 1", with: "Capacity: 1, TargetSpotCapacity: 1")),
      fine: fleets(masters: masterFleet.replacing("Capacity: 1", with: "Capacity: 3"))),
    RuleCase(
      .emrFleetCapacity, fleets("1️⃣" + fleet("TargetOnDemandCapacity: 0")),
      fine: fleets(fleet("TargetOnDemandCapacity: 0, TargetSpotCapacity: 1"))),
    RuleCase(
      .emrFleetTypes, fleets("1️⃣{ InstanceFleetType: CORE, TargetSpotCapacity: 1 }"),
      fine: fleets(fleet("TargetSpotCapacity: 1"))),
    RuleCase(
      .emrFleetTypes, fleets(fleet("TargetSpotCapacity: 1", types: types(6))),
      fine: fleets(fleet("TargetSpotCapacity: 1", types: types(5)))),
    RuleCase(
      .emrWeightedCapacity,
      fleets(
        fleet(
          "TargetSpotCapacity: 1", types: "[{ InstanceType: m5.xlarge, WeightedCapacity: 1️⃣0 }]")),
      fine: fleets(
        fleet("TargetSpotCapacity: 8", types: "[{ InstanceType: m5.xlarge, WeightedCapacity: 4 }]"))
    ),
    RuleCase(
      .emrBidPriceTwice,
      fleets(
        fleet(
          "TargetSpotCapacity: 1",
          types:
            "[{ InstanceType: m5.xlarge, BidPrice: \"1\", 1️⃣BidPriceAsPercentageOfOnDemandPrice: 80 }]"
        )
      ),
      fine: fleets(
        fleet(
          "TargetSpotCapacity: 1",
          types: "[{ InstanceType: m5.xlarge, BidPriceAsPercentageOfOnDemandPrice: 80 }]"))),
    RuleCase(
      .emrSpotTimeout, spot("TimeoutDurationMinutes: 1️⃣4, TimeoutAction: TERMINATE_CLUSTER"),
      fine: spot("TimeoutDurationMinutes: 5, TimeoutAction: TERMINATE_CLUSTER")),
    RuleCase(
      .emrSpotTimeout, spot("TimeoutDurationMinutes: 1️⃣1441, TimeoutAction: TERMINATE_CLUSTER"),
      fine: spot("TimeoutDurationMinutes: 1440, TimeoutAction: TERMINATE_CLUSTER")),
    RuleCase(
      .emrBlockDuration,
      spot(
        "TimeoutDurationMinutes: 9, TimeoutAction: TERMINATE_CLUSTER, BlockDurationMinutes: 1️⃣90"),
      fine: spot(
        "TimeoutDurationMinutes: 9, TimeoutAction: TERMINATE_CLUSTER, BlockDurationMinutes: 360")),
    RuleCase(
      .emrFleetPriority,
      spot(
        "TimeoutDurationMinutes: 9, TimeoutAction: TERMINATE_CLUSTER, "
          + "AllocationStrategy: 1️⃣capacity-optimized-prioritized"),
      fine: spot(
        "TimeoutDurationMinutes: 9, TimeoutAction: TERMINATE_CLUSTER, "
          + "AllocationStrategy: price-capacity-optimized")),
    RuleCase(
      .emrFleetPriority,
      fleets(
        fleet("TargetSpotCapacity: 1", types: "[{ InstanceType: m5.xlarge, 1️⃣Priority: 0 }]")),
      fine: fleets(
        fleet(
          "TargetOnDemandCapacity: 1, LaunchSpecifications: "
            + "{ OnDemandSpecification: { AllocationStrategy: prioritized } }",
          types: "[{ InstanceType: m5.xlarge, Priority: 0 }]"))),
    RuleCase(
      .emrResizeTimeout,
      fleets(
        fleet(
          "TargetSpotCapacity: 1, "
            + "ResizeSpecifications: { SpotResizeSpecification: { TimeoutDurationMinutes: 1️⃣10081 } }"
        )
      ),
      fine: fleets(
        fleet(
          "TargetSpotCapacity: 1, "
            + "ResizeSpecifications: { OnDemandResizeSpecification: { TimeoutDurationMinutes: 5 } }"
        ))
    ),
  ]

  @Test(arguments: cases) func isChecked(_ rule: RuleCase) { rule.check() }
}

@Suite struct EMRNetworkRuleTests {
  private static let managed = "EmrManagedMasterSecurityGroup: sg-0a1b2c3d\n  "

  static let cases = [
    RuleCase(
      .emrSubnetTwice,
      groups(beside: "Ec2SubnetId: subnet-0a1b2c3d\n  1️⃣Ec2SubnetIds: [subnet-0b2c3d4e]"),
      fine: groups(beside: "Ec2SubnetIds: [subnet-0b2c3d4e]")),
    RuleCase(
      .emrSubnetWithZone,
      groups(
        beside: "Ec2SubnetId: subnet-0a1b2c3d\n  Placement: { 1️⃣AvailabilityZone: eu-west-1a }"),
      fine: groups(beside: "Placement: { AvailabilityZone: eu-west-1a }")),
    RuleCase(
      .emrZoneTwice,
      fleets(
        beside: "Placement: { 1️⃣AvailabilityZone: eu-west-1a, AvailabilityZones: [eu-west-1b] }"),
      fine: fleets(beside: "Placement: { AvailabilityZones: [eu-west-1a, eu-west-1b] }")),
    RuleCase(
      .emrZone, groups(beside: "Placement: { AvailabilityZone: 1️⃣eu-west-1 }"),
      fine: groups(beside: "Placement: { AvailabilityZone: eu-west-1a }")),
    RuleCase(
      .emrZone, groups(beside: "Placement: { AvailabilityZone: 1️⃣us-east-1a }"),
      fine: groups(beside: "Placement: { AvailabilityZone: eu-west-1-lax-1a }")),
    RuleCase(
      .emrKeyName, groups(beside: "Ec2KeyName: 1️⃣key-0123456789abcdef0"),
      fine: groups(beside: "Ec2KeyName: key-of-acme")),
    RuleCase(
      .emrSubnetsWithoutFleets, groups(beside: "Ec2SubnetIds: [subnet-0a1b2c3d, 1️⃣subnet-0b2c3d4e]"),
      fine: fleets(beside: "Ec2SubnetIds: [subnet-0a1b2c3d, subnet-0b2c3d4e]")),
    RuleCase(
      .emrZonesWithoutFleets, groups(beside: "Placement: { 1️⃣AvailabilityZones: [eu-west-1a] }"),
      fine: fleets(beside: "Placement: { AvailabilityZones: [eu-west-1a] }")),
    RuleCase(
      .emrSecurityGroups, groups(beside: "1️⃣EmrManagedSlaveSecurityGroup: sg-0b1b2c3d"),
      fine: groups(beside: managed + "EmrManagedSlaveSecurityGroup: sg-0b1b2c3d")),
    RuleCase(
      .emrServiceSecurityGroup, groups(beside: "1️⃣ServiceAccessSecurityGroup: sg-0c1b2c3d"),
      fine: groups(
        beside: managed
          + "EmrManagedSlaveSecurityGroup: sg-0b1b2c3d\n  ServiceAccessSecurityGroup: sg-0c1b2c3d")),
    RuleCase(
      .emrNetworkId, groups(beside: "Ec2SubnetId: 1️⃣vpc-1"),
      fine: groups(beside: "Ec2SubnetId: subnet-0a1b2c3d4e5f67890")),
    RuleCase(
      .emrNetworkId, groups(beside: "Ec2SubnetId: 1️⃣none"),
      fine: groups(beside: "Ec2SubnetId: subnet-0a1b2c3d")),
    RuleCase(
      .emrNetworkId,
      groups(beside: "AdditionalMasterSecurityGroups: [sg-0a1b2c3d, 1️⃣subnet-0a1b2c3d]"),
      fine: groups(beside: "AdditionalMasterSecurityGroups: [sg-0a1b2c3d, sg-0b1b2c3d]")),
    RuleCase(
      .emrNetworkId, groups(beside: "AdditionalSlaveSecurityGroups: [1️⃣sg-]"),
      fine: groups(beside: "AdditionalSlaveSecurityGroups: [sg-0d1b2c3d]")),
    RuleCase(
      .emrNetworkId, groups(beside: "Ec2SubnetId: 1️⃣subnet-xyz"),
      fine: groups(beside: "Ec2SubnetId: subnet-0f3a9c61")),
    RuleCase(
      .emrNetworkId, groups(beside: "Ec2SubnetId: 1️⃣subnet-0f3a9c6"),
      fine: fleets(beside: "Ec2SubnetIds: [subnet-0a1b2c3d4e5f67890, subnet-0f3a9c61]")),
    RuleCase(
      .emrNetworkId, groups(beside: "AdditionalSlaveSecurityGroups: [1️⃣sg-0123456789abcdef]"),
      fine: groups(beside: "AdditionalSlaveSecurityGroups: [sg-0123456789abcdef0]")),
    RuleCase(
      .emrKeyName, groups(beside: "Ec2KeyName: 1️⃣acme.pem"),
      fine: groups(beside: "Ec2KeyName: acme")),
  ]

  @Test(arguments: cases) func isChecked(_ rule: RuleCase) { rule.check() }
}

@Suite struct EMRScalingRuleTests {
  private static func limits(_ text: String, with more: String = "", of machines: String = "")
    -> String
  {
    "ManagedScalingPolicy: { \(more)ComputeLimits: { \(text) } }\n" + machines
  }

  private static let policy =
    "AutoScalingPolicy: { Constraints: { MinCapacity: 1, MaxCapacity: 4 }, Rules: [] }"

  static let cases = [
    RuleCase(
      .emrScalingLimits,
      limits("UnitType: VCPU, MinimumCapacityUnits: 1️⃣9, MaximumCapacityUnits: 8"),
      fine: limits("UnitType: VCPU, MinimumCapacityUnits: 8, MaximumCapacityUnits: 8")),
    RuleCase(
      .emrScalingLimits,
      limits(
        "UnitType: VCPU, MinimumCapacityUnits: 1, MaximumCapacityUnits: 8, "
          + "MaximumCoreCapacityUnits: 1️⃣9"),
      fine: limits(
        "UnitType: VCPU, MinimumCapacityUnits: 1, MaximumCapacityUnits: 8, "
          + "MaximumCoreCapacityUnits: 8")),
    RuleCase(
      .emrScalingLimits,
      limits(
        "UnitType: VCPU, MinimumCapacityUnits: 1, MaximumCapacityUnits: 8, "
          + "MaximumOnDemandCapacityUnits: 1️⃣9"),
      fine: limits(
        "UnitType: VCPU, MinimumCapacityUnits: 1, MaximumCapacityUnits: 8, "
          + "MaximumOnDemandCapacityUnits: 0")),
    RuleCase(
      .emrScalingUnit,
      limits("UnitType: 1️⃣InstanceFleetUnits, MinimumCapacityUnits: 1, MaximumCapacityUnits: 8"),
      fine: limits(
        "UnitType: InstanceFleetUnits, MinimumCapacityUnits: 1, MaximumCapacityUnits: 8",
        of: fleets())),
    RuleCase(
      .emrScalingUnit,
      limits(
        "UnitType: 1️⃣VCPU, MinimumCapacityUnits: 1, MaximumCapacityUnits: 8", of: fleets()),
      fine: limits("UnitType: Instances, MinimumCapacityUnits: 1, MaximumCapacityUnits: 8")),
    RuleCase(
      .emrScalingIndex,
      limits(
        "UnitType: VCPU, MinimumCapacityUnits: 1, MaximumCapacityUnits: 8",
        with: "1️⃣UtilizationPerformanceIndex: 50, "),
      fine: limits(
        "UnitType: VCPU, MinimumCapacityUnits: 1, MaximumCapacityUnits: 8",
        with: "ScalingStrategy: ADVANCED, UtilizationPerformanceIndex: 50, ")),
    RuleCase(
      .emrScalingTwice,
      limits(
        "UnitType: VCPU, MinimumCapacityUnits: 1, MaximumCapacityUnits: 8",
        of: "AutoScalingRole: r\n" + groups(core("1️⃣" + policy))),
      fine: "AutoScalingRole: r\n" + groups(core(policy))),
    RuleCase(
      .emrAutoScalingRole, groups(core("1️⃣" + policy)),
      fine: "AutoScalingRole: r\n" + groups(core(policy))),
    RuleCase(
      .emrAutoScalingMaster,
      "AutoScalingRole: r\n"
        + groups(masters: master.replacing(" }", with: ", 1️⃣\(policy) }")),
      fine: "AutoScalingRole: r\n" + groups(core(policy))),
    RuleCase(
      .emrAutoScalingLimits,
      "AutoScalingRole: r\n"
        + groups(core(policy.replacing("MinCapacity: 1", with: "MinCapacity: 1️⃣5"))),
      fine: "AutoScalingRole: r\n"
        + groups(core(policy.replacing("MinCapacity: 1", with: "MinCapacity: 4")))),
    RuleCase(
      .emrPlacementGroup, "PlacementGroupConfigs: [{ InstanceRole: 1️⃣CORE }]",
      fine: "PlacementGroupConfigs: [{ InstanceRole: MASTER }]"),
    RuleCase(
      .emrPlacementGroup,
      "PlacementGroupConfigs: [{ InstanceRole: MASTER, PlacementStrategy: 1️⃣CLUSTER }]",
      fine: "PlacementGroupConfigs: [{ InstanceRole: MASTER, PlacementStrategy: SPREAD }]"),
  ]

  @Test(arguments: cases) func isChecked(_ rule: RuleCase) { rule.check() }
}

@Suite struct EMRVolumeRuleTests {
  static let cases = [
    RuleCase(
      .emrVolumeType, volume("VolumeType: 1️⃣gp4, SizeInGB: 10"),
      fine: volume("VolumeType: standard, SizeInGB: 10")),
    RuleCase(
      .emrVolumeSize, volume("VolumeType: st1, SizeInGB: 1️⃣124"),
      fine: volume("VolumeType: st1, SizeInGB: 125")),
    RuleCase(
      .emrVolumeSize, volume("VolumeType: gp2, SizeInGB: 1️⃣0"),
      fine: volume("VolumeType: gp2, SizeInGB: 16384")),
    RuleCase(
      .emrVolumeIops, volume("VolumeType: gp2, SizeInGB: 10, Iops: 1️⃣3000"),
      fine: volume("VolumeType: gp3, SizeInGB: 10, Iops: 3000")),
    RuleCase(
      .emrVolumeIops, volume("VolumeType: 1️⃣io1, SizeInGB: 10"),
      fine: volume("VolumeType: io1, SizeInGB: 10, Iops: 100")),
    RuleCase(
      .emrVolumeIops, volume("VolumeType: io2, SizeInGB: 10, Iops: 1️⃣99"),
      fine: volume("VolumeType: io2, SizeInGB: 10, Iops: 100")),
    RuleCase(
      .emrVolumeThroughput, volume("VolumeType: gp2, SizeInGB: 10, Throughput: 1️⃣125"),
      fine: volume("VolumeType: gp3, SizeInGB: 10, Throughput: 125")),
    RuleCase(
      .emrVolumeThroughput, volume("VolumeType: gp3, SizeInGB: 10, Throughput: 1️⃣1001"),
      fine: volume("VolumeType: gp3, SizeInGB: 10, Throughput: 1000")),
    RuleCase(
      .emrVolumesOptimized,
      groups(core("EbsConfiguration: { 1️⃣EbsOptimized: true }", type: "r3.8xlarge")),
      fine: groups(core("EbsConfiguration: { EbsOptimized: true }", type: "r3.4xlarge"))),
    RuleCase(
      .emrVolumeCount,
      groups(
        core(
          "EbsConfiguration: { EbsBlockDeviceConfigs: [{ VolumesPerInstance: 1️⃣0, "
            + "VolumeSpecification: { VolumeType: gp2, SizeInGB: 9 } }] }")),
      fine: volume("VolumeType: gp2, SizeInGB: 9")),
    RuleCase(.emrRootVolume, "EbsRootVolumeSize: 1️⃣9", fine: "EbsRootVolumeSize: 10"),
    RuleCase(
      .emrRootVolume, "EbsRootVolumeThroughput: 1️⃣124", fine: "EbsRootVolumeThroughput: 125"),
  ]

  @Test(arguments: cases) func isChecked(_ rule: RuleCase) { rule.check() }
}
