import PlanFormat
import Targets
import Text
import Values

/// Texts of a deployment as texts of the DAG: Airflow's templates, with the values of a run as
/// constants of the file.
struct DAGTexts {
  struct Constant {
    var name: String
    /// The template that Airflow fills in.
    var template: String
    var value: RunValue
  }

  private let deployment: Deployment
  private let dagID: String
  private(set) var constants: [Constant] = []
  private var names = DAGNames(reserved: DAGHelpers.constants)
  /// The tasks that find names, by fact.
  private var tasks: [Int: String] = [:]

  init(_ deployment: Deployment, dagID: String, _ taskIDs: inout DAGNames) {
    self.deployment = deployment
    self.dagID = dagID
    for fact in deployment.textAnswers where deployment.plan.facts.indices.contains(fact) {
      let name = taskName(of: deployment.plan.facts[fact])
      tasks[fact] = taskIDs.unique("checks.find_\(name)")
    }
  }

  /// The task that finds the name which a fact asks for.
  func task(finding fact: Int) -> String { tasks[fact] ?? "" }

  /// What a fact has found; empty if that is nothing.
  mutating func answer(_ fact: Int) -> PythonText {
    PythonText(pieces: [.name(name(of: .answer(fact: fact, otherwise: [])))])
  }

  /// What a question's task is called.
  func taskName(of fact: Plan.Fact) -> String {
    let (verb, subject): (String, String)
    switch fact.question {
    case .isEmpty(let location):
      (verb, subject) = (fact.answer.equals(.bool(true)) ? "empty" : "data", location)
    case .hasMatch(let location, _):
      (verb, subject) = (fact.answer.equals(.bool(true)) ? "data" : "no_data", location)
    case .last(let location, _), .lastFolder(let location, _): (verb, subject) = ("last", location)
    case .tooDeep(let location, _, _): (verb, subject) = ("depth", location)
    case .count(let location, _): (verb, subject) = ("count", location)
    case .all(let location, _): (verb, subject) = ("parts", location)
    case .cluster(let name, _): (verb, subject) = ("cluster", name)
    case .clusterShape(let id): (verb, subject) = ("cluster", id)
    }
    let words = words(subject)
    let place = words.hasPrefix("s3://") ? String(words.dropFirst(5)) : words
    let slug = DAGNames.slug(place, limit: 60)
    return slug.isEmpty ? verb : "\(verb)_\(slug)"
  }

  /// A text that Airflow renders.
  mutating func template(_ text: String) -> PythonText {
    var pieces: [PythonText.Piece] = []
    for part in deployment.template(text) {
      switch part {
      case .text(let literal):
        if case .literal(let before)? = pieces.last {
          pieces[pieces.count - 1] = .literal(before + literal)
        } else {
          pieces.append(.literal(literal))
        }
      case .value(let value): pieces.append(.name(name(of: value)))
      }
    }
    for (index, piece) in pieces.enumerated() {
      guard case .literal(let literal) = piece else { continue }
      pieces[index] = .literal(Self.escaped(literal, isLast: index == pieces.count - 1))
    }
    return pieces.isEmpty ? PythonText("") : PythonText(pieces: pieces)
  }

  /// What is said of a text for readers, as an identifier: values as words.
  func words(_ text: String) -> String {
    deployment.template(text).map { part in
      switch part {
      case .text(let literal): literal
      case .value(.runID): "run_id"
      case .value(.runTime): "run_time"
      case .value(.parameter(let name)): name
      case .value(.secret): "secret"
      case .value(.answer): "last"
      }
    }.joined()
  }

  /// Some texts as an identifier.
  func slug(of texts: [String]) -> String {
    DAGNames.slug(texts.map(words).joined(separator: " "), limit: 60)
  }

  private mutating func name(of value: RunValue) -> String {
    if let known = constants.first(where: { $0.value == value }) { return known.name }
    let name: String
    switch value {
    case .runID: name = names.unique("RUN_ID")
    case .runTime(let offset, let format):
      name = names.unique(format == "%Y-%m-%d" && offset == 0 ? "RUN_DATE" : "RUN_TIME")
    case .parameter(let parameter): name = names.unique(Self.upper("param \(parameter)"))
    case .secret(let reference):
      // Airflow masks the values of variables whose names have this word.
      name = names.unique(Self.upper("secret \(reference)"))
    case .answer(let fact, let otherwise):
      let facts = deployment.plan.facts
      let task = facts.indices.contains(fact) ? taskName(of: facts[fact]) : "last"
      name = names.unique(Self.upper(otherwise.isEmpty ? task : "\(task) or other"))
    }
    constants.append(
      Constant(name: name, template: template(of: value, named: name), value: value))
    return name
  }

