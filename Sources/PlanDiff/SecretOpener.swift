import Text
import PlanFormat
import Values

/// How the secrets of one side are told apart from those of the other.
///
/// Inputs have the texts themselves. Plans have only references, which say where secrets come from, and
/// keyed hashes if they were made with a key; without these the references alone are compared.
struct SecretOpener: Sendable {
  /// The texts, by reference.
  var texts: [String: String]?
  /// What differs between two secrets of one name, by reference: texts or hashes.
  var marks: [String: String]?
  /// The roles of the side's files, by path; empty: only the names of files count.
  var roles: [String: String] = [:]
  /// Whether the documents are compared by digests only, as the other side doesn't have them.
  var hidesDocuments = false

  /// For each side.
  static func pair(_ before: Side, _ after: Side) -> (before: SecretOpener, after: SecretOpener) {
    var pair = (before: SecretOpener(), after: SecretOpener())
    let isPlanned = before.kind == .plan && after.kind == .plan
    if isPlanned {
      (pair.before.roles, pair.after.roles) = (before.roles, after.roles)
    } else {
      (pair.before.hidesDocuments, pair.after.hidesDocuments) = (true, true)
    }
    if let one = before.secrets, let two = after.secrets {
      (pair.before.texts, pair.after.texts) = (one, two)
      (pair.before.marks, pair.after.marks) = (one, two)
    } else if let one = before.hashes, let two = after.hashes, one.key == two.key {
      (pair.before.marks, pair.after.marks) = (one.hashes, two.hashes)
    }
    return pair
  }

  /// A reference that doesn't depend on the folder of the files: `base64(json(a/config.yml#/x))` is
  /// `base64(json(config#/x))`.
  func name(_ reference: String) -> String {
    var result = ""
    var rest = reference[...]
    while let pound = rest.firstRange(of: "#") {
      let head = rest[..<pound.lowerBound]
      let start = head.lastIndex(where: { "( +,".contains($0) }).map { head.index(after: $0) }
      let path = String(head[(start ?? head.startIndex)...])
      result += head[..<(start ?? head.startIndex)] + file(path) + "#"
      rest = rest[pound.upperBound...]
    }
    return result + rest
  }

  /// A file's name, or its role if that tells which file it is.
  private func file(_ path: String) -> String {
    let parts = path.split(separator: "/")
    let name = parts.last.map(String.init) ?? path
    guard let role = roles[path] else {
      return parts.suffix(2).count == 2
        && ["targets", "enrichments"].contains(parts.suffix(2).first ?? "")
        ? parts.suffix(2).joined(separator: "/") : name
    }
    let isAlone = roles.values.count { $0 == role } == 1
    return isAlone && role != "targets" && role != "enrichments" ? role : role + "/" + name
  }

  /// The text for a secret's placeholder.
  func shown(_ placeholder: String, _ documents: ValueMap, _ mask: inout SecretMask) -> Value {
    let reference = String(placeholder.dropFirst(10).dropLast(2))
    if let mark = marks?[reference] { return mask.placeholder(name(reference), for: mark) }
    if hidesDocuments, let document = documents[reference] {
      return .string("{{secret: \(name(reference))@\(document.contentDigest)}}")
    }
    return .string("{{secret: \(name(reference))}}")
  }

  /// A value with the placeholders of secrets told apart.
  func opened(_ value: Value, _ documents: ValueMap, _ mask: inout SecretMask) -> Value {
    switch value {
    case .string(let text):
      return SecretMask.isPlaceholder(text) ? shown(text, documents, &mask) : value
    case .list(let items): return .list(items.map { opened($0, documents, &mask) })
    case .map(let map):
      return .map(ValueMap(map.entries.map { ($0.key, opened($0.value, documents, &mask)) }))
    default: return value
    }
  }
}

extension Value {
  /// The references of the placeholders in a value.
  var placeholders: [String] {
    switch self {
    case .string(let text):
      SecretMask.isPlaceholder(text) ? [String(text.dropFirst(10).dropLast(2))] : []
    case .list(let items): items.flatMap(\.placeholders)
    case .map(let map): map.entries.flatMap { $0.value.placeholders }
    default: []
    }
  }
}
