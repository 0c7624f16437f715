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

extension JobFlowCheck {
  mutating func checkRelease() {
    let label = body.entry("ReleaseLabel")
    let version = body.entry("AmiVersion")
    switch (label, version) {
    case (nil, nil): diagnostics.append(.releaseMissing(at: Spot(body.span)))
    case (_?, let version?): diagnostics.append(.releaseTwice(at: Spot(version)))
    case (let label?, nil): checkLabel(label.value)
    case (nil, let version?): checkAMI(version.value)
    }
    checkAvailability()
    for name in ["SupportedProducts", "NewSupportedProducts"] {
      if label != nil, let entry = body.entry(name) {
        diagnostics.append(.productsWithRelease(name, at: Spot(entry)))
      }
    }
    if version != nil, label == nil {
      for name in ["Applications", "Configurations"] {
        if let entry = body.entry(name) {
          diagnostics.append(.applicationsWithoutRelease(name, at: Spot(entry)))
        }
      }
    }
    if let entry = body.entry("ExtendedSupport") {
      diagnostics.append(.extendedSupport(at: Spot(entry)))
    }
  }

  private mutating func checkLabel(_ value: SpannedValue) {
    guard let text = value.text else { return }
    let known = data.table(.releases)
    if known.fields(text) != nil { return }
    guard let release else {
      diagnostics.append(
        .releaseForm(text, among: known.keys, at: Spot(value)))
      return
    }
    let releases = known.keys.compactMap { Release($0.dropFirst(4)) }
    // Releases newer than the lists may have it.
    let newest = releases.filter { $0.major == release.major }.max()
    let isNewer = newest.map { release > $0 } ?? true
    diagnostics.append(
      .releaseUnknown(text, among: known.keys, isNewer: isNewer, at: Spot(value)))
  }

  private mutating func checkAMI(_ value: SpannedValue) {
    guard let text = value.text, text != "latest" else { return }
    let major = text.split(separator: ".", maxSplits: 1).first.map(String.init) ?? ""
    guard major != "2", major != "3" else { return }
    diagnostics.append(.amiVersion(text, at: Spot(value)))
  }

  private mutating func checkAvailability() {
    guard let release else { return }
    for rule in Availability.all where !rule.includes(release) {
      forEach(rule.path[...], in: body) { entry, diagnostics in
        diagnostics.append(.releaseTooOld(rule, release, at: Spot(entry)))
      }
    }
  }

  /// Calls `body` for each entry that a path of members leads to.
  private mutating func forEach(
    _ path: Substring, in value: SpannedValue,
    _ found: (SpannedValue.Entry, inout [Diagnostic]) -> Void
  ) {
    let dot = path.utf8.firstIndex(of: UInt8(ascii: ".")) ?? path.endIndex
    let step = path[..<dot]
    let isList = step.hasSuffix("[]")
    guard let entry = value.entry(String(isList ? step.dropLast(2) : step)) else { return }
    guard dot < path.endIndex else { return found(entry, &diagnostics) }
    let rest = path[path.index(after: dot)...]
    for next in isList ? entry.value.items : [entry.value] { forEach(rest, in: next, found) }
  }
}
