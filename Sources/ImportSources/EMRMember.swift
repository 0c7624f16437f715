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
    /// What the model doesn't know.
    case other
  }

  /// The type of the value at a place in the body.
  static func kind(at path: BodyPath, _ types: RequestTypes) -> Kind {
    guard let (type, items) = types.type(at: path) else { return .other }
    switch type {
    case "integer": return .int
    case "number": return .double
    case "boolean": return .bool
    case "array": return items == "string" ? .texts : .container
    case "object": return .container
    default: return .text
    }
  }

  /// A value as EMR takes it: a number in quotes where EMR has a number, and the reverse.
  static func converted(_ value: Value, to kind: Kind) -> Value {
    switch (kind, value) {
    case (.int, _): RequestTypes.scalar(value, as: "integer")
    case (.double, _): RequestTypes.scalar(value, as: "number")
    case (.bool, _): RequestTypes.scalar(value, as: "boolean")
    case (.text, .bool), (.text, .int), (.text, .uint), (.text, .double), (.text, .number):
      RequestTypes.scalar(value, as: "string")
    case (.texts, .list(let items)): .list(items.map { converted($0, to: .text) })
    // A list of one may be written without the list.
    case (.texts, .string): .list([value])
    default: value
    }
  }

  /// A scalar as text.
  static func text(of value: Value) -> String {
    switch value {
    case .null, .list, .map: return ""
    default:
      guard case .string(let text) = RequestTypes.scalar(value, as: "string") else { return "" }
      return text
    }
  }

  /// A value for a variable that the source doesn't say, which EMR's rules accept at this place; nil
  /// for a structure, which can't be guessed.
  static func standIn(
    for variable: String, _ kind: Kind, at path: BodyPath, before: String?
  ) -> Value? {
    let name = slug(variable)
    if let before { return .string(part(name, of: path, after: before)) }
    switch kind {
    case .int: return .int(number(at: path))
    case .double: return .double(1)
    case .bool: return .bool(false)
    case .container: return nil
    case .texts:
      let list = path.last.map { [$0] } ?? []
      return .list([.string(text(name, at: list))])
    case .text, .other: return .string(text(name, at: path))
    }
  }

  private static func number(at path: BodyPath) -> Int64 {
    switch member(path) {
    case "EbsRootVolumeSize", "SizeInGB": 32
    case "EbsRootVolumeIops", "Iops": 3000
    case "EbsRootVolumeThroughput", "Throughput": 125
    case "IdleTimeout": 3600
    case "TimeoutDurationMinutes": 10
    case "BlockDurationMinutes": 60
    case "CoolDown", "Period": 300
    default: 1
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
