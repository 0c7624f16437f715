package import SourceText

/// What the command line says about a target's documents: `--target-option NAME=VALUE`.
package struct TargetOptions: Sendable {
  package struct Setting: Sendable {
    package var name: String
    package var value: String
    package var span: Span

    package init(name: String, value: String, span: Span) {
      self.name = name
      self.value = value
      self.span = span
    }
  }

  package var settings: [Setting]
  /// The program's name and version.
  package var madeBy: String

  package init(madeBy: String, settings: [Setting] = []) {
    self.madeBy = madeBy
    self.settings = settings
  }

  /// The value that is given last; nil if there is none.
  package subscript(name: String) -> String? { settings.last { $0.name == name }?.value }
}

extension Target {
  /// What can be set of its documents, each with its values or what it takes.
  package var options: [(name: String, takes: String)] {
    switch self {
    case .airflow: []
    case .stepFunctions:
      [
        ("wait", "sync|polling"), ("poll", "SECONDS"), ("account", "NUMBER"),
        ("secrets", "secretsmanager:PREFIX|ssm:/PREFIX"),
      ]
    case .dataflowRunner: [(name: "facts", takes: "assumed")]
    case .emrServerless: [("application", "ID"), ("role", "ARN")]
    case .emrOnEKS: [("virtual-cluster", "ID"), ("role", "ARN"), ("release", "LABEL")]
    }
  }
}
