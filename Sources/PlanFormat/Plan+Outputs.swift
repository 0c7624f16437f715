import Text
package import Values

extension Plan {
  /// A small value that a step leaves in an object in S3, for what comes after it.
  package struct Output: Hashable, Sendable {
    package enum Kind: String, Hashable, Sendable, CaseIterable {
      /// The object's text, without spaces and line breaks around it.
      case string
      case int
      /// `true` or `false`.
      case bool
      /// True if the object is there, whatever it holds.
      case marker

      package var isBool: Bool { self == .bool || self == .marker }
    }

    package var name: String
    /// The step that writes it: one of the plan's, or one that is done.
    package var step: String
    /// The object: `s3://bucket/key`.
    package var location: String
    package var kind: Kind
    /// The texts that it may have; empty: any.
    package var choices: [String] = []
    /// How many bytes it may have.
    package var limit: Int64
    package var origin: Origin?

    package init(
      name: String, step: String, location: String, kind: Kind, limit: Int64, origin: Origin? = nil
    ) {
      self.name = name
      self.step = step
      self.location = location
      self.kind = kind
      self.limit = limit
      self.origin = origin
    }

    /// How many bytes an output may have that sets no limit.
    package static var usualLimit: Int64 { 4096 }
    /// What no output may exceed: a step's arguments are limited too.
    package static var greatestLimit: Int64 { 10_240 }

    /// The dataset's name in accesses of its object.
    package static func label(_ name: String) -> String { "outputs.\(name)" }

    /// A place for people: an output is an object; anything else may be a folder.
    package static func shown(_ place: String, dataset: String) -> String {
      dataset.hasPrefix(label("")) && place.utf8.last == UInt8(ascii: "/")
        ? String(place.dropLast()) : place
    }

    /// What is in arguments in its place until it is read.
    package var placeholder: String { Self.placeholder(name) }

    package static func placeholder(_ name: String) -> String { "{{output: \(name)}}" }
  }

  /// A condition on outputs, evaluated when they are known.
  package indirect enum Condition: Hashable, Sendable {
    package enum Comparison: String, Hashable, Sendable, CaseIterable {
      case equal = "=="
      case notEqual = "!="
      case less = "<"
      case lessEqual = "<="
      case greater = ">"
      case greaterEqual = ">="
    }

    /// A number or a text that an output is compared with.
    package enum Literal: Hashable, Sendable {
      case text(String)
      case number(Int64)
      case flag(Bool)
    }

    case known(Bool)
    case holds(output: String)
    case compares(output: String, Comparison, Literal)
    case not(Condition)
    case all([Condition])
    case any([Condition])
  }

  /// The outputs of a step, by its name.
  package func outputs(of step: String) -> [Output] { outputs.filter { $0.step == step } }

  /// For each output, the index of the step that writes it, if the plan has that step.
  package var outputWriters: [String: Int] {
    var writers: [String: Int] = [:]
    for output in outputs {
      writers[output.name] = steps.firstIndex { $0.name == output.step }
    }
    return writers
  }

  /// Whether something is decided, or handed on, while it runs.
  package var decides: Bool { !outputs.isEmpty }

  /// The condition on which a step is done; nil if it is done in any case.
  package func condition(of step: Step) -> Condition? {
    step.stage.isEmpty ? nil : stages.first { $0.name == step.stage }?.condition
  }
}

extension Plan.Condition {
  /// What outputs are by name: a string, an integer or a bool.
  package typealias Outputs = [String: Value]

  /// Whether it holds; nil if that depends on outputs that aren't known.
  package func value(_ outputs: Outputs) -> Bool? {
    switch self {
    case .known(let value): return value
    case .holds(let name):
      if case .bool(let flag)? = outputs[name] { return flag }
      return nil
    case .compares(let name, let comparison, let literal):
      return outputs[name].flatMap { comparison.holds($0, literal) }
    case .not(let part): return part.value(outputs).map { !$0 }
    case .all(let parts):
      let values = parts.map { $0.value(outputs) }
      return values.contains(false) ? false : values.contains(nil) ? nil : true
    case .any(let parts):
      let values = parts.map { $0.value(outputs) }
      return values.contains(true) ? true : values.contains(nil) ? nil : false
    }
  }

  /// Nil if it is known without any output.
  package var unlessKnown: Plan.Condition? {
    if case .known = self { nil } else { self }
  }

  /// The names of the outputs that it depends on, each once, in their order.
  package var outputs: [String] {
    var names: [String] = []
    collect(&names)
    return names
  }

  private func collect(_ names: inout [String]) {
    switch self {
    case .known: break
    case .holds(let name), .compares(let name, _, _):
      if !names.contains(name) { names.append(name) }
    case .not(let part): part.collect(&names)
    case .all(let parts), .any(let parts): for part in parts { part.collect(&names) }
    }
  }

  /// As people read it: `rows > 0 && mode == "full"`.
  package var text: String { text(isPart: false) }

