import Text
import EMRModel
import Diagnostics
import PipelineIR
import SourceText
import Values

extension EMRRule {
  static let ofMachines: [EMRRule] = [
    .cluster(.emrInstancesMissing, "`Instances` has groups, fleets or a type") {
      $0.checkHasInstances()
    },
    .cluster(.emrInstancesTwice, "It has one of the three") { $0.checkInstancesTwice() },
    .cluster(
      .emrInstanceRoles, "One MASTER, at most one CORE, at most 48 TASK groups or one TASK fleet"
    ) { $0.checkRoles() },
    .cluster(
      .emrMasterCount, "1 or 3 masters; 3 since 5.23.0 (`emr-release-too-old`)"
    ) { $0.checkMasterCount() },
    .cluster(.emrInstanceCount, "Not negative") { $0.checkInstanceCount() },
    .cluster(.emrBidPrice, "A bid is a decimal number above 0") { $0.checkBidPrices() },
    .cluster(.emrBidPriceUnused, "A bid only for spot instances (warning)") {
      $0.checkUnusedBids()
    },
    .cluster(.emrBidPriceTwice, "`BidPrice` or `BidPriceAsPercentageOfOnDemandPrice`") {
      $0.checkBidsTwice()
    },
    .cluster(.emrInstanceTypeUnknown, "EC2 has the type (warning)") { $0.checkTypesAreKnown() },
    .cluster(.emrInstanceTypeNotOffered, "EMR has the type (warning)") {
      $0.checkTypesAreOffered()
    },
    .cluster(.emrInstanceTypeRelease, "The release has the type (warning)") {
      $0.checkTypesOfRelease()
    },
  ]
}

extension JobFlowCheck {
  /// Groups, fleets, or one type for all: EMR accepts only one way to describe the machines.
  private var choices: [SpannedValue.Entry] {
    let plain = ["MasterInstanceType", "SlaveInstanceType", "InstanceCount"].lazy
      .compactMap { [instances] in instances.entry($0) }.first
    return [instances.entry("InstanceGroups"), instances.entry("InstanceFleets"), plain]
      .compactMap { $0 }
  }

  fileprivate mutating func checkHasInstances() {
    if choices.isEmpty, let entry = body.entry("Instances") {
      report(.instancesMissing(at: Spot(entry)))
    }
  }

  fileprivate mutating func checkInstancesTwice() {
    let given = choices
    if given.count > 1 {
      report(.instancesTwice(given[0].key, given[1].key, at: Spot(given[1])))
    }
  }

  // MARK: Roles and numbers

  fileprivate mutating func checkRoles() {
    checkRoles("InstanceGroups", role: "InstanceRole")
    checkRoles("InstanceFleets", role: "InstanceFleetType")
  }

  /// One MASTER, at most one CORE; up to 48 groups of TASK, but one fleet.
  private mutating func checkRoles(_ list: String, role: String) {
    guard let entry = instances.entry(list) else { return }
    let limits = [("CORE", 1), ("TASK", list == "InstanceGroups" ? 48 : 1)]
    let items = entry.value.items
    let masters = items.filter { $0[role]?.text == "MASTER" }
    if masters.count != 1 {
      report(
        .masters(masters.count, in: list, at: masters.count > 1 ? Spot(masters[1]) : Spot(entry)))
    }
    for (name, limit) in limits {
      let own = items.filter { $0[role]?.text == name }
      if own.count > limit {
        report(.instanceRoles(name, own.count, limit: limit, in: list, at: Spot(own[limit])))
      }
    }
  }

  fileprivate mutating func checkMasterCount() {
    for group in groups where group["InstanceRole"]?.text == "MASTER" {
      if let value = group["InstanceCount"], let count = value.integer, count != 1, count != 3 {
        report(.masterCount(count, at: Spot(value)))
      }
    }
  }

  fileprivate mutating func checkInstanceCount() {
    for group in groups where group["InstanceRole"]?.text != "MASTER" {
      if let value = group["InstanceCount"], let count = value.integer, count < 0 {
        report(.instanceCount(count, at: Spot(value)))
      }
    }
  }

  // MARK: Bids

  fileprivate mutating func checkBidPrices() {
    for item in groups + fleetTypes {
      guard let price = item["BidPrice"], let text = price.text, !Self.isPrice(text) else {
        continue
      }
      report(.bidPrice(text, at: Spot(price)))
    }
  }

  private static func isPrice(_ text: String) -> Bool {
    var isNumber = !text.isEmpty
    var points = 0
    for byte in text.utf8 {
      if byte == UInt8(ascii: ".") { points += 1 }
      if byte != UInt8(ascii: "."), !ASCII.isDigit(byte) { isNumber = false }
    }
    guard isNumber, points <= 1, let number = Double(text) else { return false }
    return number > 0
  }

  fileprivate mutating func checkUnusedBids() {
    for group in groups where group["Market"]?.text == EMRDefaults.market {
      if let price = group["BidPrice"] { report(.bidPriceUnused(at: Spot(price))) }
    }
  }

  fileprivate mutating func checkBidsTwice() {
    for type in fleetTypes where type["BidPrice"] != nil {
      if let percentage = type.entry("BidPriceAsPercentageOfOnDemandPrice") {
        report(.bidPriceTwice(at: Spot(percentage)))
      }
    }
  }

  // MARK: Types

  /// All that are named: of groups, of fleets, and of the cluster as a whole.
  private var typeNames: [(value: SpannedValue, name: String)] {
    let values =
      (groups + fleetTypes).map { $0["InstanceType"] }
      + ["MasterInstanceType", "SlaveInstanceType"].map { instances[$0] }
    return values.compactMap { value in
      guard let value, let name = value.text, !name.isEmpty else { return nil }
      return (value, name)
    }
  }

  fileprivate mutating func checkTypesAreKnown() {
    let table = data.table(.instanceTypes)
    guard !table.text.isEmpty else { return }
    for (value, name) in typeNames where table.fields(name) == nil {
      report(.instanceTypeUnknown(name, among: table.keys, at: Spot(value)))
    }
  }

  fileprivate mutating func checkTypesAreOffered() {
    let table = data.table(.instanceTypes)
    for (value, name) in typeNames where table.fields(name)?.isEmpty == true {
      report(.instanceTypeNotOffered(name, at: Spot(value)))
    }
  }

  fileprivate mutating func checkTypesOfRelease() {
    guard let release else { return }
    let table = data.table(.instanceTypes)
    for (value, name) in typeNames {
      let firsts = (table.fields(name) ?? []).dropFirst().compactMap { Release($0) }
      guard let last = firsts.last, release.major <= last.major else { continue }
      if let first = firsts.first(where: { $0.major == release.major }), release >= first {
        continue
      }
      report(.instanceTypeRelease(name, release, firsts, at: Spot(value)))
    }
  }
}
