import Diagnostics
import PipelineIR
import SourceText
import Values

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

  mutating func checkVolumes(_ configuration: SpannedValue?, of type: SpannedValue?) {
    guard let configuration else { return }
    if let optimized = configuration.entry("EbsOptimized"), optimized.value.flag == true,
      let name = type?.text, data.table(.instanceTypes).fields(name)?.first == "no-ebs"
    {
      diagnostics.append(.volumesOptimized(name, at: Spot(optimized)))
    }
    for device in configuration["EbsBlockDeviceConfigs"]?.items ?? [] {
      if let value = device["VolumesPerInstance"], let count = value.integer, count < 1 {
        diagnostics.append(.volumeCount(count, at: Spot(value)))
      }
      if let volume = device["VolumeSpecification"] { checkVolume(volume) }
    }
  }

  private mutating func checkVolume(_ volume: SpannedValue) {
    guard let type = volume["VolumeType"], let name = type.text else { return }
    guard let sizes = Self.sizes(name) else {
      diagnostics.append(.volumeType(name, at: Spot(type)))
      return
    }
    if let size = volume["SizeInGB"], let number = size.integer, !sizes.contains(number) {
      diagnostics.append(.volumeSize(number, sizes, of: name, at: Spot(size)))
    }
    let isProvisioned = name == "io1" || name == "io2"
    if let iops = volume["Iops"], let number = iops.integer {
      if !isProvisioned, name != "gp3" {
        diagnostics.append(.volumeIopsUnused(name, at: Spot(iops)))
      } else if number < (isProvisioned ? 100 : 3000) {
        diagnostics.append(
          .volumeIops(number, least: isProvisioned ? 100 : 3000, of: name, at: Spot(iops)))
      }
    } else if isProvisioned, volume["Iops"] == nil {
      diagnostics.append(.volumeIopsMissing(name, at: Spot(type)))
    }
    if let throughput = volume["Throughput"], let number = throughput.integer {
      if name != "gp3" {
        diagnostics.append(.volumeThroughputUnused(name, at: Spot(throughput)))
      } else if !(125...1000).contains(number) {
        diagnostics.append(.volumeThroughput(number, at: Spot(throughput)))
      }
    }
  }

  mutating func checkRootVolume() {
    checkRootVolume("EbsRootVolumeSize", is: 10...16_384)
    checkRootVolume("EbsRootVolumeIops", is: 3000...16_000)
    checkRootVolume("EbsRootVolumeThroughput", is: 125...1000)
  }

  private mutating func checkRootVolume(_ name: String, is range: ClosedRange<Int64>) {
    if let value = body[name], let number = value.integer, !range.contains(number) {
      diagnostics.append(.rootVolume(name, number, range, at: Spot(value)))
    }
  }

  // MARK: Instance types

  mutating func checkType(_ type: SpannedValue) {
    guard let name = type.text, !name.isEmpty else { return }
    let table = data.table(.instanceTypes)
    guard !table.text.isEmpty else { return }
    guard let fields = table.fields(name) else {
      diagnostics.append(.instanceTypeUnknown(name, among: table.keys, at: Spot(type)))
      return
    }
    guard !fields.isEmpty else {
      diagnostics.append(.instanceTypeNotOffered(name, at: Spot(type)))
      return
    }
    let firsts = fields.dropFirst().compactMap { Release($0) }
    guard let release, let last = firsts.last, release.major <= last.major else { return }
    if let first = firsts.first(where: { $0.major == release.major }), release >= first { return }
    diagnostics.append(.instanceTypeRelease(name, release, firsts, at: Spot(type)))
  }
}