  private func text(isPart: Bool) -> String {
    switch self {
    case .known(let value): return value ? "true" : "false"
    case .holds(let name): return name
    case .compares(let name, let comparison, let literal):
      return "\(name) \(comparison.rawValue) \(literal.text)"
    case .not(.holds(let name)): return "!\(name)"
    case .not(let part): return "!(\(part.text))"
    case .all(let parts): return Self.joined(parts, " && ", isPart)
    case .any(let parts): return Self.joined(parts, " || ", isPart)
    }
  }

  private static func joined(
    _ parts: [Plan.Condition], _ operation: String, _ isPart: Bool
  ) -> String {
    let text = parts.map { $0.text(isPart: true) }.joined(separator: operation)
    return isPart ? "(\(text))" : text
  }
}

extension Plan.Condition.Literal {
  package var text: String {
    switch self {
    case .text(let text): "\"\(text)\""
    case .number(let number): "\(number)"
    case .flag(let flag): flag ? "true" : "false"
    }
  }
}

extension Plan.Condition.Comparison {
  /// Nil if the two can't be compared.
  fileprivate func holds(_ value: Value, _ literal: Plan.Condition.Literal) -> Bool? {
    switch (value, literal) {
    case (.int(let number), .number(let other)): holds(number, other)
    case (.string(let text), .text(let other)): holds(text, other)
    case (.bool(let flag), .flag(let other)): holds(flag ? 1 : 0, other ? 1 : 0)
    default: nil
    }
  }

  private func holds<Item: Comparable>(_ left: Item, _ right: Item) -> Bool {
    switch self {
    case .equal: left == right
    case .notEqual: left != right
    case .less: left < right
    case .lessEqual: left <= right
    case .greater: left > right
    case .greaterEqual: left >= right
    }
  }
}

// MARK: What objects hold

extension Plan.Output {
  /// Why an object isn't what the output says.
  package enum Problem: Error, Hashable, Sendable {
    case absent
    case tooLarge(limit: Int64)
    case notText
    case notInt(String)
    case notBool(String)
    case notAmong([String], String)
  }

  /// The value that an object's bytes are; nil: there is no object.
  package func value(_ bytes: [UInt8]?) throws(Problem) -> Value {
    guard let bytes else {
      if kind == .marker { return .bool(false) }
      throw .absent
    }
    if kind == .marker { return .bool(true) }
    guard bytes.count <= limit else { throw .tooLarge(limit: limit) }
    guard let text = String(validating: Self.trimmed(bytes), as: UTF8.self),
      !text.utf8.contains(0)
    else { throw .notText }
    return try value(ofText: text)
  }

  /// The value that a text is.
  package func value(ofText text: String) throws(Problem) -> Value {
    switch kind {
    case .marker, .bool:
      switch text {
      case "true": return .bool(true)
      case "false": return .bool(false)
      default: throw .notBool(text)
      }
    case .int:
      guard let number = Int64(text) else { throw .notInt(text) }
      return .int(number)
    case .string:
      guard choices.isEmpty || choices.contains(text) else { throw .notAmong(choices, text) }
      return .string(text)
    }
  }

  private static func trimmed(_ bytes: [UInt8]) -> ArraySlice<UInt8> {
    let isSpace = { (byte: UInt8) in byte == 0x20 || (0x09...0x0D).contains(byte) }
    guard let first = bytes.firstIndex(where: { !isSpace($0) }),
      let last = bytes.lastIndex(where: { !isSpace($0) })
    else { return [] }
    return bytes[first...last]
  }
}

extension Value {
  /// An output's value as an argument has it.
  package var outputText: String {
    switch self {
    case .string(let text): text
    case .int(let number): "\(number)"
    case .bool(let flag): flag ? "true" : "false"
    default: ""
    }
  }
}

// MARK: Placeholders

extension Plan.Condition.Outputs {
  /// A text of a request with each placeholder replaced by the output's value.
  package func fill(_ text: String, of outputs: [String]) -> String {
    var filled = text
    // A value that looks like a placeholder isn't one: each place is filled once, from the left.
    var result = ""
    while let next = Self.first(of: outputs, in: filled) {
      result += filled[..<next.range.lowerBound]
      result += self[next.name]?.outputText ?? Plan.Output.placeholder(next.name)
      filled = String(filled[next.range.upperBound...])
    }
    return result + filled
  }

  private static func first(
    of outputs: [String], in text: String
  ) -> (name: String, range: Range<String.Index>)? {
    outputs.compactMap { name in
      text.firstRange(of: Plan.Output.placeholder(name)).map { (name, $0) }
    }.min { $0.range.lowerBound < $1.range.lowerBound }
  }

  /// The same for all texts in a value.
  package func fill(_ value: Value, of outputs: [String]) -> Value {
    switch value {
    case .string(let text): .string(fill(text, of: outputs))
    case .list(let items): .list(items.map { fill($0, of: outputs) })
    case .map(let map):
      .map(ValueMap(map.entries.map { (key: $0.key, value: fill($0.value, of: outputs)) }))
    default: value
    }
  }
}
