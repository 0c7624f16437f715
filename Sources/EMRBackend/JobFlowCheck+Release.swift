import Diagnostics
import PipelineIR
import SourceText
import Values

/// Which releases have a member of RunJobFlow's body.
struct Availability {
  /// Its path: members separated by dots; `[]` means each item of a list.
  let path: String
  let since: Release
  /// A later minor line whose releases lack it.
  var lacking: (major: Int, minor: Int)?
  let type: String

  init(
    _ path: String, since: Release, lacking: (major: Int, minor: Int)? = nil, type: String
  ) {
    self.path = path
    self.since = since
    self.lacking = lacking
    self.type = type
  }

  func includes(_ release: Release) -> Bool {
    if let lacking, release.major == lacking.major, release.minor == lacking.minor { return false }
    return release >= since
  }

  private static let groups = "Instances.InstanceGroups[]."
  private static let fleets = "Instances.InstanceFleets[]."

  static let all: [Availability] = [
    Availability("StepConcurrencyLevel", since: Release(5, 28), type: "RunJobFlow"),
    Availability(
      "LogEncryptionKmsKeyId", since: Release(5, 30), lacking: (6, 0), type: "RunJobFlow"),
    Availability("CustomAmiId", since: Release(5, 7), type: "RunJobFlow"),
    Availability(groups + "CustomAmiId", since: Release(5, 7), type: "InstanceGroupConfig"),
    Availability(
      fleets + "InstanceTypeConfigs[].CustomAmiId", since: Release(5, 7),
      type: "InstanceTypeConfig"),
    Availability("EbsRootVolumeIops", since: Release(6, 15), type: "RunJobFlow"),
    Availability("EbsRootVolumeThroughput", since: Release(6, 15), type: "RunJobFlow"),
    Availability("PlacementGroupConfigs", since: Release(5, 23), type: "PlacementGroupConfig"),
    Availability(
      "Instances.InstanceFleets", since: Release(4, 8), lacking: (5, 0),
      type: "InstanceFleetConfig"),
    Availability(
      fleets + "LaunchSpecifications.SpotSpecification.AllocationStrategy",
      since: Release(5, 12, 1), type: "InstanceFleetProvisioningSpecifications"),
    Availability(
      fleets + "LaunchSpecifications.OnDemandSpecification", since: Release(5, 12, 1),
      type: "InstanceFleetProvisioningSpecifications"),
    Availability(
      "ManagedScalingPolicy", since: Release(5, 30), lacking: (6, 0), type: "ManagedScalingPolicy"),
    Availability(
      "AutoTerminationPolicy", since: Release(5, 30), lacking: (6, 0),
      type: "AutoTerminationPolicy"),
    Availability("SecurityConfiguration", since: Release(4, 8), type: "RunJobFlow"),
    Availability("KerberosAttributes", since: Release(5, 10), type: "KerberosAttributes"),
  ]
}

extension EMRRule {
  static let ofReleases: [EMRRule] = [
    .cluster(.emrReleaseMissing, "The body has `ReleaseLabel` or `AmiVersion`") {
      $0.checkHasRelease()
    },
    .cluster(.emrReleaseTwice, "It doesn't have both") { $0.checkReleaseTwice() },
    .cluster(.emrReleaseUnknown, "The label is one of EMR's (a newer one: warning)") {
      $0.checkLabel()
    },
    .cluster(.emrAMIVersion, "`AmiVersion` is 2.x or 3.x") { $0.checkAMI() },
    .cluster(.emrReleaseTooOld, "The release supports the members in use; see below") {
      $0.checkAvailability()
    },
    .cluster(
      .emrProductsWithRelease,
      "`SupportedProducts`, `NewSupportedProducts` only with `AmiVersion`"
    ) { $0.checkProducts() },
    .cluster(
      .emrApplicationsWithoutRelease, "`Applications`, `Configurations` only with `ReleaseLabel`"
    ) { $0.checkSoftwareHasRelease() },
    .cluster(.emrExtendedSupport, "`ExtendedSupport` is reserved") { $0.checkExtendedSupport() },
  ]
}

extension JobFlowCheck {
  private var label: SpannedValue.Entry? { body.entry("ReleaseLabel") }
  private var version: SpannedValue.Entry? { body.entry("AmiVersion") }

  fileprivate mutating func checkHasRelease() {
    if label == nil, version == nil { report(.releaseMissing(at: Spot(body.span))) }
  }

  fileprivate mutating func checkReleaseTwice() {
    if label != nil, let version { report(.releaseTwice(at: Spot(version))) }
  }

  fileprivate mutating func checkProducts() {
    guard label != nil else { return }
    for name in ["SupportedProducts", "NewSupportedProducts"] {
      if let entry = body.entry(name) { report(.productsWithRelease(name, at: Spot(entry))) }
    }
  }

  fileprivate mutating func checkSoftwareHasRelease() {
    guard version != nil, label == nil else { return }
    for name in ["Applications", "Configurations"] {
      if let entry = body.entry(name) {
        report(.applicationsWithoutRelease(name, at: Spot(entry)))
      }
    }
  }

  fileprivate mutating func checkExtendedSupport() {
    if let entry = body.entry("ExtendedSupport") { report(.extendedSupport(at: Spot(entry))) }
  }

  fileprivate mutating func checkLabel() {
    guard version == nil, let value = label?.value, let text = value.text else { return }
    let known = data.table(.releases)
    if known.fields(text) != nil { return }
    guard let release else {
      report(
        .releaseForm(text, among: known.keys, at: Spot(value)))
      return
    }
    let releases = known.keys.compactMap { Release($0.dropFirst(4)) }
    // Releases newer than the lists may have it.
    let newest = releases.filter { $0.major == release.major }.max()
    let isNewer = newest.map { release > $0 } ?? true
    report(
      .releaseUnknown(text, among: known.keys, isNewer: isNewer, at: Spot(value)))
  }

  fileprivate mutating func checkAMI() {
    guard label == nil, let value = version?.value, let text = value.text, text != "latest"
    else { return }
    let major = text.split(separator: ".", maxSplits: 1).first.map(String.init) ?? ""
    guard major != "2", major != "3" else { return }
    report(.amiVersion(text, at: Spot(value)))
  }

  fileprivate mutating func checkAvailability() {
    guard let release else { return }
    for rule in Availability.all where !rule.includes(release) {
      var found: [SpannedValue.Entry] = []
      Self.find(rule.path[...], in: body, &found)
      for entry in found { report(.releaseTooOld(rule, release, at: Spot(entry))) }
    }
    for group in groups where group["InstanceRole"]?.text == "MASTER" && release < Release(5, 23) {
      if let value = group["InstanceCount"], value.integer == 3 {
        report(.threeMasters(release, at: Spot(value)))
      }
    }
  }

  /// Each entry that a path of members leads to.
  private static func find(
    _ path: Substring, in value: SpannedValue, _ found: inout [SpannedValue.Entry]
  ) {
    let dot = path.utf8.firstIndex(of: UInt8(ascii: ".")) ?? path.endIndex
    let step = path[..<dot]
    let isList = step.hasSuffix("[]")
    guard let entry = value.entry(String(isList ? step.dropLast(2) : step)) else { return }
    guard dot < path.endIndex else { return found.append(entry) }
    let rest = path[path.index(after: dot)...]
    for next in isList ? entry.value.items : [entry.value] { find(rest, in: next, &found) }
  }
}
