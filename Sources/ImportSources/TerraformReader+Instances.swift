import Import
import Diagnostics
import SourceText
import Text
import Values

/// The machines of a cluster of Terraform's, and what scales them.
extension TerraformReader {
  mutating func instances(
    _ scope: Block, clusters: Int, _ source: inout ImportSource,
    into diagnostics: inout [Diagnostic]
  ) -> Draft {
    var instances = Draft(.map([]), at: scope.values.span)
    var groups: [Draft] = []
    for (argument, role) in [("master_instance_group", "MASTER"), ("core_instance_group", "CORE")] {
      if let block = scope.block(argument) {
        groups.append(group(block, role, &source, into: &diagnostics))
      }
    }
    groups += formerGroups(scope, &source, into: &diagnostics)
    for resource in attached("aws_emr_instance_group", clusters: clusters) {
      groups.append(
        group(Block(resource.values, resource.expressions), "TASK", &source, into: &diagnostics))
    }
    if !groups.isEmpty { instances["InstanceGroups"] = Draft(.list(groups), at: scope.values.span) }
    var fleets: [Draft] = []
    for (argument, type) in [("master_instance_fleet", "MASTER"), ("core_instance_fleet", "CORE")] {
      if let block = scope.block(argument) { fleets.append(fleet(block, type)) }
    }
    for resource in attached("aws_emr_instance_fleet", clusters: clusters) {
      fleets.append(fleet(Block(resource.values, resource.expressions), "TASK"))
    }
    if !fleets.isEmpty { instances["InstanceFleets"] = Draft(.list(fleets), at: scope.values.span) }
    if groups.isEmpty, fleets.isEmpty {
      diagnostics.append(
        .importMalformed("the cluster has neither groups nor fleets of machines", at: cluster.span))
    }
    addAttributes(scope, to: &instances)
    // The provider asks for a cluster that stays, unless it is told otherwise.
    instances["KeepJobFlowAliveWhenNoSteps"] =
      value(scope, "keep_job_flow_alive_when_no_steps") ?? .bool(true, at: scope.values.span)
    instances["TerminationProtected"] =
      value(scope, "termination_protection") ?? .bool(false, at: scope.values.span)
    if let replacement = value(scope, "unhealthy_node_replacement") {
      instances["UnhealthyNodeReplacement"] = replacement
    }
    return instances
  }

  /// The resources that add something to this cluster.
  private func attached(_ type: String, clusters: Int) -> [Terraform.Resource] {
    resources.filter { resource in
      guard resource.type == type else { return false }
      if let id = resource.values["cluster_id"]?.text, let own = cluster.values["id"]?.text {
        return id == own
      }
      let references = resource.expressions?["cluster_id"]?["references"]?.items.compactMap(\.text)
      let name = cluster.address.dropFirst(cluster.module.utf8.count)
      if let references, resource.module == cluster.module {
        return references.contains { $0 == name || $0.hasPrefix(name + ".") }
      }
      return clusters == 1
    }
  }

  private mutating func addAttributes(_ scope: Block, to instances: inout Draft) {
    guard let block = scope.block("ec2_attributes") else { return }
    for (argument, member) in [
      ("key_name", "Ec2KeyName"), ("subnet_id", "Ec2SubnetId"),
      ("emr_managed_master_security_group", "EmrManagedMasterSecurityGroup"),
      ("emr_managed_slave_security_group", "EmrManagedSlaveSecurityGroup"),
      ("service_access_security_group", "ServiceAccessSecurityGroup"),
    ] {
      if let value = text(block, argument) { instances[member] = value }
    }
    if let subnets = list(block, "subnet_ids") {
      // A state has both: the subnets that were asked for, and the one that EMR took.
      if subnets.items.count > 1 || instances["Ec2SubnetId"] == nil {
        instances["Ec2SubnetId"] = nil
        instances["Ec2SubnetIds"] =
          subnets.isList ? subnets : Draft(.list([subnets]), at: subnets.span)
      }
    }
    for (argument, member) in [
      ("additional_master_security_groups", "AdditionalMasterSecurityGroups"),
      ("additional_slave_security_groups", "AdditionalSlaveSecurityGroups"),
    ] {
      guard let value = text(block, argument) else { continue }
      let texts = value.known?.split(separator: ",").map { ASCII.trimmed($0) }
      instances[member] = Draft(
        .list(texts.map { $0.map { Draft($0, at: value.span) } } ?? [value]), at: value.span)
    }
  }

