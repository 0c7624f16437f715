import Foundation
import TestSupport
import Testing

/// No output of any command shows a secret: neither one that a schema marks, nor one that only its
/// name or its form gives away.
@Suite struct SecretTests {
  /// Names that say that their values are secrets, in different spellings.
  static let names = [
    "password", "dbPassword", "DB_PASSWD", "hive-metastore-pwd", "secret", "client_secret",
    "clientSecret", "token", "access.token", "apiKey", "api_key", "X-API-Key", "authorization",
    "private_key", "privateKey", "passphrase", "credentials", "aws_secret_access_key",
    "access_key_secret", "sharedKey", "salt", "connection_string", "signing_key", "hmacKey",
    "encryption-key", "basic_auth", "webhook_url",
  ]

  /// Texts that are secrets whatever they are called.
  static let forms = [
    "https://joe:PLANTuser@api.acme.com/u", "jdbc:postgresql://db/x?user=u&password=PLANTjdbc",
    "https://b.s3.amazonaws.com/k?X-Amz-Algorithm=x&X-Amz-Signature=PLANTsigned",
    "https://b.s3.amazonaws.com/k?AWSAccessKeyId=PLANTid&Signature=PLANTsignature&Expires=1",
    "https://a.blob.core.windows.net/c?sv=1&sig=PLANTsas",
    "https://hooks.acme.com/?token=PLANThook",
    "https://PLANTtokenPLANTtoken@github.com/acme/x.git", "Bearer PLANT0bearer",
    "https://h.acme.com/cb#access_token=PLANTfragment", "X-Api-Key: PLANTheader",
    "https://h.acme.com/?to=https%3A%2F%2Fjoe%3APLANTencoded%40x", "joe:PLANTproxy@proxy:3128",
    "jdbc:oracle:thin:scott/PLANTtiger@//db:1521/x", "host=h user=u password=PLANTlibpq x=y",
    "curl -u joe:PLANTcurl https://h.acme.com/", "run --db-password PLANToption",
    "{\"password\": \"PLANTjson\"}", "export DB_PASSWORD=PLANTexport",
    Data("var token = 'PLANTscript';".utf8).base64EncodedString(),
  ]

  @Test("a built-in pipeline shows no secret of any of its schemas")
  func schemas() throws {
    let run = try PlantedRun()
    for (command, output) in try run.outputs() {
      #expect(SecretLeaks.all(in: output) == [], "\(command)")
    }
  }

  /// The sandbox refuses a placeholder, so its programs were given the secrets.
  @Test("each secret of each version of each storage target", arguments: PlantedSchemas.targets)
  func targets(name: String) throws {
    let run = try PlantedRun()
    for file in try FileManager.default.contentsOfDirectory(
      at: run.folder.appending(path: "targets"), includingPropertiesForKeys: nil)
    {
      try FileManager.default.removeItem(at: file)
    }
    var documents = PlantedSchemas()
    let json = try JSONSerialization.data(
      withJSONObject: documents.target(name), options: [.prettyPrinted, .sortedKeys])
    try run.scratch.file("targets/one.json", String(decoding: json, as: UTF8.self))
    #expect(documents.planted.isEmpty == name.hasPrefix("elastic_config"), "\(name)")
    let whole = PlantedRun.inputs + PlantedRun.time
    let sandbox = ["--sandbox", "box"]
    for command in [
      ["compile", "--emit", "plan", "--explain"] + whole,
      ["run", "--format", "json"] + whole + sandbox,
      ["diff", ".", "box/../plan.json", "--format", "html"], ["logs"] + sandbox,
    ] {
      let result = try run.run(command)
      if command[0] == "run" || command[0] == "compile" {
        #expect(result.status == 0, "\(result.errors)")
      }
      let output = result.output + Array(result.errors.utf8)
      #expect(SecretLeaks.all(in: output) == [], "\(name): \(command)")
    }
    for (file, bytes) in try run.files() {
      #expect(SecretLeaks.all(in: bytes) == [], "\(name): \(file)")
    }
  }

  /// A placeholder is warned of at its place in the line, which holds the rest of the secret too; and
  /// the placeholder may be a part of the secret.
  @Test(
    "a placeholder inside a secret",
    arguments: [
      "PLANTa{{PLANTb}}PLANTc", "PLANT${PLANT}", "{{y}}PLANT", "${b}PLANT", "PLANT<% x %>",
      "PLANT#{PLANT}", "<%= ENV['NONE'] || 'PLANT' %>", "PLANT{% PLANT %}",
    ])
  func placeholders(form: String) throws {
    let run = try PlantedRun()
    var count = 0
    for file in [
      "config.yml", "resolver.json", "targets/redshift.json", "targets/dynamodb-duplicates.json",
      "enrichments/pii.json", "enrichments/sql_query.json", "enrichments/weather_enrichment.json",
    ] {
      let path = run.folder.appending(path: file)
      let text = try String(contentsOf: path, encoding: .utf8)
      let new = text.replacing(
        #/"PLANT\w*"|<%= ENV\['AWS_SNOWPLOW_SECRET_KEY'\] %>/#, with: "\"\(form)\"")
      if new != text { count += 1 }
      try run.scratch.file(file, new)
    }
    #expect(count == 7)
    for (command, more) in [
      ("check", []), ("lint", []), ("compile", []), ("plan", ["--sandbox", "box"]),
      ("run", ["--sandbox", "box"]),
    ] {
      for format in ["text", "json", "sarif", "github"] {
        let result = try run.run(
          [command] + PlantedRun.inputs(of: command) + more + ["--diagnostics", format])
        let output = result.output + Array(result.errors.utf8)
        #expect(SecretLeaks.all(in: output) == [], "\(command) --diagnostics \(format)")
        #expect(
          form.hasPrefix("<%=") || command == "plan" || command == "run"
            || String(decoding: output, as: UTF8.self).contains("template"), "\(command)")
      }
    }
  }

