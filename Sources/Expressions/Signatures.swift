import Values

/// What a function takes and yields.
struct Signature: Sendable {
  var parameters: [ValueType]
  var result: ValueType

  /// Empty for functions that the checker treats specially. Computed on demand: most expressions
  /// call few functions, and building a table of all takes longer than a short run.
  static func all(of builtin: Builtin) -> [Signature] {
    signatures(of: builtin).map { Signature(parameters: $0, result: $1) }
  }

  private typealias Pair = ([ValueType], ValueType)

  private static let a = ValueType.parameter("A")
  private static let version = ValueType.abstract(VersionText.typeName, [])
  private static let ip = ValueType.abstract("net.IP", [])
  private static let cidr = ValueType.abstract("net.CIDR", [])

  private static func signatures(of builtin: Builtin) -> [Pair] {
    switch builtin {
    case .size:
      return [
        ([.string], .int), ([.bytes], .int), ([.list(a)], .int),
        ([.map(key: a, value: .parameter("B"))], .int),
      ]
    case .int: return from([.int, .uint, .double, .string, .timestamp], .int)
    case .uint: return from([.uint, .int, .double, .string], .uint)
    case .double: return from([.double, .int, .uint, .string], .double)
    case .string:
      return from(
        [
          .string, .bool, .int, .uint, .double, .bytes, .timestamp, .duration, .type(nil), ip, cidr,
          version,
        ],
        .string)
    case .bytes: return from([.bytes, .string], .bytes)
    case .bool: return from([.bool, .string], .bool)
    case .timestamp: return from([.timestamp, .int, .string], .timestamp)
    case .duration: return from([.duration, .string], .duration)
    case .dyn: return [([.dyn], .dyn)]
    case .type: return [([a], .type(nil))]
    case .contains, .startsWith, .endsWith, .matches: return [([.string, .string], .bool)]
    case .charAt: return [([.string, .int], .string)]
    case .indexOf, .lastIndexOf:
      return [([.string, .string], .int), ([.string, .string, .int], .int)]
    case .join: return [([.list(.string)], .string), ([.list(.string), .string], .string)]
    case .lowerAscii, .upperAscii, .trim, .quote: return [([.string], .string)]
    case .replace:
      return [
        ([.string, .string, .string], .string), ([.string, .string, .string, .int], .string),
      ]
    case .split:
      return [([.string, .string], .list(.string)), ([.string, .string, .int], .list(.string))]
    case .substring: return [([.string, .int], .string), ([.string, .int, .int], .string)]
    case .reverse: return [([.string], .string), ([.list(a)], .list(a))]
    case .format: return [([.string, .list(.dyn)], .string)]
    case .getFullYear, .getMonth, .getDate, .getDayOfMonth, .getDayOfWeek, .getDayOfYear:
      return [([.timestamp], .int), ([.timestamp, .string], .int)]
    case .getHours, .getMinutes, .getSeconds, .getMilliseconds:
      return [([.timestamp], .int), ([.timestamp, .string], .int), ([.duration], .int)]
    default: return moreSignatures(of: builtin)
    }
  }

  private static func moreSignatures(of builtin: Builtin) -> [Pair] {
    switch builtin {
    case .optionalOf, .optionalOfNonZeroValue: return [([a], .optional(a))]
    case .optionalNone: return [([], .optional(.unknown))]
    case .hasValue: return [([.optional(a)], .bool)]
    case .value: return [([.optional(a)], a)]
    case .or: return [([.optional(a), .optional(a)], .optional(a))]
    case .orValue: return [([.optional(a), a], a)]
    case .ceil, .floor, .round, .trunc: return [([.double], .double)]
    case .abs, .sign: return [([.int], .int), ([.uint], .uint), ([.double], .double)]
    case .isNaN, .isInf, .isFinite: return [([.double], .bool)]
    case .sqrt: return from([.double, .int, .uint], .double)
    case .bitAnd, .bitOr, .bitXor: return [([.int, .int], .int), ([.uint, .uint], .uint)]
    case .bitNot: return [([.int], .int), ([.uint], .uint)]
    case .bitShiftLeft, .bitShiftRight: return [([.int, .int], .int), ([.uint, .int], .uint)]
    case .encodeBase64: return [([.bytes], .string)]
    case .decodeBase64: return [([.string], .bytes)]
    case .slice: return [([.list(a), .int, .int], .list(a))]
    case .flatten: return [([.list(.dyn)], .list(.dyn)), ([.list(.dyn), .int], .list(.dyn))]
    case .sort, .distinct: return [([.list(a)], .list(a))]
    case .range: return [([.int], .list(.int))]
    case .first, .last: return [([.list(a)], .optional(a))]
    case .ip: return [([.string], ip)]
    case .addressOf: return [([cidr], ip)]
    case .isIP, .isCIDR, .isCanonical, .isVersion: return [([.string], .bool)]
    case .cidr: return [([.string], cidr)]
    case .masked: return [([cidr], cidr)]
    case .prefixLength: return [([cidr], .int)]
    case .family: return [([ip], .int)]
    case .isUnspecified, .isLoopback, .isGlobalUnicast, .isLinkLocalMulticast,
      .isLinkLocalUnicast:
      return [([ip], .bool)]
    case .containsIP: return [([cidr, ip], .bool), ([cidr, .string], .bool)]
    case .containsCIDR: return [([cidr, cidr], .bool), ([cidr, .string], .bool)]
    case .version: return [([.string], version), ([version], version)]
    case .base64: return [([.string], .string), ([.bytes], .string)]
    case .json, .yaml: return [([.dyn], .string)]
    case .parseJson: return [([.string], .dyn)]
    case .merge:
      let map = ValueType.map(key: .string, value: .dyn)
      return [([map, map], map)]
    case .path: return [([.string, .string], .string)]
    case .dir, .bucketOf, .keyOf, .uuid: return [([.string], .string)]
    case .number: return from([.double, .int, .uint], .string)
    case .formatTime: return [([.timestamp, .string], .string)]
    case .epochMillis: return [([.timestamp], .int)]
    default: return []
    }
  }

  private static func from(_ types: [ValueType], _ result: ValueType) -> [Pair] {
    types.map { ([$0], result) }
  }
}
