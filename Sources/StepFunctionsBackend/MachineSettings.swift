import Diagnostics
import Targets
import Text

/// What `--target-option` says about a state machine.
struct MachineSettings {
  /// How the machine waits for what EMR does.
  enum Waiting: String, CaseIterable {
    /// By Step Functions' own integration with EMR.
    case sync
    /// By asking EMR again and again.
    case polling
  }

  /// Where the texts of secrets are kept.
  enum SecretStore: Equatable {
    /// In Secrets Manager, under names with this prefix.
    case secretsManager(prefix: String)
    /// In the Parameter Store of Systems Manager, under names with this prefix.
    case parameterStore(prefix: String)
  }

  var waiting = Waiting.sync
  /// Seconds between questions in the first ten minutes.
  var pollSeconds: Int64 = 60
  /// Nil: below `penstock/` and the pipeline's name in Secrets Manager.
  var secrets: SecretStore?
  /// The AWS account's number; nil: any.
  var account: String?

  init?(_ options: TargetOptions, into diagnostics: inout [Diagnostic]) {
    let before = diagnostics.count
    for setting in options.settings {
      if !read(setting) { diagnostics.append(.machineSetting(setting)) }
    }
    guard diagnostics.count == before else { return nil }
  }

  private mutating func read(_ setting: TargetOptions.Setting) -> Bool {
    switch setting.name {
    case "wait":
      guard let waiting = Waiting(rawValue: setting.value) else { return false }
      self.waiting = waiting
    case "poll":
      guard let seconds = Int64(setting.value), (1...3600).contains(seconds) else { return false }
      pollSeconds = seconds
    case "account":
      guard setting.value.utf8.count == 12,
        setting.value.utf8.allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 })
      else { return false }
      account = setting.value
    case "secrets":
      let parts = setting.value.split(
        separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
      guard let store = parts.first, let prefix = parts.dropFirst().first,
        prefix.unicodeScalars.allSatisfy(SecretName.allows)
      else { return false }
      switch store {
      case "secretsmanager": secrets = .secretsManager(prefix: String(prefix))
      case "ssm" where prefix.hasPrefix("/"): secrets = .parameterStore(prefix: String(prefix))
      default: return false
      }
    default: return false
    }
    return true
  }
}

/// Names of secrets in a store.
enum SecretName {
  /// A secret's reference with `-` for what names can't have.
  static func name(of reference: String) -> String {
    var name = ""
    for scalar in reference.unicodeScalars {
      if allows(scalar), scalar != "/" {
        name.unicodeScalars.append(scalar)
      } else if !name.isEmpty, !name.hasSuffix("-") {
        name += "-"
      }
    }
    while name.hasSuffix("-") { name.removeLast() }
    return name
  }

  static func allows(_ scalar: Unicode.Scalar) -> Bool {
    scalar.isASCII
      && (scalar.properties.isAlphabetic || scalar.properties.numericType != nil
        || "/_.-".unicodeScalars.contains(scalar))
  }
}
