/// The functions and operators that every expression has.
enum Builtin: Int32, Sendable, CaseIterable {
  // Operators.
  case add, subtract, multiply, divide, remainder, negate, not
  case equal, notEqual, less, lessEqual, greater, greaterEqual, `in`
  // Conversions.
  case size, int, uint, double, string, bytes, bool, timestamp, duration, dyn, type
  // Strings.
  case contains, startsWith, endsWith, matches, charAt, indexOf, lastIndexOf, join, lowerAscii
  case upperAscii, replace, split, substring, trim, reverse, format, quote
  // Times.
  case getFullYear, getMonth, getDate, getDayOfMonth, getDayOfWeek, getDayOfYear, getHours
  case getMinutes, getSeconds, getMilliseconds
  // Optionals.
  case optionalOf, optionalNone, optionalOfNonZeroValue, hasValue, value, or, orValue
  // Numbers.
  case greatest, least, ceil, floor, round, trunc, abs, sign, isNaN, isInf, isFinite, sqrt
  case bitAnd, bitOr, bitXor, bitNot, bitShiftLeft, bitShiftRight
  // Encodings.
  case encodeBase64, decodeBase64
  // Lists.
  case slice, flatten, sort, distinct, range, first, last
  // Network.
  case ip, isIP, cidr, isCIDR, isCanonical, family, isUnspecified, isLoopback, isGlobalUnicast
  case isLinkLocalMulticast, isLinkLocalUnicast, containsIP, containsCIDR, masked, prefixLength
  case addressOf
  // Penstock's own.
  case version, isVersion, base64, json, yaml, parseJson, merge, path, dir, bucketOf, keyOf
  case number, formatTime, epochMillis, uuid

  /// Called as `name(…)`.
  static let globals: [String: Builtin] = [
    "size": .size, "int": .int, "uint": .uint, "double": .double, "string": .string,
    "bytes": .bytes, "bool": .bool, "timestamp": .timestamp, "duration": .duration, "dyn": .dyn,
    "type": .type, "matches": .matches, "strings.quote": .quote,
    "optional.of": .optionalOf, "optional.none": .optionalNone,
    "optional.ofNonZeroValue": .optionalOfNonZeroValue,
    "math.greatest": .greatest, "math.least": .least, "math.ceil": .ceil, "math.floor": .floor,
    "math.round": .round, "math.trunc": .trunc, "math.abs": .abs, "math.sign": .sign,
    "math.isNaN": .isNaN, "math.isInf": .isInf, "math.isFinite": .isFinite, "math.sqrt": .sqrt,
    "math.bitAnd": .bitAnd, "math.bitOr": .bitOr, "math.bitXor": .bitXor,
    "math.bitNot": .bitNot, "math.bitShiftLeft": .bitShiftLeft,
    "math.bitShiftRight": .bitShiftRight,
    "base64.encode": .encodeBase64, "base64.decode": .decodeBase64, "lists.range": .range,
    "ip": .ip, "isIP": .isIP, "cidr": .cidr, "isCIDR": .isCIDR, "ip.isCanonical": .isCanonical,
    "version": .version, "isVersion": .isVersion, "base64": .base64, "json": .json,
    "yaml": .yaml, "parseJson": .parseJson, "merge": .merge, "path": .path, "dir": .dir,
    "bucketOf": .bucketOf, "keyOf": .keyOf, "number": .number, "formatTime": .formatTime,
    "epochMillis": .epochMillis, "uuid": .uuid,
  ]

  /// Called as `receiver.name(…)`.
  static let members: [String: Builtin] = [
    "size": .size, "contains": .contains, "startsWith": .startsWith, "endsWith": .endsWith,
    "matches": .matches, "charAt": .charAt, "indexOf": .indexOf, "lastIndexOf": .lastIndexOf,
    "join": .join, "lowerAscii": .lowerAscii, "upperAscii": .upperAscii, "replace": .replace,
    "split": .split, "substring": .substring, "trim": .trim, "reverse": .reverse,
    "format": .format,
    "getFullYear": .getFullYear, "getMonth": .getMonth, "getDate": .getDate,
    "getDayOfMonth": .getDayOfMonth, "getDayOfWeek": .getDayOfWeek,
    "getDayOfYear": .getDayOfYear, "getHours": .getHours, "getMinutes": .getMinutes,
    "getSeconds": .getSeconds, "getMilliseconds": .getMilliseconds,
    "hasValue": .hasValue, "value": .value, "or": .or, "orValue": .orValue,
    "slice": .slice, "flatten": .flatten, "sort": .sort, "distinct": .distinct,
    "first": .first, "last": .last,
    "family": .family, "isUnspecified": .isUnspecified, "isLoopback": .isLoopback,
    "isGlobalUnicast": .isGlobalUnicast, "isLinkLocalMulticast": .isLinkLocalMulticast,
    "isLinkLocalUnicast": .isLinkLocalUnicast, "containsIP": .containsIP,
    "containsCIDR": .containsCIDR, "masked": .masked, "prefixLength": .prefixLength,
    "ip": .addressOf,
  ]

  /// How an operator is written.
  var symbol: String {
    switch self {
    case .add: "+"
    case .subtract, .negate: "-"
    case .multiply: "*"
    case .divide: "/"
    case .remainder: "%"
    case .not: "!"
    case .equal: "=="
    case .notEqual: "!="
    case .less: "<"
    case .lessEqual: "<="
    case .greater: ">"
    case .greaterEqual: ">="
    case .in: "in"
    default: "\(self)"
    }
  }

  /// Names of types; types are values too.
  static func typeName(_ name: String) -> String? {
    switch name {
    case "int", "uint", "double", "bool", "string", "bytes", "list", "map", "null_type", "type",
      "optional_type":
      name
    case "google.protobuf.Timestamp", "google.protobuf.Duration", "net.IP", "net.CIDR": name
    default: nil
    }
  }

  /// Whether it returns its arguments or parts of them unchanged, so secrets in them stay secret.
  var keepsArguments: Bool {
    switch self {
    case .optionalOf, .optionalOfNonZeroValue, .value, .or, .orValue, .hasValue, .dyn, .merge,
      .slice, .flatten, .distinct, .first, .last, .size:
      true
    default: false
    }
  }

  /// Whether it computes numbers from numbers.
  var computes: Bool { !keepsArguments && !rendersDeeply && self != .number && self != .type }

  /// Whether it writes out everything an argument contains.
  var rendersDeeply: Bool {
    switch self {
    case .json, .yaml, .format, .join, .string, .base64, .quote, .uuid: true
    default: false
    }
  }
}
