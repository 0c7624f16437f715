import Import
import Text
import Values

/// What RunJobFlow takes at a place: its type, and a value that serves where a source doesn't say one.
enum EMRMember {
  enum Kind: Hashable {
    case text, int, double, bool
    /// A list of texts.
    case texts
    /// A structure, or a list of them.
    case container
  }

  private static let ints: Set<String> = [
    "BlockDurationMinutes", "CoolDown", "DecommissionTimeout", "EbsRootVolumeIops",
    "EbsRootVolumeSize", "EbsRootVolumeThroughput", "EvaluationPeriods", "IdleTimeout",
    "InstanceCount", "Iops", "MaxCapacity", "MaximumCapacityUnits", "MaximumCoreCapacityUnits",
    "MaximumOnDemandCapacityUnits", "MinCapacity", "MinimumCapacityUnits", "Period",
    "ScalingAdjustment", "SizeInGB", "StepConcurrencyLevel", "TargetOnDemandCapacity",
    "TargetSpotCapacity", "Throughput", "TimeoutDurationMinutes", "UtilizationPerformanceIndex",
    "VolumesPerInstance", "WeightedCapacity",
  ]
  private static let doubles: Set<String> = [
    "BidPriceAsPercentageOfOnDemandPrice", "Priority", "Threshold",
  ]
  private static let bools: Set<String> = [
    "EbsOptimized", "Enabled", "ExtendedSupport", "KeepJobFlowAliveWhenNoSteps",
    "TerminationProtected", "UnhealthyNodeReplacement", "VisibleToAllUsers",
  ]
  private static let texts: Set<String> = [
    "AdditionalMasterSecurityGroups", "AdditionalSlaveSecurityGroups", "Args", "Ec2SubnetIds",
    "SupportedProducts",
  ]
  private static let containers: Set<String> = [
    "Applications", "AutoScalingPolicy", "AutoTerminationPolicy", "BootstrapActions",
    "ComputeLimits", "Configurations", "EbsConfiguration", "HadoopJarStep", "InstanceFleets",
    "InstanceGroups", "InstanceTypeConfigs", "Instances", "KerberosAttributes",
    "LaunchSpecifications", "ManagedScalingPolicy", "MonitoringConfiguration",
    "NewSupportedProducts", "Placement", "PlacementGroupConfigs", "ResizeSpecifications",
    "ScriptBootstrapAction", "Steps", "Tags", "VolumeSpecification",
  ]

  /// The type of the value at a place in the body. What EMR passes on to programs is text.
  static func kind(at path: BodyPath) -> Kind {
    guard case .key(let name)? = path.last else {
      guard case .key(let list)? = path.dropLast().last else { return .text }
      return texts.contains(list) ? .text : .container
    }
    // A property or a dimension may have any name; "Properties" itself is a map or a list.
    for case .key("Properties") in path.dropLast() { return .text }
    if name == "Properties" { return .container }
    if ints.contains(name) { return .int }
    if bools.contains(name) { return .bool }
    if doubles.contains(name) { return .double }
    if texts.contains(name) { return .texts }
    return containers.contains(name) ? .container : .text
  }

  /// A value as EMR takes it: a number in quotes where EMR has a number, and the reverse.
  static func converted(_ value: Value, to kind: Kind) -> Value {
    switch (kind, value) {
    case (.int, .string(let text)): Int64(ASCII.trimmed(text)).map { .int($0) } ?? value
    case (.int, .double(let number)): Int64(exactly: number).map { .int($0) } ?? value
    case (.double, .string(let text)):
      text.utf8.allSatisfy { ASCII.isDigit($0) || $0 == .dot || $0 == .hyphen }
        ? Double(text).map { .double($0) } ?? value : value
    case (.bool, .string(let text)):
      switch ASCII.lowercased(ASCII.trimmed(text)) {
      case "true": .bool(true)
      case "false": .bool(false)
      default: value
      }
    case (.text, .bool), (.text, .int), (.text, .uint), (.text, .double), (.text, .number):
      .string(self.text(of: value))
    case (.texts, .list(let items)): .list(items.map { converted($0, to: .text) })
    // A list of one may be written without the list.
    case (.texts, .string): .list([value])
    default: value
    }
  }