  // MARK: Groups

  /// The arguments of the provider's second version: `master_instance_type`, `instance_group`.
  private mutating func formerGroups(
    _ scope: Block, _ source: inout ImportSource, into diagnostics: inout [Diagnostic]
  ) -> [Draft] {
    var groups: [Draft] = []
    for block in scope.blocks("instance_group") {
      let role = block.values["instance_role"]?.text ?? "TASK"
      groups.append(group(block, role, &source, into: &diagnostics))
    }
    let count = value(scope, "core_instance_count")
    for (argument, role) in [("master_instance_type", "MASTER"), ("core_instance_type", "CORE")] {
      guard let type = text(scope, argument),
        !groups.contains(where: { $0["InstanceRole"]?.known == role })
      else { continue }
      groups.append(
        .members(
          [
            "InstanceRole": Draft(role, at: type.span), "InstanceType": type,
            "InstanceCount": role == "CORE"
              ? count ?? .int(1, at: type.span) : .int(1, at: type.span),
          ], at: type.span))
    }
    return groups
  }

  private mutating func group(
    _ block: Block, _ role: String, _ source: inout ImportSource,
    into diagnostics: inout [Diagnostic]
  ) -> Draft {
    var group = Draft.members(
      [
        "Name": text(block, "name"), "InstanceRole": Draft(role, at: block.values.span),
        "InstanceType": value(block, "instance_type"),
        "InstanceCount": value(block, "instance_count") ?? .int(1, at: block.values.span),
        "Market": Draft("ON_DEMAND", at: block.values.span),
      ], at: block.values.span)
    if let bid = text(block, "bid_price") {
      group["Market"] = Draft("SPOT", at: bid.span)
      group["BidPrice"] = bid
    }
    if let policy = text(block, "autoscaling_policy"),
      let document = json(policy, "autoscaling_policy", &source, into: &diagnostics)
    {
      group["AutoScalingPolicy"] = document
    }
    if let text = text(block, "configurations_json"),
      let document = json(text, "configurations_json", &source, into: &diagnostics)
    {
      group["Configurations"] = document
    }
    var disks = disks(block)
    if let optimized = value(block, "ebs_optimized"), !isFalse(optimized) {
      if disks == nil { disks = Draft(.map([]), at: block.values.span) }
      disks?["EbsOptimized"] = optimized
    }
    if let disks { group["EbsConfiguration"] = disks }
    return group
  }

  private func isFalse(_ draft: Draft) -> Bool {
    if case .scalar(.bool(false)) = draft.content { true } else { false }
  }

  private mutating func disks(_ block: Block) -> Draft? {
    let volumes = block.blocks("ebs_config").map { disk -> Draft in
      var volume = Draft.members(
        ["VolumeType": value(disk, "type"), "SizeInGB": value(disk, "size")], at: disk.values.span)
      for (argument, member) in [("iops", "Iops"), ("throughput", "Throughput")] {
        guard let value = value(disk, argument) else { continue }
        if case .scalar(.int(0)) = value.content { continue }
        volume[member] = value
      }
      return .members(
        [
          "VolumeSpecification": volume,
          "VolumesPerInstance": value(disk, "volumes_per_instance")
            ?? .int(1, at: disk.values.span),
        ], at: disk.values.span)
    }
    guard !volumes.isEmpty else { return nil }
    return .members(
      ["EbsBlockDeviceConfigs": Draft(.list(volumes), at: block.values["ebs_config"]?.span)],
      at: block.values.span)
  }

  // MARK: Fleets

  private mutating func fleet(_ block: Block, _ type: String) -> Draft {
    let types = block.blocks("instance_type_configs").map { instanceType($0) }
    return .members(
      [
        "Name": text(block, "name"), "InstanceFleetType": Draft(type, at: block.values.span),
        "TargetOnDemandCapacity": value(block, "target_on_demand_capacity"),
        "TargetSpotCapacity": value(block, "target_spot_capacity"),
        "InstanceTypeConfigs": types.isEmpty ? nil : Draft(.list(types), at: block.values.span),
        "LaunchSpecifications": block.block("launch_specifications").map { specifications($0) },
      ], at: block.values.span)
  }

