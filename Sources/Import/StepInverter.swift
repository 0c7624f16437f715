import Diagnostics
import Documents
import Expressions
import PipelineIR
import PipelineSyntax
import SourceText
import Text
import Values

/// A step of a kind, whose parameters become the arguments that the source has.
struct StepForm: Sendable {
  var kind: StepKindDecl
  var parameters: [(name: String, value: Draft)]
  /// How many arguments the kind has a name for.
  var namedCount: Int

  subscript(name: String) -> Draft? { parameters.first { $0.name == name }?.value }
}

/// Finds the parameters of a kind that become given arguments, by the kind's own grammar. What it
/// finds is proved by compiling it.
struct StepInverter {
  let kind: StepKindDecl
  /// `cluster.region` and `cluster.release`.
  let cluster: ValueMap
  let jar: DraftText
  let mainClass: DraftText?
  let arguments: [DraftText]

  private struct State {
    var at = 0
    var parameters: [(name: String, value: Draft)] = []
    var namedCount = 0

    func has(_ name: String) -> Bool { parameters.contains { $0.name == name } }
  }

  func form() -> StepForm? {
    var state = State()
    guard match(jar, kind.jar, &state), matchMainClass(&state), var end = read(0, state),
      end.at == arguments.count
    else { return nil }
    let required = schema.flatMap { kind.tree.value($0, "required") }
    for name in required.map({ Array(kind.tree.items($0)) }) ?? [] {
      guard end.has(kind.tree.string(name)) else { return nil }
    }
    if case .options(nil, _, _)? = kind.arguments.last {} else { sort(&end) }
    return StepForm(kind: kind, parameters: end.parameters, namedCount: end.namedCount)
  }

  private var schema: NodeID? { kind.parameters }

  /// Parameters in the order in which the kind declares them.
  private func sort(_ state: inout State) {
    let order = kind.parameterNames
    let position = { (name: String) in order.firstIndex(of: name) ?? order.count }
    state.parameters.sort { position($0.name) < position($1.name) }
  }

  // MARK: Jars

  private func match(_ text: DraftText, _ node: NodeID?, _ state: inout State) -> Bool {
    guard let node else { return text.plain.isEmpty }
    if let name = parameter(node) {
      state.parameters.append((name, .text(text)))
      return true
    }
    return constant(node) == text.plain
  }

  private func matchMainClass(_ state: inout State) -> Bool {
    guard let mainClass else {
      // A kind whose class isn't a parameter always has one.
      return kind.mainClass.map { parameter($0) != nil } ?? true
    }
    guard kind.mainClass != nil else { return false }
    return match(mainClass, kind.mainClass, &state)
  }

  /// The parameter that a text consists of: `${parameters.jar}`, `${parameters.?class}`.
  private func parameter(_ node: NodeID) -> String? {
    let text = kind.tree.string(node)
    guard text.hasPrefix("${parameters."), text.hasSuffix("}") else { return nil }
    var name = text.dropFirst(13).dropLast()
    if name.hasPrefix("?") { name = name.dropFirst() }
    return kind.parameterNames.contains(String(name)) ? String(name) : nil
  }

  /// The value of a text that depends on no parameter; nil if it does.
  private func constant(_ node: NodeID) -> String? {
    guard kind.tree.kind(node) == .string else {
      return kind.tree.kind(node) == .list || kind.tree.kind(node) == .map
        ? nil : kind.tree.string(node)
    }
    let text = kind.tree.string(node)
    guard text.contains("${") else { return Template.literal(text) }
    guard !text.contains("parameters") else { return nil }
    var ignored: [Diagnostic] = []
    let source = SourceID(index: 0)
    guard
      let template = Template.parse(text, locate: { Span(source, $0) }, into: &ignored),
      case .success(let value) = template.evaluate(
        in: EvaluationContext(variables: ["cluster": .map(cluster)], functions: HostFunctions()))
    else { return nil }
    return value.argumentText
  }

  // MARK: Arguments

  /// What follows from the kind's pieces from one on; nil if they can't make the arguments.
  private func read(_ piece: Int, _ state: State) -> State? {
    guard piece < kind.arguments.count else { return state.at == arguments.count ? state : nil }
    let isLast = piece == kind.arguments.count - 1
    switch kind.arguments[piece] {
    case .text(let node):
      guard state.at < arguments.count, constant(node) == arguments[state.at].plain else {
        return nil
      }
      var next = state
      next.at += 1
      next.namedCount += 1
      return read(piece + 1, next)
    case .option, .each, .pairs: return readFlags(from: piece, state)
    case .value(let name): return readValue(name, piece, state, isLast: isLast)
    case .options(let name?, let prefix, let join):
      return readOptions(name, prefix, join, piece, state)
    case .options(nil, let prefix, let join):
      var next = state
      guard readParameters(prefix, join, &next) else { return nil }
      return read(piece + 1, next)
    }
  }

