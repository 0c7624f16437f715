import Diagnostics
import SourceText
import Values

/// The machines of a command line, and what they have.
extension AWSCommandLine {
  mutating func addMachines(_ instances: inout SpannedValue, _ input: inout ImportSource) {
    if let fleets = given("--instance-fleets") {
      let items = list("--instance-fleets", &input).map { fleet in
        var fleet = fleet
        if fleet["Name"] == nil { fleet["Name"] = fleet["InstanceFleetType"] }
        return fleet
      }
      instances["InstanceFleets"] = SpannedValue(.list(items), span: span(fleets))
      return
    }
    if let groups = given("--instance-groups") {
      let items = list("--instance-groups", &input).map(group)
      instances["InstanceGroups"] = SpannedValue(.list(items), span: span(groups))
      return
    }
    guard let type = text("--instance-type"), let option = given("--instance-type") else {
      errors.append(
        .importMalformed(
          "the machines are missing: `--instance-groups`, `--instance-fleets` or `--instance-type`",
          at: whole))
      return
    }
    let count = text("--instance-count").map { marks.plain($0) }.flatMap { Int64($0) } ?? 1
    var groups = [("MASTER", Int64(1))]
    if count > 1 { groups.append(("CORE", count - 1)) }
    instances["InstanceGroups"] = SpannedValue(
      .list(
        groups.map { role, count in
          var group = SpannedValue(.map([]), span: span(option))
          group["Name"] = scalar(role, option)
          group["InstanceRole"] = scalar(role, option)
          group["InstanceType"] = scalar(type, option)
          group["InstanceCount"] = SpannedValue(.scalar(.int(count)), span: span(option))
          group["Market"] = scalar("ON_DEMAND", option)
          return group
        }), span: span(option))
  }

  /// A group by the CLI's names, by EMR's.
  private func group(_ given: SpannedValue) -> SpannedValue {
    var group = SpannedValue(.map([]), span: given.span)
    let role = given["InstanceGroupType"] ?? given["InstanceRole"]
    group["Name"] = given["Name"] ?? role
    group["InstanceRole"] = role.map { value in
      value.text.map { SpannedValue(.scalar(.string($0.uppercased())), span: value.span) } ?? value
    }
    for entry in given.entries
    where !["Name", "InstanceGroupType", "InstanceRole", "Market"].contains(entry.key) {
      group[entry.key] = entry.value
    }
    // The CLI goes by the price, and doesn't look at `Market`.
    group["Market"] = SpannedValue(
      .scalar(.string(given["BidPrice"] == nil ? "ON_DEMAND" : "SPOT")), span: given.span)
    if given["BidPrice"]?.text == "OnDemandPrice" { group["BidPrice"] = nil }
    return group
  }

  mutating func addAttributes(
    _ body: inout SpannedValue, _ instances: inout SpannedValue, _ input: inout ImportSource
  ) {
    guard given("--ec2-attributes") != nil, let attributes = list("--ec2-attributes", &input).first
    else { return }
    for entry in attributes.entries {
      var value = entry.value
      switch entry.key {
      case "KeyName": instances["Ec2KeyName"] = value
      case "SubnetId": instances["Ec2SubnetId"] = value
      case "SubnetIds": instances["Ec2SubnetIds"] = listed(value)
      case "InstanceProfile": body["JobFlowRole"] = value
      case "AvailabilityZone", "AvailabilityZones":
        if entry.key == "AvailabilityZones" { value = listed(value) }
        instances["Placement"] = SpannedValue(
          .map([.init(key: entry.key, value: value)]), span: entry.value.span)
      case "AdditionalMasterSecurityGroups", "AdditionalSlaveSecurityGroups":
        instances[entry.key] = listed(value)
      default: instances[entry.key] = value
      }
    }
  }

  func listed(_ value: SpannedValue) -> SpannedValue {
    SpannedValue(.list(CommandLineSteps.list(value)), span: value.span)
  }

  // MARK: EMRFS

  /// What `--emrfs` says, as properties of EMRFS.
  mutating func addFileSystem(_ body: inout SpannedValue, _ input: inout ImportSource) {
    guard let option = given("--emrfs"), let given = list("--emrfs", &input).first else { return }
    var properties = SpannedValue(.map([]), span: span(option))
    func set(_ name: String, _ value: String) {
      properties[name] = SpannedValue(.scalar(.string(value)), span: span(option))
    }
    for (key, name) in [
      ("Consistent", "fs.s3.consistent"), ("RetryCount", "fs.s3.consistent.retryCount"),
      ("RetryPeriod", "fs.s3.consistent.retryPeriodSeconds"),
      ("SSE", "fs.s3.enableServerSideEncryption"),
    ] {
      if let text = given[key]?.plain { set(name, text.lowercased()) }
    }
    switch given["Encryption"]?.plain?.uppercased() {
    case "SERVERSIDE": set("fs.s3.enableServerSideEncryption", "true")
    case "CLIENTSIDE":
      set("fs.s3.cse.enabled", "true")
      let provider = "fs.s3.cse.encryptionMaterialsProvider"
      if given["ProviderType"]?.plain?.uppercased() == "KMS" {
        set(provider, "com.amazon.ws.emr.hadoop.fs.cse.KMSEncryptionMaterialsProvider")
        if let key = given["KMSKeyId"]?.plain { set("fs.s3.cse.kms.keyId", key) }
      } else {
        if let name = given["CustomProviderClass"]?.plain { set(provider, name) }
        if let place = given["CustomProviderLocation"]?.plain { set(provider + ".uri", place) }
      }
    default: break
    }
    for argument in CommandLineSteps.list(given["Args"]).compactMap(\.plain) {
      let parts = argument.split(separator: "=", maxSplits: 1).map(String.init)
      if let name = parts.first { set(name, parts.count > 1 ? parts[1] : "") }
    }
    var configuration = SpannedValue(.map([]), span: span(option))
    configuration["Classification"] = scalar("emrfs-site", option)
    configuration["Properties"] = properties
    let known = body["Configurations"]?.items ?? []
    body["Configurations"] = SpannedValue(.list(known + [configuration]), span: span(option))
  }
}

extension SpannedValue {
  /// A scalar as the AWS CLI reads it.
  fileprivate var plain: String? {
    switch content {
    case .scalar(.string(let text)): text
    case .scalar(.bool(let flag)): flag ? "true" : "false"
    case .scalar(.int(let number)): String(number)
    default: nil
    }
  }
}
