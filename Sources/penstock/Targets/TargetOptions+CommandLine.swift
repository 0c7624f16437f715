import CommandLineSyntax
import Diagnostics
import PlanFormat
import SourceText
import Targets
import Text

extension TargetOptions {
  /// `--target-option NAME=VALUE`.
  init(
    _ invocation: Invocation, for target: Target, madeBy: String,
    into diagnostics: inout [Diagnostic]
  ) {
    self.init(madeBy: madeBy)
    let known = target.options
    for given in invocation.all(.targetOption) {
      let parts = given.value.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let name = parts.first.map { String($0) } ?? ""
      guard parts.count == 2, known.contains(where: { $0.name == name }) else {
        let takes = known.map { "`\($0.name)=\($0.takes)`" }
        diagnostics.append(
          .targetOption(
            given.value,
            expected: takes.isEmpty ? "nothing for \(target.title)" : takes.joined(separator: ", "),
            at: given.span))
        continue
      }
      settings.append(Setting(name: name, value: String(parts[1]), span: given.span))
    }
  }
}

extension JobHost {
  /// The service that `--target` names, with its options; nil if it names none, or if they are wrong.
  init?(_ invocation: Invocation, into diagnostics: inout [Diagnostic]) {
    guard let named = invocation[.target] else {
      if let option = invocation.all(.targetOption).first {
        diagnostics.append(.targetMissing(at: option.span))
      }
      return nil
    }
    guard let service = JobService(rawValue: named.value),
      let target = Target(rawValue: named.value)
    else { return nil }
    var found: [Diagnostic] = []
    defer { diagnostics += found }
    let options = TargetOptions(invocation, for: target, madeBy: "", into: &found)
    for option in target.options where options[option.name] == nil {
      found.append(.targetOptionMissing(option.name, option.takes, target.title, at: named.span))
    }
    for setting in options.settings {
      guard let expected = Self.expected(setting) else { continue }
      found.append(
        .targetOption("\(setting.name)=\(setting.value)", expected: expected, at: setting.span))
    }
    if let cluster = invocation[.cluster] {
      found.append(
        .invalidOptionValue(
          cluster.value, of: "--cluster", expected: "no cluster: \(target.title) has none",
          at: cluster.span))
    }
    guard !found.hasErrors else { return nil }
    self.init(
      service: service,
      id: options[service == .serverless ? "application" : "virtual-cluster"] ?? "",
      role: options["role"] ?? "", release: options["release"], span: named.span)
  }

  /// What a setting has to be; nil if its value is right.
  private static func expected(_ setting: TargetOptions.Setting) -> String? {
    let value = setting.value
    switch setting.name {
    case "role":
      let isRole =
        value.hasPrefix("arn:") && value.contains(":iam::") && value.contains(":role/")
        && !value.utf8.contains(where: ASCII.isSpace)
      return isRole ? nil : "the ARN of a role, such as `arn:aws:iam::123456789012:role/jobs`"
    case "release":
      return value.hasPrefix("emr-") ? nil : "a release's label, such as `emr-7.1.0-latest`"
    default:
      let isID =
        (1...64).contains(value.utf8.count)
        && value.utf8.allSatisfy { ASCII.isDigit($0) || UInt8.lowercase.contains($0) }
      return isID ? nil : "an id of digits and small letters, such as `00f1r2a3b4c5d6e7`"
    }
  }
}

extension Diagnostic {
  fileprivate static func targetOption(
    _ value: String, expected: String, at span: Span
  ) -> Diagnostic {
    .invalidOptionValue(value, of: "--\(Option.targetOption.long)", expected: expected, at: span)
  }

  fileprivate static func targetMissing(at span: Span) -> Diagnostic {
    Diagnostic(
      .missingArgument, "`--\(Option.targetOption.long)` is of an engine, and none is named",
      at: span, hint: "give it: `--\(Option.target.long) emr-serverless`")
  }

  fileprivate static func targetOptionMissing(
    _ name: String, _ takes: String, _ target: String, at span: Span
  ) -> Diagnostic {
    Diagnostic(
      .missingArgument, "\(target) needs `\(name)`", at: span,
      hint: "give it: `--\(Option.targetOption.long) \(name)=\(takes)`")
  }
}
