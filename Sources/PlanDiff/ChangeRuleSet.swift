import Diagnostics
import Documents
import SourceText
import Values
import YAMLSyntax

/// What changes mean, as one side's schemas and step kinds say with `x-change`.
struct ChangeRuleSet: Sendable {
  private(set) var schemas = ChangeSchemas()
  private var names = NameClasses()
  private(set) var kinds: [StepKindRules] = []
  /// Schemas that a document in an argument may be described by; the first that fits counts.
  private var documents: [String] = []

  static let runJobFlow = "schemas/emr/run-job-flow.schema.json"
  static let addJobFlowSteps = "schemas/emr/add-job-flow-steps.schema.json"
  static let pipeline = "schemas/pipeline.schema.json"
  static let stepKind = "schemas/step-kind.schema.json"
  /// What describes a pipeline's own schemas.
  static let ownSchema = "schemas/json-schema.schema.json"
  /// Members that say how much of a part there is: without the part, none.
  private static let amounts: Set<String> = [
    "InstanceCount", "TargetOnDemandCapacity", "TargetSpotCapacity",
  ]
  static let namesFile = "data/change/names.yml"

  /// Reads schemas and step kinds.
  ///
  /// - Parameters:
  ///   - own: a pipeline's own files, by paths such as `schemas/mine.json` and
  ///     `step-kinds/mine.yml`; they replace built-in ones of the same path.
  ///   - paths: of all built-in files.
  ///   - file: the bytes of a built-in file; nil if there is none.
  init(own: [String: [UInt8]], paths: [String], file: (String) -> [UInt8]?) {
    let mine = own.keys.sorted()
    let all = mine + paths.filter { own[$0] == nil }
    for path in all where path.hasPrefix("step-kinds/") {
      if let value = Self.read(path, own[path] ?? file(path)),
        let kind = StepKindRules(value, file: path)
      {
        schemas.add(path, value)
        kinds.append(kind)
        // The pipeline's own come first, and replace built-in ones.
        if schemas.parameters[kind.name] == nil { schemas.parameters[kind.name] = kind.node }
      }
    }
    documents = all.filter { path in
      path.hasPrefix("schemas/") && !path.hasPrefix("schemas/emr/")
        && (own[path] != nil || path.split(separator: "/").count == 3)
    }
    if let value = Self.read(Self.namesFile, file(Self.namesFile)) { names = NameClasses(value) }
    var wanted =
      documents + [
        Self.runJobFlow, Self.addJobFlowSteps, Self.pipeline, Self.stepKind, Self.ownSchema,
      ]
    while let path = wanted.popLast() {
      guard schemas.files[path] == nil, let value = Self.read(path, own[path] ?? file(path))
      else { continue }
      schemas.add(path, value)
      wanted += ChangeSchemas.references(of: value, in: path)
    }
  }

  private static func read(_ path: String, _ bytes: [UInt8]?) -> Value? {
    guard let bytes else { return nil }
    var ignored: [Diagnostic] = []
    let source = SourceID(index: 0)
    let tree =
      path.hasSuffix(".json")
      ? JSONReader.read(bytes, source: source, into: &ignored)
      : YAMLReader.read(
        SourceFile(name: path, text: bytes), source: source, rules: .core, into: &ignored)
    guard let tree, let root = tree.root else { return nil }
    return Value(tree, root)
  }

  // MARK: Places

  /// What a change from one value to another means at a place, and below it.
  func meaning(
    of old: Value?, _ new: Value?, at place: SchemaPlace, names: [String], isWhole: Bool = false,
    depth: Int = 0
  ) -> ChangeMeaning {
    guard depth < 64 else { return .unknown }
    var meaning = ChangeMeaning()
    var isInner = false
    func add(_ old: Value?, _ new: Value?, _ place: SchemaPlace, _ key: String?) {
      isInner = true
      let key = key ?? (old ?? new)?.member("Classification")?.plainText
      let names = key.map { names + [$0] } ?? names
      meaning.add(
        self.meaning(of: old, new, at: place, names: names, isWhole: isWhole, depth: depth + 1))
    }
    switch (old, new) {
    case (.map(let map)?, nil), (nil, .map(let map)?):
      for entry in map.entries {
        let (key, value) = (entry.key.keyText, entry.value)
        let inner = schemas.member(key, of: place, value)
        add(old == nil ? nil : value, new == nil ? nil : value, inner, key)
      }
    case (.list(let items)?, nil), (nil, .list(let items)?):
      for item in items {
        let inner = schemas.item(of: place, item)
        add(old == nil ? nil : item, new == nil ? nil : item, inner, nil)
      }
    case (.map(let was)?, .map(let now)?):
      for entry in was.entries where !(now[entry.key].map { entry.value.equals($0) } ?? false) {
        let inner = schemas.member(entry.key.keyText, of: place, entry.value)
        add(entry.value, now[entry.key], inner, entry.key.keyText)
      }
      for entry in now.entries where was[entry.key] == nil {
        let inner = schemas.member(entry.key.keyText, of: place, entry.value)
        add(nil, entry.value, inner, entry.key.keyText)
      }
    default: break
    }
    guard !isInner else { return meaning }
    return ChangeMeaning(
      place.marks, old, new, named: self.names.of(names), fallback: place.fallback,
      isWhole: isWhole, isPart: depth > 0 && (old == nil || new == nil),
      isAmount: names.last.map(Self.amounts.contains) ?? false)
  }

