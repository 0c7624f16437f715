import Import
import Documents
import SourceText
import Text
import Values

/// Evaluates a template's values: parameters are variables, functions are resolved where they can be.
struct TemplateEvaluator {
  let document: TemplateDocument
  let given: [(name: Spanned<String>, value: Spanned<String>)]
  var variables = VariableTable()
  var notes: [ImportNote] = []
  private var depth = 0
  /// How many values may still be evaluated: names that refer to each other could go on for ever.
  private var budget = 200_000

  init(_ document: TemplateDocument, given: [(name: Spanned<String>, value: Spanned<String>)]) {
    self.document = document
    self.given = given
  }

  private var tree: Tree { document.tree }

  /// How deep functions and values may nest.
  private static var depthLimit: Int { 100 }

  mutating func evaluate(_ node: NodeID) -> Draft {
    depth += 1
    defer { depth -= 1 }
    let span = tree.span(node)
    budget -= 1
    guard depth < Self.depthLimit, budget > 0 else { return .nothing(at: span) }
    if let (name, argument) = document.function(node) {
      return call(name, argument, at: node)
    }
    return plain(node)
  }

  /// A value without the tag at it.
  private mutating func plain(_ node: NodeID) -> Draft {
    let span = tree.span(node)
    switch tree.kind(node) {
    case .string: return Draft(tree.string(node), at: span)
    case .null, .bool, .int, .float: return Draft(.scalar(Value(tree, node)), at: span)
    case .list: return Draft(.list(tree.items(node).map { evaluate($0) }), at: span)
    case .map:
      return Draft(
        .map(
          tree.entries(node).map {
            Draft.Entry(
              key: tree.string($0.key), keySpan: tree.span($0.key), value: evaluate($0.value))
          }), at: span)
    }
  }

  mutating func note(_ effect: ImportNote.Effect, _ what: String, _ reason: String, at span: Span?)
  {
    let note = ImportNote(effect, what, reason, at: span)
    if !notes.contains(where: { $0.what == what && $0.reason == reason }) { notes.append(note) }
  }

  // MARK: Functions

  private mutating func call(
    _ name: String, _ argument: TemplateDocument.Argument, at node: NodeID
  ) -> Draft {
    let span = tree.span(node)
    let inner = argument.node
    switch name {
    case "Ref": return reference(tree.string(inner), at: span)
    case "Fn::GetAtt": return attribute(argument, at: span)
    case "Fn::Sub": return substituted(argument, at: span)
    case "Fn::Join": return joined(items(argument), at: span)
    case "Fn::FindInMap": return found(items(argument), at: span)
    case "Fn::Select": return selected(items(argument), at: span)
    case "Fn::Split": return split(items(argument), at: span)
    case "Fn::If": return chosen(items(argument), at: span)
    case "Fn::Base64":
      if let text = value(of: argument).known { return Draft(Base64.encode(text), at: span) }
    case "Fn::ImportValue":
      let export = value(of: argument)
      return unknown(
        shown(export) ?? "ImportValue", "the value that another stack exports under this name",
        at: span)
    default: break
    }
    note(
      .told, name, "what it gives isn't known before the stack is made: it became an input",
      at: span)
    return unknown(name == "Fn::GetAZs" ? "availability-zones" : name, nil, at: span)
  }

  private func items(_ argument: TemplateDocument.Argument) -> [NodeID] {
    Array(tree.items(argument.node))
  }

  private mutating func value(of argument: TemplateDocument.Argument) -> Draft {
    switch argument {
    case .tagged(let node): plain(node)
    case .plain(let node): evaluate(node)
    }
  }

  mutating func unknown(_ name: String, _ summary: String?, at span: Span?) -> Draft {
    let row = VariableTable.Row(
      name: name, value: value(given: name), summary: summary, span: span)
    return Draft(.text([.variable(variables.id(of: row))]), at: span)
  }

  private func value(given name: String) -> Value? {
    given.first { $0.name.value == name }.map { .string($0.value.value) }
  }

  // MARK: References

  private mutating func reference(_ name: String, at span: Span) -> Draft {
    switch name {
    case "AWS::NoValue": return .nothing(at: span)
    case "AWS::Partition": return Draft("aws", at: span)
    case "AWS::URLSuffix": return Draft("amazonaws.com", at: span)
    case "AWS::Region": return pseudo(name, "us-east-1", "the stack's region", at: span)
    case "AWS::AccountId": return pseudo(name, "123456789012", "the AWS account", at: span)
    case "AWS::StackName": return pseudo(name, "stack", "the stack's name", at: span)
    case "AWS::StackId": return pseudo(name, "stack", "the stack's id", at: span)
    default: break
    }
    if let parameter = document.member("Parameters").flatMap({ tree.value($0, name) }) {
      return self.parameter(name, parameter, at: span)
    }
    if let named = resourceName(name) { return Draft(named.content, at: span) }
    return unknown(name, "the resource `\(name)` of the stack", at: span)
  }