  /// Pieces with flags that follow one another, in whatever order the arguments have them: a
  /// program takes its options in any order.
  private func readFlags(from piece: Int, _ state: State) -> State? {
    var next = state
    var end = piece
    while end < kind.arguments.count, kind.arguments[end].hasFlag { end += 1 }
    var before = -1
    while next.at != before {
      before = next.at
      for flags in kind.arguments[piece..<end] {
        switch flags {
        case .option(let name, let flag): _ = readOption(name, flag: flag, &next)
        case .each(let name, let flag): readEach(name, flag: flag, &next)
        case .pairs(let name, let flag):
          guard readPairs(name, flag: flag, &next) else { return nil }
        case .text, .value, .options: continue
        }
        if next.at != before { break }
      }
    }
    return read(end, next)
  }

  /// `FLAG VALUE`, or a bare flag of a bool.
  private func readOption(_ name: String, flag: String, _ state: inout State) -> Bool {
    guard state.at < arguments.count, arguments[state.at].literal == flag, !state.has(name) else {
      return false
    }
    if types(name).contains("boolean") {
      state.at += 1
      state.parameters.append((name, .scalar("true")))
      state.namedCount += 1
      return true
    }
    guard state.at + 1 < arguments.count, let value = value(arguments[state.at + 1], of: name)
    else {
      return false
    }
    state.at += 2
    state.namedCount += 2
    state.parameters.append((name, value))
    return true
  }

  /// `FLAG VALUE`, as often as there is one.
  private func readEach(_ name: String, flag: String, _ state: inout State) {
    var values: [Draft] = []
    while state.at + 1 < arguments.count, arguments[state.at].literal == flag {
      values.append(.text(arguments[state.at + 1]))
      state.at += 2
      state.namedCount += 2
    }
    guard !values.isEmpty else { return }
    if let at = state.parameters.firstIndex(where: { $0.name == name }),
      case .list(let known) = state.parameters[at].value
    {
      state.parameters[at].value = .list(known + values.map { Draft.Item(value: $0) })
    } else {
      state.parameters.append((name, .items(values)))
    }
  }

  private func readValue(
    _ name: String, _ piece: Int, _ state: State, isLast: Bool
  ) -> State? {
    if types(name).contains("array") {
      var count = arguments.count - state.at
      while count >= 0 {
        var next = state
        if count > 0 {
          let items = arguments[state.at..<(state.at + count)].map { $0.draft(orBool: true) }
          next.parameters.append((name, .items(items)))
        }
        next.at += count
        if let end = read(piece + 1, next) { return end }
        count -= isLast ? count + 1 : 1
      }
      return nil
    }
    // An option that the kind doesn't know isn't a value.
    if state.at < arguments.count, !arguments[state.at].plain.hasPrefix("--"),
      let value = value(arguments[state.at], of: name)
    {
      var next = state
      next.at += 1
      next.namedCount += 1
      next.parameters.append((name, value))
      if let end = read(piece + 1, next) { return end }
    }
    return isRequired(name) ? nil : read(piece + 1, state)
  }

  /// `FLAG KEY=VALUE`, as often as there is one; each key once.
  private func readPairs(_ name: String, flag: String, _ state: inout State) -> Bool {
    var entries: [Draft.Entry] = []
    let known = state.parameters.firstIndex { $0.name == name }
    if let known, case .map(let before) = state.parameters[known].value { entries = before }
    while state.at + 1 < arguments.count, arguments[state.at].literal == flag {
      let pair = arguments[state.at + 1]
      guard let equals = pair.plain.utf8.firstIndex(of: .equals) else { return false }
      let offset = pair.plain.utf8.distance(from: pair.plain.utf8.startIndex, to: equals)
      guard let (key, rest) = pair.split(at: offset), let text = key.literal, !text.isEmpty,
        let value = rest.dropFirst(1), !entries.contains(where: { $0.key == text })
      else { return false }
      entries.append(Draft.Entry(DraftText.escaped(text), value.draft(orBool: true)))
      state.at += 2
      state.namedCount += 2
    }
    if let known {
      state.parameters[known].value = .map(entries)
    } else if !entries.isEmpty {
      state.parameters.append((name, .map(entries)))
    }
    return true
  }