  @Test(
    "a user in a location",
    arguments: ["joe:PLANTpw@", "PLANTkey:PLANT/pw@", "AKIA:PLANT@x@", "joe:@PLANT@"])
  func locations(user: String) throws {
    let run = try PlantedRun()
    let path = run.folder.appending(path: "config.yml")
    let text = try String(contentsOf: path, encoding: .utf8)
    for place in [
      "acme-snowplow-archive/raw", "acme-snowplow-etl/processing", "acme-collector-eu/logs",
    ] {
      let new = text.replacing("s3://\(place)", with: "s3://\(user)\(place)")
      #expect(new != text)
      try run.scratch.file("config.yml", new)
      for command in ["check", "compile"] {
        let result = try run.run([command] + PlantedRun.inputs(of: command))
        #expect(result.status == 1 && result.errors.contains("can't have a user"), "\(place)")
        #expect(SecretLeaks.all(in: Array(result.errors.utf8)) == [], "\(place)")
      }
    }
  }

  /// A character too many or too few in or next to a secret, 40 times in each file.
  @Test(
    "a broken line with a secret in it",
    arguments: [
      "config.yml", "resolver.json", "targets/redshift.json", "enrichments/pii.json",
      "enrichments/sql_query.json", "enrichments/javascript_script.json",
    ])
  func brokenLines(file: String) throws {
    let run = try PlantedRun()
    if file == "config.yml" {
      let path = run.folder.appending(path: file)
      let text = try String(contentsOf: path, encoding: .utf8)
      try run.scratch.file(
        file, text.replacing("<%= ENV['AWS_SNOWPLOW_SECRET_KEY'] %>", with: "PLANTsecretPLANT"))
    }
    let before = try String(contentsOf: run.folder.appending(path: file), encoding: .utf8)
    let lines = before.components(separatedBy: "\n")
    let secret = lines.indices.filter { !SecretLeaks.all(in: Array(lines[$0].utf8)).isEmpty }
    var random = Seeded(state: 41)
    for turn in 0..<40 {
      var broken = lines
      let at = try #require(secret.randomElement(using: &random))
      broken[at] = Self.broken(lines[at], &random)
      try run.scratch.file(file, broken.joined(separator: "\n"))
      let format = ["text", "json", "sarif", "github"][turn % 4]
      let command = turn % 3 == 0 ? "lint" : "compile"
      let result = try run.run(
        [command] + PlantedRun.inputs(of: command) + ["--diagnostics", format])
      #expect(
        SecretLeaks.all(in: result.output + Array(result.errors.utf8)) == [],
        "\(command) --diagnostics \(format): \(broken[at])")
    }
  }

  private static func broken(_ line: String, _ random: inout Seeded) -> String {
    var characters = Array(line)
    let places = characters.indices.filter {
      !characters[$0].isLetter || Bool.random(using: &random)
    }
    guard let at = places.randomElement(using: &random) else { return line }
    if Bool.random(using: &random), !characters[at].isLetter {
      characters.remove(at: at)
    } else if let more = "\"'{}[]:,#&*!|>%@`\\ =-".randomElement(using: &random) {
      characters.insert(more, at: at)
    }
    return String(characters)
  }

  /// A generator of the same numbers each time.
  private struct Seeded: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return state ^ state >> 33
    }
  }

  @Test("an address with a password on the command line")
  func commandLine() throws {
    let run = try PlantedRun()
    let address = "http://joe:PLANTconsul@127.0.0.1:9/?token=PLANTtoken"
    let whole = PlantedRun.inputs + PlantedRun.time + ["--sandbox", "box"]
    for command in [
      ["plan", "-o", "plan.json", "--lock", "x", "--consul", address] + whole,
      ["run", "--lock", "x", "--consul", address] + whole, ["check", "-c", address],
      ["run", "--input", "x=\(address)"], ["plan", "--empty", "s3://A:PLANTkey@b/x/"] + whole,
      ["migrate", address, "-o", "out"], ["lint", address], ["explain", address], [address],
      ["status", "--run", address], ["unlock", "x", "--consul", address],
    ] {
      let result = try run.run(command)
      #expect(
        SecretLeaks.all(in: result.output + Array(result.errors.utf8)) == [], "\(command[0])")
    }
    for (file, bytes) in try run.files() { #expect(SecretLeaks.all(in: bytes) == [], "\(file)") }
  }

  /// The new files have them, in the place of the old one.
  @Test("migrating shows no secret")
  func migrating() throws {
    let scratch = try Scratch()
    try scratch.file(
      "old.yml",
      """
      :aws:
        :access_key_id: PLANTid
        :secret_access_key: PLANTkey
      :s3:
        :region: eu-west-1
        :buckets: { :in: s3://a/in, :processing: "s3://joe:PLANTuri@a/p" }
        :api_token: PLANTdropped
      :storage:
        :targets:
          - { :name: r, :type: redshift, :host: h, :password: PLANTpassword, :extra_secret: PLANTx }
          - :type: PLANT
            :passwd: PLANTinner

      """)
    for format in ["text", "json", "sarif", "github"] {
      let run = try Run(
        ["migrate", "old.yml", "-o", "new-\(format)", "--diagnostics", format, "-v"],
        folder: scratch.folder)
      let output = run.output + Array(run.errors.utf8)
      // The type isn't a secret: the message shows what it is.
      let leaks = SecretLeaks.all(in: output).filter { !$0.contains("`PLANT`") }
      #expect(leaks == [], "\(format)")
    }
  }

  @Test("secrets are compared, but not shown")
  func differences() throws {
    let run = try PlantedRun()
    let other = try PlantedRun(suffix: "other")
    for format in ["text", "markdown", "json", "html"] {
      let diff = try run.run(
        ["diff", ".", other.folder.path, "--run-id", "x", "--format", format] + PlantedRun.time)
      #expect(diff.status == 0, "\(diff.errors)")
      #expect(diff.text.contains("secret"))
      #expect(SecretLeaks.all(in: diff.output + Array(diff.errors.utf8)) == [], "\(format)")
    }
  }

  @Test("an error beside a secret doesn't show it, in any format")
  func excerpts() throws {
    let run = try PlantedRun()
    for (file, old) in PlantedRun.broken {
      let before = try String(contentsOf: run.folder.appending(path: file), encoding: .utf8)
      try run.scratch.file(
        file, before.replacing(old, with: "[1], \"password\": {\"x\":\"PLANT\"}"))
      for format in ["text", "json", "sarif", "github"] {
        for command in ["check", "compile", "lint"] {
          let result = try run.run(
            [command] + PlantedRun.inputs(of: command) + ["--diagnostics", format])
          #expect(
            SecretLeaks.all(in: result.output + Array(result.errors.utf8)) == [],
            "\(command) \(file)")
        }
      }
      try run.scratch.file(file, before)
    }
  }

  @Test("names and forms are enough")
  func named() throws {
    let run = try NamedRun()
    for (command, output) in try run.outputs() {
      #expect(SecretLeaks.all(in: output) == [], "\(command)")
    }
    let check = try run.run(["compile"] + NamedRun.inputs)
    for name in Self.names {
      let count = check.errors.split(separator: "(config.json#/\(name))").count - 1
      // The password is also in a bootstrap action, which is another place to look at.
      #expect(count == (name == "password" ? 2 : 1), "\(name) is warned of \(count) times")
    }
  }

  @Test("what isn't marked is shown, and so is what --reveal-secrets asks for")
  func shown() throws {
    let run = try NamedRun()
    let revealed = try run.run(["compile", "--reveal-secrets"] + NamedRun.inputs)
    for name in Self.names { #expect(revealed.text.contains("PLANT-\(name)")) }
    let unmarked = try NamedRun(more: ["comment": "PLANT in a comment"])
    let compiled = try unmarked.run(["compile"] + NamedRun.inputs)
    #expect(!SecretLeaks.all(in: compiled.output).isEmpty)
    let encoded = Data("{\"comment\": \"PLANT\"}".utf8).base64EncodedString()
    #expect(!SecretLeaks.all(in: Array("x=\(encoded)".utf8)).isEmpty)
  }

  @Test("a schema may say that a value isn't a secret")
  func publicValues() throws {
    let run = try NamedRun(isPublic: true)
    let compiled = try run.run(["compile"] + NamedRun.inputs)
    #expect(compiled.text.contains("PLANT-password"))
  }

  @Test("a document with a secret in it stays readable")
  func documents() throws {
    let run = try PlantedRun()
    _ = try run.run(
      ["plan", "-o", "plan.json", "--sandbox", "box"] + PlantedRun.inputs + PlantedRun.time)
    let plan = try String(contentsOf: run.folder.appending(path: "plan.json"), encoding: .utf8)
    #expect(plan.contains("\"documents\":"))
    #expect(plan.contains("SELECT 1 WHERE a = ?"))
    #expect(
      plan.contains(
        "{{secret: enrichments/sql_query.json#/data/parameters/database/postgresql/password}}"))
  }
}