  private mutating func pseudo(
    _ name: String, _ standIn: String, _ summary: String, at span: Span
  ) -> Draft {
    note(
      .told, name, "the template doesn't say it: fill it in", at: span)
    let row = VariableTable.Row(
      name: String(name.dropFirst(5)), value: value(given: name) ?? .string(standIn),
      summary: summary, span: span)
    return Draft(.text([.variable(variables.id(of: row))]), at: span)
  }

  private mutating func parameter(_ name: String, _ node: NodeID, at span: Span) -> Draft {
    let type = tree.value(node, "Type").map { tree.string($0) } ?? "String"
    var row = VariableTable.Row(name: name, span: tree.span(node))
    row.summary = tree.value(node, "Description").map {
      tree.string($0).split(separator: "\n").joined(separator: " ")
    }
    row.isSecret =
      tree.value(node, "NoEcho").map { ASCII.lowercased(tree.string($0)) == "true" } ?? false
    let isStored = type.hasPrefix("AWS::SSM::")
    let text =
      value(given: name) ?? (isStored ? nil : tree.value(node, "Default").map { Value(tree, $0) })
    if isStored {
      note(
        .told, name, "its value is in AWS's parameter store: fill it in", at: tree.span(node))
    }
    row.value = text.map { Self.typed($0, type) }
    row.choices =
      tree.value(node, "AllowedValues").map { list in
        tree.items(list).map { Self.typed(Value(tree, $0), type) }
      } ?? []
    if row.value == nil, let first = row.choices.first {
      row.value = first
      row.isStandIn = true
    }
    return Draft(.text([.variable(variables.id(of: row))]), at: span)
  }

  /// A parameter's value, which is written as a text, as what its type says.
  private static func typed(_ value: Value, _ type: String) -> Value {
    if type == "Number" { return EMRMember.converted(value, to: .int) }
    let text = EMRMember.text(of: value)
    guard type == "CommaDelimitedList" || type.hasPrefix("List<") else { return .string(text) }
    let items = text.split(separator: ",").map { Value.string(ASCII.trimmed($0)) }
    return .list(items)
  }

  /// The name that the template itself gives to a resource, if it does.
  private mutating func resourceName(_ name: String) -> Draft? {
    guard let resource = document.member("Resources").flatMap({ tree.value($0, name) }),
      let type = tree.value(resource, "Type"), let properties = tree.value(resource, "Properties")
    else { return nil }
    let member: String
    switch tree.string(type) {
    case "AWS::S3::Bucket": member = "BucketName"
    case "AWS::IAM::Role": member = "RoleName"
    case "AWS::IAM::InstanceProfile": member = "InstanceProfileName"
    case "AWS::EMR::SecurityConfiguration": member = "Name"
    case "AWS::EC2::KeyPair": member = "KeyName"
    default: return nil
    }
    guard let node = tree.value(properties, member) else { return nil }
    let value = evaluate(node)
    return value.isNothing ? nil : value
  }

  private mutating func attribute(_ argument: TemplateDocument.Argument, at span: Span) -> Draft {
    let node = argument.node
    let name =
      tree.kind(node) == .list
      ? tree.items(node).map { tree.string($0) }.joined(separator: ".") : tree.string(node)
    return unknown(name, "an attribute of a resource of the stack", at: span)
  }

  // MARK: Texts

  private mutating func substituted(_ argument: TemplateDocument.Argument, at span: Span) -> Draft {
    var node = argument.node
    var own: [(name: String, value: Draft)] = []
    if tree.kind(node) == .list {
      let items = Array(tree.items(node))
      guard let first = items.first else { return .nothing(at: span) }
      node = first
      if items.count > 1 {
        own = tree.entries(items[1]).map { (tree.string($0.key), evaluate($0.value)) }
      }
    }
    var pieces: [Draft.Piece] = []
    var rest = Substring(tree.string(node))
    while let start = rest.firstRange(of: "${"),
      let end = rest[start.upperBound...].firstRange(of: "}")
    {
      pieces.append(.known(String(rest[..<start.lowerBound])))
      let name = String(rest[start.upperBound..<end.lowerBound])
      rest = rest[end.upperBound...]
      if name.hasPrefix("!") {
        pieces.append(.known("${" + name.dropFirst() + "}"))
        continue
      }
      let trimmed = ASCII.trimmed(name)
      let value =
        own.first { $0.name == trimmed }?.value
        ?? (trimmed.contains(".")
          ? unknown(trimmed, "an attribute of a resource of the stack", at: span)
          : reference(trimmed, at: span))
      pieces += Draft.joined([value], separator: "") ?? [.known("")]
    }
    pieces.append(.known(String(rest)))
    return Draft(.text(Draft.merged(pieces)), at: span)
  }

  private mutating func joined(_ items: [NodeID], at span: Span) -> Draft {
    guard items.count == 2 else { return malformed("Fn::Join", at: span) }
    let separator = tree.string(items[0])
    let list = evaluate(items[1])
    let parts: [Draft]
    if list.isList {
      parts = list.items
    } else if let id = list.variable, case .list(let values)? = variables[id].value {
      // A list that is a parameter: its items, as they are now.
      note(
        .told, variables[id].name, "its value is part of a text, and isn't an input there",
        at: span)
      parts = values.map { Draft(EMRMember.text(of: $0), at: span) }
    } else {
      parts = [list]
    }
    guard let pieces = Draft.joined(parts, separator: separator) else {
      return malformed("Fn::Join", at: span)
    }
    return Draft(.text(pieces), at: span)
  }

