import Text

/// A Python expression that is laid out as ruff formats it: on one line if it fits, or else with one
/// element a line and a comma after each.
indirect enum PythonExpression {
  /// A name, a number, or anything else that stays on its line.
  case plain(String)
  case text(PythonText)
  case list([PythonExpression])
  case dict([(key: PythonExpression, value: PythonExpression)])
  case call(String, [PythonArgument])

  static func text(_ literal: String) -> PythonExpression { .text(PythonText(literal)) }

  static func strings(_ texts: [String]) -> PythonExpression { .list(texts.map { .text($0) }) }
}

struct PythonArgument {
  var name: String?
  var value: PythonExpression

  init(_ name: String? = nil, _ value: PythonExpression) {
    self.name = name
    self.value = value
  }

  fileprivate var prefix: String { name.map { "\($0)=" } ?? "" }
}

extension PythonExpression {
  /// ruff's default.
  static var lineLength: Int { 88 }

  /// On one line.
  var flat: String {
    switch self {
    case .plain(let source): source
    case .text(let text): text.source
    case .list(let items): "[" + items.map(\.flat).joined(separator: ", ") + "]"
    case .dict(let pairs):
      "{" + pairs.map { "\($0.key.flat): \($0.value.flat)" }.joined(separator: ", ") + "}"
    case .call(let function, let arguments):
      "\(function)(" + arguments.map { $0.prefix + $0.value.flat }.joined(separator: ", ") + ")"
    }
  }

  /// - Parameters:
  ///   - indent: of the line on which the expression begins.
  ///   - column: where on this line it begins.
  ///   - tail: how many columns its last line needs after it.
  func laidOut(indent: Int, column: Int, tail: Int = 0) -> String {
    let flat = flat
    if column + DisplayWidth.of(flat) + tail <= Self.lineLength { return flat }
    switch self {
    case .plain, .text: return flat
    case .list(let items):
      return Self.block("[", items.map { ("", $0) }, "]", indent) ?? flat
    case .dict(let pairs):
      return Self.block("{", pairs.map { ("\($0.key.flat): ", $0.value) }, "}", indent) ?? flat
    case .call(let function, let arguments):
      let parts = arguments.map { ($0.prefix, $0.value) }
      return Self.block("\(function)(", parts, ")", indent) ?? flat
    }
  }

  private static func block(
    _ open: String, _ parts: [(prefix: String, value: PythonExpression)], _ close: String,
    _ indent: Int
  ) -> String? {
    if parts.isEmpty { return nil }
    let inner = indent + 4
    let margin = String(repeating: " ", count: inner)
    var text = open + "\n"
    for part in parts {
      let column = inner + DisplayWidth.of(part.prefix)
      text += margin + part.prefix
      text += part.value.laidOut(indent: inner, column: column, tail: 1) + ",\n"
    }
    return text + String(repeating: " ", count: indent) + close
  }
}

/// Lines of Python.
struct PythonSource {
  private(set) var text = ""
  var indent = 0

  /// Takes lines as they are; those of a text with several get the indentation too.
  mutating func add(_ lines: String) {
    for line in lines.split(separator: "\n", omittingEmptySubsequences: false) {
      text += line.isEmpty ? "\n" : String(repeating: " ", count: indent) + line + "\n"
    }
  }

  mutating func blank(_ count: Int = 1) { text += String(repeating: "\n", count: count) }

  /// `name = expression`, or an expression as a statement.
  mutating func assign(_ name: String?, _ expression: PythonExpression) {
    let prefix = name.map { "\($0) = " } ?? ""
    let column = indent + DisplayWidth.of(prefix)
    let flat = expression.flat
    let inner = indent + 4
    if case .text = expression, name != nil,
      column + DisplayWidth.of(flat) > PythonExpression.lineLength,
      inner + DisplayWidth.of(flat) <= PythonExpression.lineLength
    {
      add("\(prefix)(\n    \(flat)\n)")
      return
    }
    text += String(repeating: " ", count: indent) + prefix
    text += expression.laidOut(indent: indent, column: column) + "\n"
  }
}
