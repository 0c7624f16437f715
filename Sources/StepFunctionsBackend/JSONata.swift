import Targets
import Values

/// Texts as expressions of JSONata, the query language of the state machine.
enum JSONata {
  /// A value with its run values filled in by expressions.
  static func value(_ value: Value, _ template: (String) -> [TextPart]) -> Value {
    switch value {
    case .string(let text): .string(field(template(text)))
    case .list(let items): .list(items.map { self.value($0, template) })
    case .map(let map):
      .map(
        ValueMap(map.entries.map { (key: $0.key, value: self.value($0.value, template)) }))
    default: value
    }
  }

  /// A field's text: as it is, or an expression.
  static func field(_ parts: [TextPart]) -> String {
    var plain = ""
    for part in parts {
      guard case .text(let text) = part else { return braced(expression(parts)) }
      plain += text
    }
    // Such a text would be taken for an expression.
    return plain.hasPrefix("{%") ? braced(quoted(plain)) : plain
  }

  static func braced(_ expression: String) -> String { "{% \(expression) %}" }

  static func expression(_ parts: [TextPart]) -> String {
    if parts.isEmpty { return quoted("") }
    return parts.map(expression).joined(separator: " & ")
  }

  private static func expression(_ part: TextPart) -> String {
    switch part {
    case .text(let text): quoted(text)
    case .value(.runID): "$runId"
    case .value(.runTime(let offset, let format)): time(offset, format)
    case .value(.parameter(let name)): "$lookup($params, \(quoted(name)))"
    case .value(.secret(let reference)): "$lookup($secrets, \(quoted(reference)))"
    case .value(.answer(let fact, let otherwise)):
      otherwise.isEmpty
        ? "$answer\(fact)"
        : "($answer\(fact) = '' ? (\(expression(otherwise))) : $answer\(fact))"
    }
  }

  /// A text in quotes. Only double quotes can be escaped.
  static func quoted(_ text: String) -> String {
    let isSingle = !text.utf8.contains(UInt8(ascii: "'"))
    var result = isSingle ? "'" : "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\\": result += "\\\\"
      case "\"": result += isSingle ? "\"" : "\\\""
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      case "\t": result += "\\t"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + (isSingle ? "'" : "\"")
  }

  /// The run's time in a format of `formatTime`.
  static func time(_ offset: Int64, _ format: String) -> String {
    let moment =
      offset == 0
      ? "$runTime" : offset < 0 ? "$runTime - \(0 - offset)000" : "$runTime + \(offset)000"
    var parts: [String] = []
    var picture = ""
    func finished() -> [String] {
      picture.isEmpty ? [] : ["$fromMillis(\(moment), \(quoted(picture)))"]
    }
    var isMarked = false
    for scalar in format.unicodeScalars {
      guard isMarked else {
        switch scalar {
        case "%": isMarked = true
        case "[": picture += "[["
        case "]": picture += "]]"
        default: picture.unicodeScalars.append(scalar)
        }
        continue
      }
      isMarked = false
      switch scalar {
      case "Y": picture += "[Y0001]"
      case "m": picture += "[M01]"
      case "d": picture += "[D01]"
      case "H": picture += "[H01]"
      case "M": picture += "[m01]"
      case "S": picture += "[s01]"
      case "L": picture += "[f001]"
      case "s":
        parts += finished() + ["$string($floor((\(moment)) / 1000))"]
        picture = ""
      default: picture.unicodeScalars.append(scalar)
      }
    }
    parts += finished()
    return parts.isEmpty ? quoted("") : parts.joined(separator: " & ")
  }
}
