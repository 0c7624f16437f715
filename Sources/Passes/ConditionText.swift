import Documents
import Expressions
import PipelineSyntax
import SourceText
import Values

/// Says what values a condition's names have: "`stream` is true, `config.aws.s3.region` is `eu`".
enum ConditionText {
  /// Values that a node's expressions refer to, if they are short; secrets and complex values are
  /// left out.
  static func values(in node: NodeID, of tree: Tree, _ scope: Scope) -> String {
    var told: [String] = []
    for reference in tree.references(in: node) {
      guard let words = words(of: reference, scope) else { continue }
      let sentence = "`\(reference.text)` \(words)"
      if !told.contains(sentence) { told.append(sentence) }
    }
    return told.joined(separator: ", ")
  }

  private static func words(of reference: Reference, _ scope: Scope) -> String? {
    guard var value = scope.variables[reference.name] else { return nil }
    for key in reference.members {
      guard case .map(let map) = value.unwrapped else { return nil }
      guard let next = map[key] else { return "is absent" }
      value = next
    }
    switch value {
    case .bool, .int, .uint, .double, .number: return "is \(value.argumentWords)"
    case .string(let text): return text.utf8.count <= 80 ? "is `\(text)`" : nil
    case .list(let items): return "has \(items.count) item\(items.count == 1 ? "" : "s")"
    case .null, .optional(nil): return "is absent"
    case .optional, .bytes, .map, .timestamp, .duration, .type, .opaque, .secret: return nil
    }
  }
}

extension Value {
  fileprivate var argumentWords: String {
    switch self {
    case .bool(let flag): String(flag)
    case .int(let number): String(number)
    case .uint(let number): String(number)
    case .double(let number): String(number)
    case .number(let text): text
    default: ""
    }
  }
}
