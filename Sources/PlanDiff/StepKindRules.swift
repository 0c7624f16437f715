import Text
import Values

/// Which parameter of a step kind an argument of a step comes from.
struct StepKindRules: Sendable {
  let name: String
  let file: String
  let parameters: Value
  /// Constant text at the beginning and end of the jar; nil if it comes from a parameter.
  private let jars: [(start: String, end: String)]
  /// Constant arguments, in order.
  private let constants: [String]
  /// The parameters of each option.
  private var options: [String: [String]] = [:]
  /// Parameters whose entries become options of a flag, by the flag.
  private var pairs: [String: String] = [:]
  /// Parameters that become positional arguments.
  private var positional: [String] = []
  /// Parameters whose entries are the program's own arguments.
  private var open: [String] = []

  /// Nil if it isn't a step kind.
  init?(_ value: Value, file: String) {
    guard let name = value.member("step-kind")?.plainText,
      let parameters = value.member("parameters"), let jar = value.member("jar")?.plainText
    else { return nil }
    (self.name, self.file, self.parameters) = (name, file, parameters)
    jars = Self.shapes(jar)
    var entries: [Value] = []
    if case .list(let items)? = value.member("arguments") { entries = items }
    let texts = entries.map { $0.plainText ?? "" }
    constants = texts.filter { !$0.isEmpty && !$0.contains("${") }
    for (index, entry) in entries.enumerated() {
      add(entry, after: index > 0 ? texts[index - 1] : "")
    }
  }

  /// The forms that a jar may have: its constant parts, or each text that an expression has in it.
  private static func shapes(_ jar: String) -> [(start: String, end: String)] {
    guard jar.contains("${") else { return [(jar, "")] }
    let quoted = jar.split(separator: "\"", omittingEmptySubsequences: false).enumerated()
      .filter { !$0.offset.isMultiple(of: 2) && $0.element.hasSuffix(".jar") }
    if !quoted.isEmpty { return quoted.map { (String($0.element), "") } }
    let start = jar.split(around: "${").first ?? ""
    let end = jar.split(separator: "}", omittingEmptySubsequences: false).last ?? ""
    return start.isEmpty && end.isEmpty ? [] : [(String(start), String(end))]
  }

  private mutating func add(_ entry: Value, after previous: String) {
    if let option = entry.member("option")?.plainText ?? entry.member("each")?.plainText {
      options[entry.member("flag")?.plainText ?? "--" + option, default: []].append(option)
    } else if let parameter = entry.member("value")?.plainText {
      if previous.hasPrefix("-") { options[previous] = [parameter] }
      positional.append(parameter)
    } else if let parameter = entry.member("pairs")?.plainText {
      pairs[entry.member("flag")?.plainText ?? ""] = parameter
    } else if let parameter = entry.member("options")?.plainText {
      guard parameter == "parameters" else {
        open.append(parameter)
        return
      }
      let prefix = entry.member("prefix")?.plainText ?? "--"
      guard case .map(let all)? = parameters.member("properties") else { return }
      for entry in all.entries { options[prefix + entry.key.keyText] = [entry.key.keyText] }
    } else if let text = entry.plainText, text.contains("parameters.") {
      addExpression(text, after: previous)
    }
  }

  /// `${parameters.?combiner.optMap(c, ["-combiner", c]).orValue([])}`, `--tls=${parameters.tls}`, or
  /// `spark.x=${parameters.y}` after `--conf`.
  private mutating func addExpression(_ text: String, after previous: String) {
    var flags = text.split(separator: "\"").filter { $0.hasPrefix("-") && !$0.contains("${") }
      .map(String.init)
    let start = text.split(around: "${").first ?? ""
    if start.hasPrefix("-") {
      let flag = start.prefix { $0 != "=" }
      flags.append(String(flag))
    } else if previous.hasPrefix("-"), !previous.contains("${") {
      flags.append(previous)
      if start.contains("=") { flags.append("\(previous) \(start.prefix { $0 != "=" })") }
    }
    let names = text.split(around: "parameters.").dropFirst().map { part in
      String((part.first == "?" ? part.dropFirst() : part).prefix { $0.isLetter || $0 == "_" })
    }
    for name in names {
      for flag in flags { options[flag, default: []].append(name) }
      if flags.isEmpty { positional.append(name) }
    }
  }

  /// The schema of its parameters; nil if it has none.
  var node: SchemaPlace.Node? {
    guard case .map(let schema) = parameters else { return nil }
    return SchemaPlace.Node(schema: schema, file: file)
  }

  // MARK: Steps

  /// How well it fits a step: 0 if the step isn't of this kind.
  func fit(_ step: Value) -> Int {
    let jar = step.member("jar")?.plainText ?? ""
    let words = Set(Self.words(of: step))
    guard constants.allSatisfy(words.contains) else { return 0 }
    let isJar = jars.contains { shape in
      shape.end.isEmpty
        ? shape.start == jar : jar.hasPrefix(shape.start) && jar.hasSuffix(shape.end)
    }
    // The command runner runs programs that have a jar as well.
    let isProgram = Self.program(of: step) == name
    guard isJar || isProgram || jars.isEmpty else { return 0 }
    return (isJar ? 10 : isProgram ? 15 : 1) + 10 * constants.count
  }

  /// Whether an argument is one of the program's own, not of those that the program passes on or that
  /// the kind knows nothing of.
  func isKnown(_ argument: Value) -> Bool {
    guard let option = argument.member("option")?.plainText else {
      return argument.member("application") != nil && !positional.isEmpty
    }
    return options[option] != nil || pairs.keys.contains { option.hasPrefix($0 + " ") }
  }

  /// Whether an argument is a text of the kind itself, on one side.
  func isConstant(_ argument: Value, _ texts: [Value]) -> Bool {
    guard argument.member("option") == nil else { return false }
    return texts.contains { text in text.plainText.map(constants.contains) ?? false }
  }

  private static func program(of step: Value) -> String? {
    guard case .list(let items)? = step.member("arguments") else { return nil }
    return items.first?.member("program")?.plainText?.split(separator: "/").last.map(String.init)
  }

  private static func words(of step: Value) -> [String] {
    guard case .list(let items)? = step.member("arguments") else { return [] }
    return items.flatMap { item in
      ["program", "option", "argument", "application", "value"].compactMap {
        item.member($0)?.plainText
      }
    }
  }

  /// The places of the parameters that an argument may come from.
  ///
  /// - Parameter isPassedOn: whether it is one of those that the program passes on.
  func places(
    _ argument: Value, isPassedOn: Bool, in schemas: ChangeSchemas
  ) -> [SchemaPlace] {
    let root = schemas.place(of: parameters, in: file, nil)
    func parameter(_ name: String) -> SchemaPlace { schemas.member(name, of: root, nil) }
    if let option = argument.member("option")?.plainText {
      if isPassedOn, !open.isEmpty {
        let key = String(option.drop { $0 == "-" })
        return open.map { schemas.member(key, of: parameter($0), nil) }
      }
      if let names = options[option] { return names.map { parameter($0) } }
      for (flag, name) in pairs.sorted(by: { $0.key < $1.key }) where option.hasPrefix(flag + " ") {
        return [schemas.member(String(option.dropFirst(flag.count + 1)), of: parameter(name), nil)]
      }
      let key = String(option.drop { $0 == "-" })
      return open.map { schemas.member(key, of: parameter($0), nil) }
    }
    let isApplication = argument.member("application") != nil && !positional.isEmpty
    let names = isApplication ? positional : positional + open
    return names.map { parameter($0) }
  }
}
