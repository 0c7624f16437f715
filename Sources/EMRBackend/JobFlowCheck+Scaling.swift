import Diagnostics
import PipelineIR
import SourceText
import Values

extension EMRRule {
  static let ofScaling: [EMRRule] = [
    .cluster(
      .emrScalingLimits, "Minimum, on-demand and core maximum are at most the maximum"
    ) { $0.checkScalingLimits() },
    .cluster(.emrScalingUnit, "`InstanceFleetUnits` for fleets, the others for groups") {
      $0.checkScalingUnit()
    },
    .cluster(.emrScalingIndex, "`UtilizationPerformanceIndex` only with `ADVANCED`") {
      $0.checkScalingIndex()
    },
    .cluster(.emrScalingTwice, "Managed scaling or a group's policy") { $0.checkScalingTwice() },
    .cluster(.emrAutoScalingRole, "A group's policy needs `AutoScalingRole`") {
      $0.checkAutoScalingRole()
    },
    .cluster(.emrAutoScalingMaster, "Masters don't scale") { $0.checkAutoScalingMaster() },
    .cluster(.emrAutoScalingLimits, "`MinCapacity` is at most `MaxCapacity`") {
      $0.checkAutoScalingLimits()
    },
    .cluster(.emrPlacementGroup, "MASTER and `SPREAD` only") { $0.checkPlacementGroups() },
  ]
}

extension JobFlowCheck {
  fileprivate mutating func checkScalingIndex() {
    guard let policy = body["ManagedScalingPolicy"] else { return }
    if let index = policy.entry("UtilizationPerformanceIndex"),
      policy["ScalingStrategy"]?.text != "ADVANCED"
    {
      report(.scalingIndex(at: Spot(index)))
    }
  }

  fileprivate mutating func checkScalingUnit() {
    guard let unit = body["ManagedScalingPolicy"]?["ComputeLimits"]?["UnitType"],
      let name = unit.text
    else { return }
    let isOfFleets = name == "InstanceFleetUnits"
    if isOfFleets ? instances["InstanceGroups"] != nil : instances["InstanceFleets"] != nil {
      report(.scalingUnit(name, isOfFleets: isOfFleets, at: Spot(unit)))
    }
  }

  fileprivate mutating func checkScalingLimits() {
    guard let limits = body["ManagedScalingPolicy"]?["ComputeLimits"],
      let most = limits["MaximumCapacityUnits"]?.integer
    else { return }
    let bounded = [
      "MinimumCapacityUnits", "MaximumOnDemandCapacityUnits", "MaximumCoreCapacityUnits",
    ]
    for name in bounded {
      guard let value = limits[name], let number = value.integer else { continue }
      if number > most || number < 0 {
        report(.scalingLimits(name, number, most: most, at: Spot(value)))
      }
    }
  }

  // MARK: Groups' policies, of the older kind of scaling

  private var autoScaling: [(policy: SpannedValue.Entry, group: SpannedValue)] {
    groups.compactMap { group in group.entry("AutoScalingPolicy").map { ($0, group) } }
  }

  fileprivate mutating func checkAutoScalingMaster() {
    for (policy, group) in autoScaling where group["InstanceRole"]?.text == "MASTER" {
      report(.autoScalingMaster(at: Spot(policy)))
    }
  }

  fileprivate mutating func checkAutoScalingRole() {
    guard body["AutoScalingRole"] == nil else { return }
    for (policy, _) in autoScaling { report(.autoScalingRole(at: Spot(policy))) }
  }

  fileprivate mutating func checkScalingTwice() {
    guard body["ManagedScalingPolicy"] != nil else { return }
    for (policy, _) in autoScaling { report(.scalingTwice(at: Spot(policy))) }
  }

  fileprivate mutating func checkAutoScalingLimits() {
    for (policy, _) in autoScaling {
      guard let constraints = policy.value["Constraints"], let least = constraints["MinCapacity"],
        let most = constraints["MaxCapacity"], let low = least.integer, let high = most.integer
      else { continue }
      if low > high { report(.autoScalingLimits(low, high, at: Spot(least))) }
    }
  }

  fileprivate mutating func checkPlacementGroups() {
    for group in body["PlacementGroupConfigs"]?.items ?? [] {
      if let role = group["InstanceRole"], let name = role.text, name != "MASTER" {
        report(.placementRole(name, at: Spot(role)))
      }
      if let strategy = group["PlacementStrategy"], let name = strategy.text, name != "SPREAD" {
        report(.placementStrategy(name, at: Spot(strategy)))
      }
    }
  }
}
