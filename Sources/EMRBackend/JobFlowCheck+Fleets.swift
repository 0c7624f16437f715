import Diagnostics
import PipelineIR
import SourceText
import Values

extension JobFlowCheck {
  mutating func checkFleet(_ fleet: SpannedValue) {
    let kind = fleet["InstanceFleetType"]?.text ?? ""
    checkCapacity(fleet, kind)
    checkFleetTypes(fleet, kind)
    checkTimes(fleet)
  }

  private mutating func checkCapacity(_ fleet: SpannedValue, _ kind: String) {
    let onDemand = fleet["TargetOnDemandCapacity"]?.integer ?? 0
    let spot = fleet["TargetSpotCapacity"]?.integer ?? 0
    if kind == "MASTER" {
      // A fleet's three masters are on demand.
      let isFine = (onDemand == 1 || onDemand == 3) && spot == 0 || onDemand == 0 && spot == 1
      if !isFine { diagnostics.append(.masterFleet(onDemand, spot, at: Spot(fleet))) }
    } else if onDemand <= 0, spot <= 0 {
      diagnostics.append(.fleetCapacity(kind, at: Spot(fleet)))
    }
  }

  private mutating func checkFleetTypes(_ fleet: SpannedValue, _ kind: String) {
    let types = fleet["InstanceTypeConfigs"]?.items ?? []
    if types.isEmpty { diagnostics.append(.fleetWithoutTypes(at: Spot(fleet))) }
    let launch = fleet["LaunchSpecifications"]
    let strategies = ["SpotSpecification", "OnDemandSpecification"].compactMap { name in
      launch?[name]?["AllocationStrategy"]
    }
    let limit = strategies.isEmpty ? 5 : 30
    if types.count > limit {
      diagnostics.append(
        .fleetTypes(types.count, limit: limit, at: Spot(types[limit])))
    }
    for type in types {
      if let weight = type["WeightedCapacity"], let number = weight.integer,
        number < 1 || (kind == "MASTER" && number != 1)
      {
        diagnostics.append(.weightedCapacity(number, isMaster: kind == "MASTER", at: Spot(weight)))
      }
      if let price = type["BidPrice"] { checkPrice(price) }
      if let percentage = type.entry("BidPriceAsPercentageOfOnDemandPrice"),
        type["BidPrice"] != nil
      {
        diagnostics.append(.bidPriceTwice(at: Spot(percentage)))
      }
      checkVolumes(type["EbsConfiguration"], of: type["InstanceType"])
      if let name = type["InstanceType"] { checkType(name) }
    }
    checkPriorities(types, strategies)
  }

  /// Priorities need a strategy that uses them, and the other way round.
  private mutating func checkPriorities(_ types: [SpannedValue], _ strategies: [SpannedValue]) {
    let names = ["prioritized", "capacity-optimized-prioritized"]
    let prioritized = strategies.first { names.contains($0.text ?? "") }
    let priority = types.lazy.compactMap { $0.entry("Priority") }.first
    if let prioritized, priority == nil {
      diagnostics.append(
        .fleetAllocation(prioritized.text ?? "", at: Spot(prioritized)))
    } else if let priority, prioritized == nil {
      diagnostics.append(.fleetPriority(at: Spot(priority)))
    }
  }

  private mutating func checkTimes(_ fleet: SpannedValue) {
    let spot = fleet["LaunchSpecifications"]?["SpotSpecification"]
    if let value = spot?["TimeoutDurationMinutes"], let minutes = value.integer,
      !(5...1440).contains(minutes)
    {
      diagnostics.append(.spotTimeout(minutes, at: Spot(value)))
    }
    if let value = spot?["BlockDurationMinutes"], let minutes = value.integer,
      !(60...360).contains(minutes) || minutes % 60 != 0
    {
      diagnostics.append(.blockDuration(minutes, at: Spot(value)))
    }
    let resize = fleet["ResizeSpecifications"]
    for name in ["SpotResizeSpecification", "OnDemandResizeSpecification"] {
      if let value = resize?[name]?["TimeoutDurationMinutes"], let minutes = value.integer,
        !(5...10_080).contains(minutes)
      {
        diagnostics.append(.resizeTimeout(minutes, at: Spot(value)))
      }
    }
  }
}
