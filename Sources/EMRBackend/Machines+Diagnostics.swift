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
      "`\(unit)` is a unit for \(isOfFleets ? "fleets, but the cluster has groups" : "groups, but the cluster has fleets")",
      at: spot, source: reference("ComputeLimits"),
      hint: isOfFleets ? "use `Instances` or `VCPU`" : "use `InstanceFleetUnits`")
  }

  static func scalingTwice(at spot: Spot) -> Diagnostic {
    rule(
      .emrScalingTwice, "`AutoScalingPolicy` and `ManagedScalingPolicy` can't be used together",
      at: spot, source: "see EMR's management guide on managed scaling",
      hint: "leave one out; managed scaling needs no rules")
  }

  static func autoScalingRole(at spot: Spot) -> Diagnostic {
    rule(
      .emrAutoScalingRole, "`AutoScalingPolicy` needs an `AutoScalingRole`", at: spot,
      source: reference("RunJobFlow"), hint: "give the cluster one: `EMR_AutoScaling_DefaultRole`")
  }

  static func autoScalingMaster(at spot: Spot) -> Diagnostic {
    rule(
      .emrAutoScalingMaster, "masters don't scale", at: spot,
      source: reference("InstanceGroupConfig"), hint: "put the policy on groups of CORE or TASK")
  }

  static func autoScalingLimits(_ least: Int64, _ most: Int64, at spot: Spot) -> Diagnostic {
    rule(
      .emrAutoScalingLimits, "`MinCapacity` is \(least), above `MaxCapacity`, which is \(most)",
      at: spot, source: reference("ScalingConstraints"), hint: "give a number up to \(most)")
  }

  static func placementRole(_ role: String, at spot: Spot) -> Diagnostic {
    rule(
      .emrPlacementGroup, "only MASTER can have a placement group, not \(role)", at: spot,
      source: reference("PlacementGroupConfig"), hint: "leave it out")
  }

  static func placementStrategy(_ strategy: String, at spot: Spot) -> Diagnostic {
    rule(
      .emrPlacementGroup, "masters can be placed only with `SPREAD`, not `\(strategy)`", at: spot,
      source: reference("PlacementGroupConfig"), hint: "write `SPREAD`, or leave it out")
  }
}

// MARK: Volumes

extension Diagnostic {
  private static let volumes = "see `VolumeSpecification` in EMR's API reference"

  static func volumesOptimized(_ type: String, at spot: Spot) -> Diagnostic {
    rule(
      .emrVolumesOptimized, "`\(type)` cannot be EBS-optimized", at: spot,
      source: "see EMR's ListSupportedInstanceTypes", hint: "set `EbsOptimized` to false")
  }

  static func volumeCount(_ count: Int64, at spot: Spot) -> Diagnostic {
    rule(
      .emrVolumeCount, "an instance can't have \(count) of the volumes", at: spot,
      source: reference("EbsBlockDeviceConfig"), hint: "give 1 or more")
  }

  static func volumeType(_ name: String, at spot: Spot) -> Diagnostic {
    let names = ["gp2", "gp3", "io1", "io2", "sc1", "st1", "standard"]
    return rule(
      .emrVolumeType, "`\(name)` isn't an EBS volume type", at: spot, source: volumes,
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
      source: "see EBS's guide on volume types", hint: "give a size in this range")
  }

  static func volumeIopsUnused(_ type: String, at spot: Spot) -> Diagnostic {
    rule(
      .emrVolumeIops, "`Iops` can't be set for `\(type)` volumes", at: spot, source: volumes,
      hint: "leave it out, or use `io1`, `io2` or `gp3`")
  }

  static func volumeIops(
    _ number: Int64, least: Int64, of type: String, at spot: Spot
  ) -> Diagnostic {
    rule(
      .emrVolumeIops, "`\(type)` volumes need at least \(least) `Iops`, not \(number)", at: spot,
      source: "see EBS's guide on volume types", hint: "give \(least) or more")
  }

  static func volumeIopsMissing(_ type: String, at spot: Spot) -> Diagnostic {
    rule(
      .emrVolumeIops, "`\(type)` volumes need `Iops`", at: spot, source: volumes,
      hint: "give `Iops`, from 100")
  }

  static func volumeThroughputUnused(_ type: String, at spot: Spot) -> Diagnostic {
    rule(
      .emrVolumeThroughput, "`Throughput` can't be set for `\(type)` volumes", at: spot,
      source: volumes, hint: "leave it out, or use `gp3`")
  }

  static func volumeThroughput(_ number: Int64, at spot: Spot) -> Diagnostic {
    rule(
      .emrVolumeThroughput,
      "a volume's `Throughput` must be 125 to 1000 MiB a second, not \(number)",
      at: spot, source: volumes, hint: "give a number in this range")
  }

  static func rootVolume(
    _ name: String, _ number: Int64, _ range: ClosedRange<Int64>, at spot: Spot
  ) -> Diagnostic {
    rule(
      .emrRootVolume, "`\(name)` must be \(range.lowerBound) to \(range.upperBound), not \(number)",
      at: spot, source: "see EMR's management guide on root volumes",
      hint: "give a number in this range")
  }
}

// MARK: Instance types

extension Diagnostic {
  static func instanceTypeUnknown(
    _ name: String, among names: [String], at spot: Spot
  ) -> Diagnostic {
    rule(
      .emrInstanceTypeUnknown, "`\(name)` isn't a known EC2 instance type", at: spot,
      source: "checked against EC2's instance types as of this version of Penstock",
      hint: Suggestion.hint(for: name, among: names) ?? "types have names like `m5.xlarge`")
  }

  static func instanceTypeNotOffered(_ name: String, at spot: Spot) -> Diagnostic {
    rule(
      .emrInstanceTypeNotOffered, "EMR isn't known to offer `\(name)` instances", at: spot,
      source: "EMR's ListSupportedInstanceTypes didn't list it as of this version of Penstock",
      hint: "use one that EMR offers, such as `m5.xlarge`")
  }

  static func instanceTypeRelease(
    _ name: String, _ release: Release, _ firsts: [Release], at spot: Spot
  ) -> Diagnostic {
    let words = firsts.map { "\($0)" }.joined(separator: ", ")
    return rule(
      .emrInstanceTypeRelease, "release \(release) isn't known to support `\(name)`", at: spot,
      source: "EMR's ListSupportedInstanceTypes lists it from these releases on: \(words)",
      hint: "use one of these or later, or an older instance type")
  }
}
