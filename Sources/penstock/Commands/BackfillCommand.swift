import CommandLineSyntax
import Compiler
import Diagnostics
import Executor
import Host
import Journal
import Platform
import Reports
import SourceText
import Values

/// `penstock for`: one run for each time of a range.
enum BackfillCommand {
  static func run(_ context: CommandContext) -> ExitStatus {
    let range: RunRange
    let width: Int
    do throws(WorldRefusal) {
      range = try Self.range(context)
      width = try Self.width(context)
    } catch {
      return context.refuse([error.diagnostic], context.status(of: [error.diagnostic]))
    }
    Interruptible.run { await perform(range, width, context) }
  }

  private static func perform(
    _ range: RunRange, _ width: Int, _ context: CommandContext
  ) async -> ExitStatus {
    // What is wrong with the inputs is wrong for each time: it is said once, before anything is done.
    let (parsed, errors) = InputReader.read(
      context.invocation, context.commandLine, at: range.times[0])
    guard let parsed else { return context.refuse(errors, .failure) }
    let pipeline = parsed.pipelineName ?? ""
    do throws(WorldRefusal) {
      _ = try RunWorld.faults(context.invocation)
      let isDry = context.invocation.has(.dryRun)
      let journal = isDry ? try RunJournal.read(context) : try RunJournal.open(context)
      let backfill = Backfill(
        context: context, range: range, pipeline: pipeline, journal: journal)
      guard !isDry else { return tell(try backfill.outlook(), context) }
      let results = await backfill.carryOut(
        width: width, keepsGoing: context.invocation.has(.keepGoing))
      let status = tell(results.map { .init($0) }, context)
      guard status == .success else { return status }
      return Backfill.status(of: results.compactMap(\.status), isCut: Task.isCancelled)
    } catch {
      return context.refuse([error.diagnostic], error.status)
    }
  }

  private static func tell(_ rows: [BackfillText.Row], _ context: CommandContext) -> ExitStatus {
    if context.invocation[.format]?.value == "json" {
      return write(BackfillText.bytes(rows), context)
    }
    let isColored = Console.isColored(context.invocation[.color]?.value, on: STDOUT_FILENO)
    return write(Array(BackfillText.text(rows, colored: isColored).utf8), context)
  }

  private static func write(_ bytes: [UInt8], _ context: CommandContext) -> ExitStatus {
    context.write(bytes)
  }

  // MARK: The command line

  private static func range(_ context: CommandContext) throws(WorldRefusal) -> RunRange {
    let invocation = context.invocation
    guard let text = invocation[.runTime] else {
      throw WorldRefusal(
        .missingOption(Option.runTime.long, at: context.commandLine.programSpan), .usage)
    }
    var step = RunRange.Step.standard
    if let every = invocation[.every] {
      guard let given = RunRange.Step(every.value) else {
        throw WorldRefusal(
          .invalidOptionValue(
            every.value, of: "--every",
            expected: "a number and a unit: `m`, `h`, `d`, `w`, `mo` or `y`", at: every.span),
          .usage)
      }
      step = given
    }
    do throws(RunRange.Problem) {
      return try RunRange(text.value, every: step, Clock.utcOffset(at:))
    } catch {
      throw WorldRefusal(
        .invalidOptionValue(
          text.value, of: "--run-time", expected: expected(error), at: text.span), .usage)
    }
  }

  private static func expected(_ problem: RunRange.Problem) -> String {
    switch problem {
    case .form:
      "two times with two dots in between, such as `2026-01-01..2026-01-31` or "
        + "`2026-01-01T04:00:00+01:00..2026-01-31T04:00:00+01:00`"
    case .backwards: "the earlier time first"
    case .tooMany: "a range of at most \(RunRange.limit) runs"
    }
  }

  /// How many runs may be under way at once.
  private static func width(_ context: CommandContext) throws(WorldRefusal) -> Int {
    guard let text = context.invocation[.maxActive] else { return 1 }
    guard let width = Int(text.value), (1...100).contains(width) else {
      throw WorldRefusal(
        .invalidOptionValue(
          text.value, of: "--max-active", expected: "a number from 1 to 100", at: text.span), .usage
      )
    }
    if width > 1, let lock = context.invocation[.lock],
      !context.invocation.has(.ignoreLockOnStart)
    {
      throw WorldRefusal(.lockOfMany(width, at: lock.span), .usage)
    }
    return width
  }
}
