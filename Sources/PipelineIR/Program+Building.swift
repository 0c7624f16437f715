package import SourceText
package import Values

extension Program {
  package func text(_ id: TextID) -> String { texts[id] }

  package func stage(_ id: StageID) -> Stage? {
    stages.indices.contains(Int(id.index)) ? stages[Int(id.index)] : nil
  }

  package func isSelected(_ id: StageID) -> Bool { stage(id)?.status == .selected }

  package func stageID(named name: String) -> StageID? {
    stages.firstIndex { $0.name == name }.map(StageID.init)
  }

  package func accesses(of step: Step) -> ArraySlice<Access> {
    accesses[Int(step.accesses.lowerBound)..<Int(step.accesses.upperBound)]
  }

  package func arguments(of step: Step) -> ArraySlice<Argument> {
    arguments[Int(step.arguments.lowerBound)..<Int(step.arguments.upperBound)]
  }

  package func retries(of step: Step) -> Retries? {
    retries.indices.contains(Int(step.retries)) ? retries[Int(step.retries)] : nil
  }

  package func extras(of step: Step) -> StepExtras? {
    stepExtras.indices.contains(Int(step.extras)) ? stepExtras[Int(step.extras)] : nil
  }

  package func placeText(_ id: PlaceID) -> String { texts[places[Int(id.index)].text] }

  /// Adds an argument; false if the value can't be written as text.
  package mutating func addArgument(_ value: Value) -> Bool {
    guard let argument = argument(value) else { return false }
    arguments.append(argument)
    return true
  }

  /// A value as an argument. A secret is stored separately, and its placeholder becomes the text.
  package mutating func argument(_ value: Value) -> Argument? {
    guard let text = value.argumentText else { return nil }
    guard case .secret(let secret) = value else { return Argument(text: texts.add(text)) }
    secrets.append(secret)
    return Argument(
      text: texts.add(secret.placeholder), secret: Int32(clamping: secrets.count - 1))
  }
}

extension Value {
  /// A scalar as the text of an argument; for a secret, the secret text. A document's number is
  /// kept as written, and a computed one has no exponent. Nil for lists, maps, absent values, and
  /// anything without a text.
  package var argumentText: String? {
    switch self {
    case .string(let text), .number(let text): text
    case .bool(let flag): flag ? "true" : "false"
    case .int(let number): String(number)
    case .uint(let number): String(number)
    case .double(let number): number.isFinite ? number.plainDecimal : nil
    case .timestamp(let moment): moment.description
    case .duration(let duration): duration.description
    case .type(let text), .opaque(_, let text): text
    case .bytes(let bytes): String(validating: bytes, as: UTF8.self)
    case .optional(let value?): value.argumentText
    case .secret(let secret): secret.value.argumentText
    case .null, .optional(nil), .list, .map: nil
    }
  }
}

extension Double {
  /// Digits without an exponent or a needless fraction: 0.00001, 2.
  package var plainDecimal: String {
    if let whole = Int64(exactly: self) { return String(whole) }
    let text = description
    guard isFinite, let mark = text.firstIndex(where: { $0 == "e" || $0 == "E" }),
      let exponent = Int(text[text.index(after: mark)...])
    else { return text }
    let isNegative = text.hasPrefix("-")
    let mantissa = text[..<mark].drop { $0 == "-" }
    let dot = mantissa.firstIndex(of: ".") ?? mantissa.endIndex
    let whole = mantissa[..<dot]
    let fraction = mantissa[dot...].dropFirst()
    var digits = String(whole + fraction)
    let point = whole.count + exponent
    if point <= 0 {
      digits = "0." + String(repeating: "0", count: -point) + digits
    } else if point >= digits.count {
      digits += String(repeating: "0", count: point - digits.count)
    } else {
      digits.insert(".", at: digits.index(digits.startIndex, offsetBy: point))
    }
    if digits.contains(".") {
      while digits.hasSuffix("0") { digits.removeLast() }
      if digits.hasSuffix(".") { digits.removeLast() }
    }
    return (isNegative ? "-" : "") + digits
  }
}

extension Program {
  /// The places that a step moves data from: those that it both reads and deletes.
  package func movedFrom(_ step: Step) -> [PlaceID] {
    let accesses = accesses(of: step)
    return accesses.filter { access in
      access.mode == .delete && accesses.contains { $0.mode == .read && $0.place == access.place }
    }.map(\.place)
  }

  package func isDurable(_ place: PlaceID) -> Bool { places[Int(place.index)].isDurable }
}

extension Cluster {
  /// How many steps EMR runs at the same time.
  package var stepConcurrency: Int {
    guard case .map(let entries)? = jobFlow?.content,
      case .scalar(let level)? = entries.first(where: { $0.key == "StepConcurrencyLevel" })?.value
        .content
    else { return 1 }
    return level.argumentText.flatMap { Int($0) } ?? 1
  }

  /// Where that is given; nil if it isn't.
  package var stepConcurrencySpan: Span? {
    guard case .map(let entries)? = jobFlow?.content else { return nil }
    return entries.first { $0.key == "StepConcurrencyLevel" }?.value.span
  }
}
