import Import
import SourceText
import Text
import Values

/// What a source leaves to its reader.
enum Unsaid {
  /// Whether a text is a mark that whoever takes the source over has to replace: `<bucket>`,
  /// `{your_bucket}`.
  static func isPlaceholder(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    guard bytes.count > 2 else { return false }
    let inner = bytes.dropFirst().dropLast()
    let isInBraces =
      bytes.first == .openBrace && bytes.last == .closeBrace
      && ASCII.lowercased(String(decoding: inner, as: UTF8.self)).hasPrefix("your")
    guard isInBraces || bytes.first == .less && bytes.last == .greater else { return false }
    return inner.allSatisfy { ASCII.isWord($0) || $0 == .hyphen || $0 == .space || $0 == .dot }
      && inner.contains { ASCII.isLetter($0) }
  }

  /// Whether a text can be the name of a region: `eu-west-1`.
  static func isRegion(_ text: String) -> Bool {
    !text.isEmpty
      && text.utf8.allSatisfy {
        ASCII.isDigit($0) || $0 == .hyphen || UInt8.lowercase.contains($0)
      }
  }

  /// A text's pieces, with a placeholder that is all of it, or its bucket, as a variable.
  static func pieces(
    _ pieces: [Draft.Piece], at span: Span?, _ variables: inout VariableTable
  ) -> [Draft.Piece] {
    guard case .known(let text)? = pieces.first else { return pieces }
    func mark(_ text: Substring, _ variables: inout VariableTable) -> Draft.Piece {
      .variable(
        variables.id(of: VariableTable.Row(name: String(text.dropFirst().dropLast()), span: span)))
    }
    if pieces.count == 1, isPlaceholder(text) { return [mark(text[...], &variables)] }
    guard let start = text.firstRange(of: "://")?.upperBound else { return pieces }
    let end = text[start...].firstIndex(of: "/") ?? text.endIndex
    guard isPlaceholder(String(text[start..<end])) else { return pieces }
    return Draft.merged(
      [
        .known(String(text[..<start])), mark(text[start..<end], &variables),
        .known(String(text[end...])),
      ] + pieces.dropFirst())
  }

  /// Gives a cluster a release and machines if the source doesn't say which it has.
  static func complete(_ flow: inout ImportedFlow) {
    guard case .newCluster = flow.operation else { return }
    func text(_ text: String) -> SpannedValue {
      SpannedValue(.scalar(.string(text)), span: flow.body.span)
    }
    if flow.body["ReleaseLabel"] == nil, flow.body["AmiVersion"] == nil {
      let release = "emr-7.5.0"
      flow.body["ReleaseLabel"] = text(release)
      flow.notes.append(
        ImportNote(
          .lost, "ReleaseLabel",
          "the source doesn't say the cluster's release: it is `\(release)` here",
          at: flow.body.span))
    }
    var instances = flow.body["Instances"] ?? SpannedValue(.map([]), span: flow.body.span)
    guard !hasMachines(instances) else { return }
    let machine: [SpannedValue.Entry] = [
      .init(key: "InstanceType", value: text("m5.xlarge"))
    ]
    let one = SpannedValue(.scalar(.int(1)), span: flow.body.span)
    let unit = flow.body["ManagedScalingPolicy"]?["ComputeLimits"]?["UnitType"]?.text
    let isFleet = unit == "InstanceFleetUnits"
    let group: [SpannedValue.Entry] =
      isFleet
      ? [
        .init(key: "InstanceFleetType", value: text("MASTER")),
        .init(key: "TargetOnDemandCapacity", value: one),
        .init(
          key: "InstanceTypeConfigs", value: SpannedValue(.list([SpannedValue(.map(machine))]))),
      ]
      : [.init(key: "InstanceRole", value: text("MASTER"))] + machine
        + [.init(key: "InstanceCount", value: one)]
    let member = isFleet ? "InstanceFleets" : "InstanceGroups"
    instances[member] = SpannedValue(
      .list([SpannedValue(.map(group), span: instances.span)]), span: instances.span)
    flow.body["Instances"] = instances
    flow.notes.append(
      ImportNote(
        .lost, member,
        "the source doesn't say which machines the cluster has: it has one here; put yours in its "
          + "place", at: instances.span))
  }

  private static func hasMachines(_ instances: SpannedValue) -> Bool {
    ["InstanceGroups", "InstanceFleets", "MasterInstanceType"].contains { member in
      guard let value = instances[member] else { return false }
      return value.text != nil || !value.items.isEmpty
    }
  }
}
