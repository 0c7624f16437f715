import Foundation
import TestSupport

/// The example of the built-in pipeline, with a planted text for each secret of its schemas.
final class PlantedRun: Sendable {
  static let environment = [
    "AWS_SNOWPLOW_ACCESS_KEY": "PLANT-access-key", "AWS_SNOWPLOW_SECRET_KEY": "PLANT-secret-key",
  ]
  static let inputs = [
    "-c", "config.yml", "-r", "resolver.json", "-t", "targets", "-n", "enrichments",
  ]
  static let time = ["--run-time", "2026-03-01T05:06:07Z"]
  /// Texts beside a secret whose values a test makes wrong.
  static let broken = [
    ("enrichments/sql_query.json", "5432"), ("targets/redshift.json", "5439"),
    ("resolver.json", "500"),
  ]

  static func inputs(of command: String) -> [String] {
    command == "lint"
      ? ["all", "--offline"] + inputs.dropFirst(2) : inputs + (command == "check" ? [] : time)
  }

  let scratch: Scratch
  var folder: URL { scratch.folder }

  init(suffix: String = "") throws {
    let example = try SandboxRun()
    scratch = example.scratch
    for (name, parameters) in Self.enrichments(suffix) {
      // What schemas are known for has to be right.
      let isKnown = ["weather_enrichment", "currency_conversion"].contains(name)
      try scratch.file(
        "enrichments/\(name).json",
        """
        { "schema": "iglu:com.snowplowanalytics.snowplow.enrichments/\(name)_config/jsonschema/1-0-0",
          "data": { "vendor": "com.snowplowanalytics.snowplow.enrichments", "name": "\(name)_config",
            "enabled": true,\(isKnown ? "" : " \"broken\": 1,")
            "parameters": \(parameters) } }
        """)
    }
    try replace("enrichments/pii.json", "\"salt\": \"[^\"]*\"", "\"salt\": \"PLANTsalt\(suffix)\"")
    try replace("resolver.json", "\"apikey\": \"[^\"]*\"", "\"apikey\": \"PLANTiglu\(suffix)\"")
    try replace(
      "targets/redshift.json", "\"password\": \"[^\"]*\"", "\"password\": \"PLANTload\(suffix)\"")
    try replace(
      "targets/redshift.json", "\"sshTunnel\": null",
      """
      "sshTunnel": { "bastion": { "host": "b.acme.com", "port": 22, "user": "u",
        "passphrase": "PLANTphrase\(suffix)", "key": { "ec2ParameterStore": { "parameterName": "k" } } },
        "localPort": 5555, "destination": { "host": "d.acme.com", "port": 5439 } }
      """)
    for key in ["accessKeyId", "secretAccessKey"] {
      try replace(
        "targets/dynamodb-duplicates.json", "\"\(key)\": \"[^\"]*\"",
        "\"\(key)\": \"PLANT\(key)\(suffix)\"")
    }
  }

  private static func enrichments(_ suffix: String) -> [(String, String)] {
    [
      (
        "sql_query",
        """
        { "database": { "postgresql": { "host": "db.acme.com", "port": 5432, "sslMode": true,
            "username": "u", "password": "PLANTsql\(suffix)", "database": "d" } },
          "query": { "sql": "SELECT 1 WHERE a = ?" } }
        """
      ),
      (
        "api_request",
        """
        { "api": { "http": { "method": "GET", "timeout": 5000,
            "uri": "http://joe:PLANTuri\(suffix)@api.acme.com/u?X-Amz-Signature=PLANTsigned\(suffix)",
            "authentication": { "httpBasic": { "username": "u", "password": "PLANTbasic\(suffix)" } } } } }
        """
      ),
      (
        "weather_enrichment",
        """
        { "apiKey": "PLANTweather\(suffix)", "cacheSize": 5100, "geoPrecision": 1,
          "apiHost": "history.openweathermap.org", "timeout": 5000 }
        """
      ),
      (
        "currency_conversion",
        """
        { "accountType": "DEVELOPER", "apiKey": "PLANTcurrency\(suffix)", "baseCurrency": "EUR",
          "rateAt": "EOD_PRIOR" }
        """
      ),
      ("javascript_script", "{ \"script\": \"\(script(suffix))\" }"),
    ]
  }

  /// A program in Base64, which its author gave a password.
  private static func script(_ suffix: String) -> String {
    Data("var apiKey = 'PLANTscript\(suffix)'; function process(event) { return [] }".utf8)
      .base64EncodedString()
  }

  private func replace(_ path: String, _ pattern: String, _ text: String) throws {
    let file = folder.appending(path: path)
    let before = try String(contentsOf: file, encoding: .utf8)
    let after = before.replacingOccurrences(of: pattern, with: text, options: .regularExpression)
    guard before != after else { throw CocoaError(.fileReadUnknown) }
    try Data(after.utf8).write(to: file)
  }

  func run(_ arguments: [String]) throws -> Run {
    try Run(arguments, environment: Self.environment, folder: folder)
  }

