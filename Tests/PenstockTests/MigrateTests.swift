import Foundation
import TestSupport
import Testing

/// Older layouts become the current one: the result is valid, compiles, and keeps the comments.
@Suite(.enabled(if: Locations.conformance("real-world") != nil, "needs the conformance data"))
struct MigrateTests {
  private static let folders = ["eer_sample_history", "eer_config"]

  static let files: [String] = folders.flatMap { folder -> [String] in
    guard let root = Locations.conformance("real-world") else { return [] }
    return Locations.files(in: root.appending(path: folder), withEnding: "")
      .map { "\(folder)/\($0.lastPathComponent)" }
  }

  /// The values for `ADD HERE`, by the key of its line.
  private static func filled(_ text: String) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false).enumerated().map { at, line in
      let key = line.drop { " -:".contains($0) }.prefix { $0.isLetter || $0 == "_" || $0.isNumber }
      let value =
        switch key {
        case "region": "eu-west-1"
        case "placement": "eu-west-1a"
        case "ec2_subnet_id": "subnet-0a1b2c3d"
        case "log", "in", "processing", "archive", "good", "bad", "errors", "out", "out_bad_rows",
          "out_errors", "stream", "ADD":
          "s3://acme-\(at)/x"
        default: "acme"
        }
      return line.replacingOccurrences(of: "ADD HERE WITH SUB-FOLDER", with: value)
        .replacingOccurrences(of: "ADD HERE", with: value)
    }.joined(separator: "\n")
  }

  /// Values of variables, by their names.
  private static func variables(_ text: String) -> [String: String] {
    var variables: [String: String] = [:]
    for part in text.components(separatedBy: "ENV['").dropFirst() {
      let name = String(part.prefix { $0 != "'" })
      variables[name] =
        name.contains("BUCKET")
        ? "s3://acme-\(name.lowercased().replacingOccurrences(of: "_", with: "-"))/x"
        : name.contains("REGION")
          ? "eu-west-1"
          : name.contains("PLACEMENT")
            ? "eu-west-1a"
            : name.contains("SUBNET")
              ? "subnet-0a1b2c3d"
              : name.contains("COUNT") ? "2" : name.contains("TYPE") ? "m4.large" : "value"
    }
    return variables
  }

  private struct Outcome {
    var scratch: Scratch
    var run: Run
    var arguments: [String]
    var text: String
  }

  private static func migrate(_ text: String) throws -> Outcome {
    let scratch = try Scratch()
    try scratch.file("old.yml", text)
    let run = try Run(["migrate", "old.yml", "-o", "new"], folder: scratch.folder)
    try fill(scratch.folder.appending(path: "new/targets"))
    var arguments = ["-c", "new/config.yml"]
    let standard = MistakeCase.folder.appending(path: "base/resolver.json")
    let files = FileManager.default
    let has = { (name: String) in
      files.fileExists(atPath: scratch.folder.appending(path: "new/\(name)").path)
    }
    arguments += ["-r", has("resolver.json") ? "new/resolver.json" : standard.path]
    if has("targets") { arguments += ["-t", "new/targets"] }
    let config = scratch.folder.appending(path: "new/config.yml")
    let written = (try? Locations.bytes(config)).map { String(decoding: $0, as: UTF8.self) }
    return Outcome(scratch: scratch, run: run, arguments: arguments, text: written ?? "")
  }

  /// Puts values where a migration has none.
  private static func fill(_ folder: URL) throws {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    for name in names {
      let file = folder.appending(path: name)
      let text = String(decoding: try Locations.bytes(file), as: UTF8.self)
        .replacing(
          #""roleArn": "ADD HERE""#, with: #""roleArn": "arn:aws:iam::210987654321:role/L""#
        )
        .replacing("ADD HERE", with: "value")
      try Data(text.utf8).write(to: file)
    }
  }

  private static func isSample(_ name: String) -> Bool {
    name.hasPrefix("eer_sample_history/") && name.hasSuffix(".sample")
  }

  /// Files with other placeholders, or with values that EMR and S3 refuse: they are carried over,
  /// and the result is refused for them.
  private static let unfinished: [String: Set<String>] = [
    "EmrEtlConfig-in-python.yml": ["emr-region-unknown", "emr-network-id"],
    "johandebeurs": ["emr-volumes-optimized"],
    "snowplow-terraform-starter": ["template-mark"],
    "snowplow-emretlrunner": ["template-mark"],
    "sparse_config__2017-06-28": ["dataset-overlap", "location-suspicious"],
    "sparse_config": ["location-invalid", "dataset-overlap"],
    "stream_config__2018-04-02_2edfb3dd7": ["check-failed"],
  ]

  /// What people wrote compiles once its placeholders are filled in, or is rejected with the reason.
  @Test(arguments: files.filter { !isSample($0) })
  func othersCompile(name: String) throws {
    let file = try #require(Locations.conformance("real-world")).appending(path: name)
    let text = Self.filled(String(decoding: try Locations.bytes(file), as: UTF8.self))
    let outcome = try Self.migrate(text)
    guard outcome.run.status == 0 else {
      #expect(outcome.run.errors.contains(/old\.yml:\d+:\d+: error\[/) && outcome.text.isEmpty)
      return
    }
    let config = outcome.scratch.folder.appending(path: "new/config.yml")
    try Data(Self.filled(outcome.text).utf8).write(to: config)
    let run = try Run(
      ["compile", "--quiet"] + outcome.arguments, environment: Self.variables(text),
      folder: outcome.scratch.folder)
    let allowed = Self.unfinished.filter { name.contains($0.key) }.map(\.value)
    let codes = Set(run.errors.matches(of: /error\[([a-z-]+)\]/).map { String($0.1) })
    #expect((run.status == 0) == allowed.isEmpty, "\(run.errors)")
    #expect(allowed.isEmpty || allowed.contains { codes.isSubset(of: $0) }, "\(codes)")
  }

  /// Each layout in the samples' history compiles, or is rejected with the reason.
  @Test(arguments: files.filter(isSample))
  func samplesOfAllTimesCompile(name: String) throws {
    let file = try #require(Locations.conformance("real-world")).appending(path: name)
    let text = Self.filled(String(decoding: try Locations.bytes(file), as: UTF8.self))
    let outcome = try Self.migrate(text)
    if outcome.run.status == 1 {
      #expect(outcome.run.errors.contains("error[migration-refused]"), "\(outcome.run.errors)")
      #expect(text.contains(":serde_version:"), "only the Hive jobs are gone")
      #expect(outcome.text.isEmpty)
      return
    }
    #expect(outcome.run.status == 0, "\(outcome.run.errors)")
    for command in ["check", "compile"] {
      let run = try Run(
        [command, "--quiet"] + outcome.arguments, environment: Self.variables(text),
        folder: outcome.scratch.folder)
      #expect(run.status == 0, "\(command): \(run.errors)")
    }
    let hasTargets = outcome.arguments.contains("-t")
    let lint = try Run(
      ["lint", hasTargets ? "targets" : "resolver", "--offline"]
        + outcome.arguments.dropFirst(2), folder: outcome.scratch.folder)
    #expect(lint.status == 0, "\(lint.errors)")
    try expectCommentsAreKept(text, outcome.text)
    // Migrating the result again changes nothing.
    let again = try Self.migrate(outcome.text)
    #expect(again.text == outcome.text)
    #expect(again.run.errors.isEmpty, "\(again.run.errors)")
  }

  /// All comments but those of parts that became JSON.
  private func expectCommentsAreKept(_ old: String, _ new: String) throws {
    var isElsewhere = false
    for line in old.split(separator: "\n") {
      let indent = line.prefix { $0 == " " }.count
      let key = line.drop { " :".contains($0) }
      if key.hasPrefix("targets:") || key.hasPrefix("iglu:") || key.hasPrefix("enrichments:") {
        isElsewhere = true
      } else if indent == 0 {
        isElsewhere = false
      }
      guard !isElsewhere, let hash = line.range(of: " #") ?? line.range(of: "#") else { continue }
      let comment = line[hash.lowerBound...].trimmingCharacters(in: .whitespaces)
      #expect(new.contains(comment), "lost: \(comment)")
    }
  }

  /// Whatever people wrote is carried over, or rejected at its place.
  @Test(arguments: files) func nothingIsLostInSilence(name: String) throws {
    let file = try #require(Locations.conformance("real-world")).appending(path: name)
    let text = String(decoding: try Locations.bytes(file), as: UTF8.self)
    let outcome = try Self.migrate(text)
    #expect([0, 1].contains(outcome.run.status), "\(outcome.run.errors)")
    #expect(outcome.text.isEmpty == (outcome.run.status == 1))
    guard outcome.run.status == 0 else {
      #expect(outcome.run.errors.contains("old.yml:"))
      return
    }
    // ERB stays ERB.
    let marks = { (text: String) in
      Set(text.components(separatedBy: "<%=").dropFirst().map { $0.prefix { $0 != "%" } })
    }
    let yaml = text.components(separatedBy: "targets:").first ?? text
    #expect(marks(outcome.text).isSuperset(of: marks(yaml)))
  }

  @Test func aCompanionsFileBringsTargetsAndArchives() throws {
    let root = try #require(Locations.conformance("real-world"))
    let sample = try #require(
      Locations.files(
        in: root.appending(path: "eer_sample_history"), withEnding: "2014-07-15_2dfddce42.sample"
      ).first)
    let scratch = try Scratch()
    try scratch.file(
      "old.yml", Self.filled(String(decoding: try Locations.bytes(sample), as: UTF8.self)))
    try scratch.file(
      "loader.yml",
      """
      :aws:
        :access_key_id: a
        :secret_access_key: b
      :s3:
        :region: us-east-1
        :buckets:
          :enriched:
            :good: s3://acme/enriched
            :archive: s3://acme-archive/enriched
          :shredded:
            :good: s3://acme/shredded
            :archive: s3://acme-archive/shredded # of the loader
      :download:
        :folder:
      :targets:
        - :name: "My Redshift"
          :type: redshift
          :host: acme.redshift.amazonaws.com
          :database: events
          :port: 5439
          :table: atomic.events
          :username: loader
          :password: hunter2
          :maxerror: 1
          :comprows: 200000
        - :name: Second
          :type: redshift
          :host: b.redshift.amazonaws.com
          :database: events
          :ssl_mode: verify-ca
          :username: loader
          :password: hunter2
      """)
    let run = try Run(["migrate", "old.yml", "loader.yml", "-o", "new"], folder: scratch.folder)
    #expect(run.status == 0 && !run.errors.contains("hunter2"), "\(run.errors)")
    #expect(
      run.text
        == "new/config.yml\nnew/targets/redshift.json\nnew/targets/redshift-2.json\nnew/resolver.json\n"
    )
    let config = String(
      decoding: try Locations.bytes(scratch.folder.appending(path: "new/config.yml")), as: UTF8.self
    )
    #expect(config.contains("archive: s3://acme-archive/shredded # of the loader\n"))
    let target = try JSONSerialization.jsonObject(
      with: Data(
        try Locations.bytes(scratch.folder.appending(path: "new/targets/redshift-2.json"))))
    let data = try #require((target as? [String: Any])?["data"] as? [String: Any])
    let jdbc = try #require(data["jdbc"] as? [String: Any])
    #expect(jdbc["sslMode"] as? String == "verify-ca" && data["schema"] as? String == "atomic")
    #expect(data["roleArn"] as? String == "ADD HERE" && data["id"] is String)
    #expect(data["password"] as? String == "hunter2")
    let mode = try FileManager.default.attributesOfItem(
      atPath: scratch.folder.appending(path: "new/targets/redshift.json").path)[.posixPermissions]
    #expect(mode as? Int == 0o600)
    // Files are replaced only on request, and then all of them.
    #expect(try Run(["migrate", "old.yml", "-o", "new"], folder: scratch.folder).status == 1)
    #expect(
      try Run(["migrate", "old.yml", "-o", "new", "--force"], folder: scratch.folder).status == 0)
  }
}
