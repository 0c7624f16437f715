import Targets
import Text

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

  init(_ deployment: Deployment, dagID: String) {
    self.deployment = deployment
    self.dagID = dagID
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
      }
    }.joined()
  }

  private mutating func name(of value: RunValue) -> String {
    if let known = constants.first(where: { $0.value == value }) { return known.name }
    let name: String
    let template: String
    switch value {
    case .runID:
      name = names.unique("RUN_ID")
      template = Self.time(0, "%Y-%m-%d-%H-%M-%S")
    case .runTime(let offset, let format):
      name = names.unique(format == "%Y-%m-%d" && offset == 0 ? "RUN_DATE" : "RUN_TIME")
      template = Self.time(offset, format)
    case .parameter(let parameter):
      name = names.unique(Self.upper("param \(parameter)"))
      template = "{{ params[\(Self.quoted(parameter))] }}"
    case .secret(let reference):
      // Airflow masks the values of variables whose names have this word.
      name = names.unique(Self.upper("secret \(reference)"))
      template = "{{ var.value.\(dagID)_\(name.lowercased()) }}"
    }
    constants.append(Constant(name: name, template: template, value: value))
    return name
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
