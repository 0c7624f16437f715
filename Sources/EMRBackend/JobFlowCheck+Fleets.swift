import Diagnostics
import PipelineIR
import SourceText
import Values

extension EMRRule {
  static let ofFleets: [EMRRule] = [
    .cluster(
      .emrMasterFleet, "MASTER has one unit, on demand or spot; or three on demand"
    ) { $0.checkMasterFleet() },
    .cluster(.emrFleetCapacity, "CORE and TASK have a target above 0") { $0.checkCapacity() },
    .cluster(.emrFleetTypes, "1 to 5 types; up to 30 with an allocation strategy") {
      $0.checkTypeCount()
    },
    .cluster(.emrWeightedCapacity, "1 for masters, 1 or more for others") { $0.checkWeights() },
    .cluster(
      .emrFleetPriority, "Priorities and prioritized strategies go together (warning)"
    ) { $0.checkPriorities() },
    .cluster(.emrSpotTimeout, "5 to 1440 minutes") { $0.checkSpotTimeout() },
    .cluster(.emrBlockDuration, "60, 120, … 360 minutes") { $0.checkBlockDuration() },
    .cluster(.emrResizeTimeout, "5 to 10,080 minutes") { $0.checkResizeTimeout() },
  ]
}

extension JobFlowCheck {
  /// The types that fleets choose from, of all fleets.
  var fleetTypes: [SpannedValue] { fleets.flatMap(Self.types) }

  private static func types(of fleet: SpannedValue) -> [SpannedValue] {
    fleet["InstanceTypeConfigs"]?.items ?? []
  }

  private static func kind(of fleet: SpannedValue) -> String {
    fleet["InstanceFleetType"]?.text ?? ""
  }

  private static func capacity(of fleet: SpannedValue) -> (onDemand: Int64, spot: Int64) {
    (
      fleet["TargetOnDemandCapacity"]?.integer ?? 0, fleet["TargetSpotCapacity"]?.integer ?? 0
    )
  }

  fileprivate mutating func checkMasterFleet() {
    for fleet in fleets where Self.kind(of: fleet) == "MASTER" {
      let (onDemand, spot) = Self.capacity(of: fleet)
      // A fleet's three masters are on demand.
      let isFine = (onDemand == 1 || onDemand == 3) && spot == 0 || onDemand == 0 && spot == 1
      if !isFine { report(.masterFleet(onDemand, spot, at: Spot(fleet))) }
    }
  }

  fileprivate mutating func checkCapacity() {
    for fleet in fleets where Self.kind(of: fleet) != "MASTER" {
      let (onDemand, spot) = Self.capacity(of: fleet)
      if onDemand <= 0, spot <= 0 {
        report(.fleetCapacity(Self.kind(of: fleet), at: Spot(fleet)))
      }
    }
  }

  // MARK: Types

  private static func strategies(of fleet: SpannedValue) -> [SpannedValue] {
    let launch = fleet["LaunchSpecifications"]
    return ["SpotSpecification", "OnDemandSpecification"].compactMap { name in
      launch?[name]?["AllocationStrategy"]
    }
  }

  fileprivate mutating func checkTypeCount() {
    for fleet in fleets {
      let types = Self.types(of: fleet)
      if types.isEmpty { report(.fleetWithoutTypes(at: Spot(fleet))) }
      let limit = Self.strategies(of: fleet).isEmpty ? 5 : 30
      if types.count > limit {
        report(.fleetTypes(types.count, limit: limit, at: Spot(types[limit])))
      }
    }
  }

  fileprivate mutating func checkWeights() {
    for fleet in fleets {
      let isMaster = Self.kind(of: fleet) == "MASTER"
      for type in Self.types(of: fleet) {
        if let weight = type["WeightedCapacity"], let number = weight.integer,
          number < 1 || (isMaster && number != 1)
        {
          report(.weightedCapacity(number, isMaster: isMaster, at: Spot(weight)))
        }
      }
    }
  }

  /// Priorities need a strategy that uses them, and the other way round.
  fileprivate mutating func checkPriorities() {
    let names = ["prioritized", "capacity-optimized-prioritized"]
    for fleet in fleets {
      let prioritized = Self.strategies(of: fleet).first { names.contains($0.text ?? "") }
      let priority = Self.types(of: fleet).lazy.compactMap { $0.entry("Priority") }.first
      if let prioritized, priority == nil {
        report(.fleetAllocation(prioritized.text ?? "", at: Spot(prioritized)))
      } else if let priority, prioritized == nil {
        report(.fleetPriority(at: Spot(priority)))
      }
    }
  }

  // MARK: Times

  fileprivate mutating func checkSpotTimeout() {
    for fleet in fleets {
      let spot = fleet["LaunchSpecifications"]?["SpotSpecification"]
      if let value = spot?["TimeoutDurationMinutes"], let minutes = value.integer,
        !(5...1440).contains(minutes)
      {
        report(.spotTimeout(minutes, at: Spot(value)))
      }
    }
  }

  fileprivate mutating func checkBlockDuration() {
    for fleet in fleets {
      let spot = fleet["LaunchSpecifications"]?["SpotSpecification"]
      if let value = spot?["BlockDurationMinutes"], let minutes = value.integer,
        !(60...360).contains(minutes) || minutes % 60 != 0
      {
        report(.blockDuration(minutes, at: Spot(value)))
      }
    }
  }

  fileprivate mutating func checkResizeTimeout() {
    for resize in fleets.compactMap({ $0["ResizeSpecifications"] }) {
      for name in ["SpotResizeSpecification", "OnDemandResizeSpecification"] {
        if let value = resize[name]?["TimeoutDurationMinutes"], let minutes = value.integer,
          !(5...10_080).contains(minutes)
        {
          report(.resizeTimeout(minutes, at: Spot(value)))
        }
      }
    }
  }
}
