import CommandLineSyntax
import Host
import AWSServices
import Diagnostics
import Executor
import PlanFormat
import SourceText
import Text

/// `penstock logs`: the end of each of a step's logs in S3.
enum LogsCommand {
  static func run(_ context: CommandContext) -> ExitStatus {
    var lines = 100
    if let text = context.invocation[.lines] {
      guard let number = Int(text.value), (1...100_000).contains(number) else {
        return context.refuse(
          [
            .invalidOptionValue(
              text.value, of: "--lines", expected: "a number from 1 to 100000", at: text.span)
          ], .usage)
      }
      lines = number
    }
    Interruptible.run { [lines] in
      do throws(WorldRefusal) {
        return try await show(lines, context)
      } catch {
        return context.refuse([error.diagnostic], error.status)
      }
    }
  }

  private static func show(
    _ lines: Int, _ context: CommandContext
  ) async throws(WorldRefusal) -> ExitStatus {
    let found = try RunLookup.find(context.invocation[.run], in: RunJournal.read(context))
    let step = try step(context.invocation.argument, of: found.overview)
    guard let cluster = found.overview.cluster, let logURI = found.plan?.cluster.logURI else {
      throw WorldRefusal(.logsNotKept(), .failure)
    }
    let tails = await Executor.logs(
      of: step.id, cluster: cluster, logURI: logURI,
      driver: found.plan?.driver(ofStep: step.name), lines: lines,
      store: try found.world(context).store)
    guard !tails.isEmpty else {
      throw WorldRefusal(
        .logsMissing(of: step.name, id: step.id, at: context.invocation.argument?.span), .failure)
    }
    var text = ""
    for tail in tails {
      text += "==> \(VisibleText.line(tail.location))\(tail.isCut ? " (its end)" : "") <==\n"
      for line in tail.lines { text += VisibleText.line(line) + "\n" }
      text += "\n"
    }
    return context.write(text)
  }

  /// The named step; else the one that failed, or the last that started.
  private static func step(
    _ name: Invocation.Text?, of run: RunOverview
  ) throws(WorldRefusal) -> StepDescription {
    if let name {
      let exact = run.steps.first { $0.id == name.value || $0.name == name.value }
      let wanted = name.value.lowercased()
      let near = run.steps.filter { $0.name.lowercased().contains(wanted) }
      guard let step = exact ?? (near.count == 1 ? near.first : nil) else {
        if near.count > 1 {
          throw WorldRefusal(
            .stepAmbiguous(name.value, near.map(\.name), at: name.span), .failure)
        }
        throw WorldRefusal(
          .stepUnknown(name.value, among: run.steps.map(\.name), at: name.span), .failure)
      }
      return step
    }
    let begun = run.steps.last { $0.started != nil }
    guard let step = run.steps.first(where: { $0.state == .failed }) ?? begun else {
      throw WorldRefusal(.logsBeforeSteps(), .failure)
    }
    return step
  }
}
