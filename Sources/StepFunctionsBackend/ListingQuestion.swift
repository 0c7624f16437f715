import PlanFormat
import Text
import Values

/// A question that a listing of S3 answers: whether it has a key of some kind.
struct ListingQuestion {
  let location: String
  let bucket: String
  let prefix: String
  /// Whether the plan assumes that it has one.
  let isFoundInPlan: Bool
  private let pattern: String?
  private let folders: Int64?

  /// Nil if a listing doesn't answer it.
  init?(_ fact: Plan.Fact) {
    switch fact.question {
    case .isEmpty(let location):
      (self.location, pattern, folders) = (location, nil, nil)
      guard case .bool(let isEmpty) = fact.answer else { return nil }
      isFoundInPlan = !isEmpty
    case .hasMatch(let location, let pattern):
      guard Self.isPlain(pattern), case .bool(let answer) = fact.answer else { return nil }
      (self.location, self.pattern, folders) = (location, pattern, nil)
      isFoundInPlan = answer
    case .tooDeep(let location, let folders, let pattern):
      guard pattern.map(Self.isPlain) ?? true else { return nil }
      (self.location, self.pattern, self.folders) = (location, pattern, folders)
      if case .null = fact.answer { isFoundInPlan = false } else { isFoundInPlan = true }
    case .last, .lastFolder, .count, .all, .cluster, .clusterShape: return nil
    }
    let scheme = "s3://"
    guard location.hasPrefix(scheme) else { return nil }
    let path = location.dropFirst(scheme.count)
    let slash = path.firstIndex(of: "/") ?? path.endIndex
    bucket = String(path[..<slash])
    prefix = String(path[slash...].dropFirst())
  }

  /// Whether a regular expression means the same to Penstock and to JSONata.
  static func isPlain(_ pattern: String) -> Bool {
    var isEscaped = false
    var isInClass = false
    var last: Unicode.Scalar = " "
    for scalar in pattern.unicodeScalars {
      defer { last = scalar }
      guard scalar.isASCII, scalar.value >= 0x20 else { return false }
      if isEscaped {
        // Classes of characters and escaped signs, but no assertions or back references.
        guard scalar.properties.numericType == nil,
          !scalar.properties.isAlphabetic || "dwsDWS".unicodeScalars.contains(scalar)
        else { return false }
        isEscaped = false
        continue
      }
      switch scalar {
      case "\\": isEscaped = true
      case "[":
        if isInClass { return false }
        isInClass = true
      case "]": isInClass = false
      case "?" where last == "(": return false
      case "+" where !isInClass && "+*?}".unicodeScalars.contains(last): return false
      case "{", "}": if !isInClass { return false }
      case "&", "~",
        "-" where isInClass && last == scalar:
        return false
      default: break
      }
    }
    return !isEscaped && !isInClass
  }

  /// The JSONata condition that `$key` is of this kind.
  /// - Parameter prefix: an expression of what all keys begin with; nil: nothing.
  func condition(prefix: String?) -> String {
    let key = prefix.map { "$substringAfter($key, \($0))" } ?? "$key"
    var parts = ["$not($contains($key, /(\\/|_\\$folder\\$)$/))"]
    if let pattern, pattern != ".+" {
      parts.append("$contains(\(key), /^(?:\(pattern.replacingSlashes))$/)")
    }
    if let folders { parts.append("$count($split(\(key), '/')) > \(folders + 1)") }
    return parts.joined(separator: " and ")
  }
}

extension String {
  /// The pattern with slashes that don't end an expression.
  fileprivate var replacingSlashes: String {
    var result = ""
    var isEscaped = false
    for scalar in unicodeScalars {
      if scalar == "/", !isEscaped { result += "\\" }
      isEscaped = scalar == "\\" && !isEscaped
      result.unicodeScalars.append(scalar)
    }
    return result
  }
}
