import Foundation
import TestSupport
import Testing

/// The same inputs give the same bytes: in another process with another seed for hashing, in
/// another folder, with other variables, another time zone and other order of files.
@Suite struct DeterminismTests {
  /// The outputs of every run. Diagnostics are compared too, with what each pass did.
  private static let forms = [
    ["compile", "--explain"], ["compile", "--emit", "ir", "--quiet"],
    ["compile", "--emit", "requests", "--diagnostics", "json"], ["graph", "--format", "dot"],
  ]

  /// One form of each run in turn, and every fourth of the refused runs, which say the same in each
  /// form. Where PENSTOCK_THOROUGH is set: all of them (some minutes, without optimisation).
  private static func forms(of recorded: RecordedRun, _ number: Int) -> ArraySlice<[String]> {
    let isThorough = ProcessInfo.processInfo.environment["PENSTOCK_THOROUGH"] != nil
    guard recorded.verdict == "same" else {
      return forms.prefix(isThorough || number % 4 == 0 ? 1 : 0)
    }
    return isThorough ? forms[...] : forms[number % 4..<number % 4 + 1]
  }

  @Test(arguments: ["clickstream-hive", "lakehouse", "snowplow", "snowplow-rdb"])
  func twoProcessesSayTheSameOfAnExample(pipeline: String) throws {
    let example = pipeline == "clickstream-hive" ? "clickstream" : pipeline
    let folder = Locations.repository.appending(path: "examples/\(example)")
    var inputs = ["-c", "config.yml"]
    if pipeline == "snowplow-rdb" {
      inputs += ["-r", "resolver.json", "--input", "transformer=transformer.hocon"]
    } else if pipeline == "snowplow" {
      inputs += [
        "-r", "resolver.json", "-t", "targets", "-n", "enrichments", "--facts", "facts.json",
      ]
    }
    let credentials = ["AWS_SNOWPLOW_ACCESS_KEY": "AKIA", "AWS_SNOWPLOW_SECRET_KEY": "secret"]
    let compiles = try TwoMachines(copying: folder, credentials)
    // A job flow of the lakehouse's alone would run its steps too early: Penstock adds them in order.
    let forms = Self.forms.filter { pipeline != "lakehouse" || $0 != ["compile", "--explain"] }
    for form in forms + [["check"], ["graph", "--format", "mermaid"]] {
      let status = try compiles.expectSame([form[0], pipeline] + form.dropFirst() + inputs)
      #expect(status == 0)
    }
  }

  @Test(
    .enabled(if: BotoTests.recorded != nil, "the recorded EmrEtlRunner cases are not there"),
    arguments: 0..<8)
  func twoProcessesSayTheSameOfARecordedRun(part: Int) throws {
    let cases = Locations.files(in: try #require(BotoTests.recorded), withEnding: ".json")
    for (number, file) in cases.enumerated() where number % 8 == part {
      let recorded = try JSONDecoder().decode(RecordedRun.self, from: Data(contentsOf: file))
      guard recorded.args.first == "run" else { continue }
      let machines = try TwoMachines(writing: recorded.allFiles, recorded.env)
      let arguments =
        recorded.args.dropFirst() + ["--facts", "facts.json", "--run-time", recorded.runTime]
      for form in Self.forms(of: recorded, number / 8) {
        try machines.expectSame(form + arguments)
      }
    }
  }
}

/// A recorded run of EmrEtlRunner, with the files it took.
private struct RecordedRun: Decodable {
  var verdict: String
  var args: [String]
  var env: [String: String]
  var runTime: String
  var files: [String: String]
  var facts: Facts

  struct Facts: Codable {
    var s3: [String: [String]]
    var clusters: [[String: String]]?
  }

  enum CodingKeys: String, CodingKey {
    case verdict, args, env, files, facts
    case runTime = "run_time"
  }

  var allFiles: [String: String] {
    get throws {
      var all = files
      all["facts.json"] = String(decoding: try JSONEncoder().encode(facts), as: UTF8.self)
      return all
    }
  }
}

/// Two folders with the same files, and two environments that agree only on what is given.
private struct TwoMachines {
  private let first: Scratch
  private let second: Scratch
  private let environment: [String: String]

  init(writing files: [String: String], _ environment: [String: String]) throws {
    self.environment = environment
    first = try Scratch()
    second = try Scratch()
    // A folder lists its files in its own order: by creation, or by hash.
    let names = files.keys.sorted()
    for folder in ["targets", "enrichments"] {
      for scratch in [first, second] {
        let path = scratch.folder.appending(path: folder)
        try FileManager.default.createDirectory(at: path, withIntermediateDirectories: true)
      }
    }
    for name in names { try first.file(name, files[name] ?? "") }
    for name in names.reversed() { try second.file(name, files[name] ?? "") }
  }

  init(copying folder: URL, _ environment: [String: String]) throws {
    let names = FileManager.default.enumerator(atPath: folder.path)?.compactMap { $0 as? String }
    var files: [String: String] = [:]
    for name in names ?? [] where name.contains(".") {
      let bytes = try Locations.bytes(folder.appending(path: name))
      files[name] = String(decoding: bytes, as: UTF8.self)
    }
    try self.init(writing: files, environment)
  }

  /// Returns how both ended.
  @discardableResult
  func expectSame(_ arguments: [String]) throws -> Int32 {
    let arguments =
      arguments.contains("--run-time")
      ? arguments : arguments + ["--run-time", "2026-11-01T02:03:04+01:00"]
    let one = try Run(arguments, environment: environment, folder: first.folder)
    let others = [
      "TZ": "Asia/Tokyo", "LANG": "tr_TR.UTF-8", "LC_ALL": "de_DE.UTF-8", "HOME": "/nonesuch",
      "AWS_REGION": "sa-east-1", "AWS_PROFILE": "other", "COLUMNS": "7", "TERM": "xterm",
    ]
    let other = try Run(
      arguments, environment: others.merging(environment) { $1 }, folder: second.folder)
    let what = arguments.joined(separator: " ")
    #expect(one.status == other.status, "\(what)")
    #expect(one.output == other.output, "\(what)")
    #expect(one.errors == other.errors, "\(what)")
    #expect(one.status >= 0, "\(what)")
    return one.status
  }
}
