/// Where a pipeline and a step kind have expressions: everywhere but in these members.
enum TemplatePlaces {
  /// Members of the document that are taken as they are.
  private static let literal: Set = [
    "penstock", "pipeline", "step-kind", "summary", "inputs", "options", "parameters",
  ]
  /// Members anywhere whose text is for people.
  private static let prose: Set = ["because", "description", "source", "summary"]

  /// - Parameter path: the keys that lead to a value; nil for an item of a list.
  static func holdsExpressions(_ path: [[UInt8]?]) -> Bool {
    let names = path.map { $0.map { String(decoding: $0, as: UTF8.self) } }
    if let first = names.first ?? nil, literal.contains(first) { return false }
    if let last = names.last ?? nil, prose.contains(last) { return false }
    return true
  }
}
