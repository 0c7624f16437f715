import Diagnostics

// MARK: Scaling

extension Diagnostic {
  static func scalingIndex(at spot: Spot) -> Diagnostic {
    rule(
      .emrScalingIndex, "`UtilizationPerformanceIndex` needs the `ADVANCED` strategy", at: spot,
      source: reference("ManagedScalingPolicy"),
      hint: "set `ScalingStrategy` to `ADVANCED`, or leave the index out")
  }

  static func scalingLimits(
    _ name: String, _ number: Int64, most: Int64, at spot: Spot
  ) -> Diagnostic {
    rule(
      .emrScalingLimits,
      number < 0
        ? "`\(name)` is \(number)"
        : "`\(name)` is \(number), above `MaximumCapacityUnits`, which is \(most)", at: spot,
      source: reference("ComputeLimits"), hint: "give a number from 0 to \(most)")
  }

  static func scalingUnit(_ unit: String, isOfFleets: Bool, at spot: Spot) -> Diagnostic {
    rule(
      .emrScalingUnit,
      "`\(unit)` is a unit of \(isOfFleets ? "fleets, and the cluster has groups" : "groups, and the cluster has fleets")",
      at: spot, source: reference("ComputeLimits"),
      hint: isOfFleets ? "take `Instances` or `VCPU`" : "take `InstanceFleetUnits`")
  }

  static func scalingTwice(at spot: Spot) -> Diagnostic {
    rule(
      .emrScalingTwice, "`AutoScalingPolicy` and `ManagedScalingPolicy` exclude each other",
      at: spot, source: "EMR's management guide says so of managed scaling",
      hint: "leave one out; managed scaling needs no rules of its own")
  }

  static func autoScalingRole(at spot: Spot) -> Diagnostic {
    rule(
      .emrAutoScalingRole, "`AutoScalingPolicy` needs an `AutoScalingRole`", at: spot,
      source: reference("RunJobFlow"), hint: "give the cluster one: `EMR_AutoScaling_DefaultRole`")
  }

  static func autoScalingMaster(at spot: Spot) -> Diagnostic {
    rule(
      .emrAutoScalingMaster, "masters do not scale", at: spot,
      source: reference("InstanceGroupConfig"), hint: "give the policy to groups of CORE or TASK")
  }

  static func autoScalingLimits(_ least: Int64, _ most: Int64, at spot: Spot) -> Diagnostic {
    rule(
      .emrAutoScalingLimits, "`MinCapacity` is \(least), above `MaxCapacity`, which is \(most)",
      at: spot, source: reference("ScalingConstraints"), hint: "give a number up to \(most)")
  }

  static func placementRole(_ role: String, at spot: Spot) -> Diagnostic {
    rule(
      .emrPlacementGroup, "there are placement groups of MASTER only, not of \(role)", at: spot,
      source: reference("PlacementGroupConfig"), hint: "leave it out")
  }

  static func placementStrategy(_ strategy: String, at spot: Spot) -> Diagnostic {
    rule(
      .emrPlacementGroup, "masters are placed by `SPREAD` only, not by `\(strategy)`", at: spot,
      source: reference("PlacementGroupConfig"), hint: "write `SPREAD`, or leave it out")
  }
}

// MARK: Volumes

extension Diagnostic {
  private static let volumes = "EMR's API reference says so of `VolumeSpecification`"

  static func volumesOptimized(_ type: String, at spot: Spot) -> Diagnostic {
    rule(
      .emrVolumesOptimized, "`\(type)` cannot be EBS-optimized", at: spot,
      source: "EMR's ListSupportedInstanceTypes says so", hint: "set `EbsOptimized` to false")
  }

  static func volumeCount(_ count: Int64, at spot: Spot) -> Diagnostic {
    rule(
      .emrVolumeCount, "each machine cannot have \(count) of the volumes", at: spot,
      source: reference("EbsBlockDeviceConfig"), hint: "give a number from 1")
  }

