import Diagnostics
import PipelineIR
import SourceText
import Values

extension EMRRule {
  static let ofVolumes: [EMRRule] = [
    .cluster(.emrVolumeType, "EBS has the type") { $0.checkVolumeTypes() },
    .cluster(.emrVolumeSize, "The size is in the type's range") { $0.checkVolumeSizes() },
    .cluster(
      .emrVolumeIops, "`Iops` for io1, io2 (needed) and gp3 only; from 100, from 3000"
    ) { $0.checkIops() },
    .cluster(.emrVolumeThroughput, "`Throughput` for gp3 only, 125 to 1000") {
      $0.checkThroughput()
    },
    .cluster(.emrVolumeCount, "At least one volume per instance") { $0.checkVolumeCount() },
    .cluster(.emrVolumesOptimized, "The type can be EBS-optimized") { $0.checkOptimized() },
    .cluster(
      .emrRootVolume,
      "10 to 16,384 GiB, 3000 to 16,000 IOPS, 125 to 1000 MiB per second"
    ) { $0.checkRootVolume() },
  ]
}

extension JobFlowCheck {
  /// The sizes in GiB of EBS's volume types.
  private static func sizes(_ type: String) -> ClosedRange<Int64>? {
    switch type {
    case "gp2": 1...16_384
    case "gp3": 1...65_536
    case "io1", "io2": 4...65_536
    case "st1", "sc1": 125...16_384
    case "standard": 1...1024
    default: nil
    }
  }

  /// `EbsConfiguration` of groups and of fleets' types, with the type of the machines.
  private var storage: [(configuration: SpannedValue, machine: String?)] {
    (groups + fleetTypes).compactMap { item in
      item["EbsConfiguration"].map { ($0, item["InstanceType"]?.text) }
    }
  }

  private var devices: [SpannedValue] {
    storage.flatMap { $0.configuration["EbsBlockDeviceConfigs"]?.items ?? [] }
  }

  /// The volumes that say of which type they are.
  private var volumes: [(volume: SpannedValue, type: SpannedValue, name: String)] {
    devices.compactMap { device in
      guard let volume = device["VolumeSpecification"], let type = volume["VolumeType"],
        let name = type.text
      else { return nil }
      return (volume, type, name)
    }
  }

  fileprivate mutating func checkOptimized() {
    for (configuration, machine) in storage {
      guard let optimized = configuration.entry("EbsOptimized"), optimized.value.flag == true,
        let machine, data.table(.instanceTypes).fields(machine)?.first == "no-ebs"
      else { continue }
      report(.volumesOptimized(machine, at: Spot(optimized)))
    }
  }

  fileprivate mutating func checkVolumeCount() {
    for device in devices {
      if let value = device["VolumesPerInstance"], let count = value.integer, count < 1 {
        report(.volumeCount(count, at: Spot(value)))
      }
    }
  }

  fileprivate mutating func checkVolumeTypes() {
    for (_, type, name) in volumes where Self.sizes(name) == nil {
      report(.volumeType(name, at: Spot(type)))
    }
  }

  fileprivate mutating func checkVolumeSizes() {
    for (volume, _, name) in volumes {
      if let sizes = Self.sizes(name), let size = volume["SizeInGB"], let number = size.integer,
        !sizes.contains(number)
      {
        report(.volumeSize(number, sizes, of: name, at: Spot(size)))
      }
    }
  }

  fileprivate mutating func checkIops() {
    for (volume, type, name) in volumes where Self.sizes(name) != nil {
      let isProvisioned = name == "io1" || name == "io2"
      if let iops = volume["Iops"], let number = iops.integer {
        let least: Int64 = isProvisioned ? 100 : 3000
        if !isProvisioned, name != "gp3" {
          report(.volumeIopsUnused(name, at: Spot(iops)))
        } else if number < least {
          report(.volumeIops(number, least: least, of: name, at: Spot(iops)))
        }
      } else if isProvisioned, volume["Iops"] == nil {
        report(.volumeIopsMissing(name, at: Spot(type)))
      }
    }
  }

  fileprivate mutating func checkThroughput() {
    for (volume, _, name) in volumes where Self.sizes(name) != nil {
      guard let throughput = volume["Throughput"], let number = throughput.integer else {
        continue
      }
      if name != "gp3" {
        report(.volumeThroughputUnused(name, at: Spot(throughput)))
      } else if !(125...1000).contains(number) {
        report(.volumeThroughput(number, at: Spot(throughput)))
      }
    }
  }

  fileprivate mutating func checkRootVolume() {
    checkRootVolume("EbsRootVolumeSize", is: 10...16_384)
    checkRootVolume("EbsRootVolumeIops", is: 3000...16_000)
    checkRootVolume("EbsRootVolumeThroughput", is: 125...1000)
  }

  private mutating func checkRootVolume(_ name: String, is range: ClosedRange<Int64>) {
    if let value = body[name], let number = value.integer, !range.contains(number) {
      report(.rootVolume(name, number, range, at: Spot(value)))
    }
  }
}
