import Locations
import PlanFormat
import Values

/// What steps do to places, by the same rule for both sides: as plans say, or, if one side isn't a
/// plan, as the arguments of copies say.
struct Accesses {
  struct Access: Hashable {
    enum Mode: UInt8 { case read, write, delete }

    var mode: Mode
    /// In its canonical spelling, with a slash at the end.
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
    side.planSteps[step].accesses.map { access in
      Access(
        mode: Self.mode(access.mode), place: Self.normal(access.place), dataset: access.dataset)
    }
  }

  /// Whether a step touches any of these places.
  func mayTouch(_ step: Int, _ places: Set<String>) -> Bool {
    !isPlanned || side.planSteps[step].accesses.contains { places.contains($0.place) }
  }

  static func mode(_ mode: Plan.Access.Mode) -> Access.Mode {
    switch mode {
    case .read: .read
    case .write: .write
    case .delete: .delete
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
