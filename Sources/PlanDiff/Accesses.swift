import Locations
import PlanFormat
import Values

/// What steps do to places, of both sides by the same rule: as plans tell it, or where one side is no
/// plan, as the arguments of copies tell it.
struct Accesses {
  struct Access: Hashable {
    enum Mode: UInt8 { case read, write, delete }

    var mode: Mode
    /// In its one spelling, with a slash at the end.
    var place: String
    var dataset: String
  }

  private let side: Side
  private let isPlanned: Bool

  init(_ side: Side, planned: Bool) {
    self.side = side
    isPlanned = planned
  }

  func of(_ step: Int) -> [Access] { isPlanned ? planned(step) : copied(step) }

  private func planned(_ step: Int) -> [Access] {
    guard let tree = side.tree, let list = tree.value(side.planSteps[step], "accesses") else {
      return []
    }
    return tree.items(list).compactMap { item in
      guard let mode = tree.value(item, "mode").flatMap({ Self.mode(tree.string($0)) }),
        let place = tree.value(item, "place")
      else { return nil }
      return Access(
        mode: mode, place: Self.normal(tree.string(place)),
        dataset: tree.value(item, "dataset").map { tree.string($0) } ?? "")
    }
  }

  /// Whether a step touches one of some places; `hashes` are those of the places' texts.
  func mayTouch(_ step: Int, _ hashes: Set<UInt64>) -> Bool {
    guard isPlanned, let tree = side.tree,
      let list = tree.value(side.planSteps[step], "accesses")
    else { return true }
    return tree.items(list).contains { item in
      tree.value(item, "place").map { hashes.contains(tree.textHash($0)) } ?? false
    }
  }

  static func mode(_ mode: Plan.Access.Mode) -> Access.Mode {
    switch mode {
    case .read: .read
    case .write: .write
    case .delete: .delete
    }
  }

  private static func mode(_ text: String) -> Access.Mode? {
    switch text {
    case "read": .read
    case "write": .write
    case "delete": .delete
    default: nil
    }
  }

  private func copied(_ step: Int) -> [Access] {
    let texts = side.arguments(ofStep: step)
    var options: [String: String] = [:]
    for item in Arguments.parse(texts) {
      guard case .map(let map) = item, let option = item.optionName else { continue }
      options[option] = map["value"]?.plainText ?? ""
    }
    guard let source = options["--src"], let target = options["--dest"] else { return [] }
    var accesses = [
      Access(mode: .read, place: Self.normal(source), dataset: ""),
      Access(mode: .write, place: Self.normal(target), dataset: ""),
    ]
    if options["--deleteOnSuccess"] != nil {
      accesses.append(Access(mode: .delete, place: Self.normal(source), dataset: ""))
    }
    return accesses
  }

  private static func normal(_ text: String) -> String {
    (try? Location(text))?.folder.text ?? Location.withSlash(text)
  }
}
