package import Values

/// Keeps track of variables in texts while a source is read: a mark takes the variable's place, and
/// is replaced by its value once the body is there, with its places.
package struct VariableMarks: Sendable {
  private static let open: Unicode.Scalar = "\u{F8F0}"
  private static let close: Unicode.Scalar = "\u{F8F1}"
  private static let first: UInt32 = 0xE000
  private static let limit = 0x1800

  /// In the order in which they were met.
  package private(set) var variables: [Variable] = []

  package init() {}

  /// The mark of a variable; the same for the same name. Its value where there are too many.
  package mutating func mark(_ variable: Variable) -> String {
    if let known = variables.firstIndex(where: { $0.name == variable.name }) {
      return Self.mark(known)
    }
    guard variables.count < Self.limit else { return Self.text(of: variable) }
    variables.append(variable)
    return Self.mark(variables.count - 1)
  }

  private static func mark(_ index: Int) -> String {
    var text = String.UnicodeScalarView()
    text.append(open)
    if let scalar = Unicode.Scalar(first + UInt32(index)) { text.append(scalar) }
    text.append(close)
    return String(text)
  }

  /// Whether a mark begins or ends.
  static func isOpen(_ scalar: Unicode.Scalar) -> Bool { scalar == open }
  static func isClose(_ scalar: Unicode.Scalar) -> Bool { scalar == close }

  package static func hasMark(_ text: String) -> Bool { text.unicodeScalars.contains(open) }

  /// A variable's value as it is within a text.
  static func text(of variable: Variable) -> String {
    switch variable.value {
    case .string(let text), .number(let text): text
    case .int(let number): String(number)
    case .bool(let flag): String(flag)
    default: ""
    }
  }

  /// A text with values in place of marks.
  package func plain(_ text: String) -> String { resolved(text).text }

  /// The body with values in place of marks, and the variables with their places in it.
  package func resolved(_ body: SpannedValue) -> (body: SpannedValue, variables: [Variable]) {
    var found = variables
    let body = resolved(body, [], &found)
    return (body, found)
  }

  private func resolved(
    _ value: SpannedValue, _ path: BodyPath, _ found: inout [Variable]
  ) -> SpannedValue {
    var result = value
    switch value.content {
    case .scalar(.string(let text)):
      guard Self.hasMark(text) else { return value }
      let (plain, uses) = resolved(text)
      for use in uses {
        let isWhole = use.range == 0..<plain.utf8.count
        found[use.index].uses.append(Variable.Use(path, isWhole ? nil : use.range))
      }
      let whole = uses.count == 1 && uses[0].range == 0..<plain.utf8.count
      let own = whole ? found[uses[0].index].value : .string(plain)
      if case .list = own {
        result = SpannedValue(value: own, span: value.span)
      } else if case .map = own {
        result = SpannedValue(value: own, span: value.span)
      } else {
        result.content = .scalar(own)
      }
    case .scalar: return value
    case .list(let items):
      result.content = .list(
        items.enumerated().map { resolved($1, path + [.index($0)], &found) })
    case .map(let entries):
      result.content = .map(
        entries.map { entry in
          var entry = entry
          entry.key = plain(entry.key)
          entry.value = resolved(entry.value, path + [.key(entry.key)], &found)
          return entry
        })
    }
    return result
  }

  private func resolved(_ text: String) -> (text: String, uses: [(index: Int, range: Range<Int>)]) {
    var out = ""
    var uses: [(index: Int, range: Range<Int>)] = []
    var isOpen = false
    for scalar in text.unicodeScalars {
      if scalar == Self.open {
        isOpen = true
      } else if scalar == Self.close {
        isOpen = false
      } else if isOpen, scalar.value >= Self.first,
        variables.indices.contains(Int(scalar.value - Self.first))
      {
        let index = Int(scalar.value - Self.first)
        let start = out.utf8.count
        out += Self.text(of: variables[index])
        uses.append((index, start..<out.utf8.count))
      } else {
        out.unicodeScalars.append(scalar)
      }
    }
    return (out, uses)
  }
}
