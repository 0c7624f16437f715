import Text
import Values

/// Classifies changes by their place.
enum Classes {
  static func of(_ change: Change, _ names: [String]) -> [ChangeClass] {
    var classes: Set<ChangeClass>
    switch names.first {
    case "cluster": classes = cluster(names, change)
    case "steps": classes = step(names, change)
    case "run": classes = run(names.dropFirst().first ?? "")
    case "settings": classes = words(change.label, otherwise: .data)
    default: classes = [.data]
    }
    if change.holdsSecret { classes.insert(.security) }
    if classes.isEmpty { classes = [.cosmetic] }
    if classes.count > 1 { classes.remove(.cosmetic) }
    return classes.sorted()
  }

  /// The classes of an added or removed step.
  static func of(step: Value) -> [ChangeClass] { step.isSecret ? [.security, .data] : [.data] }

  private static func run(_ name: String) -> Set<ChangeClass> {
    switch name {
    case "region": [.data, .newCluster, .cost]
    case "persistent", "reuses": [.newCluster, .cost]
    case "lifetimeMinutes", "bootstrapTries", "timeoutSeconds": [.cost]
    default: [.cosmetic]
    }
  }

  // MARK: The cluster

  /// By the first member of the body.
  private static func cluster(_ names: [String], _ change: Change) -> Set<ChangeClass> {
    guard names.count > 1 else { return [.newCluster] }
    switch names[1] {
    case "Instances": return instances(Array(names.dropFirst(2)))
    case "SecurityConfiguration", "ServiceRole", "JobFlowRole", "AutoScalingRole",
      "KerberosAttributes", "LogEncryptionKmsKeyId", "CustomAmiId", "RepoUpgradeOnBoot",
      "BootstrapActions":
      return [.security, .newCluster]
    case "VisibleToAllUsers", "ExtendedSupport": return [.security]
    case "ReleaseLabel", "AmiVersion", "OSReleaseLabel", "Applications", "SupportedProducts",
      "NewSupportedProducts":
      return [.data, .newCluster]
    case "Configurations": return words(change.label, otherwise: nil).union([.newCluster])
    case "EbsRootVolumeSize", "EbsRootVolumeIops", "EbsRootVolumeThroughput":
      return [.cost, .newCluster]
    case "ManagedScalingPolicy", "AutoTerminationPolicy", "ScaleDownBehavior",
      "StepConcurrencyLevel", "Tags":
      return [.cost]
    default: return [.newCluster]
    }
  }

  private static func instances(_ names: [String]) -> Set<ChangeClass> {
    switch names.first {
    case "InstanceGroups", "InstanceFleets":
      let resizable: Set<String> = [
        "InstanceCount", "TargetOnDemandCapacity", "TargetSpotCapacity", "AutoScalingPolicy",
        "Constraints", "Rules", "ResizeSpecifications",
      ]
      return names.contains(where: resizable.contains) ? [.cost] : [.cost, .newCluster]
    case "Ec2KeyName", "Ec2SubnetId", "Ec2SubnetIds", "EmrManagedMasterSecurityGroup",
      "EmrManagedSlaveSecurityGroup", "ServiceAccessSecurityGroup",
      "AdditionalMasterSecurityGroups", "AdditionalSlaveSecurityGroups":
      return [.security, .newCluster]
    case "Placement": return [.cost, .newCluster]
    case "KeepJobFlowAliveWhenNoSteps": return [.cost]
    case "TerminationProtected": return [.security]
    default: return [.newCluster]
    }
  }

  // MARK: Steps

  private static func step(_ names: [String], _ change: Change) -> Set<ChangeClass> {
    guard names.count > 2 else { return [.data] }
    switch names[2] {
    case "name": return [.cosmetic]
    case "timeoutSeconds": return [.cost]
    case "arguments", "properties": return words(Array(change.label.dropFirst()), otherwise: .data)
    default: return [.data]
    }
  }

  // MARK: Words

  /// By the words of the place: in a program's own document there is nothing else to go by.
  static func words(_ label: [String], otherwise: ChangeClass?) -> Set<ChangeClass> {
    let text = label.joined(separator: ".").lowercased()
      .replacing("_", with: "").replacing("-", with: "")
    var classes: Set<ChangeClass> = []
    if security.contains(where: text.contains) { classes.insert(.security) }
    if cost.contains(where: text.contains) { classes.insert(.cost) }
    if let otherwise, classes.isEmpty { classes.insert(otherwise) }
    return classes
  }

  private static let security = [
    "encrypt", "kms", "password", "secret", "token", "credential", "accesskey", "apikey", "role",
    "ssl", "tls", ".acl", "kerberos", "auth", "username", "securityconfiguration", "ec2keyname",
    "ec2subnet", "securitygroup", "visibletoall", "bootstrap.",
  ]

  private static let cost = [
    "instancetype", "instancecount", "instancebid", "instanceebs", "numexecutors",
    "executormemory", "executorcores", "executor.memory", "executor.cores", "executor.instances",
    "drivermemory", "drivercores", "driver.memory", "driver.cores", "dynamicallocation",
    "memoryoverhead", "maximizeresourceallocation", "totalexecutorcores", "volumesize",
    "volumetype", "volumeiops", "ebsoptimized", "timeout", "memory.mb",
  ]
}

extension Change {
  /// Whether a secret was changed, added or removed.
  fileprivate var holdsSecret: Bool {
    (before?.isSecret ?? false) || (after?.isSecret ?? false)
  }
}

extension Value {
  fileprivate var isSecret: Bool {
    switch self {
    case .string(let text): text.contains("{{secret: ")
    case .map(let map): map.entries.contains { $0.value.isSecret }
    case .list(let items): items.contains(where: \.isSecret)
    default: false
    }
  }
}