  private mutating func instanceType(_ block: Block) -> Draft {
    var type = Draft.members(
      [
        "InstanceType": value(block, "instance_type"),
        "WeightedCapacity": value(block, "weighted_capacity"),
        "EbsConfiguration": disks(block),
      ], at: block.values.span)
    if let bid = text(block, "bid_price") {
      type["BidPrice"] = bid
    } else if let percentage = value(block, "bid_price_as_percentage_of_on_demand_price") {
      type["BidPriceAsPercentageOfOnDemandPrice"] = percentage
    }
    let configurations = block.blocks("configurations").map { configuration -> Draft in
      .members(
        [
          "Classification": value(configuration, "classification"),
          "Properties": value(configuration, "properties"),
        ], at: configuration.values.span)
    }
    if !configurations.isEmpty {
      type["Configurations"] = Draft(.list(configurations), at: block.values.span)
    }
    return type
  }

  private mutating func specifications(_ block: Block) -> Draft {
    var result = Draft(.map([]), at: block.values.span)
    if let onDemand = block.block("on_demand_specification") {
      result["OnDemandSpecification"] = .members(
        ["AllocationStrategy": text(onDemand, "allocation_strategy")], at: onDemand.values.span)
    }
    if let spot = block.block("spot_specification") {
      var made = Draft.members(
        [
          "TimeoutAction": text(spot, "timeout_action"),
          "TimeoutDurationMinutes": value(spot, "timeout_duration_minutes"),
          "AllocationStrategy": text(spot, "allocation_strategy"),
        ], at: spot.values.span)
      if let minutes = value(spot, "block_duration_minutes"), !isZero(minutes) {
        made["BlockDurationMinutes"] = minutes
      }
      result["SpotSpecification"] = made
    }
    return result
  }

  private func isZero(_ draft: Draft) -> Bool {
    if case .scalar(.int(0)) = draft.content { true } else { false }
  }

  // MARK: Policies

  mutating func addPolicies(_ scope: Block, clusters: Int, to body: inout Draft) {
    if let block = scope.block("auto_termination_policy"), let idle = value(block, "idle_timeout") {
      body["AutoTerminationPolicy"] = .members(["IdleTimeout": idle], at: block.values.span)
    }
    if let block = scope.block("kerberos_attributes") {
      body["KerberosAttributes"] = kerberos(block)
    }
    let placements = scope.blocks("placement_group_config").map { block -> Draft in
      .members(
        [
          "InstanceRole": value(block, "instance_role"),
          "PlacementStrategy": text(block, "placement_strategy"),
        ], at: block.values.span)
    }
    if !placements.isEmpty {
      body["PlacementGroupConfigs"] = Draft(.list(placements), at: scope.values.span)
    }
    for resource in attached("aws_emr_managed_scaling_policy", clusters: clusters) {
      let block = Block(resource.values, resource.expressions)
      guard let limits = block.block("compute_limits") else { continue }
      body["ManagedScalingPolicy"] = .members(
        [
          "ComputeLimits": .members(
            [
              "UnitType": value(limits, "unit_type"),
              "MinimumCapacityUnits": value(limits, "minimum_capacity_units"),
              "MaximumCapacityUnits": value(limits, "maximum_capacity_units"),
              "MaximumOnDemandCapacityUnits": value(limits, "maximum_ondemand_capacity_units"),
              "MaximumCoreCapacityUnits": value(limits, "maximum_core_capacity_units"),
            ], at: limits.values.span),
          "ScalingStrategy": text(block, "scaling_strategy"),
          "UtilizationPerformanceIndex": value(block, "utilization_performance_index"),
        ], at: resource.span)
    }
  }

  private mutating func kerberos(_ block: Block) -> Draft {
    var result = Draft(.map([]), at: block.values.span)
    for (argument, member, isSecret) in [
      ("realm", "Realm", false), ("kdc_admin_password", "KdcAdminPassword", true),
      ("cross_realm_trust_principal_password", "CrossRealmTrustPrincipalPassword", true),
      ("ad_domain_join_user", "ADDomainJoinUser", false),
      ("ad_domain_join_password", "ADDomainJoinPassword", true),
    ] {
      guard let value = text(block, argument) else { continue }
      guard isSecret, let known = value.known else {
        result[member] = value
        continue
      }
      var row = VariableTable.Row(name: argument, value: .string(known), span: value.span)
      row.isSecret = true
      result[member] = Draft(.text([.variable(variables.id(of: row))]), at: value.span)
    }
    return result
  }
}
