import Documents
import PlanDiff
import Values

extension DiffView {
  /// What an added or removed step does: its jar and its arguments.
  static func stepRows(_ step: Value?, kind: Change.Kind) -> [Row] {
    guard case .map(let map)? = step else { return [] }
    var rows: [Row] = []
    func add(_ label: String, _ value: Value) {
      rows.append(
        Row(
          kind: kind, label: label, before: kind == .removed ? value : nil,
          after: kind == .added ? value : nil, classes: [], causes: []))
    }
    for key in ["jar", "mainClass", "actionOnFailure", "properties"] {
      if let value = map[key] { add(key, value) }
    }
    guard case .list(let arguments)? = map["arguments"] else { return rows }
    for case .map(let argument) in arguments {
      if let option = argument["option"]?.plainText {
        add(option, argument["value"] ?? .string("set"))
      } else if let application = argument["application"] {
        add("application", application)
      } else if let other = argument["argument"] {
        add("argument", other)
      }
    }
    return rows
  }
}