  /// A scalar as text.
  static func text(of value: Value) -> String {
    switch value {
    case .string(let text), .number(let text): text
    case .bool(let flag): flag ? "true" : "false"
    case .int(let number): String(number)
    case .uint(let number): String(number)
    case .double(let number): Value.text(of: number)
    default: ""
    }
  }

  /// A value for a variable that the source doesn't say, which EMR's rules accept at this place; nil
  /// for a structure, which can't be guessed.
  static func standIn(for variable: String, at path: BodyPath, before: String?) -> Value? {
    let name = slug(variable)
    if let before { return .string(part(name, of: path, after: before)) }
    switch kind(at: path) {
    case .int: return .int(1)
    case .double: return .double(1)
    case .bool: return .bool(false)
    case .container: return nil
    case .texts:
      let list = path.last.map { [$0] } ?? []
      return .list([.string(text(name, at: list))])
    case .text: return .string(text(name, at: path))
    }
  }

  /// The last name in a path.
  private static func member(_ path: BodyPath) -> String {
    for case .key(let name) in path.reversed() { return name }
    return ""
  }

  private static func text(_ name: String, at path: BodyPath) -> String {
    switch member(path) {
    case "Ec2SubnetId", "Ec2SubnetIds": "subnet-00000000"
    case "AdditionalMasterSecurityGroups", "AdditionalSlaveSecurityGroups",
      "EmrManagedMasterSecurityGroup", "EmrManagedSlaveSecurityGroup",
      "ServiceAccessSecurityGroup":
      "sg-00000000"
    case "AvailabilityZone": "us-east-1a"
    case "CustomAmiId": "ami-00000000"
    case "InstanceType", "MasterInstanceType", "SlaveInstanceType": "m5.xlarge"
    case "ReleaseLabel": "emr-7.5.0"
    case "AmiVersion": "3.11.0"
    case "Market": "ON_DEMAND"
    case "BidPrice": "1"
    case "ActionOnFailure": "CONTINUE"
    case "ScaleDownBehavior": "TERMINATE_AT_TASK_COMPLETION"
    case "VolumeType": "gp2"
    case "UnitType": "Instances"
    case "LogUri", "Path", "Jar": "s3://\(name)/"
    default: name
    }
  }

  /// A part of a text.
  private static func part(_ name: String, of path: BodyPath, after before: String) -> String {
    switch member(path) {
    case "ReleaseLabel" where before == "emr-": "7.5.0"
    case "AvailabilityZone" where before.isEmpty: "us-east-1"
    default: name
    }
  }

  /// A name in lower case with hyphens, which may also be a bucket's: `DataBucket` → `data-bucket`.
  static func slug(_ name: String) -> String {
    var result: [UInt8] = []
    var isAfterSmall = false
    for byte in name.utf8 {
      let isCapital = UInt8.uppercase.contains(byte)
      if ASCII.isLetter(byte) || ASCII.isDigit(byte) {
        if isCapital, isAfterSmall { result.append(.hyphen) }
        result.append(isCapital ? byte | 0x20 : byte)
      } else if let last = result.last, last != .hyphen {
        result.append(.hyphen)
      }
      isAfterSmall = !isCapital && (ASCII.isLetter(byte) || ASCII.isDigit(byte))
    }
    while result.last == .hyphen { result.removeLast() }
    if result.count > 60 { result = Array(result.prefix(60)) }
    while result.last == .hyphen { result.removeLast() }
    let text = String(decoding: result, as: UTF8.self)
    return text.utf8.count < 3 ? "the-" + (text.isEmpty ? "value" : text) : text
  }
}
