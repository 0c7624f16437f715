import Diagnostics
import PipelineIR
import SourceText

extension Pass {
  /// Adds to each step what its kind needs to write encrypted data.
  ///
  ///     args: --src A --dest B    →    args: --src A --dest B --s3ServerSideEncryption
  static let encrypt = Pass(
    "encrypt", "adds what steps need to write encrypted data, where the cluster's data is encrypted"
  ) { program, _, report in
    guard program.cluster.isEncrypted else { return }
    var arguments: [Argument] = []
    arguments.reserveCapacity(program.arguments.count + program.steps.count)
    for index in program.steps.indices {
      let step = program.steps[index]
      let added = program.kinds[Int(step.kind.index)].encryptedArguments
      let start = Int32(clamping: arguments.count)
      let own = program.arguments(of: step)
      arguments.append(contentsOf: own)
      if let flag = added.first, !own.contains(where: { isSame($0.text, flag, program) }) {
        arguments.append(contentsOf: added.map { Argument(text: $0) })
        report.explain(
          "step `\(program.text(step.name))`", .changed,
          "the cluster's data is encrypted: \(added.map(program.text).joined(separator: " "))",
          at: step.origin.span)
      }
      program.steps[index].arguments = start..<Int32(clamping: arguments.count)
    }
    program.arguments = arguments
  }

  private static func isSame(_ left: TextID, _ right: TextID, _ program: Program) -> Bool {
    left.count == right.count && program.text(left) == program.text(right)
  }
}
