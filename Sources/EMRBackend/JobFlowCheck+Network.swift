import Diagnostics
import PipelineIR
import SourceText
import Text
import Values

extension EMRRule {
  static let ofNetworks: [EMRRule] = [
    .cluster(.emrSubnetTwice, "`Ec2SubnetId` or `Ec2SubnetIds`") { $0.checkSubnetTwice() },
    .cluster(.emrSubnetWithZone, "A subnet or a zone, not both") { $0.checkSubnetWithZone() },
    .cluster(.emrZoneTwice, "`AvailabilityZone` or `AvailabilityZones`") { $0.checkZoneTwice() },
    .cluster(.emrZone, "Zones are zones of the cluster's region") { $0.checkZoneNames() },
    .cluster(.emrSubnetsWithoutFleets, "Several subnets only with fleets") { $0.checkSubnets() },
    .cluster(.emrZonesWithoutFleets, "Several zones only with fleets") { $0.checkZones() },
    .cluster(.emrSecurityGroups, "Both EMR-managed groups, or neither") {
      $0.checkSecurityGroups()
    },
    .cluster(.emrServiceSecurityGroup, "`ServiceAccessSecurityGroup` only with both") {
      $0.checkServiceSecurityGroup()
    },
    .cluster(
      .emrNetworkId,
      "Subnets are `subnet-…`, security groups `sg-…` (a warning if not with 8 or 17 hexadecimal "
        + "digits)"
    ) { $0.checkNetworkIDs() },
    .cluster(.emrKeyName, "A key pair's name, not its file (warning)") { $0.checkKeyName() },
  ]
}

extension JobFlowCheck {
  private var subnet: SpannedValue.Entry? { instances.entry("Ec2SubnetId") }
  private var subnets: SpannedValue.Entry? { instances.entry("Ec2SubnetIds") }
  private var zone: SpannedValue.Entry? { instances["Placement"]?.entry("AvailabilityZone") }
  private var zones: SpannedValue.Entry? { instances["Placement"]?.entry("AvailabilityZones") }
  private var hasFleets: Bool { instances["InstanceFleets"] != nil }

  fileprivate mutating func checkSubnetTwice() {
    if subnet != nil, let subnets { report(.subnetTwice(at: Spot(subnets))) }
  }

  /// Of two subnets and a zone the first mistake is told, then the next.
  fileprivate mutating func checkSubnetWithZone() {
    guard subnet == nil || subnets == nil, let place = subnet ?? subnets,
      let zone = zone ?? zones
    else { return }
    report(.subnetWithZone(place.key, zone.key, at: Spot(zone)))
  }

  fileprivate mutating func checkZoneTwice() {
    guard subnet == nil, subnets == nil, let zone, zones != nil else { return }
    report(.zoneTwice(at: Spot(zone)))
  }

  /// A zone is its region and a letter; a local zone has a place between them.
  fileprivate mutating func checkZoneNames() {
    let region = program.cluster.region
    for entry in [zone, zones].compactMap(\.self) {
      for value in entry.value.text == nil ? entry.value.items : [entry.value] {
        guard let name = value.text, !region.isEmpty else { continue }
        let isThere = name.hasPrefix(region) && name != region
        let endsWell = name.utf8.last.map { UInt8.lowercase.contains($0) } ?? false
        if !isThere || !endsWell { report(.zone(name, region: region, at: Spot(value))) }
      }
    }
  }

  fileprivate mutating func checkSubnets() {
    if !hasFleets, let subnets, subnets.value.items.count > 1 {
      report(.subnetsWithoutFleets(at: Spot(subnets.value.items[1])))
    }
  }

  fileprivate mutating func checkZones() {
    if !hasFleets, let zones { report(.zonesWithoutFleets(at: Spot(zones))) }
  }

  fileprivate mutating func checkSecurityGroups() {
    let master = instances.entry("EmrManagedMasterSecurityGroup")
    let workers = instances.entry("EmrManagedSlaveSecurityGroup")
    if let one = master ?? workers, master == nil || workers == nil {
      report(.securityGroups(one.key, at: Spot(one)))
    }
  }

  fileprivate mutating func checkServiceSecurityGroup() {
    if instances["EmrManagedMasterSecurityGroup"] == nil,
      instances["EmrManagedSlaveSecurityGroup"] == nil,
      let service = instances.entry("ServiceAccessSecurityGroup")
    {
      report(.serviceSecurityGroup(at: Spot(service)))
    }
  }
  fileprivate mutating func checkNetworkIDs() {
    for entry in [subnet, subnets].compactMap(\.self) {
      checkIDs(entry, prefix: "subnet-", of: "a subnet")
    }
    for name in [
      "EmrManagedMasterSecurityGroup", "EmrManagedSlaveSecurityGroup",
      "ServiceAccessSecurityGroup", "AdditionalMasterSecurityGroups",
      "AdditionalSlaveSecurityGroups",
    ] {
      if let entry = instances.entry(name) {
        checkIDs(entry, prefix: "sg-", of: "a security group")
      }
    }
  }

  /// - Parameter entry: one id, or a list of them.
  private mutating func checkIDs(_ entry: SpannedValue.Entry, prefix: String, of what: String) {
    let values = entry.value.text == nil ? entry.value.items : [entry.value]
    for value in values {
      guard let id = value.text else { continue }
      let rest = id.utf8.dropFirst(prefix.utf8.count)
      let isID =
        id.hasPrefix(prefix) && !rest.isEmpty
        && rest.allSatisfy { ASCII.isDigit($0) || UInt8.lowercase.contains($0) }
      if !isID {
        report(.networkID(id, prefix: prefix, of: what, at: Spot(value)))
      } else if !Self.isNumber(rest) {
        report(.networkNumber(id, prefix: prefix, of: what, at: Spot(value)))
      }
    }
  }

  /// Whether an id's number has as many hexadecimal digits as EC2's ids have had: 8, and 17 since 2018.
  private static func isNumber(_ digits: some Collection<UInt8>) -> Bool {
    (digits.count == 8 || digits.count == 17) && digits.allSatisfy { ASCII.hexValue($0) != nil }
  }

  fileprivate mutating func checkKeyName() {
    guard let key = instances["Ec2KeyName"], let name = key.text else { return }
    for ending in [".pem", ".ppk"] where name.hasSuffix(ending) {
      report(.keyName(name, without: ending, at: Spot(key)))
    }
    if name.hasPrefix("key-"), Self.isNumber(name.utf8.dropFirst(4)) {
      report(.keyID(name, at: Spot(key)))
    }
  }
}
