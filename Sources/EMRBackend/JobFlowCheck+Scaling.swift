import Diagnostics
import PipelineIR
import SourceText
import Values

extension JobFlowCheck {
  mutating func checkScaling() {
    checkPlacementGroups()
    guard let policy = body.entry("ManagedScalingPolicy") else { return }
    if let index = policy.value.entry("UtilizationPerformanceIndex"),
      policy.value["ScalingStrategy"]?.text != "ADVANCED"
    {
      diagnostics.append(.scalingIndex(at: Spot(index)))
    }
    guard let limits = policy.value["ComputeLimits"] else { return }
    checkLimits(limits)
    guard let unit = limits["UnitType"], let name = unit.text else { return }
    let isOfFleets = name == "InstanceFleetUnits"
    if isOfFleets ? instances["InstanceGroups"] != nil : instances["InstanceFleets"] != nil {
      diagnostics.append(.scalingUnit(name, isOfFleets: isOfFleets, at: Spot(unit)))
    }
  }

  private mutating func checkLimits(_ limits: SpannedValue) {
    guard let most = limits["MaximumCapacityUnits"]?.integer else { return }
    let bounded = [
      "MinimumCapacityUnits", "MaximumOnDemandCapacityUnits", "MaximumCoreCapacityUnits",
    ]
    for name in bounded {
      guard let value = limits[name], let number = value.integer else { continue }
      if number > most || number < 0 {
        diagnostics.append(.scalingLimits(name, number, most: most, at: Spot(value)))
      }
    }
  }

  /// The policy of one instance group, of the older kind of scaling.
  mutating func checkAutoScaling(_ policy: SpannedValue.Entry, _ role: String) {
    if role == "MASTER" { diagnostics.append(.autoScalingMaster(at: Spot(policy))) }
    if body["AutoScalingRole"] == nil {
      diagnostics.append(.autoScalingRole(at: Spot(policy)))
    }
    if body["ManagedScalingPolicy"] != nil {
      diagnostics.append(.scalingTwice(at: Spot(policy)))
    }
    guard let constraints = policy.value["Constraints"], let least = constraints["MinCapacity"],
      let most = constraints["MaxCapacity"], let low = least.integer, let high = most.integer
    else { return }
    if low > high { diagnostics.append(.autoScalingLimits(low, high, at: Spot(least))) }
  }

  private mutating func checkPlacementGroups() {
    for group in body["PlacementGroupConfigs"]?.items ?? [] {
      if let role = group["InstanceRole"], let name = role.text, name != "MASTER" {
        diagnostics.append(.placementRole(name, at: Spot(role)))
      }
      if let strategy = group["PlacementStrategy"], let name = strategy.text, name != "SPREAD" {
        diagnostics.append(.placementStrategy(name, at: Spot(strategy)))
      }
    }
  }
}
