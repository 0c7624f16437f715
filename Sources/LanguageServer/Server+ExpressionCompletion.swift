import Compiler
import Expressions
import PipelineSyntax
import Schemas
import Text
import Values

/// What can be written inside `${…}`.
extension Server {
  func expressionItems(
    _ path: String, _ cursor: Cursor, _ owner: Int, _ scan: ExpressionScan, _ word: Int
  ) -> [Item] {
    let model = analyses(of: path).lazy.compactMap(\.model).first
    let outline = outline(path)
    let steps = owner < 0 ? [] : cursor.outline.path(owner)
    let environment =
      model.map { self.environment($0, outline, steps) } ?? self.environment(of: outline)
    return items(scan, word, environment, outline)
  }

  /// What is known without a model.
  private func environment(of outline: Outline) -> TypeEnvironment {
    var environment = TypeEnvironment()
    for section in ["inputs", "let"] {
      for (name, _) in names(outline, [section]) {
        environment = environment.declaring(name, .dyn)
      }
    }
    return environment
  }

  func stepKindItems(_ path: String, _ scan: ExpressionScan, _ word: Int) -> [Item] {
    var environment = TypeEnvironment()
    let outline = outline(path)
    for (name, _) in names(outline, ["parameters", "properties"]) {
      environment = environment.declaring(name, .dyn)
    }
    let cluster = ObjectType(
      name: "cluster",
      fields: ["region", "release"].map { .init(name: $0, type: .string, isRequired: true) })
    return items(scan, word, environment.declaring("cluster", .object(cluster)), outline)
  }

  private func items(
    _ scan: ExpressionScan, _ word: Int, _ environment: TypeEnvironment, _ outline: Outline
  ) -> [Item] {
    // Inside a text there is nothing to offer.
    if scan.parts.contains(where: {
      ($0.role == .string || $0.role == .invalid) && $0.range.lowerBound < word
        && word <= $0.range.upperBound
        && (scan.text[$0.range.lowerBound] == .quote
          || scan.text[$0.range.lowerBound] == .apostrophe)
    }) {
      return []
    }
    let before = scan.parts.prefix { $0.range.upperBound <= word }.count
    let types = ExpressionTypes(scan: scan, environment: environment)
    let inner = types.environment(at: before)
    if let dot = scan.dot(before: before) {
      let receiver = scan.primaryStart(endingAt: dot)..<dot
      return memberItems(scan.string(receiver), inner, outline)
    }
    return globalItems(inner, outline)
  }

  private func memberItems(
    _ receiver: String, _ environment: TypeEnvironment, _ outline: Outline
  ) -> [Item] {
    let functions = FunctionDescription.all(in: environment)
    if environment.variables[receiver] == nil {
      let prefix = receiver + "."
      let inNamespace = functions.filter { !$0.isMember && $0.name.hasPrefix(prefix) }
      if !inNamespace.isEmpty {
        return inNamespace.map { item($0, named: String($0.name.dropFirst(prefix.count))) }
      }
    }
    let type = ExpressionTypes.type(of: receiver, in: environment)
    let summaries = summaries(receiver, outline)
    let fields = type.knownFields.map { field in
      Item(
        label: field.name, kind: .field,
        detail: "\(field.type)" + (field.isRequired ? "" : " (may be absent)"),
        documentation: field.summary ?? summaries[field.name],
        insert: Self.isName(field.name) ? field.name : "`\(field.name)`", rank: 0)
    }
    return fields
      + functions.filter { $0.takesReceiver(type) }.map { item($0, named: $0.name) }
  }

  private func summaries(_ receiver: String, _ outline: Outline) -> [String: String] {
    let known =
      switch receiver {
      case "data": names(outline, ["datasets"])
      case "stages": stageNames(outline)
      default: [(name: String, summary: String?)]()
      }
    return Dictionary(known.compactMap { entry in entry.summary.map { (entry.name, $0) } }) { $1 }
  }

  private func globalItems(_ environment: TypeEnvironment, _ outline: Outline) -> [Item] {
    let inputs = Dictionary(
      names(outline, ["inputs"]).map { ($0.name, $0.summary) }
    ) { $1 }
    let variables = environment.variables.sorted { $0.key < $1.key }.map { name, type in
      Item(
        label: name, kind: .variable, detail: "\(type)",
        documentation: inputs[name] ?? Self.ownNames[name], rank: 0)
    }
    var namespaces: Set<String> = []
    var functions: [Item] = []
    for function in FunctionDescription.all(in: environment) where !function.isMember {
      if let dot = function.name.utf8.firstIndex(of: .dot) {
        namespaces.insert(String(function.name[..<dot]))
      } else {
        functions.append(item(function, named: function.name))
      }
    }
    let modules = namespaces.filter { environment.variables[$0] == nil }.sorted().map {
      Item(label: $0, kind: .module, detail: "functions")
    }
    let words = ["true", "false", "null"].map { Item(label: $0, kind: .keyword, rank: 2) }
    return variables + functions + modules + words
  }

  static let ownNames = [
    "data": "The locations of the datasets.",
    "stages": "Which stages run in this run.",
    "run": "The run: its id, its time, and how it was started.",
    "cluster": "The cluster's region and release.",
    "index": "The number of the combination of `each`, from 0.",
  ]

  private static func isName(_ text: String) -> Bool {
    guard let first = text.utf8.first, ASCII.isLetter(first) || first == .underscore else {
      return false
    }
    return text.utf8.allSatisfy(ASCII.isWord)
  }

  private func item(_ function: FunctionDescription, named name: String) -> Item {
    let overload = function.overloads.first
    let labels = function.parameterLabels(overload)
    let parameters =
      function.isMacro
      ? function.parameterNames : labels.map { String($0.prefix { $0 != ":" }) }
    let places = parameters.enumerated().map { "${\($0.offset + 1):\($0.element)}" }
    return Item(
      label: name, kind: function.isMember ? .method : .function,
      detail: function.label(overload), documentation: function.summary,
      insert: places.isEmpty ? name + "()" : "\(name)(\(places.joined(separator: ", ")))",
      isSnippet: !places.isEmpty)
  }
}
