import CommandLineSyntax
import DiagnosticRendering
import Diagnostics
import Host
import Parallel
import PipelineTests
import PlanFormat
import Platform
import Reports
import SourceText
import Text
import Values

/// `penstock test`: runs the tests of pipelines.
enum TestCommand {
  static func run(_ context: CommandContext) -> ExitStatus {
    let invocation = context.invocation
    let paths =
      [invocation.argument, invocation.secondArgument].compactMap { $0 } + invocation.moreArguments
    let finder = TestFinder(paths, end: context.commandLine.span(Int.max, 0..<0))
    var problems = finder.diagnostics
    let wanted = percent(invocation, into: &problems)
    guard problems.isEmpty else { return context.refuse(problems, .failure) }
    Interruptible.run {
      await run(finder.files, wanted, context)
    }
  }

  private static func percent(
    _ invocation: Invocation, into diagnostics: inout [Diagnostic]
  ) -> Double? {
    guard let text = invocation[.failUnder] else { return nil }
    guard let number = Double(text.value), number >= 0, number <= 100 else {
      diagnostics.append(
        .invalidOptionValue(
          text.value, of: "--fail-under", expected: "a percentage from 0 to 100", at: text.span))
      return nil
    }
    if !invocation.has(.coverage) {
      diagnostics.append(
        .invalidOptionValue(
          text.value, of: "--fail-under", expected: "effect only with `--coverage`: give that too",
          at: text.span))
    }
    return number
  }

  private struct Chosen: Sendable {
    var suite: Int
    var test: Int
  }

  private static func run(
    _ files: [(file: SourceFile, path: String)], _ wanted: Double?, _ context: CommandContext
  ) async -> ExitStatus {
    let readings = files.map {
      TestSuite.read($0.file, path: $0.path, on: Disk(), timeZones: ZoneFiles.all)
    }
    let chosen = choose(readings, context.invocation)
    guard !chosen.isEmpty || readings.contains(where: { $0.suite == nil }) else {
      return context.refuse([.testsNotSelected(at: context.invocation[.filter]?.span)], .failure)
    }
    if context.invocation.has(.list) { return list(readings, chosen, context) }
    var world = TestWorld(
      disk: Disk(), sandbox: SandboxProcess(),
      planText: { plan in
        PlanText.text(
          of: plan,
          PlanContext(
            recovery: "penstock run --recover \(plan.runID)", timeSource: nil, file: nil,
            costs: nil), colored: false)
      })
    world.updates = context.invocation.has(.update)
    world.covers = context.invocation.has(.coverage)
    let results = await results(chosen, readings, world)
    if Task.isCancelled { return .interrupted }
    var report = report(readings, files, chosen, results)
    if let refused = write(results.flatMap(\.snapshots), into: &report, context) { return refused }
    if world.covers { cover(readings, chosen, results, wanted, &report) }
    return show(report, context)
  }

  private static func choose(
    _ readings: [TestSuite.Reading], _ invocation: Invocation
  ) -> [Chosen] {
    let texts = invocation.all(.filter).map { $0.value.lowercased() }
    var chosen: [Chosen] = []
    for (number, reading) in readings.enumerated() {
      guard let suite = reading.suite else { continue }
      for (index, test) in suite.test.tests.enumerated() {
        let name = "\(suite.test.path): \(test.name.value)".lowercased()
        if texts.isEmpty || texts.contains(where: { name.contains($0) }) {
          chosen.append(Chosen(suite: number, test: index))
        }
      }
    }
    return chosen
  }