  static func volumeType(_ name: String, at spot: Spot) -> Diagnostic {
    let names = ["gp2", "gp3", "io1", "io2", "sc1", "st1", "standard"]
    return rule(
      .emrVolumeType, "there are no volumes of type `\(name)`", at: spot, source: volumes,
      hint: Suggestion.hint(for: name, among: names)
        ?? "types are `gp2`, `gp3`, `io1`, `io2`, `st1`, `sc1` and `standard`")
  }

  static func volumeSize(
    _ size: Int64, _ sizes: ClosedRange<Int64>, of type: String, at spot: Spot
  ) -> Diagnostic {
    rule(
      .emrVolumeSize,
      "a `\(type)` volume has \(sizes.lowerBound) to \(sizes.upperBound) GiB, not \(size)",
      at: spot,
      source: "EBS's guide says so of volume types", hint: "give a size in this range")
  }

  static func volumeIopsUnused(_ type: String, at spot: Spot) -> Diagnostic {
    rule(
      .emrVolumeIops, "`\(type)` volumes have no `Iops` to set", at: spot, source: volumes,
      hint: "leave it out, or take `io1`, `io2` or `gp3`")
  }

  static func volumeIops(
    _ number: Int64, least: Int64, of type: String, at spot: Spot
  ) -> Diagnostic {
    rule(
      .emrVolumeIops, "`\(type)` volumes have \(least) `Iops` at least, not \(number)", at: spot,
      source: "EBS's guide says so of volume types", hint: "give \(least) or more")
  }

  static func volumeIopsMissing(_ type: String, at spot: Spot) -> Diagnostic {
    rule(
      .emrVolumeIops, "`\(type)` volumes need `Iops`", at: spot, source: volumes,
      hint: "give `Iops`, from 100")
  }

  static func volumeThroughputUnused(_ type: String, at spot: Spot) -> Diagnostic {
    rule(
      .emrVolumeThroughput, "`\(type)` volumes have no `Throughput` to set", at: spot,
      source: volumes, hint: "leave it out, or take `gp3`")
  }

  static func volumeThroughput(_ number: Int64, at spot: Spot) -> Diagnostic {
    rule(
      .emrVolumeThroughput, "a volume's `Throughput` is 125 to 1000 MiB a second, not \(number)",
      at: spot, source: volumes, hint: "give a number in this range")
  }

  static func rootVolume(
    _ name: String, _ number: Int64, _ range: ClosedRange<Int64>, at spot: Spot
  ) -> Diagnostic {
    rule(
      .emrRootVolume, "`\(name)` is \(range.lowerBound) to \(range.upperBound), not \(number)",
      at: spot, source: "EMR's management guide says so of root volumes",
      hint: "give a number in this range")
  }
}

// MARK: Instance types

extension Diagnostic {
  static func instanceTypeUnknown(
    _ name: String, among names: [String], at spot: Spot
  ) -> Diagnostic {
    rule(
      .emrInstanceTypeUnknown, "EC2 is not known to have instances of type `\(name)`", at: spot,
      source: "types are EC2's, as they were known when this program was made",
      hint: Suggestion.hint(for: name, among: names) ?? "a type is, for instance, `m5.xlarge`")
  }

  static func instanceTypeNotOffered(_ name: String, at spot: Spot) -> Diagnostic {
    rule(
      .emrInstanceTypeNotOffered, "EMR is not known to offer instances of type `\(name)`", at: spot,
      source: "EMR's ListSupportedInstanceTypes did not name it when this program was made",
      hint: "take one that EMR has, such as `m5.xlarge`")
  }

  static func instanceTypeRelease(
    _ name: String, _ release: Release, _ firsts: [Release], at spot: Spot
  ) -> Diagnostic {
    let words = firsts.map { "\($0)" }.joined(separator: ", ")
    return rule(
      .emrInstanceTypeRelease, "release \(release) is not known to run on `\(name)`", at: spot,
      source: "EMR's ListSupportedInstanceTypes names it from these releases on: \(words)",
      hint: "take one of these or later, or an older type of instance")
  }
}
