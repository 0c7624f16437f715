import Digests
import Documents
import Text
import Diagnostics
import Locations
import SourceText
import Values

/// Penstock's own functions.
extension Evaluator {
  func own(_ builtin: Builtin, _ arguments: [Value]) throws(EvaluationError) -> Value? {
    switch (arguments.count, arguments.first, arguments.last) {
    case (1, let value?, _): return try own(builtin, value)
    case (2, .string(let left)?, .string(let right)?) where builtin == .path:
      return .string(Location.joined(left, right))
    case (2, .timestamp(let moment)?, .string(let pattern)?) where builtin == .formatTime:
      let text = try TimeFormat.text(moment, pattern)
      if context.functions.standIns != nil, let offset = StandIn.offset(of: moment) {
        return .string(StandIn.runTime(offset: offset, format: pattern).text)
      }
      return .string(text)
    case (2, let left?, let right?) where builtin == .merge:
      try measure(left)
      try measure(right)
      guard case .map = left.revealed, case .map = right.revealed else { return nil }
      return Self.merged(left, right)
    default: return nil
    }
  }

  private func own(
    _ builtin: Builtin, _ value: Value
  ) throws(EvaluationError) -> Value? {
    switch (builtin, value) {
    case (.json, _):
      try measure(value)
      var writer = CanonicalJSONWriter(pretty: false)
      writer.value(value, revealingSecrets: true)
      return .string(String(decoding: writer.bytes, as: UTF8.self))
    case (.yaml, _):
      try measure(value)
      return .string(YAMLText.document(value))
    case (.base64, .string(let text)), (.encodeBase64, .string(let text)):
      guard builtin == .base64 else { return nil }
      try spend(text.utf8.count / 8)
      return .string(Base64.encode(text))
    case (.base64, .bytes(let bytes)), (.encodeBase64, .bytes(let bytes)):
      try spend(bytes.count / 8)
      return .string(Base64.encode(bytes))
    case (.decodeBase64, .string(let text)):
      guard let bytes = Base64.decode(text.utf8) else {
        throw EvaluationError("the text isn't Base64")
      }
      return .bytes(bytes)
    case (.parseJson, .string(let text)): return try parseJSON(text)
    case (.isVersion, .string(let text)): return .bool(VersionText.isValid(text))
    case (.version, .string(let text)):
      guard VersionText.isValid(text) else {
        throw EvaluationError(
          "`\(text)` isn't a version",
          hint: VersionText.inside(text).map { "did you mean `\($0)`?" }
            ?? "a version begins with a number, as in `1.18.0`")
      }
      return .opaque(type: VersionText.typeName, text: VersionText.canonical(text))
    case (.version, .opaque(VersionText.typeName, _)): return value
    case (.uuid, .string(let text)):
      // The name stays one of the text if that differs from run to run.
      if context.functions.standIns != nil { return .string(Self.plainName(text)) }
      return .string(SHA1.uuid(of: text))
    case (.epochMillis, .timestamp(let moment)):
      if context.functions.standIns != nil, let offset = StandIn.offset(of: moment) {
        return .string(StandIn.runTime(offset: offset, format: "%s%L").text)
      }
      return .int(moment.seconds * 1000 + Int64(moment.nanoseconds / 1_000_000))
    case (.number, .int), (.number, .uint): return value.plainText.map { .string($0) }
    case (.number, .number(let text)):
      if Value.isWhole(text) { return .string(text) }
      return try own(builtin, [Self.computable(text)])
    case (.number, .double(let number)): return .string(Decimal.plain(number))
    case (.dir, .string(let text)):
      return .string(Location.withSlash(text))
    case (.bucketOf, .string(let text)): return .string(try Self.location(text).bucket)
    case (.keyOf, .string(let text)): return .string(try Self.location(text).key)
    default: return nil
    }
  }

  /// A text with hyphens for all but letters, digits, dots, hyphens and underscores.
  private static func plainName(_ text: String) -> String {
    String(
      decoding: text.utf8.map { byte in
        ASCII.isWord(byte) || byte == .dot || byte == .hyphen ? byte : .hyphen
      }, as: UTF8.self)
  }

  private func parseJSON(_ text: String) throws(EvaluationError) -> Value {
    try spend(text.utf8.count)
    var problems: [Diagnostic] = []
    guard
      let tree = JSONReader.read(
        Array(text.utf8), source: SourceID(index: .max), into: &problems),
      !problems.hasErrors, let root = tree.root
    else {
      throw EvaluationError("the text isn't JSON: \(problems.first?.message ?? "it is empty")")
    }
    return Value(tree, root)
  }

  /// A location in S3.
  private static func location(_ text: String) throws(EvaluationError) -> Location {
    let location: Location
    do throws(LocationProblem) {
      location = try Location(text)
    } catch {
      throw EvaluationError("`\(text)` isn't a location: \(error.words)", hint: error.hint)
    }
    guard location.isInS3 else {
      throw EvaluationError("`\(text)` isn't a location in S3", hint: "one starts with `s3://`")
    }
    return location
  }

  /// The left map's entries in their order, then the right's others; nested maps are merged too.
  /// `measure` has bounded the depth.
  private static func merged(_ left: Value, _ right: Value) -> Value {
    guard case .map(let base) = left.revealed, case .map(let over) = right.revealed else {
      return right
    }
    var result = base
    for entry in over.entries {
      result[entry.key] = base[entry.key].map { merged($0, entry.value) } ?? entry.value
    }
    let references = [left, right].flatMap { value in
      if case .secret(let secret) = value { [secret.reference] } else { [String]() }
    }
    return references.isEmpty
      ? .map(result) : Value.map(result).marked(joinedReferences(references))
  }
}

/// Times in a given format.
enum TimeFormat {
  /// `%Y` year, `%m` month, `%d` day, `%H` hour, `%M` minute, `%S` second, `%L` milliseconds, `%s`
  /// seconds since 1970, `%%` a percent sign; in UTC.
  static func text(
    _ moment: Value.Timestamp, _ pattern: String
  ) throws(EvaluationError) -> String {
    let civil = moment.civil
    var result: [UInt8] = []
    var isMarked = false
    for byte in pattern.utf8 {
      guard isMarked else {
        if byte == .percent { isMarked = true } else { result.append(byte) }
        continue
      }
      isMarked = false
      let piece: String
      switch byte {
      case UInt8(ascii: "Y"): piece = Value.Timestamp.padded(Int(civil.year), 4)
      case UInt8(ascii: "m"): piece = Value.Timestamp.padded(civil.month, 2)
      case UInt8(ascii: "d"): piece = Value.Timestamp.padded(civil.day, 2)
      case UInt8(ascii: "H"): piece = Value.Timestamp.padded(civil.hour, 2)
      case UInt8(ascii: "M"): piece = Value.Timestamp.padded(civil.minute, 2)
      case UInt8(ascii: "S"): piece = Value.Timestamp.padded(civil.second, 2)
      case UInt8(ascii: "L"): piece = Value.Timestamp.padded(Int(moment.nanoseconds / 1_000_000), 3)
      case UInt8(ascii: "s"): piece = String(moment.seconds)
      case .percent: piece = "%"
      default:
        throw EvaluationError(
          "unknown `%\(Unicode.Scalar(byte))` in a time format",
          hint: "use %Y, %m, %d, %H, %M, %S, %L, %s or %%")
      }
      result += piece.utf8
    }
    guard !isMarked else { throw EvaluationError("the time format ends in `%`") }
    return String(decoding: result, as: UTF8.self)
  }
}
