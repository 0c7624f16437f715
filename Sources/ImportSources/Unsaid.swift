import Import
import SourceText
import Text
import Values

/// What a source leaves to its reader.
enum Unsaid {
  /// Whether a text is a mark that whoever takes the source over has to replace: `<your-bucket>`.
  static func isPlaceholder(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    guard bytes.first == .less, bytes.last == .greater, bytes.count > 2 else { return false }
    let inner = bytes.dropFirst().dropLast()
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

  /// Gives a cluster machines if the source doesn't say which it has.
  static func addMachines(to flow: inout ImportedFlow) {
    guard case .newCluster = flow.operation else { return }
    var instances = flow.body["Instances"] ?? SpannedValue(.map([]), span: flow.body.span)
    let members = ["InstanceGroups", "InstanceFleets", "MasterInstanceType"]
    guard
      !members.contains(where: { member in
        guard let value = instances[member] else { return false }
        return value.text != nil || !value.items.isEmpty
      })
    else { return }
    func text(_ text: String) -> SpannedValue {
      SpannedValue(.scalar(.string(text)), span: instances.span)
    }
    let group: [SpannedValue.Entry] = [
      .init(key: "InstanceRole", value: text("MASTER")),
      .init(key: "InstanceType", value: text("m5.xlarge")),
      .init(key: "InstanceCount", value: SpannedValue(.scalar(.int(1)), span: instances.span)),
    ]
    instances["InstanceGroups"] = SpannedValue(
      .list([SpannedValue(.map(group), span: instances.span)]), span: instances.span)
    flow.body["Instances"] = instances
    flow.notes.append(
      ImportNote(
        .lost, "InstanceGroups",
        "the source doesn't say which machines the cluster has: it has one here; put yours in its "
          + "place", at: instances.span))
  }
}
