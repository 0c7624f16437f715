import Text
import Documents
import Diagnostics
import PipelineIR
import PipelineSyntax
import SourceText
import Values

/// Turns a step's parameters into arguments as its kind says, in order.
extension StepExpander {
  /// Where an argument comes from; looked up only if something is wrong with it.
  private struct ArgumentPlace {
    enum Part {
      case whole
      case item(Int)
      case entry(String)
    }

    var span: Span
    /// The value's node, if it is in the pipeline.
    var node: NodeID?
    var part = Part.whole

    init(_ span: Span) { self.span = span }

    init(_ parameter: Parameter, _ part: Part = .whole) {
      span = parameter.span
      node = parameter.node
      self.part = part
    }
  }

  mutating func addArguments(
    _ kind: StepKindDecl, _ parameters: Parameters, _ report: inout Report
  ) {
    for argument in kind.arguments {
      switch argument {
      case .text(let node):
        guard let value = kindValue(node, kind, parameters, &report)?.unwrapped else { return }
        addItems(value, ArgumentPlace(kind.tree.span(node)), &report)
      case .option(let name, let flag):
        if let parameter = parameters[name] { addOption(flag, "", parameter, &report) }
      case .each(let name, let flag):
        if let parameter = parameters[name] { addEach(flag, parameter, &report) }
      case .value(let name):
        guard let parameter = parameters[name] else { continue }
        addItems(parameter.value, ArgumentPlace(parameter), &report)
      case .pairs(let name, let flag):
        if let parameter = parameters[name] { addPairs(parameter, flag: flag, &report) }
      case .options(let name?, let prefix, let join):
        if let parameter = parameters[name] {
          addOptions(parameter, prefix: prefix, join: join, &report)
        }
      case .options(nil, let prefix, let join?):
        for parameter in parameters.items {
          addJoined(
            prefix + parameter.name, join, parameter.value, ArgumentPlace(parameter), &report)
        }
      case .options(nil, let prefix, nil):
        for parameter in parameters.items {
          addOption(prefix, parameter.name, parameter, &report)
        }
      }
    }
    for name in unplacedEncryption(kind) {
      if let parameter = parameters[name] { addOption("--", name, parameter, &report) }
    }
  }

  private mutating func addPairs(_ parameter: Parameter, flag: String, _ report: inout Report) {
    guard case .map(let map) = parameter.value else {
      report.diagnostics.append(.noPairs(parameter.value, of: parameter.name, at: parameter.span))
      return
    }
    for entry in map.entries where !entry.value.isAbsent {
      let key = entry.key.argumentText ?? ""
      program.arguments.append(Argument(text: program.texts.add(flag)))
      addArgument(
        .joined([.string(key + "="), entry.value.unwrapped], separator: ""), of: entry.value,
        ArgumentPlace(parameter, .entry(key)), &report)
    }
  }

  private mutating func addOptions(
    _ parameter: Parameter, prefix: String, join: String?, _ report: inout Report
  ) {
    guard case .map(let map) = parameter.value else {
      return addItems(parameter.value, ArgumentPlace(parameter), &report)
    }
    for entry in map.entries {
      let key = entry.key.argumentText ?? ""
      let place = ArgumentPlace(parameter, .entry(key))
      if let join {
        addJoined(prefix + key, join, entry.value.unwrapped, place, &report)
      } else {
        addOption(prefix, key, entry.value.unwrapped, place, &report)
      }
    }
  }

  /// An option and its value as one argument; a bool as a bare flag, as everywhere.
  private mutating func addJoined(
    _ flag: String, _ join: String, _ value: Value, _ place: ArgumentPlace, _ report: inout Report
  ) {
    switch value {
    case .null, .optional(nil), .bool: addOption(flag, "", value, place, &report)
    case .list(let items):
      let wrong = items.first { $0.argumentText == nil } ?? value
      let text = Value.joined(items, separator: ",")
      addArgument(
        text.flatMap { .joined([.string(flag + join), $0], separator: "") }, of: wrong, place,
        &report)
    default:
      addArgument(
        .joined([.string(flag + join), value], separator: ""), of: value, place, &report)
    }
  }

  /// The flag is the prefix and the name.
  private mutating func addOption(
    _ prefix: String, _ name: String, _ parameter: Parameter, _ report: inout Report
  ) {
    guard let text = knownText(parameter) else {
      return addOption(prefix, name, parameter.value, ArgumentPlace(parameter), &report)
    }
    addFlag(prefix, name)
    program.arguments.append(Argument(text: text))
  }

  /// The flag before each item of a list, or before the value itself.
  private mutating func addEach(_ flag: String, _ parameter: Parameter, _ report: inout Report) {
    guard case .list(let items) = parameter.value else {
      return addOption(flag, "", parameter, &report)
    }
    for (index, item) in items.enumerated() {
      addFlag(flag, "")
      addArgument(item.unwrapped, of: item, ArgumentPlace(parameter, .item(index)), &report)
    }
  }

