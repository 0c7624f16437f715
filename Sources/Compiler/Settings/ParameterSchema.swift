import Diagnostics
import Documents
import Expressions
import Passes
import PipelineSyntax
import Schemas
import SourceText
import Values

/// Declared parameters as one type: a map with a key for each.
struct ParameterSchema: Sendable {
  private let declarations: [ParameterDecl]
  private let tree: Tree
  private let schema: Schema?

  /// - Parameter node: the map of the declarations.
  init(
    _ tree: Tree, _ node: NodeID?, _ declarations: [ParameterDecl], uri: String,
    into diagnostics: inout [Diagnostic]
  ) {
    self.declarations = declarations
    self.tree = tree
    guard let node, !declarations.isEmpty else {
      schema = nil
      return
    }
    var set = SchemaSet()
    set.add(Self.document(tree, node, declarations), uri: uri)
    schema = set.compile(uri, load: { _ in nil }, into: &diagnostics)
  }

  /// A JSON Schema of all parameters.
  private static func document(
    _ tree: Tree, _ node: NodeID, _ declarations: [ParameterDecl]
  ) -> Tree {
    var assembler = TreeAssembler([tree])
    func text(_ text: String, _ kind: Tree.Kind = .string, as node: NodeID) {
      assembler.text(text.utf8, kind: kind, as: node, of: 0)
    }
    assembler.begin(.map, as: node, of: 0)
    text("type", as: node)
    text("object", as: node)
    text("additionalProperties", as: node)
    text("false", .bool, as: node)
    text("properties", as: node)
    assembler.begin(.map, as: node, of: 0)
    for (entry, declaration) in zip(tree.entries(node), declarations) {
      assembler.copy(entry.key, of: 0)
      guard declaration.moment != nil else {
        assembler.copy(entry.value, of: 0)
        continue
      }
      assembler.begin(.map, as: entry.value, of: 0)
      for member in tree.entries(entry.value) {
        assembler.copy(member.key, of: 0)
        if tree.string(member.key) == "type" {
          text("string", as: member.value)
        } else {
          assembler.copy(member.value, of: 0)
        }
      }
      assembler.end()
    }
    assembler.end()
    assembler.end()
    return assembler.tree
  }

  /// The type of the map: of each parameter it is known that it has a value.
  var type: ValueType {
    guard case .object(let drawn)? = schema?.type(named: "params") else {
      return .object(
        ObjectType(
          name: "params",
          fields: declarations.map { .init(name: $0.name.value, type: .dyn, isRequired: true) }))
    }
    var object = drawn
    for index in object.fields.indices {
      object.fields[index].isRequired = true
      let name = object.fields[index].name
      switch declarations.first(where: { $0.name.value == name })?.moment {
      case .date, .dateTime: object.fields[index].type = .timestamp
      case .duration: object.fields[index].type = .duration
      case nil: break
      }
    }
    return .object(object)
  }

  func type(of name: String) -> ValueType {
    let moment = declarations.first { $0.name.value == name }?.moment
    if moment != nil { return .string }
    if case .object(let object) = type { return object.field(name)?.type ?? .dyn }
    return .dyn
  }

  /// Mistakes in the declarations themselves.
  func check(into diagnostics: inout [Diagnostic]) {
    diagnostics += schema?.defaultViolations() ?? []
    for declaration in declarations {
      let name = declaration.name
      let says = tree.value(declaration.node, "x-secret").map { tree.string($0) }
      if says == "true" || says == nil && SecretNames.isTelling(name.value) {
        diagnostics.append(.paramIsSecret(name.value, at: name.span))
      }
      if let node = declaration.default { _ = moment(node, tree, of: declaration, &diagnostics) }
    }
  }

  /// The values of a map with those that are given; of the others, the defaults. Nil, with errors,
  /// if one isn't of its type.
  func values(_ given: Tree, into diagnostics: inout [Diagnostic]) -> ValueMap? {
    guard let root = given.root else { return ValueMap() }
    let violations = schema?.diagnose(given, assertingFormats: true) ?? []
    diagnostics += violations
    var values = ValueMap()
    var read = ValueMap()
    var isGood = !violations.hasErrors
    if let schema, !violations.hasErrors,
      case .map(let map) = schema.value(of: given, file: "params", secrets: [])
    {
      read = map
    }
    for declaration in declarations {
      let name = declaration.name.value
      guard declaration.moment != nil else {
        values[name] = read[name]?.revealed
        continue
      }
      var before: [Diagnostic] = []
      if violations.contains(where: { $0.span == given.value(root, name).map(given.span) }) {
        continue
      }
      if let node = given.value(root, name) {
        values[name] = moment(node, given, of: declaration, &before)
      } else if let node = declaration.default {
        values[name] = moment(node, tree, of: declaration, &before)
      }
      diagnostics += before
      isGood = isGood && !before.hasErrors
    }
    return isGood ? values : nil
  }

  /// Values as people write them, and as JSON has them.
  func texts(_ values: ValueMap) -> ValueMap {
    var texts = values
    for declaration in declarations {
      let name = declaration.name.value
      guard let moment = declaration.moment, let value = values[name] else { continue }
      texts[name] = .string(MomentValue.text(value, moment))
    }
    return texts
  }

  private func moment(
    _ node: NodeID, _ tree: Tree, of declaration: ParameterDecl,
    _ diagnostics: inout [Diagnostic]
  ) -> Value? {
    guard let kind = declaration.moment else { return nil }
    let text = tree.string(node)
    if let moment = MomentValue(text, kind) { return moment.value }
    diagnostics.append(
      .paramWrongMoment(
        declaration.name.value, text, wanted: kind.words, at: tree.span(node),
        declared: declaration.name.span))
    return nil
  }
}

/// A date, a time or a span of time out of a text.
enum MomentValue {
  case time(Value.Timestamp)
  case span(Value.Duration)

  /// Nil if the text isn't one.
  init?(_ text: String, _ kind: ParameterDecl.Moment) {
    switch kind {
    case .date:
      guard let time = MomentText.date(text) else { return nil }
      self = .time(time)
    case .dateTime:
      guard let time = MomentText.time(text) else { return nil }
      self = .time(time)
    case .duration:
      guard let seconds = TimeSpan.seconds(text) else { return nil }
      let (whole, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
      guard !overflow else { return nil }
      self = .span(Value.Duration(nanoseconds: whole))
    }
  }

  var value: Value {
    switch self {
    case .time(let time): .timestamp(time)
    case .span(let span): .duration(span)
    }
  }

  /// As a value of this type is written: `2026-03-01`, `1d12h`.
  static func text(_ value: Value, _ kind: ParameterDecl.Moment) -> String {
    switch value {
    case .timestamp(let time):
      return kind == .date ? String(time.description.prefix(10)) : time.description
    case .duration(let span): return TimeSpan.text(span.nanoseconds / 1_000_000_000)
    default: return ""
    }
  }

  /// The expression that makes it.
  var expression: String {
    switch self {
    case .time(let time): "timestamp(\"\(time)\")"
    case .span(let span): "duration(\"\(span)\")"
    }
  }
}

extension ParameterDecl {
  /// What it is, in a few words.
  var words: String { summary.isEmpty ? moment?.words ?? "" : summary }
}

extension ParameterDecl.Moment {
  var words: String {
    switch self {
    case .date: "a date such as `2026-03-01`"
    case .dateTime: "a date and time such as `2026-03-01T05:06:07Z`"
    case .duration: "a span of time such as `90m` or `1d12h`"
    }
  }
}
