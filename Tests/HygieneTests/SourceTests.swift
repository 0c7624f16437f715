import Foundation
import TestSupport
import Testing

/// What must not be in the program's sources.
@Suite struct SourceTests {
  private func each(_ body: (_ module: String, _ file: String, _ line: Int, _ text: String) -> Void)
    throws
  {
    for (module, files) in Repository.modules {
      for file in files {
        for (index, line) in try Repository.lines(file).enumerated() {
          body(module, file, index + 1, line)
        }
      }
    }
  }

  /// The compiler knows no pipeline. One line names the default one, and one the program that Penstock
  /// replaces.
  @Test func noPipelineIsKnown() throws {
    var found: [String] = []
    try each { _, file, _, line in
      if line.range(of: "snowplow", options: .caseInsensitive) != nil {
        found.append("\(file): \(line.trimmingCharacters(in: .whitespaces))")
      }
    }
    #expect(
      found.sorted() == [
        "Sources/CommandLineSyntax/CommandName.swift: package static let defaultPipeline = \"snowplow\"",
        "Sources/CommandLineSyntax/CommandName.swift: package static let runner = \"snowplow-emr-etl-runner\"",
        // Where the schema that its files name is kept.
        "Sources/DataflowRunnerBackend/DataflowRunnerFiles.swift: (\"schema\", .string(\"iglu:com.snowplowanalytics.dataflowrunner/\\(schema)\")), (\"data\", data),",
      ])
  }

  /// What comes before the back end doesn't know what it compiles for.
  @Test func onlyTheBackEndKnowsEMR() throws {
    let knowing: Set<String> = [
      "EMRModel", "EMRBackend", "AirflowBackend", "Compiler", "Diagnostics", "AWSServices",
      "AWSClient", "PlanFormat", "Executor", "Sandbox", "PlanDiff", "Reports", "CommandLineSyntax",
      "Import", "ImportSources", "penstock",
    ]
    try each { module, file, number, line in
      guard !knowing.contains(module) else { return }
      #expect(!Repository.code(line).contains("EMR"), "\(file):\(number)")
    }
  }

  /// The same inputs give the same bytes: only the shell reads what differs from run to run.
  @Test func onlyTheHostAsksTheWorld() throws {
    let words = [
      "Foundation", "UUID(", "Date(", "clock_gettime", "localtime", "gettimeofday", "time(nil)",
      "arc4random", "SystemRandom", ".random(", ".shuffled(", "getenv", "environ", "fopen", "open(",
      "ContinuousClock", "SuspendingClock", "JSONEncoder", "JSONDecoder", "Hasher()", "print(",
    ]
    // The sandbox's world is in files, and so are the journal and some of the executor's locks.
    let keepingFiles: Set<String> = ["Executor", "Journal", "Sandbox"]
    try each { module, file, number, line in
      guard !["Host", "penstock", "BuiltinSnapshotter"].contains(module) else { return }
      let code = Repository.code(line)
      for word in words where Self.uses(word, in: code) {
        if word == "open(", keepingFiles.contains(module) { continue }
        // The time that another program may take is measured by the machine's clock.
        let waiting = ["/ProcessRunner.swift", "/FileLockStore.swift"]
        if word == "ContinuousClock", waiting.contains(where: file.hasSuffix) { continue }
        // A table's seed, which only the time of a search depends on.
        if word == "Hasher()", file == "Sources/Text/TextIndex.swift" { continue }
        // Whether a server's certificate is valid depends on the time.
        if word == "time(nil)", file == "Sources/HTTP/CertificateProbe.swift" { continue }
        // Clients that try again at the same moment would keep meeting.
        if word == ".random(", module == "IgluClient" { continue }
        Issue.record("\(file):\(number) uses \(word)")
      }
    }
  }

  /// Whether a word is in code, and not the end of a longer one.
  private static func uses(_ word: String, in code: String) -> Bool {
    var rest = code[...]
    while let range = rest.range(of: word) {
      let before = code[..<range.lowerBound].last
      let after = code[range.upperBound...].first
      let isWhole = word.last == "(" || after?.isLetter != true
      if before?.isLetter != true || word.hasPrefix("."), isWhole { return true }
      rest = rest[range.upperBound...]
    }
    return false
  }

  @Test func nothingTrapsOnOutsideData() throws {
    let words = [
      "try!", "as!", "fatalError(", "unsafeBitCast", "@unchecked", "nonisolated(unsafe)",
    ]
    // Pointers into the program's read-only data, and into memory that is written once.
    let pointing = [
      "Sources/Documents/Snapshot.swift", "Sources/Schemas/FlatTable.swift",
      "Sources/Documents/TreeStorage.swift", "Sources/Expressions/TemplateSnapshot.swift",
    ]
    try each { _, file, number, line in
      let code = Repository.code(line)
      for word in words where code.contains(word) {
        if word == "@unchecked", pointing.contains(file) { continue }
        Issue.record("\(file):\(number) uses \(word)")
      }
    }
  }

  /// The optimiser may lose what a task group's body returns (see `concurrently`), so groups are in
  /// one place, and return nothing there.
  @Test func taskGroupsAreInOnePlace() throws {
    try each { _, file, number, line in
      guard file != "Sources/Parallel/Concurrently.swift" else { return }
      #expect(!Repository.code(line).contains("TaskGroup("), "\(file):\(number)")
    }
  }

  @Test func nothingIsLeftUndone() throws {
    let marks = ["TO" + "DO", "FIX" + "ME", "XX" + "X:", "HA" + "CK:"]
    for file in Repository.files(under: "Sources")
      + Repository.files(under: "Tests", withEnding: ".swift")
    {
      for (index, line) in try Repository.lines(file).enumerated() {
        for mark in marks where line.contains(mark) {
          Issue.record("\(file):\(index + 1) has \(mark)")
        }
      }
    }
  }

  /// What a release needs beyond `swift build -c release` is passed on the command line, by
  /// `make build`: building or depending on the package adds no flags.
  @Test func thePackageHasNoUnsafeFlags() throws {
    for (index, line) in try Repository.lines("Package.swift").enumerated() {
      #expect(!Repository.code(line).contains("unsafeFlags"), "Package.swift:\(index + 1)")
    }
  }

  @Test func filesAreSmall() throws {
    for file in Repository.files(under: "Sources", withEnding: ".swift")
      + Repository.files(under: "Tests", withEnding: ".swift")
    {
      let count = try Repository.lines(file).count
      #expect(count <= 500 || file.hasSuffix("+Generated.swift"), "\(file) has \(count) lines")
    }
  }
}