  /// The text of a dataset's location, if it equals that of its place.
  private func knownText(_ parameter: Parameter) -> TextID? {
    guard let place = parameter.place, case .string(var location) = parameter.value else {
      return nil
    }
    let text = program.places[Int(place.index)].text
    let isSame = location.withUTF8 { bytes in
      program.texts.withBytes(text) { $0.isSame(as: bytes) }
    }
    return isSame ? text : nil
  }

  /// A true bool becomes a bare flag; false or absent values add nothing.
  private mutating func addOption(
    _ prefix: String, _ name: String, _ value: Value, _ place: ArgumentPlace,
    _ report: inout Report
  ) {
    switch value {
    case .null, .optional(nil), .bool(false): return
    case .bool(true): addFlag(prefix, name)
    case .list(let items):
      addFlag(prefix, name)
      let wrong = items.first { $0.argumentText == nil } ?? value
      addArgument(.joined(items, separator: ","), of: wrong, place, &report)
    default:
      addFlag(prefix, name)
      addArgument(value, of: value, place, &report)
    }
  }

  /// Adds a flag; its text is stored once in the program, unless there are too many different ones.
  private mutating func addFlag(_ prefix: String, _ name: String) {
    if let known = flags.first(where: { $0.name == name && $0.prefix == prefix }) {
      program.arguments.append(Argument(text: known.text))
      return
    }
    let text = program.texts.add(prefix + name)
    if flags.count < 64 { flags.append((prefix, name, text)) }
    program.arguments.append(Argument(text: text))
  }

  /// The items of a list, or the value itself, unchanged. An absent item is an error: the next one
  /// would take its place.
  private mutating func addItems(
    _ value: Value, _ place: ArgumentPlace, _ report: inout Report
  ) {
    guard case .list(let items) = value else {
      if !value.isAbsent { addArgument(value, of: value, place, &report) }
      return
    }
    var place = place
    for (index, item) in items.enumerated() {
      place.part = .item(index)
      addArgument(item.unwrapped, of: item, place, &report)
    }
  }

  /// - Parameter source: what to blame if the argument has no text.
  private mutating func addArgument(
    _ value: Value?, of source: Value, _ place: ArgumentPlace, _ report: inout Report
  ) {
    if let value, program.addArgument(value) { return }
    report.diagnostics.append(.notAnArgument(source, at: span(of: place)))
  }

  // MARK: Beside the arguments

  /// The members that go into the step's request unchanged.
  mutating func addExtras(_ declaration: StepDecl, name: String, _ report: inout Report) {
    let body = ClusterBody(binder: binder, origins: nil)
    let properties = declaration.properties.flatMap {
      self.properties($0, &report)?.markingSecrets(at: "pipeline#/steps/\(name)/properties")
    }
    let monitoring = declaration.monitoring.flatMap {
      body.evaluate($0, into: &report.diagnostics)
    }
    for part in [properties, monitoring] {
      for secret in part?.value.secrets ?? [] {
        warn(of: secret, step: name, at: part?.span ?? tree.span(declaration.node), &report)
      }
    }
    program.steps[program.steps.count - 1].extras = Int32(clamping: program.stepExtras.count)
    program.stepExtras.append(StepExtras(properties: properties, monitoring: monitoring))
  }

  /// A map's entries as a list of maps of `Key` and `Value`, both texts; absent ones are left out.
  private func properties(_ node: NodeID, _ report: inout Report) -> SpannedValue? {
    let whole = tree.span(node)
    guard let value = binder.value(node, into: &report.diagnostics)?.unwrapped, !value.isAbsent
    else { return nil }
    guard case .map(let map) = value else {
      report.diagnostics.append(.wrongValue("a map", found: value, at: whole))
      return nil
    }
    let items = map.entries.compactMap { entry -> SpannedValue? in
      let value = entry.value.unwrapped
      guard !value.isAbsent else { return nil }
      let key = entry.key.argumentText ?? ""
      let span = tree.value(node, key).map(tree.span) ?? whole
      guard let text = Value.joined([value], separator: "") else {
        report.diagnostics.append(.notAnArgument(value, at: span))
        return nil
      }
      return SpannedValue(
        .map([
          SpannedValue.Entry(key: "Key", value: SpannedValue(.scalar(.string(key)), span: span)),
          SpannedValue.Entry(key: "Value", value: SpannedValue(.scalar(text), span: span)),
        ]), span: span)
    }
    return items.isEmpty ? nil : SpannedValue(.list(items), span: whole)
  }

  /// The part at fault; the whole if the part comes from an expression.
  private func span(of place: ArgumentPlace) -> Span {
    guard let node = place.node else { return place.span }
    switch place.part {
    case .whole: return place.span
    case .item(let wanted):
      for (index, item) in tree.items(node).enumerated() where index == wanted {
        return tree.span(item)
      }
      return place.span
    case .entry(let key): return tree.value(node, key).map(tree.span) ?? place.span
    }
  }
}
