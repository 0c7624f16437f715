package import Diagnostics
import Documents
import PipelineIR
import PlanFormat
import SourceText
package import Targets
import Values

/// The files of Dataflow Runner: a cluster and a playbook, which `run-transient` takes.
package enum DataflowRunnerFiles {
  package static func documents(
    of deployment: Deployment, _ options: TargetOptions, into diagnostics: inout [Diagnostic]
  ) -> [TargetDocument] {
    var writer = DataflowRunnerWriter(deployment)
    let cluster = writer.cluster()
    let playbook = writer.playbook()
    diagnostics += writer.diagnostics
    guard !writer.diagnostics.hasErrors else { return [] }
    return [
      TargetDocument(
        emit: "cluster", name: "cluster.json",
        bytes: writer.bytes("ClusterConfig/avro/1-1-0", cluster)),
      TargetDocument(
        emit: "playbook", name: "playbook.json",
        bytes: writer.bytes("PlaybookConfig/avro/1-0-1", playbook)),
    ]
  }
}

/// Writes both files, and refuses what they have no place for.
struct DataflowRunnerWriter {
  private let deployment: Deployment
  private(set) var diagnostics: [Diagnostic] = []
  /// The template actions, which are put into the files after these are written as JSON.
  private var actions: [String] = []
  private var names = TemplateNames()
  /// RunJobFlow's body without the steps.
  private let body: ValueMap

  init(_ deployment: Deployment) {
    self.deployment = deployment
    if case .map(let body)? = deployment.plan.requests.first?.body {
      self.body = body
    } else {
      body = ValueMap()
    }
  }

  private mutating func lacks(_ what: String, _ hint: String, at span: Span?) {
    diagnostics.append(
      .targetLacks(.dataflowRunner, what, "its file has no member for it", hint: hint, at: span))
  }

  private func member(_ name: String) -> SpannedValue? {
    guard case .map(let entries)? = deployment.jobFlow?.content else { return nil }
    return entries.first { $0.key == name }?.value
  }

  /// Refuses the members of a map that aren't among these.
  private mutating func refuseOthers(
    _ located: SpannedValue?, _ known: [String], in what: String
  ) {
    guard case .map(let entries)? = located?.content else { return }
    for entry in entries where !known.contains(entry.key) {
      lacks(
        "`\(entry.key)` in \(what)", "leave it out", at: entry.keySpan ?? entry.value.span)
    }
  }

  private static func map(_ value: Value?) -> ValueMap {
    if case .map(let map)? = value { return map }
    return ValueMap()
  }

  private static func items(_ value: Value?) -> [Value] {
    if case .list(let items)? = value { return items }
    return []
  }

  private static func items(_ located: SpannedValue?) -> [SpannedValue] {
    if case .list(let items)? = located?.content { return items }
    return []
  }

  private static func member(_ located: SpannedValue?, _ name: String) -> SpannedValue? {
    guard case .map(let entries)? = located?.content else { return nil }
    return entries.first { $0.key == name }?.value
  }

  // MARK: The cluster

  mutating func cluster() -> Value {
    refuseOthers(
      deployment.jobFlow,
      [
        "Name", "LogUri", "JobFlowRole", "ServiceRole", "AmiVersion", "ReleaseLabel", "Instances",
        "Tags",
        "BootstrapActions", "Configurations", "Applications", "SecurityConfiguration",
        "VisibleToAllUsers", "StepConcurrencyLevel",
      ], in: "a cluster")
    if body["LogUri"] == nil {
      lacks("clusters without logs", "set `LogUri`", at: deployment.jobFlow?.span)
    }
    return .map([
      ("name", text(body["Name"])), ("logUri", text(body["LogUri"])),
      ("region", text(.string(deployment.plan.cluster.region))), ("credentials", credentials()),
      (
        "roles",
        .map([("jobflow", text(body["JobFlowRole"])), ("service", text(body["ServiceRole"]))])
      ), ("ec2", ec2()), ("tags", tags()), ("bootstrapActionConfigs", bootstrapActions()),
      ("configurations", configurations()),
      (
        "applications",
        .list(Self.items(body["Applications"]).map { text(Self.map($0)["Name"]) })
      ), ("securityConfiguration", text(body["SecurityConfiguration"])),
    ])
  }