  /// The place that a path leads to. `instance` is the document, as far as it is known.
  func place(
    _ path: some Collection<String>, from root: SchemaPlace, _ instance: Value?, _ last: Value?
  ) -> SchemaPlace {
    var place = root
    var value = instance
    for (offset, key) in path.enumerated() {
      if case .list(let items)? = value {
        value = Int(key).flatMap { items.indices.contains($0) ? items[$0] : nil }
        if offset == path.count - 1 { value = last ?? value }
        place = schemas.item(of: place, value)
      } else if value == nil, key == "*" || Int(key) != nil {
        place = schemas.item(of: place, nil)
      } else {
        value = value?.member(key)
        if offset == path.count - 1 { value = last ?? value }
        place = schemas.member(key, of: place, value)
      }
    }
    return place
  }

  /// The names on a path: an item of a list has none but its classification's.
  private func names(_ path: [String], in root: Value?) -> [String] {
    var value = root
    return path.map { key in
      guard case .list(let items)? = value else {
        value = value?.member(key)
        return key
      }
      value = Int(key).flatMap { items.indices.contains($0) ? items[$0] : nil }
      return value?.member("Classification")?.plainText ?? key
    }
  }

  /// What a change in an input means, by its schema.
  func meaning(
    ofInput schema: String, _ path: [String], _ document: Value, _ old: Value?, _ new: Value?
  )
    -> ChangeMeaning
  {
    guard let root = schemas.root(schema, document) else { return .unknown }
    let place = place(path, from: root, document, old ?? new)
    let isWhole = path.isEmpty && (old == nil || new == nil)
    return meaning(of: old, new, at: place, names: path, isWhole: isWhole)
  }

  // MARK: The cluster and its steps

  func cluster(_ path: [String], _ root: Value?, _ old: Value?, _ new: Value?) -> ChangeMeaning {
    guard let schema = schemas.root(Self.runJobFlow, root) else { return .unknown }
    return meaning(
      of: old, new, at: place(path, from: schema, root, old ?? new), names: names(path, in: root))
  }

  func request(_ path: [String], _ old: Value?, _ new: Value?) -> ChangeMeaning {
    guard let schema = schemas.root(Self.addJobFlowSteps, nil) else { return .unknown }
    return meaning(of: old, new, at: place(path, from: schema, nil, old ?? new), names: path)
  }

  /// What is around a run, in a pipeline's words.
  func settings(_ path: [String], _ old: Value?, _ new: Value?) -> ChangeMeaning {
    guard let root = schemas.root(Self.pipeline, nil) else { return .unknown }
    let run = place(["run"], from: root, nil, nil)
    return meaning(of: old, new, at: place(path, from: run, nil, old ?? new), names: path)
  }

  /// A member of a step, by its name in AddJobFlowSteps.
  func step(_ path: [String], _ old: Value?, _ new: Value?) -> ChangeMeaning {
    guard let root = schemas.root(Self.addJobFlowSteps, nil) else { return .unknown }
    let place = place(["Steps", "*"] + path, from: root, nil, old ?? new)
    return meaning(of: old, new, at: place, names: path)
  }

  /// An argument, or a place in it. `argument` is the item of the list, `path` leads from it, and
  /// `steps` is the step on each side that has it.
  func argument(
    _ argument: Value, _ path: [String], steps: [Value], kind: String?, _ old: Value?,
    _ new: Value?
  ) -> ChangeMeaning {
    if argument.member("program") != nil { return step(["HadoopJarStep", "Args"], old, new) }
    let option = argument.member("option")?.plainText ?? ""
    let names = [option.split(separator: " ").last.map(String.init) ?? option]
    let texts = [old, new].compactMap { $0.map(Self.shown) }
    guard let (places, isKnown) = places(argument, steps, kind, texts) else { return .unknown }
    guard let start = path.firstIndex(of: "base64") else {
      var meaning = ChangeMeaning()
      for place in places {
        meaning.add(
          ChangeMeaning(
            place.marks, old.map(Self.shown), new.map(Self.shown), named: self.names.of(names)))
      }
      for document in [old, new].compactMap({ $0?.member("value")?.member("base64") }) {
        let isOld = new == nil
        meaning.add(
          self.document(document, [], isOld ? document : nil, isOld ? nil : document, places))
      }
      // It may be of a kind of somebody's own, which says more of it.
      if !isKnown, path.count <= 1 { meaning.add(.unknown) }
      return meaning.classes.isEmpty ? .unknown : meaning
    }
    let root = argument.member("value")?.member("base64")
    let inner = Array(path[(start + 1)...])
    return document(root, inner, old, new, places)
  }

