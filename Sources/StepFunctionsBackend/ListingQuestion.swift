import PlanFormat
import Text
import Values

/// A question that a listing of S3 answers: whether it has a key of some kind, or what a pattern finds
/// in the last one.
struct ListingQuestion {
  let location: String
  let bucket: String
  let prefix: String
  /// Whether the plan assumes that it has one.
  let isFoundInPlan: Bool
  private let pattern: String?
  private let folders: Int64?
  /// Whether markers of folders count that end with a slash.
  private var countsFolders = false
  /// Whether all keys have to be looked at, since the last one matters.
  private(set) var findsLast = false

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
    case .last(let location, let pattern), .lastFolder(let location, let pattern):
      guard Self.isPlain(pattern), Self.alwaysCaptures(pattern) else { return nil }
      (self.location, self.pattern, folders) = (location, pattern, nil)
      if case .null = fact.answer { isFoundInPlan = false } else { isFoundInPlan = true }
      findsLast = true
      if case .lastFolder = fact.question { countsFolders = true }
    case .count, .all, .cluster, .clusterShape: return nil
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
    var isInGroupMark = false
    var last: Unicode.Scalar = " "
    for scalar in pattern.unicodeScalars {
      defer { last = scalar }
      guard scalar.isASCII, scalar.value >= 0x20 else { return false }
      if isInGroupMark {
        guard scalar == ":" else { return false }
        isInGroupMark = false
        continue
      }
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
      case "?" where last == "(":
        // Of groups with a question mark, only those that capture nothing are alike.
        isInGroupMark = true
        continue
      case "+" where !isInClass && "+*?}".unicodeScalars.contains(last): return false
      case "{", "}": if !isInClass { return false }
      case "&", "~",
        "-" where isInClass && last == scalar:
        return false
      default: break
      }
    }
    return !isEscaped && !isInClass && !isInGroupMark
  }

  /// Whether a pattern's group takes part in each match: JSONata doesn't tell if it is empty or does
  /// not.
  private static func alwaysCaptures(_ pattern: String) -> Bool {
    var last: UInt8?
    for byte in pattern.utf8 {
      if byte == UInt8(ascii: "|") { return false }
      if last == UInt8(ascii: ")"), byte == UInt8(ascii: "?") || byte == UInt8(ascii: "*") {
        return false
      }
      last = byte
    }
    return true
  }

  /// The JSONata condition that `$key` is of this kind.
  /// - Parameter prefix: an expression of what all keys begin with; nil: nothing.
  func condition(prefix: String?) -> String {
    let key = name(prefix)
    let marker = countsFolders ? "_\\$folder\\$$" : "(\\/|_\\$folder\\$)$"
    var parts = ["$not($contains($key, /\(marker)/))"]
    if let prefix, !isFolder {
      // Keys of other things may begin alike.
      parts.append("$substringBefore($substringAfter($key, \(prefix)), '/') = ''")
    }
    if let pattern, pattern != ".+" {
      parts.append("$contains(\(key), /\(pattern.replacingSlashes)/)")
    }
    if let folders { parts.append("$count($split(\(key), '/')) > \(folders + 1)") }
    return parts.joined(separator: " and ")
  }

  /// The JSONata expression of what the pattern's group has in `$key`, which is of this kind.
  func capture(prefix: String?) -> String {
    let match = "$match(\(name(prefix)), /\((pattern ?? "").replacingSlashes)/)[0]"
    return hasGroup ? "\(match).groups[0]" : "\(match).match"
  }

  private var isFolder: Bool { prefix.isEmpty || prefix.hasSuffix("/") }

  /// A key relative to the location.
  private func name(_ prefix: String?) -> String {
    guard let prefix else { return "$key" }
    return isFolder
      ? "$substringAfter($key, \(prefix))"
      : "$replace($substringAfter($key, \(prefix)), /^\\//, '')"
  }

  private var hasGroup: Bool {
    var isEscaped = false
    var isInClass = false
    var last: Unicode.Scalar?
    for scalar in (pattern ?? "").unicodeScalars {
      if last == "(", scalar != "?" { return true }
      last = nil
      if isEscaped {
        isEscaped = false
      } else if scalar == "\\" {
        isEscaped = true
      } else if scalar == "[" || scalar == "]" {
        isInClass = scalar == "["
      } else if !isInClass {
        last = scalar
      }
    }
    return false
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