  /// The keys that the pipeline gives, or the default chain of AWS's tools.
  private mutating func credentials() -> Value {
    let keys = Self.map(deployment.plan.settings["credentials"])
    guard let id = keys["access-key-id"], let secret = keys["secret-access-key"] else {
      return .map([
        ("accessKeyId", .string("default")), ("secretAccessKey", .string("default")),
      ])
    }
    return .map([("accessKeyId", text(id)), ("secretAccessKey", text(secret))])
  }

  private mutating func ec2() -> Value {
    let instances = Self.map(body["Instances"])
    let located = member("Instances")
    refuseOthers(
      located,
      [
        "Ec2KeyName", "Ec2SubnetId", "Placement", "InstanceGroups", "KeepJobFlowAliveWhenNoSteps",
      ], in: "a cluster's instances")
    var version = body["AmiVersion"]
    if case .string(let release)? = body["ReleaseLabel"] {
      version = .string(release.hasPrefix("emr-") ? String(release.dropFirst(4)) : release)
    }
    let subnet = instances["Ec2SubnetId"]
    let zone = Self.map(instances["Placement"])["AvailabilityZone"]
    if subnet == nil, zone == nil {
      lacks(
        "clusters without a subnet or a zone", "set `Ec2SubnetId`",
        at: located?.span ?? deployment.jobFlow?.span)
    }
    let vpc: Value = subnet.map { .map([("subnetId", text($0))]) } ?? .null
    let classic: Value =
      subnet == nil ? zone.map { .map([("availabilityZone", text($0))]) } ?? .null : .null
    return .map([
      ("amiVersion", text(version)), ("keyName", text(instances["Ec2KeyName"])),
      ("location", .map([("classic", classic), ("vpc", vpc)])),
      ("instances", groups(instances, located)),
    ])
  }

  private mutating func groups(_ instances: ValueMap, _ located: SpannedValue?) -> Value {
    var found: [String: ValueMap] = [:]
    let places = Self.items(Self.member(located, "InstanceGroups"))
    for (index, item) in Self.items(instances["InstanceGroups"]).enumerated() {
      let place = places.indices.contains(index) ? places[index] : nil
      let group = Self.map(item)
      guard case .string(let role)? = group["InstanceRole"] else { continue }
      refuseOthers(
        place,
        [
          "InstanceRole", "InstanceType", "InstanceCount", "Market", "BidPrice", "EbsConfiguration",
          "Name",
        ], in: "an instance group")
      refuseVolumes(place)
      if found[role] != nil {
        lacks("two groups of one role", "use one group of each role", at: place?.span)
      }
      if role == "MASTER", let count = group["InstanceCount"], count != .int(1) {
        lacks("several masters", "set `InstanceCount: 1`", at: place?.span)
      }
      if role == "TASK", group["Market"] == .string("SPOT"), group["BidPrice"] == nil {
        lacks("spot instances without a bid", "set `BidPrice`", at: place?.span)
      }
      found[role] = group
    }
    let master = found["MASTER"] ?? ValueMap()
    let core = found["CORE"] ?? ValueMap()
    let task = found["TASK"] ?? ValueMap()
    let none = Value.int(0)
    return .map([
      (
        "master",
        .map([("type", text(master["InstanceType"])), ("ebsConfiguration", disks(master))])
      ),
      (
        "core",
        .map([
          ("type", text(core["InstanceType"] ?? master["InstanceType"])),
          ("count", found["CORE"] == nil ? none : core["InstanceCount"] ?? none),
          ("ebsConfiguration", disks(core)),
        ])
      ),
      (
        "task",
        .map([
          ("type", text(task["InstanceType"] ?? master["InstanceType"])),
          ("count", found["TASK"] == nil ? none : task["InstanceCount"] ?? none),
          ("bid", text(task["BidPrice"])), ("ebsConfiguration", disks(task)),
        ])
      ),
    ])
  }