  private mutating func malformed(_ function: String, at span: Span) -> Draft {
    note(.lost, function, "it isn't given what it needs", at: span)
    return .nothing(at: span)
  }

  // MARK: Choices

  /// A text with the names of the variables in it: `${Stage}-gate`.
  private func shown(_ draft: Draft) -> String? {
    guard case .text(let pieces) = draft.content else { return nil }
    return pieces.map { piece in
      switch piece {
      case .known(let text): text
      case .variable(let id): "${\(variables[id].name)}"
      }
    }.joined()
  }

  /// The value of a variable or text as it is now.
  private func now(_ draft: Draft) -> String? {
    switch draft.content {
    case .scalar(let value): return EMRMember.text(of: value)
    case .list, .map: return nil
    case .text(let pieces):
      var text = ""
      for piece in pieces {
        switch piece {
        case .known(let part): text += part
        case .variable(let id):
          guard let value = variables[id].value else { return nil }
          text += EMRMember.text(of: value)
        }
      }
      return text
    }
  }

  /// The text of a node as it is now. (In two statements: a method's `self` is read before its
  /// argument is evaluated, which may add variables.)
  private mutating func text(of node: NodeID) -> String? {
    let value = evaluate(node)
    return now(value)
  }

  private mutating func found(_ items: [NodeID], at span: Span) -> Draft {
    guard items.count >= 3, let mappings = document.member("Mappings") else {
      return malformed("Fn::FindInMap", at: span)
    }
    let keys = items.prefix(3).map { evaluate($0) }
    let texts = keys.compactMap { now($0) }
    guard texts.count == 3, let value = tree.value(mappings, path: texts) else {
      note(
        .told, "Fn::FindInMap", "its keys aren't known: it became an input", at: span)
      return unknown(keys.first.flatMap { now($0) } ?? "map", nil, at: span)
    }
    if keys.contains(where: { $0.known == nil }) {
      note(
        .told, "Fn::FindInMap", "it is resolved for the parameters' values as they are now",
        at: span)
    }
    return evaluate(value)
  }

  private mutating func selected(_ items: [NodeID], at span: Span) -> Draft {
    guard items.count == 2, let index = text(of: items[0]).flatMap({ Int($0) }) else {
      return malformed("Fn::Select", at: span)
    }
    let list = evaluate(items[1])
    if list.isList, list.items.indices.contains(index) { return list.items[index] }
    if let id = list.variable {
      if case .list(let values)? = variables[id].value, values.indices.contains(index) {
        note(
          .told, variables[id].name, "the item at \(index) is used as it is now", at: span)
        return Draft(EMRMember.text(of: values[index]), at: span)
      }
      return unknown("\(variables[id].name).\(index)", variables[id].summary, at: span)
    }
    return malformed("Fn::Select", at: span)
  }

  private mutating func split(_ items: [NodeID], at span: Span) -> Draft {
    guard items.count == 2, let text = text(of: items[1]) else {
      return malformed("Fn::Split", at: span)
    }
    let parts = text.split(around: tree.string(items[0]))
    return Draft(.list(parts.map { Draft(String($0), at: span) }), at: span)
  }

  private mutating func chosen(_ items: [NodeID], at span: Span) -> Draft {
    guard items.count == 3 else { return malformed("Fn::If", at: span) }
    let name = tree.string(items[0])
    let condition = document.member("Conditions").flatMap { tree.value($0, name) }
      .flatMap { holds($0) }
    note(
      condition == nil ? .lost : .told, name,
      condition == nil
        ? "whether this condition holds isn't known: what is for when it holds is taken"
        : "this condition \(condition == true ? "holds" : "doesn't hold") for the parameters' "
          + "values as they are now; the other case isn't carried over", at: span)
    return evaluate(items[condition == false ? 2 : 1])
  }

  /// Whether a condition holds; nil if that depends on what isn't known.
  mutating func holds(_ node: NodeID) -> Bool? {
    depth += 1
    defer { depth -= 1 }
    budget -= 1
    guard depth < Self.depthLimit, budget > 0,
      let (name, argument) = document.function(node)
    else { return nil }
    let items = items(argument)
    switch name {
    case "Fn::Equals":
      guard items.count == 2, let left = text(of: items[0]), let right = text(of: items[1])
      else { return nil }
      return left == right
    case "Fn::Not": return items.first.flatMap { holds($0) }.map { !$0 }
    case "Fn::And":
      let all = items.map { holds($0) }
      return all.contains(false) ? false : all.contains(nil) ? nil : true
    case "Fn::Or":
      let all = items.map { holds($0) }
      return all.contains(true) ? true : all.contains(nil) ? nil : false
    case "Condition":
      return document.member("Conditions")
        .flatMap { tree.value($0, tree.string(argument.node)) }.flatMap { holds($0) }
    default: return nil
    }
  }
}
