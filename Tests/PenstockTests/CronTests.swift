import Foundation
import TestSupport
import Testing

/// The drop-in as cron starts it, with `cronic`, which sends a mail if a command fails or writes to
/// standard error: in an environment without PATH and HOME, in the folder `/`.
@Suite struct CronTests {
  private static let cronic = "/usr/bin/cronic"
  private static let hasCronic = FileManager.default.isExecutableFile(atPath: cronic)

  /// A night's line of the crontab.
  private static func night(_ sandbox: SandboxRun, _ more: [String] = []) throws -> Run {
    let folder = sandbox.folder.path
    let line =
      [cronic, "\(folder)/snowplow-emr-etl-runner", "run"]
      + ["-c", "config.yml", "-r", "resolver.json", "-t", "targets", "-n", "enrichments"].map {
        $0.hasPrefix("-") ? $0 : "\(folder)/\($0)"
      } + ["--lock", "\(folder)/etl.lock", "--sandbox", "\(folder)/box"] + more
    return try inCron(line)
  }

  private static func inCron(_ line: [String]) throws -> Run {
    let environment = SandboxRun.secrets.map { "\($0.key)=\($0.value)" }.sorted()
    return try Run(
      ["-i", "LANG=C"] + environment + line, folder: URL(filePath: "/"),
      program: URL(filePath: "/usr/bin/env"))
  }

  private static func prepare() throws -> SandboxRun {
    let sandbox = try SandboxRun()
    try FileManager.default.createSymbolicLink(
      at: sandbox.folder.appending(path: "snowplow-emr-etl-runner"),
      withDestinationURL: Run.binary)
    return sandbox
  }

