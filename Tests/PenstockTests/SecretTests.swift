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
    "access_key_secret", "sharedKey", "salt",
  ]

  /// Texts that are secrets whatever they are called.
  static let forms = [
    "https://joe:PLANTuser@api.acme.com/u", "jdbc:postgresql://db/x?user=u&password=PLANTjdbc",
    "https://b.s3.amazonaws.com/k?X-Amz-Algorithm=x&X-Amz-Signature=PLANTsigned",
    "https://b.s3.amazonaws.com/k?AWSAccessKeyId=PLANTid&Signature=PLANTsignature&Expires=1",
    "https://a.blob.core.windows.net/c?sv=1&sig=PLANTsas",
    "https://hooks.acme.com/?token=PLANThook",
    "https://PLANTtokenPLANTtoken@github.com/acme/x.git", "Bearer PLANT0bearer",
  ]

  @Test("a built-in pipeline shows no secret of any of its schemas")
  func schemas() throws {
    let run = try PlantedRun()
    for (command, output) in try run.outputs() {
      #expect(SecretLeaks.all(in: output) == [], "\(command)")
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
      #expect(count == 1, "\(name) is warned of \(count) times")
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