  /// The rest as `--KEY VALUE` if all of it is, or as it is.
  private func readOptions(
    _ name: String, _ prefix: String, _ join: String?, _ piece: Int, _ state: State
  ) -> State? {
    guard state.at < arguments.count else { return read(piece + 1, state) }
    if types(name).contains("object"), join == nil {
      var next = state
      if readMap(name, prefix, &next), let end = read(piece + 1, next) { return end }
    }
    guard types(name).contains("array") else { return read(piece + 1, state) }
    var next = state
    next.parameters.append(
      (name, .items(arguments[state.at...].map { $0.draft(orBool: true) })))
    next.at = arguments.count
    return read(piece + 1, next)
  }

  private func readMap(_ name: String, _ prefix: String, _ state: inout State) -> Bool {
    var entries: [Draft.Entry] = []
    while state.at < arguments.count {
      guard let option = arguments[state.at].literal, option.hasPrefix(prefix) else { return false }
      let key = String(option.dropFirst(prefix.count))
      guard !key.isEmpty, !key.hasPrefix("-"), !key.contains("="),
        !entries.contains(where: { $0.key == key })
      else { return false }
      let next = state.at + 1
      if next < arguments.count, arguments[next].literal?.hasPrefix("--") != true {
        // Without quotes, `true` would be a bare flag.
        entries.append(Draft.Entry(key, arguments[next].draft(orBool: false)))
        state.at += 2
        state.namedCount += 2
      } else {
        entries.append(Draft.Entry(key, .scalar("true")))
        state.at += 1
        state.namedCount += 1
      }
    }
    state.parameters.append((name, .map(entries)))
    return true
  }

  /// The rest as options that are the kind's parameters, in any order.
  private func readParameters(_ prefix: String, _ join: String?, _ state: inout State) -> Bool {
    while state.at < arguments.count {
      guard readParameter(prefix, join, &state) else { return false }
    }
    return true
  }

  private func readParameter(_ prefix: String, _ join: String?, _ state: inout State) -> Bool {
    let text = arguments[state.at]
    guard text.plain.hasPrefix(prefix) else { return false }
    let body = text.plain.dropFirst(prefix.count)
    let name = String(body.prefix { ASCII.isWord($0.asciiValue ?? 0) || $0 == "-" })
    guard kind.parameterNames.contains(name), !state.has(name) else { return false }
    let rest = body.dropFirst(name.count)
    let isFlag = types(name).contains("boolean")
    var value: Draft?
    if isFlag {
      guard rest.isEmpty else { return false }
      value = .scalar("true")
    } else if let join {
      guard rest.hasPrefix(join) else { return false }
      value = text.dropFirst(prefix.utf8.count + name.utf8.count + join.utf8.count)
        .flatMap { self.value($0, of: name) }
    } else {
      guard rest.isEmpty, state.at + 1 < arguments.count else { return false }
      state.at += 1
      value = self.value(arguments[state.at], of: name)
    }
    guard let value else { return false }
    state.parameters.append((name, value))
    state.at += 1
    state.namedCount += 1
    return true
  }

  // MARK: Types

  private func isRequired(_ name: String) -> Bool {
    guard let required = schema.flatMap({ kind.tree.value($0, "required") }) else { return false }
    return kind.tree.items(required).contains { kind.tree.string($0) == name }
  }

  private func types(_ name: String) -> [String] {
    guard let schema, let properties = kind.tree.value(schema, "properties"),
      let property = kind.tree.value(properties, name),
      let type = kind.tree.value(property, "type")
    else { return [] }
    return kind.tree.kind(type) == .list
      ? kind.tree.items(type).map { kind.tree.string($0) } : [kind.tree.string(type)]
  }

  /// An argument as a value of a parameter's type; nil if it can't be one.
  private func value(_ text: DraftText, of name: String) -> Draft? {
    let types = types(name)
    if types.isEmpty || types.contains("string") { return .text(text) }
    if types.contains("integer") || types.contains("number") {
      guard let literal = text.literal else { return .text(text) }
      return Int64(literal).map(String.init) == literal ? .scalar(literal) : nil
    }
    return types.contains("array") ? .items(text.split(at: .comma).map { .text($0) }) : nil
  }
}

extension StepKindDecl.Argument {
  /// Whether it begins with a flag, which says what it is.
  fileprivate var hasFlag: Bool {
    switch self {
    case .option, .each, .pairs: true
    case .text, .value, .options: false
    }
  }
}
