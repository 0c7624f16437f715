import Compiler
import Diagnostics
import EMRBackend
import Foundation
import Passes
import TestSupport
import Testing

/// What can refuse a program is in one list, with its codes: the passes, the checks beside them, EMR's
/// rules, and the readers that all of them use.
@Suite struct CheckListTests {
  /// Codes that several entries report, and why one doesn't do.
  private static let shared: [DiagnosticCode: String] = [
    .argumentNotText: "each pass that expands steps",
    .checkFailed: "a rule that names no input is evaluated without a run too",
    .decidedInRun: "a job flow takes all steps at once, and other engines have their own shapes",
    .datasetAbsent: "a stage may require a dataset, and a step use it",
    .emrNoSteps: "other engines have no clusters to wait",
    .emrStepsInJobFlow: "an expression may yield the member",
    .emrTooManySteps: "an `each` may yield a million, and a run have 257",
    .listItemAbsent: "`job-flow`, steps and `run` have lists",
    .outputAbsent: "each pass that expands steps",
    .outputInvalid: "declarations, and comparisons with values that are known with the run",
    .pipelineDuplicateName: "outputs have names that only they share",
    .pipelineUnknownDataset: "an expression may yield the name",
    .pipelineUnknownParameter: "a member of a step, or of EMR's",
    .resumeUnsafe: "some stages can't be resumed from whatever the run does",
    .secretInArguments: "each pass that expands steps",
    .setSecret: "a value of an input, and one of a parameter",
    .stepLeftOut: "each pass that expands steps",
    .targetVaries: "what is computed with a value is seen at once, what it decides in all worlds",
  ]

  /// Name and codes of each pass and each check.
  private static var entries: [(name: String, codes: [DiagnosticCode])] {
    Pass.standard.map { ($0.name, $0.codes) } + Check.standard.map { ($0.name, $0.codes) }
  }

  @Test func namesAreUnique() {
    let names =
      Self.entries.map(\.name) + EMRRule.standard.map(\.name) + Reader.all.map(\.name)
    for (name, same) in Dictionary(grouping: names, by: { $0 }) {
      #expect(same.count == 1, "two are named \(name)")
    }
    for name in names {
      #expect(name.allSatisfy { $0.isLowercase || $0 == "-" }, "\(name)")
    }
  }

  @Test func summariesAreThere() {
    for (name, summary) in Pass.standard.map({ ($0.name, $0.summary) })
      + Check.standard.map({ ($0.name, $0.summary) })
      + EMRRule.standard.map({ ($0.name, $0.summary) })
      + Reader.all.map({ ($0.name, $0.summary) })
    {
      #expect(!summary.isEmpty && !summary.hasSuffix("."), "\(name)")
    }
  }

  @Test func eachCodeHasOneOwner() {
    for code in DiagnosticCode.allCases {
      let owners = Self.entries.filter { $0.codes.contains(code) }.map(\.name)
      let readers = Reader.all.filter { $0.codes.contains(code) }.map(\.name)
      #expect(readers.count <= 1, "\(code.rawValue): \(readers)")
      // Rules name what readers report of EMR's own places.
      #expect(readers.isEmpty || owners.isEmpty || owners == ["emr-rules"], "\(code.rawValue)")
      #expect(
        (owners.count > 1) == (Self.shared[code] != nil), "\(code.rawValue) is of \(owners)")
    }
  }

  /// The swift files of the modules that a program goes through, without the lists themselves.
  private static func sources() -> [String] {
    let modules = [
      "Documents", "YAMLSyntax", "Schemas", "Expressions", "PipelineSyntax", "PipelineIR", "Passes",
      "EMRBackend", "Targets", "JobRunsBackend", "Compiler",
    ]
    return modules.flatMap { Repository.modules[$0] ?? [] }.filter {
      !$0.hasSuffix("/Reader.swift") && !$0.hasSuffix("/Check.swift")
    }
  }

  /// The codes that code names, by the words behind dots.
  private static func codes(in file: String) throws -> Set<DiagnosticCode> {
    let named = Dictionary(
      uniqueKeysWithValues: DiagnosticCode.allCases.map { ("\($0)", $0) })
    var found: Set<DiagnosticCode> = []
    for line in try Repository.lines(file) {
      for word in Repository.code(line).split(separator: ".").dropFirst() {
        let name = word.prefix { $0.isLetter || $0.isNumber }
        if let code = named[String(name)] { found.insert(code) }
      }
    }
    return found
  }

  /// What a compilation can report is in a list, and what is in a list can be reported.
  @Test func listsAreComplete() throws {
    var listed = Set(Self.entries.flatMap(\.codes) + Reader.all.flatMap(\.codes))
    var reported: Set<DiagnosticCode> = [.factsShape]
    for file in Self.sources() { reported.formUnion(try Self.codes(in: file)) }
    #expect(
      reported.subtracting(listed).map(\.rawValue).sorted() == [],
      "reported, and in no list: see CONTRIBUTING.md")
    listed.subtract(reported)
    #expect(listed.map(\.rawValue).sorted() == [], "listed, and reported nowhere")
  }

  /// A code of a list has a test: a test's own words name it, or a golden does.
  @Test func eachCodeIsTested() throws {
    let swift = try Repository.files(under: "Tests", withEnding: ".swift")
      .filter { !$0.hasSuffix("/CheckListTests.swift") }
      .map { try Repository.text($0) }.joined(separator: "\n")
    let goldens = try Repository.files(under: "Tests", withEnding: ".txt")
      .map { try Repository.text($0) }.joined(separator: "\n")
    for code in Set(Self.entries.flatMap(\.codes) + Reader.all.flatMap(\.codes)) {
      #expect(
        swift.contains(".\(code)") || swift.contains("\"\(code.rawValue)\"")
          || goldens.contains("[\(code.rawValue)]"),
        "no test has \(code.rawValue)")
    }
  }

  // MARK: EMR's rules

  /// docs/emr-rules.md has a row for each rule, word for word, and a rule for each row.
  @Test func theTableOfRulesIsComplete() throws {
    var rows: [String] = []
    for line in try Repository.lines("docs/emr-rules.md") where line.hasPrefix("| [") {
      let cells = line.replacing("\\|", with: "\u{1}").split(separator: "|")
        .map { $0.trimmingCharacters(in: .whitespaces).replacing("\u{1}", with: "|") }
      #expect(cells.count == 3 && !cells[2].isEmpty, "no source in \(line)")
      let code = cells[0].drop { $0 == "[" }.prefix { $0 != "]" }
      #expect(cells[0] == "[\(code)](diagnostics/\(code).md)")
      rows.append("\(code): \(cells[1])")
    }
    // The types of a pipeline say this, before there is a job flow.
    let ofTypes = "emr-steps-in-job-flow: `Steps` comes from the stages only"
    #expect(rows.contains(ofTypes))
    let rules = EMRRule.standard.map { "\($0.code.rawValue): \($0.summary)" }
    #expect(rows.filter { $0 != ofTypes }.sorted() == rules.sorted())
  }
}