  /// What every command that reads the inputs writes: its output, its messages, and its files.
  func outputs() throws -> [(command: String, output: [UInt8])] {
    let whole = Self.inputs + Self.time
    let box = ["--sandbox", "box"]
    var commands = [
      ["check"] + Self.inputs, ["graph"] + whole, ["graph", "--format", "dot"] + whole,
      ["graph", "--format", "svg"] + whole,
      ["lint", "all", "--offline"] + Self.inputs.dropFirst(2),
      ["plan", "-o", "plan.json", "--html", "plan.html"] + whole + box,
      ["plan", "--format", "json", "--explain"] + whole + box,
      ["plan", "--format", "markdown"] + whole + box, ["diff", "plan.json", "plan.json"],
      ["diff", "plan.json", "--canonical"],
      ["apply", "plan.json", "--format", "json", "--fault", "shred=fail"] + box,
      ["status"] + box, ["status", "--format", "json"] + box, ["history"] + box, ["logs"] + box,
    ]
    for emit in ["job-flow", "requests", "plan", "ir"] {
      commands.append(["compile", "--emit", emit, "--explain"] + whole)
    }
    for format in ["json", "sarif", "github"] {
      commands.append(["compile", "--diagnostics", format] + whole)
    }
    var outputs: [(command: String, output: [UInt8])] = []
    for command in commands {
      let result = try run(command)
      outputs.append((command.joined(separator: " "), result.output + Array(result.errors.utf8)))
    }
    return try outputs + files()
  }

  /// What every file that isn't an input holds, also the sandbox's own.
  func files() throws -> [(command: String, output: [UInt8])] {
    var outputs: [(command: String, output: [UInt8])] = []
    let inputs = ["targets/", "enrichments/", "config.yml", "resolver.json"]
    for case let name as String in FileManager.default.enumerator(atPath: folder.path) ?? .init() {
      let file = folder.appending(path: name)
      var isFolder: ObjCBool = false
      guard FileManager.default.fileExists(atPath: file.path, isDirectory: &isFolder),
        !isFolder.boolValue, !inputs.contains(where: name.hasPrefix)
      else { continue }
      outputs.append((name, try Locations.bytes(file)))
    }
    return outputs
  }
}

/// A pipeline of a user whose input has a planted text under each telling name and of each form.
final class NamedRun: Sendable {
  static let inputs = ["pipeline.yml", "--config", "config.json"] + PlantedRun.time

  let scratch: Scratch
  var folder: URL { scratch.folder }

  init(more: [String: String] = [:], isPublic: Bool = false) throws {
    scratch = try Scratch()
    var config = more
    for name in SecretTests.names { config[name] = "PLANT-\(name)" }
    for (at, form) in SecretTests.forms.enumerated() { config["address\(at)"] = form }
    let json = try JSONSerialization.data(withJSONObject: config, options: [.prettyPrinted])
    try scratch.file("config.json", String(decoding: json, as: UTF8.self))
    let named = isPublic ? "\"^password$\": { \"x-secret\": false }" : ""
    try scratch.file("any.json", "{ \"type\": \"object\", \"patternProperties\": { \(named) } }")
    try scratch.file(
      "pipeline.yml",
      """
      penstock: v1
      pipeline: named
      inputs:
        config: { schema: ./any.json, format: json }
      stages:
        - stage: work
          steps:
            - name: all
              command: { command: [run, "${base64(json(config))}"] }
            - name: each
              command: { command: "${config.map(k, config[k])}" }
            - name: written
              command: { command: [run, --password, PLANT-written, "--token=PLANT-equals"] }
      cluster:
        region: eu-west-1
        job-flow:
          Name: named
          ReleaseLabel: emr-6.3.0
          ServiceRole: EMR_DefaultRole
          JobFlowRole: EMR_EC2_DefaultRole
          BootstrapActions:
            - Name: b
              ScriptBootstrapAction: { Path: s3://acme/b.sh, Args: ["${config.password}"] }
          Configurations:
            - Classification: hive-site
              Properties: { javax.jdo.option.ConnectionPassword: PLANT-hive }
          Instances:
            MasterInstanceType: m5.xlarge
            SlaveInstanceType: m5.xlarge
            InstanceCount: 3
      """)
  }

  func run(_ arguments: [String]) throws -> Run { try Run(arguments, folder: folder) }

  func outputs() throws -> [(command: String, output: [UInt8])] {
    var commands = [
      ["check"] + Self.inputs.dropLast(2),
      ["plan", "--offline", "--html", "plan.html"] + Self.inputs,
      ["plan", "--offline", "-o", "plan.json"] + Self.inputs, ["graph"] + Self.inputs,
      ["diff", "plan.json", "--canonical"],
    ]
    for emit in ["job-flow", "requests", "plan", "ir"] {
      commands.append(["compile", "--emit", emit, "--explain"] + Self.inputs)
    }
    var outputs: [(command: String, output: [UInt8])] = []
    for command in commands {
      let result = try run(command)
      outputs.append((command.joined(separator: " "), result.output + Array(result.errors.utf8)))
    }
    for name in ["plan.json", "plan.html"] {
      outputs.append((name, try Locations.bytes(folder.appending(path: name))))
    }
    return outputs
  }
}