  private static func results(
    _ chosen: [Chosen], _ readings: [TestSuite.Reading], _ world: TestWorld
  ) async -> [TestResult] {
    let width = max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))
    return await chosen.concurrently(width: width) { choice -> TestResult in
      guard let suite = readings[choice.suite].suite else { return TestResult(name: "") }
      return await suite.run(choice.test, in: world)
    }
  }

  private static func report(
    _ readings: [TestSuite.Reading], _ files: [(file: SourceFile, path: String)],
    _ chosen: [Chosen], _ results: [TestResult]
  ) -> TestReport {
    var suites: [SuiteReport] = []
    for (number, reading) in readings.enumerated() {
      let own = zip(chosen, results).filter { $0.0.suite == number }.map(\.1)
      if own.isEmpty, reading.suite != nil { continue }
      suites.append(
        SuiteReport(
          name: files[number].path, results: own, mistakes: reading.diagnostics,
          sources: reading.sources))
    }
    return TestReport(suites)
  }

  private static func list(
    _ readings: [TestSuite.Reading], _ chosen: [Chosen], _ context: CommandContext
  ) -> ExitStatus {
    for reading in readings where reading.suite == nil {
      context.console.report(reading.diagnostics, reading.sources)
    }
    var values: [Value] = []
    var text = ""
    for choice in chosen {
      guard let suite = readings[choice.suite].suite else { continue }
      let test = suite.test.tests[choice.test]
      text += "\(suite.test.path): \(test.name.value)\n"
      let position = suite.sources.position(of: test.name.span)
      values.append(
        .map(
          ValueMap([
            "file": .string(suite.test.path), "name": .string(test.name.value),
            "line": .int(Int64(position?.line ?? 0)),
          ])))
    }
    let isJSON = context.invocation[.format]?.value == "json"
    let written = isJSON ? context.write(RunText.bytes(.list(values))) : context.write(text)
    return readings.contains { $0.suite == nil } && written == .success ? .failure : written
  }

  /// Writes snapshots, each path once; nil if that went well.
  private static func write(
    _ snapshots: [(path: String, text: [UInt8])], into report: inout TestReport,
    _ context: CommandContext
  ) -> ExitStatus? {
    for snapshot in snapshots where !report.written.contains(snapshot.path) {
      do throws(FileFailure) {
        let folder = Files.folder(of: snapshot.path)
        if !folder.isEmpty { try Files.makeFolders(folder, mode: 0o777) }
        try Output.replace(snapshot.path, with: snapshot.text)
      } catch {
        return context.refuse([.outputFailed(snapshot.path, error.reason, at: nil)], .failure)
      }
      report.written.append(snapshot.path)
    }
    return nil
  }

  private static func cover(
    _ readings: [TestSuite.Reading], _ chosen: [Chosen], _ results: [TestResult],
    _ wanted: Double?, _ report: inout TestReport
  ) {
    var coverage = Coverage()
    let tried = Set(chosen.map(\.suite))
    let suites = readings.enumerated().compactMap { number, reading in
      tried.contains(number) ? reading.suite.map { (number: number, suite: $0) } : nil
    }
    for (number, suite) in suites {
      coverage.add(suite, zip(chosen, results).filter { $0.0.suite == number }.map(\.1))
    }
    for (_, suite) in suites {
      var mistakes: [Diagnostic] = []
      coverage.exempt(suite, into: &mistakes)
      guard let at = report.suites.firstIndex(where: { $0.name == suite.test.path }) else {
        continue
      }
      report.suites[at].mistakes += mistakes
    }
    report.coverage = coverage
    if let wanted, coverage.isBelow(wanted) {
      let text = wanted == wanted.rounded() ? "\(Int(wanted))" : "\(wanted)"
      report.problems.append(.coverageTooLow(coverage.summary, wanted: text))
    }
  }

  private static func show(_ report: TestReport, _ context: CommandContext) -> ExitStatus {
    let written: ExitStatus
    switch context.invocation[.format]?.value {
    case "json": written = context.write(report.json)
    case "junit": written = context.write(report.junit)
    case "tap": written = context.write(report.tap)
    default:
      let isColored =
        context.invocation[.out] == nil
        && Console.isColored(context.invocation[.color]?.value, on: STDOUT_FILENO)
      written = context.write(
        report.text(colored: isColored, isChatty: context.console.isChatty))
    }
    if context.console.format != .text {
      for suite in report.suites { context.console.report(suite.diagnostics, suite.sources) }
    }
    context.console.report(report.problems, SourceSet())
    guard written == .success else { return written }
    return report.hasPassed ? .success : .failure
  }
}