  /// The places of the parameters that an argument may come from; nil if no kind fits the steps. A
  /// kind's own text comes from no parameter: then what it is to the program counts, by the kind of
  /// the program.
  private func places(
    _ argument: Value, _ steps: [Value], _ name: String?, _ texts: [Value]
  ) -> (places: [SchemaPlace], isKnown: Bool)? {
    var fits = kinds.map { kind in (kind: kind, fit: steps.map { kind.fit($0) }.max() ?? 0) }
    if let name {
      // Plans name the kinds of their steps.
      guard let own = kinds.first(where: { $0.name == name }) else { return nil }
      fits = fits.filter { $0.kind.name != name } + [(own, Int.max)]
    }
    fits = fits.enumerated().filter { $0.element.fit > 0 }.sorted {
      ($0.element.fit, $1.offset) > ($1.element.fit, $0.offset)
    }.map(\.element)
    guard !fits.isEmpty else { return nil }
    let isPassedOn = Self.isPassedOn(argument, steps)
    for fit in fits where !fit.kind.isConstant(argument, texts) {
      let places = fit.kind.places(argument, isPassedOn: isPassedOn, in: schemas)
      if !places.isEmpty { return (places, name != nil || fit.kind.isKnown(argument)) }
    }
    return ([], false)
  }

  /// Whether an argument is only found after what the step submits: it is the application's then, which
  /// may have options of the same names.
  private static func isPassedOn(_ argument: Value, _ steps: [Value]) -> Bool {
    var isFound = false
    for step in steps {
      guard case .list(let items)? = step.member("arguments") else { continue }
      let application = items.firstIndex { $0.member("application") != nil } ?? items.endIndex
      guard let first = items.firstIndex(where: { $0.equals(argument) }) else { continue }
      if first < application { return false }
      isFound = true
    }
    return isFound
  }

  /// An argument's own scalar; a flag is true.
  private static func shown(_ value: Value) -> Value {
    guard case .map(let map) = value else { return value }
    return map["value"] ?? map["argument"] ?? map["application"] ?? map["program"] ?? .bool(true)
  }

  /// A change in a document: by the schema that describes the document, or the innermost document
  /// in it; else by the parameter that it is the value of.
  private func document(
    _ root: Value?, _ path: [String], _ old: Value?, _ new: Value?, _ outer: [SchemaPlace]
  ) -> ChangeMeaning {
    var value = root
    var best: (schema: String, start: Int, value: Value)?
    for index in 0...path.count {
      if let current = value, let schema = schema(of: current) {
        best = (schema, index, current)
      }
      guard index < path.count else { break }
      if case .list(let items)? = value {
        value = Int(path[index]).flatMap { items.indices.contains($0) ? items[$0] : nil }
      } else {
        value = value?.member(path[index])
      }
      if index == path.count - 1 { value = old ?? new ?? value }
    }
    if let best, let place = schemas.root(best.schema, best.value) {
      let inner = Array(path[best.start...])
      if inner.isEmpty, case .map? = old ?? new, let list = Self.documents(in: old ?? new) {
        var meaning = ChangeMeaning()
        for item in list {
          meaning.add(document(item, [], old == nil ? nil : item, new == nil ? nil : item, outer))
        }
        if !meaning.classes.isEmpty { return meaning }
      }
      let there = self.place(inner, from: place, best.value, old ?? new)
      let isWhole = inner.isEmpty && (old == nil || new == nil)
      return meaning(of: old, new, at: there, names: path, isWhole: isWhole)
    }
    var meaning = ChangeMeaning()
    for place in outer {
      meaning.add(
        self.meaning(
          of: old, new, at: SchemaPlace(nodes: [], marks: place.marks), names: path))
    }
    return meaning.classes.isEmpty ? .unknown : meaning
  }

  /// The documents that a self-describing list consists of.
  private static func documents(in value: Value?) -> [Value]? {
    guard case .list(let items)? = value?.member("data"), !items.isEmpty,
      items.allSatisfy({ $0.member("schema") != nil && $0.member("data") != nil })
    else { return nil }
    return items
  }

  /// The schema that describes a document, by what it requires.
  private func schema(of value: Value) -> String? {
    guard case .map(let map) = value, !map.isEmpty else { return nil }
    let fitting = documents.filter { path in
      guard let schema = schemas.files[path], schema.member("required") != nil else { return false }
      return ChangeSchemas.mayHold(schema, value)
    }
    // One that lists the kinds of documents it describes knows more than one for all kinds.
    return fitting.first { path in
      schemas.files[path]?.member("properties")?.member("schema")?.member("enum") != nil
    } ?? fitting.first
  }
}
