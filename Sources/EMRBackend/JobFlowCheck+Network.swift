import Diagnostics
import PipelineIR
import SourceText
import Values

extension JobFlowCheck {
  mutating func checkNetwork() {
    let subnet = instances.entry("Ec2SubnetId")
    let subnets = instances.entry("Ec2SubnetIds")
    let zone = instances["Placement"]?.entry("AvailabilityZone")
    let zones = instances["Placement"]?.entry("AvailabilityZones")
    let hasFleets = instances["InstanceFleets"] != nil
    if subnet != nil, let subnets {
      diagnostics.append(.subnetTwice(at: Spot(subnets)))
    } else if let place = subnet ?? subnets, let zone = zone ?? zones {
      diagnostics.append(.subnetWithZone(place.key, zone.key, at: Spot(zone)))
    } else if let zone, zones != nil {
      diagnostics.append(.zoneTwice(at: Spot(zone)))
    }
    if !hasFleets, let subnets, subnets.value.items.count > 1 {
      diagnostics.append(.subnetsWithoutFleets(at: Spot(subnets.value.items[1])))
    }
    if !hasFleets, let zones { diagnostics.append(.zonesWithoutFleets(at: Spot(zones))) }
    checkSecurityGroups()
  }

  private mutating func checkSecurityGroups() {
    let master = instances.entry("EmrManagedMasterSecurityGroup")
    let workers = instances.entry("EmrManagedSlaveSecurityGroup")
    if let one = master ?? workers, master == nil || workers == nil {
      diagnostics.append(.securityGroups(one.key, at: Spot(one)))
    }
    if let service = instances.entry("ServiceAccessSecurityGroup"), master == nil, workers == nil {
      diagnostics.append(.serviceSecurityGroup(at: Spot(service)))
    }
  }
}
