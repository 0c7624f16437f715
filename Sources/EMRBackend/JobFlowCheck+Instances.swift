import Text
import EMRModel
import Diagnostics
import PipelineIR
import SourceText
import Values

extension JobFlowCheck {
  mutating func checkInstances() {
    checkChoice()
    for group in instances["InstanceGroups"]?.items ?? [] { checkGroup(group) }
    for fleet in instances["InstanceFleets"]?.items ?? [] { checkFleet(fleet) }
    checkRoles("InstanceGroups", role: "InstanceRole")
    checkRoles("InstanceFleets", role: "InstanceFleetType")
    for name in ["MasterInstanceType", "SlaveInstanceType"] {
      if let type = instances[name] { checkType(type) }
    }
    checkNetwork()
  }

  /// Groups, fleets, or one type for all: EMR accepts only one way to describe the machines.
  private mutating func checkChoice() {
    let plain = ["MasterInstanceType", "SlaveInstanceType", "InstanceCount"].lazy
      .compactMap { [instances] in instances.entry($0) }.first
    let given = [instances.entry("InstanceGroups"), instances.entry("InstanceFleets"), plain]
      .compactMap { $0 }
    if given.isEmpty, let entry = body.entry("Instances") {
      diagnostics.append(.instancesMissing(at: Spot(entry)))
    }
    if given.count > 1 {
      diagnostics.append(.instancesTwice(given[0].key, given[1].key, at: Spot(given[1])))
    }
  }

  /// One MASTER, at most one CORE; up to 48 groups of TASK, but one fleet.
  private mutating func checkRoles(_ list: String, role: String) {
    guard let entry = instances.entry(list) else { return }
    let limits = [("CORE", 1), ("TASK", list == "InstanceGroups" ? 48 : 1)]
    let items = entry.value.items
    let masters = items.filter { $0[role]?.text == "MASTER" }
    if masters.count != 1 {
      diagnostics.append(
        .masters(masters.count, in: list, at: masters.count > 1 ? Spot(masters[1]) : Spot(entry)))
    }
    for (name, limit) in limits {
      let own = items.filter { $0[role]?.text == name }
      if own.count > limit {
        diagnostics.append(
          .instanceRoles(name, own.count, limit: limit, in: list, at: Spot(own[limit])))
      }
    }
  }

  private mutating func checkGroup(_ group: SpannedValue) {
    let role = group["InstanceRole"]?.text ?? ""
    if let value = group["InstanceCount"], let count = value.integer {
      if role == "MASTER", count != 1, count != 3 {
        diagnostics.append(.masterCount(count, at: Spot(value)))
      } else if role == "MASTER", count == 3, let release, release < Release(5, 23) {
        diagnostics.append(.threeMasters(release, at: Spot(value)))
      } else if count < 0 {
        diagnostics.append(.instanceCount(count, at: Spot(value)))
      }
    }
    if let price = group["BidPrice"] {
      checkPrice(price)
      if group["Market"]?.text == EMRDefaults.market {
        diagnostics.append(.bidPriceUnused(at: Spot(price)))
      }
    }
    if let policy = group.entry("AutoScalingPolicy") { checkAutoScaling(policy, role) }
    checkVolumes(group["EbsConfiguration"], of: group["InstanceType"])
    if let type = group["InstanceType"] { checkType(type) }
  }

  mutating func checkPrice(_ price: SpannedValue) {
    guard let text = price.text else { return }
    var isNumber = !text.isEmpty
    var points = 0
    for byte in text.utf8 {
      if byte == UInt8(ascii: ".") { points += 1 }
      if byte != UInt8(ascii: "."), !UInt8.digits.contains(byte) { isNumber = false }
    }
    guard isNumber, points <= 1, let number = Double(text), number > 0 else {
      diagnostics.append(.bidPrice(text, at: Spot(price)))
      return
    }
  }
}
