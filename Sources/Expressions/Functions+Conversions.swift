import Text
import Values

/// Conversions between types, and parts of times.
extension Evaluator {
  func convert(_ builtin: Builtin, _ arguments: [Value]) throws(EvaluationError) -> Value? {
    guard arguments.count == 1, let value = arguments.first else { return nil }
    switch builtin {
    case .dyn: return value
    case .type: return .type(value.revealed.runtimeType)
    case .size: return value.elementCount.map { .int(Int64($0)) }
    case .int: return try int(value)
    case .uint: return try uint(value)
    case .double: return try double(value)
    case .string: return try string(value)
    case .bytes:
      switch value {
      case .bytes: return value
      case .string(let text): return .bytes(Array(text.utf8))
      default: return nil
      }
    case .bool:
      switch value {
      case .bool: return value
      case .string("1"), .string("t"), .string("true"), .string("TRUE"), .string("True"),
        .string("T"):
        return .bool(true)
      case .string("0"), .string("f"), .string("false"), .string("FALSE"), .string("False"),
        .string("F"):
        return .bool(false)
      case .string(let text): throw EvaluationError("`\(text)` isn't a bool")
      default: return nil
      }
    case .timestamp:
      switch value {
      case .timestamp: return value
      case .int(let seconds): return .timestamp(try Time.moment(seconds))
      case .string(let text): return .timestamp(try Time.moment(of: text))
      default: return nil
      }
    case .duration:
      switch value {
      case .duration: return value
      case .string(let text): return .duration(try Time.duration(of: text))
      default: return nil
      }
    default: return nil
    }
  }

  private func int(_ value: Value) throws(EvaluationError) -> Value? {
    switch value {
    case .int: return value
    case .uint(let number):
      guard let whole = Int64(exactly: number) else { throw Self.overflow }
      return .int(whole)
    case .double(let number):
      // The ends of the range are refused too: doubles near them are not exact.
      guard number > -9_223_372_036_854_775_808, number < 9_223_372_036_854_775_808 else {
        throw Self.overflow
      }
      return .int(Int64(number))
    case .string(let text):
      guard let number = Int64(text) else { throw EvaluationError("`\(text)` isn't an int") }
      return .int(number)
    case .timestamp(let moment): return .int(moment.seconds)
    default: return nil
    }
  }

  private func uint(_ value: Value) throws(EvaluationError) -> Value? {
    switch value {
    case .uint: return value
    case .int(let number):
      guard let whole = UInt64(exactly: number) else { throw Self.overflow }
      return .uint(whole)
    case .double(let number):
      guard number >= 0, number < 18_446_744_073_709_551_616 else { throw Self.overflow }
      return .uint(UInt64(number))
    case .string(let text):
      guard let number = UInt64(text) else { throw EvaluationError("`\(text)` isn't a uint") }
      return .uint(number)
    default: return nil
    }
  }

  private func double(_ value: Value) throws(EvaluationError) -> Value? {
    switch value {
    case .double: return value
    case .int(let number): return .double(Double(number))
    case .uint(let number): return .double(Double(number))
    case .string(let text):
      guard let first = text.utf8.first, first != .space, let number = Double(text) else {
        throw EvaluationError("`\(text)` isn't a double")
      }
      return .double(number)
    default: return nil
    }
  }

  private func string(_ value: Value) throws(EvaluationError) -> Value? {
    switch value {
    case .string: return value
    case .bytes(let bytes):
      guard let text = String(validating: bytes, as: UTF8.self) else {
        throw EvaluationError("the bytes are not UTF-8")
      }
      return .string(text)
    default: return value.plainText.map { .string($0) }
    }
  }

  // MARK: Parts of times

  func timePart(_ builtin: Builtin, _ arguments: [Value]) throws(EvaluationError) -> Value? {
    switch (arguments.count, arguments.first) {
    case (1, .duration(let span)?): return durationPart(builtin, span)
    case (1, .timestamp(let moment)?): return momentPart(builtin, moment)
    case (2, .timestamp(let moment)?):
      guard case .string(let zone) = arguments[1] else { return nil }
      let offset = try context.functions.timeZones.offset(zone, at: moment.seconds)
      let shifted = Value.Timestamp(
        seconds: moment.seconds + offset, nanoseconds: moment.nanoseconds)
      return momentPart(builtin, shifted)
    default: return nil
    }
  }

