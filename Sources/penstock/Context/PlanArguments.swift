import CommandLineSyntax
import Host
import Compiler
import Diagnostics
import SourceText
import Values

extension CommandContext {
  /// What a plan records of this command line.
  /// - Parameter account: the AWS account that was asked for facts.
  func planDetails(_ account: String?) -> PlanDetails {
    var details = PlanDetails(
      madeBy: "penstock \(Version.text)", arguments: Self.runArguments(invocation),
      account: account)
    details.secretsKey = secretsKey
    return details
  }

  /// The key for hashes of secrets in plans: `PENSTOCK_SECRETS_KEY`. One that could be guessed isn't
  /// used, with a warning.
  var secretsKey: [UInt8]? {
    let key = Array((Environment.all()["PENSTOCK_SECRETS_KEY"] ?? "").utf8)
    guard !key.isEmpty else { return nil }
    guard key.count >= 32 else {
      console.report([.secretsKeyShort(key.count)], SourceSet())
      return nil
    }
    return key
  }

  /// Whether the run has its id and time from the clock, so that no other process can have made the
  /// same plan before.
  var isOfThisMoment: Bool {
    [Option.runID, .runTime, .recover].allSatisfy { !invocation.has($0) }
  }

  /// The pipeline, the inputs and how to run them, in the order of the options: what applies to any
  /// run of them. Facts and the selection of stages don't. Addresses are without their passwords.
  static func runArguments(_ invocation: Invocation) -> [String] {
    var arguments = invocation.argument.map { [$0.value] } ?? []
    for option in Option.ofEveryRun {
      if option == .include {
        let items = invocation.list(option).map(\.value)
        if !items.isEmpty { arguments += ["--\(option.long)", items.joined(separator: ",")] }
      } else if option.value == nil {
        if invocation.has(option) { arguments.append("--\(option.long)") }
      } else if option.isRepeatable {
        for text in invocation.all(option) { arguments += ["--\(option.long)", text.value] }
      } else if let text = invocation[option] {
        arguments += ["--\(option.long)", text.value]
      }
    }
    return arguments.map { SecretParts.replaced(in: $0) { _ in "***" } }
  }
}

extension Option {
  fileprivate static let ofEveryRun: [Option] = [
    .config, .resolver, .targets, .enrichments, .input, .set, .param, .debug, .include, .lock,
    .consul,
    .usePersistentJobflow, .persistentJobflowDuration, .lease, .cluster, .target, .targetOption,
    .strict,
    .warn, .allow, .journal,
    .sandbox,
  ]
}