  /// What Airflow fills in.
  private func template(of value: RunValue, named name: String) -> String {
    switch value {
    case .runID: return Self.time(0, "%Y-%m-%d-%H-%M-%S")
    case .runTime(let offset, let format): return Self.time(offset, format)
    case .parameter(let parameter): return "{{ params[\(Self.quoted(parameter))] }}"
    case .secret: return "{{ var.value.\(dagID)_\(name.lowercased()) }}"
    case .answer(let fact, let otherwise):
      let found = "ti.xcom_pull(task_ids=\(Self.quoted(task(finding: fact))))"
      if let plain = Self.plain(otherwise) { return "{{ \(found) or \(Self.quoted(plain)) }}" }
      let other = otherwise.map { part in
        switch part {
        case .text(let text): "{{ \(Self.quoted(text)) }}"
        case .value(let value):
          template(
            of: value, named: constants.first { $0.value == value }?.name ?? Self.secretName(value))
        }
      }.joined()
      return "{% if \(found) %}{{ \(found) }}{% else %}\(other){% endif %}"
    }
  }

  /// What a constant for a secret is called if there is none yet.
  private static func secretName(_ value: RunValue) -> String {
    if case .secret(let reference) = value { upper("secret \(reference)") } else { "" }
  }

  /// A text without values of a run.
  private static func plain(_ parts: [TextPart]) -> String? {
    var plain = ""
    for part in parts {
      guard case .text(let text) = part else { return nil }
      plain += text
    }
    return plain
  }

  private static func upper(_ text: String) -> String {
    DAGNames.slug(text, limit: 80).uppercased()
  }

  private static func time(_ offset: Int64, _ format: String) -> String {
    let time = "run_time(dag_run)"
    let moment =
      offset == 0 ? time : "(\(time) + macros.timedelta(seconds=\(offset)))"
    var text = ""
    var common = ""
    func flush() {
      if !common.isEmpty { text += "{{ \(moment).strftime(\(quoted(common))) }}" }
      common = ""
    }
    var rest = format[...]
    while let character = rest.popFirst() {
      guard character == "%", let directive = rest.popFirst() else {
        common.append(character)
        continue
      }
      // Python has no milliseconds, and takes `%s` for a time in the machine's zone.
      switch directive {
      case "s":
        flush()
        text += "{{ \(moment).timestamp() | int }}"
      case "L":
        flush()
        text += "{{ '%03d' % (\(moment).microsecond // 1000) }}"
      default: common += "%\(directive)"
      }
    }
    flush()
    return text
  }

  /// A text in an expression of Jinja.
  private static func quoted(_ text: String) -> String {
    var quoted = "'"
    for scalar in text.unicodeScalars {
      switch scalar {
      case "'", "\\":
        quoted += "\\"
        quoted.unicodeScalars.append(scalar)
      case "\n": quoted += "\\n"
      case "\r": quoted += "\\r"
      default: quoted.unicodeScalars.append(scalar)
      }
    }
    return quoted + "'"
  }

  /// Jinja reads `{{`, `{%` and `{#`, changes carriage returns, and drops a line feed at the end.
  static func escaped(_ literal: String, isLast: Bool) -> String {
    let scalars = Array(literal.unicodeScalars)
    var text = ""
    var index = 0
    while index < scalars.count {
      let scalar = scalars[index]
      let next = index + 1 < scalars.count ? scalars[index + 1] : nil
      switch scalar {
      case "{":
        if let next, next == "{" || next == "%" || next == "#" {
          text += "{{ '{\(next)' }}"
          index += 1
        } else if next == nil, !isLast {
          text += "{{ '{' }}"
        } else {
          text += "{"
        }
      case "\r": text += "{{ '\\r' }}"
      case "\n" where next == nil && isLast: text += "{{ '\\n' }}"
      default: text.unicodeScalars.append(scalar)
      }
      index += 1
    }
    return text
  }
}
