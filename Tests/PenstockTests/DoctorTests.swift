import Foundation
import TestSupport
import Testing

/// What `doctor` says of this machine and of a sandbox.
@Suite struct DoctorTests {
  private struct Answer: Decodable {
    struct Finding: Decodable {
      var area: String
      var level: String
      var text: String
      var advice: String?
    }

    var ok: Bool
    var findings: [Finding]

    func levels(_ area: String) -> [String] { findings.filter { $0.area == area }.map(\.level) }
  }

  private static let keys = [
    "AWS_SNOWPLOW_ACCESS_KEY": "AKIAPLANTEDPLANTED00", "AWS_SNOWPLOW_SECRET_KEY": "PlAnTeDsEcReT",
  ]
  private static let inputs = [
    "-c", "config.yml", "-r", "resolver.json", "-t", "targets", "-n", "enrichments",
  ]

  private static func scratch() throws -> Scratch {
    let scratch = try Scratch()
    try FileManager.default.copyItem(
      at: Locations.repository.appending(path: "examples/snowplow"),
      to: scratch.folder.appending(path: "case"))
    return scratch
  }

  private static func answer(
    _ arguments: [String], _ environment: [String: String] = [:], in scratch: Scratch
  ) throws -> Answer {
    let run = try Run(
      ["doctor", "--format", "json"] + arguments,
      environment: keys.merging(environment) { $1 },
      folder: scratch.folder.appending(path: "case"))
    #expect(run.errors.isEmpty, "\(run.errors)")
    let answer = try JSONDecoder().decode(Answer.self, from: Data(run.output))
    #expect(run.status == (answer.ok ? 0 : 1))
    #expect(answer.ok == !answer.findings.contains { $0.level == "problem" })
    // What isn't well says what to do.
    for finding in answer.findings where ["warning", "problem"].contains(finding.level) {
      #expect(finding.advice?.isEmpty == false, "\(finding)")
    }
    return answer
  }

  @Test func aSandboxIsWell() throws {
    let scratch = try Self.scratch()
    let found = try Self.answer(
      Self.inputs + ["--sandbox", "box", "--lock", "etl.lock"], in: scratch)
    #expect(found.ok, "\(found.findings)")
    for area in ["program", "inputs", "journal", "time", "proxy", "tls", "lock", "permissions"] {
      #expect(!found.levels(area).isEmpty, "\(area)")
    }
    let names = try FileManager.default.contentsOfDirectory(
      atPath: scratch.folder.appending(path: "case").path)
    #expect(!names.contains("box") && !names.contains("etl.lock"), "nothing is made")
  }

  @Test func fitsOnAScreenAndHasNoSecret() throws {
    let scratch = try Self.scratch()
    let run = try Run(
      ["doctor", "--sandbox", "box"] + Self.inputs, environment: Self.keys,
      folder: scratch.folder.appending(path: "case"))
    #expect(run.status == 0)
    let lines = run.text.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines.count <= 45)
    #expect(lines.dropLast().last?.hasPrefix("no problem was found") == true)
    for secret in Self.keys.values { #expect(!run.text.contains(secret)) }
  }

  @Test func offlineAsksNothing() throws {
    let scratch = try Self.scratch()
    let found = try Self.answer(["--offline"], in: scratch)
    #expect(found.levels("aws") == ["unknown"])
    #expect(found.levels("inputs") == ["unknown"])
    #expect(found.levels("permissions").isEmpty)
  }

  @Test func mistakesAreFound() throws {
    let scratch = try Self.scratch()
    let offline = ["--offline"]
    #expect(
      try Self.answer(offline + ["-c", "nonesuch.yml"], in: scratch).levels("inputs")
        == ["problem"])
    #expect(
      try Self.answer(offline + ["-c", "resolver.json"], in: scratch).levels("inputs")
        == ["problem"])
    #expect(
      try Self.answer(offline + ["--journal", "nonesuch/journal.db"], in: scratch)
        .levels("journal") == ["problem"])
    #expect(
      try Self.answer(offline + ["--journal", "config.yml"], in: scratch)
        .levels("journal") == ["problem"])
    #expect(
      try Self.answer(offline + ["--lock", "nonesuch/etl.lock"], in: scratch).levels("lock")
        == ["problem"])
    #expect(
      try Self.answer(offline, ["AWS_CA_BUNDLE": "nonesuch.pem"], in: scratch).levels("tls")
        == ["problem"])
    #expect(
      try Self.answer(offline, ["SSL_CERT_FILE": "config.yml"], in: scratch).levels("tls")
        == ["problem"])
    #expect(
      try Self.answer(offline, ["TZDIR": "/nonesuch"], in: scratch).levels("time")
        == ["warning"])
  }

  @Test func proxiesAreShownWithoutTheirPasswords() throws {
    let scratch = try Self.scratch()
    let found = try Self.answer(
      ["--offline"],
      ["HTTPS_PROXY": "http://user:hush-hush-hush@proxy:3128", "NO_PROXY": "s3.example"],
      in: scratch)
    let text = try #require(found.findings.first { $0.area == "proxy" }).text
    #expect(text.contains("proxy:3128 by HTTPS_PROXY, except s3.example"))
    #expect(!text.contains("hush-hush-hush"))
  }

  @Test func anotherProgramOnThePathIsNoticed() throws {
    let scratch = try Self.scratch()
    let file = try scratch.file("bin/snowplow-emr-etl-runner", "#!/bin/sh\n")
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file.path)
    let path = file.deletingLastPathComponent().path
    let found = try Self.answer(["--offline"], ["PATH": path + ":/usr/bin"], in: scratch)
    #expect(found.findings.contains { $0.level == "warning" && $0.text.contains(file.path) })
  }

  @Test func aHeldLockIsNoticed() throws {
    let scratch = try Self.scratch()
    try scratch.file("case/etl.lock", "somebody")
    #expect(
      try Self.answer(["--offline", "--lock", "etl.lock"], in: scratch).levels("lock")
        == ["warning"])
  }
}