  /// The third night fails, the fourth is kept out by its lock; then someone runs the command of the
  /// mail. Two mails; all other nights are silent.
  @Test(.enabled(if: hasCronic, "cronic is not installed"))
  func aWeekHasTwoMails() throws {
    let sandbox = try Self.prepare()
    var mails: [String] = []
    for night in 1...7 {
      try sandbox.put("acme-collector-eu/logs/2026-03-0\(night).lzo", "events of \(night)\n")
      let fault = night == 3 ? ["--fault", "Shred Enriched=fail"] : []
      let run = try Self.night(sandbox, fault)
      // What cron sends is all that its line writes.
      #expect(run.errors.isEmpty)
      if !run.output.isEmpty { mails.append(run.text) }
      guard night == 4 else { continue }
      let recovery = try #require(
        mails.first?.split(separator: "\n").first { $0.contains(" run --recover ") })
      // Without PATH, the program has its path there.
      let recovered = try Self.inCron(
        [Self.cronic] + recovery.split(separator: " ").map(String.init))
      if !recovered.output.isEmpty { mails.append(recovered.text) }
    }
    try #require(mails.count == 2, "\(mails.joined(separator: "\n=====\n"))")
    #expect(mails[0].contains("the step `[shred] spark: Shred Enriched Events` failed"))
    #expect(mails[0].contains("RESULT CODE: 1\n"))
    #expect(mails[1].contains("RESULT CODE: 17\n") && mails[1].contains("error[lock-held]"))
    // Nothing is lost, and nothing is left.
    let world = sandbox.world()
    let archived = world.keys.filter { $0.hasPrefix("acme-snowplow-archive/raw/") }
    #expect(archived.count == 3 + 7, "\(world.keys.sorted())")
    #expect(!world.keys.contains { $0.hasPrefix("acme-collector-eu/logs/") })
    #expect(!world.keys.contains { $0.hasPrefix("acme-snowplow-out/enriched/good/run=") })
    #expect(
      !FileManager.default.fileExists(atPath: sandbox.folder.appending(path: "etl.lock").path))
  }

  /// The same without cronic: what goes where, of a run that ends well and of one that doesn't.
  @Test func aGoodRunWritesNothingToStandardError() throws {
    let sandbox = try Self.prepare()
    func call(_ more: [String]) throws -> Run {
      try Run(
        ["run"] + SandboxRun.inputs + ["--sandbox", "box"] + more,
        environment: SandboxRun.secrets, folder: sandbox.folder,
        program: sandbox.folder.appending(path: "snowplow-emr-etl-runner"))
    }
    let good = try call([])
    #expect(good.status == 0 && good.errors.isEmpty, "\(good.errors)")
    let warnings = good.text.split(separator: "\n").filter { $0.hasPrefix("W, [") }
    // Each secret once, at its first step.
    let secrets = warnings.compactMap { line in
      line.split(separator: "(").dropFirst().first?.split(separator: ")").first
    }
    #expect(!secrets.isEmpty && Set(secrets).count == secrets.count, "\(warnings)")
    let form =
      #"^W, \[[0-9-]{10}T[0-9:]{8}\.[0-9]{6} #[0-9]+\]  WARN -- : <builtin>/pipelines/snowplow.yml:[0-9]+:[0-9]+: the arguments of step .* \[secret-in-arguments\]$"#
    for line in warnings {
      #expect(line.range(of: form, options: .regularExpression) != nil, "\(line)")
    }
    let quiet = try call(["-q"])
    #expect(quiet.errors.contains("error[no-data-to-process]") && quiet.status == 3)
    try sandbox.put("acme-collector-eu/logs/x.lzo", "x\n")
    let silent = try call(["-q"])
    #expect(silent.status == 0 && silent.errors.isEmpty && silent.output.isEmpty, "\(silent)")
    // A lock that is ignored is a warning of the run itself.
    try sandbox.put("acme-collector-eu/logs/y.lzo", "y\n")
    try sandbox.scratch.file("held", "4711\n")
    let ignoring = try call(["-l", "held", "--ignore-lock-on-start"])
    #expect(ignoring.status == 0 && ignoring.errors.isEmpty, "\(ignoring.errors)")
    #expect(ignoring.text.contains(" WARN -- : the lock held "), "\(ignoring.text)")
    // Of one that was left, the command to release it has the program's name.
    try sandbox.put("acme-collector-eu/logs/l.lzo", "l\n")
    try sandbox.scratch.file("left", Self.lock(process: 4_194_303))
    let left = try call(["-l", "left", "--ignore-lock-on-start"])
    #expect(left.text.contains("`snowplow-emr-etl-runner unlock left` releases it"), "\(left.text)")
    #expect(!left.text.contains("`penstock "), "\(left.text)")
    // With events as JSON, there is nothing else on standard output; warnings are elsewhere.
    try sandbox.put("acme-collector-eu/logs/j.lzo", "j\n")
    let events = try call(["--format", "json", "-l", "left", "--ignore-lock-on-start"])
    #expect(events.status == 0 && events.errors.contains("warning[secret-in-arguments]"))
    #expect(!events.events.isEmpty && events.isJSON, "\(events.text)")
    #expect(events.text.contains("`snowplow-emr-etl-runner unlock left` releases it"))
    let nothing = try call(["--format", "json"])
    #expect(nothing.status == 3 && nothing.isJSON, "\(nothing.text)")
    // Who reads diagnostics as JSON still has them where they were.
    try sandbox.put("acme-collector-eu/logs/z.lzo", "z\n")
    let json = try call(["--diagnostics", "json"])
    #expect(json.status == 0 && json.errors.contains("\"secret-in-arguments\""))
  }

  /// A lock of a process that isn't there any more, on this machine.
  private static func lock(process: Int) throws -> String {
    let host = try String(contentsOfFile: "/proc/sys/kernel/hostname", encoding: .utf8)
      .trimmingCharacters(in: .whitespacesAndNewlines)
    return #"{"host": "\#(host)", "user": "etl", "process": \#(process), "processStart": "1", "#
      + #""sinceSeconds": 1772341567, "run": "r", "name": "n", "token": "t"}"#
  }

  /// The journal is where it is without a HOME: in the home folder of `/etc/passwd`.
  @Test func aHomeThatIsNoPathIsIgnored() throws {
    let run = try Run(["history"], environment: ["HOME": "relative"])
    let without = try Run(["history"], environment: [:])
    #expect(run.status == without.status && run.output == without.output)
    #expect(run.errors == without.errors)
  }
}

extension Run {
  /// Whether each line of the output is an event as JSON.
  fileprivate var isJSON: Bool { events.count == text.split(separator: "\n").count }
}