  /// Dataflow Runner passes `Iops` on for some types only, and has no place for a throughput.
  private mutating func refuseVolumes(_ group: SpannedValue?) {
    let disks = Self.member(group, "EbsConfiguration")
    for config in Self.items(Self.member(disks, "EbsBlockDeviceConfigs")) {
      let volume = Self.member(config, "VolumeSpecification")
      let kind = Self.member(volume, "VolumeType")?.value
      let hasSpeed = kind != .string("gp2") && kind != .string("gp3")
      refuseOthers(
        volume, ["VolumeType", "SizeInGB"] + (hasSpeed ? ["Iops"] : []), in: "a volume")
    }
  }

  private mutating func disks(_ group: ValueMap) -> Value {
    guard case .map(let disks)? = group["EbsConfiguration"] else { return .null }
    var configs: [Value] = []
    for item in Self.items(disks["EbsBlockDeviceConfigs"]) {
      let config = Self.map(item)
      let volume = Self.map(config["VolumeSpecification"])
      configs.append(
        .map([
          ("volumesPerInstance", config["VolumesPerInstance"] ?? .int(1)),
          (
            "volumeSpecification",
            .map([
              ("iops", volume["Iops"] ?? .int(0)), ("sizeInGB", volume["SizeInGB"] ?? .int(0)),
              ("volumeType", text(volume["VolumeType"])),
            ])
          ),
        ]))
    }
    return .map([
      ("ebsOptimized", disks["EbsOptimized"] ?? .bool(false)),
      ("ebsBlockDeviceConfigs", .list(configs)),
    ])
  }

  private mutating func tags() -> Value {
    var tags: [Value] = []
    for item in Self.items(body["Tags"]) {
      let tag = Self.map(item)
      tags.append(.map([("key", text(tag["Key"])), ("value", text(tag["Value"]))]))
    }
    return .list(tags)
  }

  private mutating func bootstrapActions() -> Value {
    var actions: [Value] = []
    for item in Self.items(body["BootstrapActions"]) {
      let action = Self.map(item)
      let script = Self.map(action["ScriptBootstrapAction"])
      let arguments = Self.items(script["Args"]).map { text($0) }
      actions.append(
        .map([
          ("name", text(action["Name"])),
          (
            "scriptBootstrapAction",
            .map([("path", text(script["Path"])), ("args", .list(arguments))])
          ),
        ]))
    }
    return .list(actions)
  }

  private mutating func configurations() -> Value {
    var written: [Value] = []
    for item in Self.items(body["Configurations"]) {
      let configuration = Self.map(item)
      var properties: [(String, Value)] = []
      for entry in Self.map(configuration["Properties"]).entries {
        guard case .string(let key) = entry.key else { continue }
        properties.append((key, text(entry.value)))
      }
      written.append(
        .map([
          ("classification", text(configuration["Classification"])),
          ("properties", .map(properties)),
        ]))
    }
    return .list(written)
  }

  // MARK: The playbook

  mutating func playbook() -> Value {
    var steps: [Value] = []
    let bodies = deployment.plan.requests.flatMap { Self.items(Self.map($0.body)["Steps"]) }
    for item in bodies { steps.append(step(Self.map(item))) }
    return .map([
      ("region", text(.string(deployment.plan.cluster.region))), ("credentials", credentials()),
      ("steps", .list(steps)), ("tags", .list([])),
    ])
  }

  private mutating func step(_ step: ValueMap) -> Value {
    let jar = Self.map(step["HadoopJarStep"])
    // After its steps a cluster of `run-transient` ends, also if they are cancelled.
    let action: Value =
      step["ActionOnFailure"] == .string("CONTINUE")
      ? .string("CONTINUE") : .string("CANCEL_AND_WAIT")
    let arguments = Self.items(jar["Args"]).map { text($0) }
    return .map([
      ("type", .string("CUSTOM_JAR")), ("name", text(step["Name"])),
      ("actionOnFailure", action), ("jar", text(jar["Jar"])),
      ("arguments", .list(arguments)),
    ])
  }

  // MARK: Texts