  private func durationPart(_ builtin: Builtin, _ span: Value.Duration) -> Value? {
    switch builtin {
    case .getHours: .int(span.nanoseconds / 3_600_000_000_000)
    case .getMinutes: .int(span.nanoseconds / 60_000_000_000)
    case .getSeconds: .int(span.nanoseconds / 1_000_000_000)
    case .getMilliseconds: .int(span.nanoseconds / 1_000_000 % 1000)
    default: nil
    }
  }

  private func momentPart(_ builtin: Builtin, _ moment: Value.Timestamp) -> Value? {
    let civil = moment.civil
    switch builtin {
    case .getFullYear: return .int(civil.year)
    case .getMonth: return .int(Int64(civil.month) - 1)
    case .getDate: return .int(Int64(civil.day))
    case .getDayOfMonth: return .int(Int64(civil.day) - 1)
    case .getDayOfWeek:
      // 1970-01-01 was a Thursday.
      let days = (moment.seconds - moment.seconds.remainder(dividingBy: 86_400)) / 86_400
      return .int((days + 4).remainder(dividingBy: 7))
    case .getDayOfYear:
      let start = Value.Timestamp.seconds(
        year: civil.year, month: 1, day: 1, hour: 0, minute: 0, second: 0)
      return .int((moment.seconds - start) / 86_400)
    case .getHours: return .int(Int64(civil.hour))
    case .getMinutes: return .int(Int64(civil.minute))
    case .getSeconds: return .int(Int64(civil.second))
    case .getMilliseconds: return .int(Int64(moment.nanoseconds / 1_000_000))
    default: return nil
    }
  }
}

extension Int64 {
  /// The non-negative remainder.
  fileprivate func remainder(dividingBy divisor: Int64) -> Int64 {
    let rest = self % divisor
    return rest < 0 ? rest + divisor : rest
  }
}

extension Value {
  var runtimeType: String {
    switch self {
    case .null: "null_type"
    case .bool: "bool"
    case .int: "int"
    case .uint: "uint"
    case .double: "double"
    case .number(let text): Value.isWhole(text) ? "int" : "double"
    case .string: "string"
    case .bytes: "bytes"
    case .list: "list"
    case .map: "map"
    case .timestamp: "google.protobuf.Timestamp"
    case .duration: "google.protobuf.Duration"
    case .type: "type"
    case .optional: "optional_type"
    case .opaque(let type, _): type
    case .secret(let secret): secret.value.runtimeType
    }
  }

  /// Code points of a string, bytes, items or entries.
  var elementCount: Int? {
    switch self {
    case .string(let text): text.utf8.reduce(0) { $1 & 0xC0 == 0x80 ? $0 : $0 + 1 }
    case .bytes(let bytes): bytes.count
    case .list(let items): items.count
    case .map(let map): map.count
    default: nil
    }
  }

  /// The text of a scalar; nil for lists, maps and bytes.
  var plainText: String? {
    switch self {
    case .string(let text), .number(let text): text
    case .bool(let flag): flag ? "true" : "false"
    case .int(let number): String(number)
    case .uint(let number): String(number)
    case .double(let number): Self.shortest(number)
    case .timestamp(let moment): moment.description
    case .duration(let span): span.description
    case .type(let name): name
    case .opaque(_, let text): text
    case .null, .bytes, .list, .map, .optional, .secret: nil
    }
  }

  /// The shortest digits that read back as the double: no decimal point if it is whole, an exponent
  /// instead of many zeros.
  static func shortest(_ number: Double) -> String {
    if number.isNaN { return "NaN" }
    if number.isInfinite { return number < 0 ? "-Infinity" : "Infinity" }
    if let whole = Int64(exactly: number), number.magnitude < 1e15 {
      return whole == 0 && number.sign == .minus ? "-0" : String(whole)
    }
    let text = number.description
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }
}
