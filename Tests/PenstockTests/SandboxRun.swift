import Foundation
import TestSupport

/// The example of the built-in pipeline, run in a sandbox as a user would.
final class SandboxRun: Sendable {
  static let secrets = [
    "AWS_SNOWPLOW_ACCESS_KEY": "AKIAPLANTEDPLANTED00", "AWS_SNOWPLOW_SECRET_KEY": "PlAnTeDsEcReT",
  ]
  /// Texts that must never be written anywhere; the last is in the example's target.
  static let planted = Array(secrets.values) + ["correct-horse-battery-staple"]
  static let inputs = [
    "-c", "config.yml", "-r", "resolver.json", "-t", "targets", "-n", "enrichments",
  ]
  static let time = ["--run-time", "2026-03-01T05:06:07Z"]

  let scratch: Scratch
  var folder: URL { scratch.folder }
  var box: URL { folder.appending(path: "box") }

  /// Three log files wait in a collector's bucket.
  init() throws {
    scratch = try Scratch()
    let example = Locations.repository.appending(path: "examples/snowplow")
    for name in ["config.yml", "resolver.json", "targets", "enrichments"] {
      try FileManager.default.copyItem(
        at: example.appending(path: name), to: folder.appending(path: name))
    }
    for bucket in ["collector-us", "snowplow-etl", "snowplow-archive", "snowplow-out"] {
      try FileManager.default.createDirectory(
        at: box.appending(path: "acme-\(bucket)"), withIntermediateDirectories: true)
    }
    for hour in ["01", "02", "03"] {
      try put("acme-collector-eu/logs/2026-02-28-\(hour).lzo", "events of \(hour)\n")
    }
  }

  func put(_ path: String, _ text: String) throws {
    try scratch.file("box/" + path, text)
  }

  func penstock(_ arguments: [String]) throws -> Run {
    try Run(
      arguments + ["--sandbox", "box"], environment: Self.secrets, folder: folder)
  }

  /// `run` of the example, with what it needs.
  func run(_ more: [String] = []) throws -> Run {
    try penstock(["run"] + Self.inputs + Self.time + ["--format", "json"] + more)
  }

  func plan(_ more: [String] = []) throws -> Run {
    try penstock(["plan", "-o", "plan.json"] + Self.inputs + Self.time + more)
  }

  /// Each object in S3 but EMR's logs, and each load, with its contents.
  func world() -> [String: String] {
    var files: [String: String] = [:]
    for top in ["", ".penstock/loads"] {
      let folder = box.appending(path: top)
      let names = FileManager.default.enumerator(atPath: folder.path)
      for case let name as String in names ?? .init() {
        guard !name.hasPrefix("acme-snowplow-etl/logs/"), !name.hasPrefix("."),
          let data = FileManager.default.contents(atPath: folder.appending(path: name).path),
          names?.fileAttributes?[.type] as? FileAttributeType == .typeRegular
        else { continue }
        // A load is a file named after the step's id; their number counts.
        let key = top.isEmpty ? name : "load of " + (name.split(separator: "/").first ?? "")
        files[key, default: ""] += String(decoding: data, as: UTF8.self)
      }
    }
    return files
  }

  /// How many clusters were ever started.
  func clusters() throws -> Int {
    let data = try Data(contentsOf: box.appending(path: ".penstock/emr.json"))
    let world = try JSONSerialization.jsonObject(with: data) as? [String: Any]
    return (world?["clusters"] as? [Any])?.count ?? 0
  }

  /// Everything that Penstock itself wrote: its journal, its plan.
  func traces() throws -> String {
    var text = ""
    for name in ["box/.penstock/journal.db", "box/.penstock/journal.db-wal", "plan.json"] {
      let file = folder.appending(path: name)
      if let data = FileManager.default.contents(atPath: file.path) {
        text += String(decoding: data, as: UTF8.self)
      }
    }
    return text
  }
}

extension Run {
  /// The events in the JSON output.
  var events: [[String: Any]] {
    text.split(separator: "\n").compactMap {
      try? JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any]
    }
  }

  func event(_ name: String) -> [String: Any]? {
    events.last { $0["event"] as? String == name }
  }

  /// The command in a failure report, without the program's name.
  var recovery: [String]? {
    guard let recovery = event("failed")?["recovery"] as? [String: Any],
      let command = recovery["command"] as? String
    else { return nil }
    var words: [String] = []
    var word = ""
    var isQuoted = false
    for character in command + " " {
      switch character {
      case "'": isQuoted.toggle()
      case " " where !isQuoted:
        if !word.isEmpty { words.append(word) }
        word = ""
      default: word.append(character)
      }
    }
    return Array(words.dropFirst())
  }
}