  /// A text with template actions for what differs from run to run.
  private mutating func text(_ value: Value?) -> Value {
    guard let value else { return .string("") }
    guard let text = value.argumentText else { return .string("") }
    var result = ""
    for part in deployment.template(text) {
      switch part {
      case .text(let text): result += literal(text)
      case .value(.runID): result += action(".runId")
      case .value(.parameter(let name)): result += action(".\(names.variable(of: name))")
      case .value(.secret(let reference)):
        result += action("systemEnv \"\(names.environmentVariable(of: reference))\"")
      case .value(.runTime(let offset, let format)): result += time(offset, format)
      case .value(.answer):
        lacks(
          "names that are found in S3", "give the name as a parameter of the pipeline",
          at: deployment.jobFlow?.span)
      }
    }
    return .string(result)
  }

  /// Text as it is; two braces would begin an action.
  private mutating func literal(_ text: String) -> String {
    guard text.utf8.contains(UInt8(ascii: "{")) else { return text }
    var result = ""
    var isOpen = false
    for character in text {
      if isOpen, character == "{" {
        result.removeLast()
        result += action("\"{{\"")
        isOpen = false
      } else {
        result.append(character)
        isOpen = character == "{"
      }
    }
    return result
  }

  /// `--vars` gives the run's time as seconds since 1970, and other moments in variables of their own.
  private mutating func time(_ offset: Int64, _ format: String) -> String {
    let variable = TemplateNames.moment(offset)
    var result = ""
    var layout = ""
    func separates(_ byte: UInt8) -> Bool { "-/:".utf8.contains(byte) }
    var isMarked = false
    let bytes = Array(format.utf8)
    for (index, byte) in bytes.enumerated() {
      guard isMarked else {
        if byte == UInt8(ascii: "%") {
          isMarked = true
        } else if separates(byte), !layout.isEmpty, index + 1 < bytes.count {
          layout.append(Character(Unicode.Scalar(byte)))
        } else {
          if !layout.isEmpty { result += action("timeWithFormat .\(variable) \"\(layout)\"") }
          layout = ""
          result.unicodeScalars.append(Unicode.Scalar(byte))
        }
        continue
      }
      isMarked = false
      switch byte {
      case UInt8(ascii: "Y"): layout += "2006"
      case UInt8(ascii: "m"): layout += "01"
      case UInt8(ascii: "d"): layout += "02"
      case UInt8(ascii: "H"): layout += "15"
      case UInt8(ascii: "M"): layout += "04"
      case UInt8(ascii: "S"): layout += "05"
      default:
        if !layout.isEmpty { result += action("timeWithFormat .\(variable) \"\(layout)\"") }
        layout = ""
        if byte == UInt8(ascii: "s") {
          result += action(".\(variable)")
        } else if byte == UInt8(ascii: "L") {
          // The variable is in whole seconds.
          result += "000"
        } else {
          result += "%"
        }
      }
    }
    if !layout.isEmpty { result += action("timeWithFormat .\(variable) \"\(layout)\"") }
    return result
  }

  // MARK: Bytes

  /// Braces and quotes of an action aren't JSON's: a mark keeps its place.
  private mutating func action(_ body: String) -> String {
    actions.append("{{\(body)}}")
    return "\u{E000}\(actions.count - 1)\u{E001}"
  }

  func bytes(_ schema: String, _ data: Value) -> [UInt8] {
    var writer = CanonicalJSONWriter(pretty: true)
    writer.value(
      .map([
        ("schema", .string("iglu:com.snowplowanalytics.dataflowrunner/\(schema)")), ("data", data),
      ]), revealingSecrets: false)
    writer.newline()
    let text = String(decoding: writer.take(), as: UTF8.self)
    var result = ""
    var number: String?
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\u{E000}": number = ""
      case "\u{E001}":
        if let index = number.flatMap({ Int($0) }), actions.indices.contains(index) {
          result += actions[index]
        }
        number = nil
      default:
        if number == nil {
          result.unicodeScalars.append(scalar)
        } else {
          number?.unicodeScalars.append(scalar)
        }
      }
    }
    return Array(result.utf8)
  }
}

extension Value {
  /// A map with entries in this order.
  fileprivate static func map(_ entries: [(String, Value)]) -> Value {
    .map(ValueMap(entries.map { (key: .string($0.0), value: $0.1) }))
  }
}
