import Diagnostics
import PlanFormat
import SourceText
import Targets
import Text
import Values

/// Turns a step's arguments into a job driver, and refuses those that the service doesn't support.
struct JobDriver {
  private let service: JobService
  private let span: Span?
  private(set) var diagnostics: [Diagnostic] = []

  init(_ service: JobService, at span: Span?) {
    self.service = service
    self.span = span
  }

  /// Nil if the step can't be a job; that is reported here, or for its kind.
  mutating func driver(of kind: String, _ arguments: [String]) -> Value? {
    let made: Value?
    switch (kind, service) {
    case ("spark-submit", _): made = spark(arguments)
    case ("hive", .serverless): made = hive(arguments)
    default: return nil
    }
    if made == nil, diagnostics.isEmpty {
      refuse("this form of `\(kind)`", "its arguments can't be read", "use the built-in step kind")
    }
    return made
  }

  private mutating func refuse(_ what: String, _ reason: String, _ hint: String) {
    let target: Target = service == .serverless ? .emrServerless : .emrOnEKS
    diagnostics.append(.targetLacks(target, what, reason, hint: hint, at: span))
  }

  // MARK: Spark

  /// Options that say where the driver runs: a job's runs where the service puts it.
  private static let placing = ["--master": ["yarn"], "--deploy-mode": ["cluster", "client"]]
  private static let flags: Set<String> = ["--verbose", "-v"]
  /// Options whose values are files that the job reads.
  private static let files: Set<String> = ["--jars", "--py-files", "--files", "--archives"]
  /// Options that only make sense on a cluster.
  private static let ofClusters = [
    "--queue": "jobs have no queues of YARN", "--principal": "it has no Kerberos",
    "--keytab": "it has no Kerberos", "--proxy-user": "a job acts as its execution role",
    "--properties-file": "its jobs have no files of a cluster",
  ]

  private mutating func spark(_ arguments: [String]) -> Value? {
    var rest = arguments[...]
    guard rest.popFirst() == "spark-submit" else { return nil }
    var parameters: [String] = []
    while let option = rest.first, option.hasPrefix("-") {
      rest.removeFirst()
      if Self.flags.contains(option) {
        parameters.append(option)
        continue
      }
      guard let value = rest.popFirst() else { break }
      if let values = Self.placing[option] {
        if !values.contains(value) {
          refuse("`\(option) \(value)`", "it decides itself where a job runs", "leave it out")
        }
      } else if let reason = Self.ofClusters[option] {
        refuse("`\(option)`", reason, "leave it out")
      } else if isPlain(value, of: option) {
        if Self.files.contains(option) { check(files: value) }
        parameters += [option, value]
      }
    }
    guard let application = rest.popFirst() else { return nil }
    check(files: application)
    check(arguments: rest)
    var submit = ValueMap(["entryPoint": .string(application)])
    if !rest.isEmpty { submit["entryPointArguments"] = .list(rest.map { .string($0) }) }
    if !parameters.isEmpty {
      submit["sparkSubmitParameters"] = .string(parameters.joined(separator: " "))
    }
    let member = service == .serverless ? "sparkSubmit" : "sparkSubmitJobDriver"
    return .map(ValueMap([member: .map(submit)]))
  }

  /// Whether a value can be an item of a space-separated list.
  private mutating func isPlain(_ value: String, of option: String) -> Bool {
    let isPlain =
      !value.isEmpty
      && value.utf8.allSatisfy {
        !ASCII.isSpace($0) && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "'")
          && $0 != UInt8(ascii: "\\")
      }
    if !isPlain {
      refuse(
        "blanks, quotes or secrets in `\(option)`",
        "options are one text, whose words are separated by blanks",
        "give it as an argument of the program, or in `spark-defaults` of the cluster's configurations"
      )
    }
    return isPlain
  }

  private mutating func check(files: String) {
    for file in files.split(separator: ",") {
      let scheme = file.prefix { $0 != ":" }
      guard !["s3", "s3a", "s3n", "local", "http", "https"].contains(scheme) || scheme == file
      else { continue }
      refuse(
        "`\(file)`", "its jobs have no files of a cluster", "put the file in S3, and give its place"
      )
    }
  }

  private mutating func check(arguments: ArraySlice<String>) {
    if arguments.contains(where: { $0.utf8.allSatisfy(ASCII.isSpace) }) {
      refuse("empty arguments of programs", "each must have a character", "leave the argument out")
    }
    if let place = arguments.first(where: { $0.hasPrefix("hdfs:") }) {
      refuse("`\(place)`", "its jobs share no file system", "write to S3")
    }
  }

  // MARK: Hive

  /// Hive's command-line options in the form that a job takes.
  private static let hiveOptions = [
    "-d": "--hivevar", "--define": "--hivevar", "-hivevar": "--hivevar", "--hivevar": "--hivevar",
    "-hiveconf": "--hiveconf", "--hiveconf": "--hiveconf",
  ]

  private mutating func hive(_ arguments: [String]) -> Value? {
    var rest = arguments.drop { $0 != "-f" }
    guard rest.popFirst() != nil, let script = rest.popFirst() else { return nil }
    check(files: script)
    var parameters: [String] = []
    while let option = rest.popFirst() {
      guard let name = Self.hiveOptions[option], let value = rest.popFirst() else {
        refuse("`\(option)` of Hive", "its jobs take variables and properties only", "leave it out")
        continue
      }
      if isPlain(value, of: option) { parameters += [name, value] }
    }
    var job = ValueMap(["query": .string(script)])
    if !parameters.isEmpty { job["parameters"] = .string(parameters.joined(separator: " ")) }
    return .map(ValueMap(["hive": .map(job)]))
  }
}
