import Foundation
import TestSupport

/// One file of Tests/PenstockTests/Edits: an edit of inputs that people make, and what is reported.
///
///     What is edited, and why, in a sentence.
///     = cost, new-cluster?  < config.yml:12
///     ! less-secure anon_ip
///     $ dearer
///     ~ cause: says the pipeline's line
///     @ base lakehouse
///     @ pipeline
///     @ both config.yml
///     @ edit config.yml
///     -  release: 7.5.0
///     +  release: 7.6.0
///     @ remove targets/redshift.json
///     @ file targets/other.json
///     its whole text
///     @ diff
///     what `penstock diff` writes
///
/// The lines before the first `@` judge the report, by hand. One with `=` for each edited place: the
/// classes of what changes in substance (`?`: may be; `cosmetic` where something is told and nothing
/// changes, `nothing` where not even that) and where it comes from. `!` is a headline of a kind, and
/// a word in it (`! ?`: there may be others), `$` which way the costs go. `~` is what is known to be
/// wrong: the test fails once it is right.
///
/// `@ base` names the example that is edited (else `snowplow`), or a folder in `Edits/bases`;
/// `@ pipeline` puts the built-in pipeline beside it as `pipeline.yml`, `@ both` edits both sides,
/// and `@ neither` takes a file away from both.
struct EditCase: CustomStringConvertible {
  private enum Change {
    case edit(file: String, old: String, new: String)
    case write(file: String, String)
    case remove(file: String)
  }

  let path: URL
  private(set) var head = ""
  private(set) var judgement = EditJudgement()
  private(set) var golden: String?
  private var base = "snowplow"
  private var hasPipeline = false
  private var both: [Change] = []
  private var changes: [Change] = []

  static let folder = Locations.repository.appending(path: "Tests/PenstockTests/Edits")

  static let environment = [
    "AWS_SNOWPLOW_ACCESS_KEY": "AKIA0000000000000000", "AWS_SNOWPLOW_SECRET_KEY": "secret",
    "LEVEL": "INFO",
  ]

  /// None of these may be in any output.
  static let secrets = [
    "AKIA0000000000000000", "correct-horse-battery-staple", "another-horse-battery",
    "8f4b1c2e-0d7a-4f57-9c51-1f6f2b0f3a77", "9a4b1c2e-0d7a-4f57-9c51-1f6f2b0f3a99",
    "exampleExampleExampleExampleExampleExamp", "otherOtherOtherOtherOtherOtherOtherOther",
  ]

  var description: String { path.lastPathComponent }

  init(_ path: URL) throws {
    self.path = path
    let text = String(decoding: try Locations.bytes(path), as: UTF8.self)
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    if let end = lines.firstIndex(of: "@ diff") {
      golden = lines[(end + 1)...].joined(separator: "\n")
      lines.removeSubrange(end...)
    } else if lines.last == "" {
      lines.removeLast()
    }
    head = lines.map { $0 + "\n" }.joined()
    var section: (title: [String], lines: [String]) = ([], [])
    for line in lines {
      if line.hasPrefix("@ ") {
        try finish(section)
        section = (line.dropFirst(2).split(separator: " ").map(String.init), [])
      } else if section.title.isEmpty, judgement.read(line) {
        continue
      } else {
        section.lines.append(line)
      }
    }
    try finish(section)
  }

  private mutating func finish(_ section: (title: [String], lines: [String])) throws {
    guard let kind = section.title.first else { return }
    let name = section.title.dropFirst().first ?? ""
    func text(_ lines: [String]) -> String { lines.map { $0 + "\n" }.joined() }
    switch kind {
    case "base": base = name
    case "pipeline": hasPipeline = true
    case "both", "edit":
      let edits = try MistakeCase.hunks(section.lines).map {
        Change.edit(file: name, old: text($0.old), new: text($0.new))
      }
      if kind == "both" { both += edits } else { changes += edits }
    case "file": changes.append(.write(file: name, text(section.lines)))
    case "neither": both.append(.remove(file: name))
    case "remove": changes.append(.remove(file: name))
    default:
      throw MistakeCase.Malformed(description: "`@ \(kind)` in \(path.lastPathComponent)")
    }
  }

  /// The two sides, as folders `before` and `after`; with another edit of the same example as well.
  func sides(and other: EditCase? = nil) throws -> Scratch {
    let scratch = try Scratch()
    for name in ["before", "after"] {
      let folder = scratch.folder.appending(path: name)
      try FileManager.default.copyItem(at: source, to: folder)
      if hasPipeline {
        try FileManager.default.copyItem(
          at: Locations.repository.appending(path: "pipelines/\(pipelineName).yml"),
          to: folder.appending(path: "pipeline.yml"))
      }
      for change in both { try make(change, in: folder) }
      for change in other?.both ?? [] { try make(change, in: folder) }
      guard name == "after" else { continue }
      for change in changes + (other?.changes ?? []) { try make(change, in: folder) }
    }
    return scratch
  }

  /// Whether another one edits the same example, so that both can be made.
  func isOfSameBase(as other: EditCase) -> Bool {
    base == other.base && hasPipeline == other.hasPipeline
  }

  private var own: URL { Self.folder.appending(path: "bases/\(base)") }

  private var hasOwnPipeline: Bool { FileManager.default.fileExists(atPath: own.path) }

  private var source: URL {
    hasOwnPipeline ? own : Locations.repository.appending(path: "examples/\(base)")
  }

  /// Its first line.
  var summary: String { head.split(separator: "\n").first.map(String.init) ?? "" }

  /// Whether the pipeline is Snowplow's.
  var isSnowplow: Bool { base.hasPrefix("snowplow") }

  var mayHoldSecrets: Bool { head.contains("targets/") || head.contains("resolver.json") }

  private var pipelineName: String { base == "clickstream" ? "clickstream-hive" : base }

  func diff(_ sides: [String], _ options: [String] = [], in scratch: Scratch) throws -> Run {
    let pipeline = hasPipeline || hasOwnPipeline ? [] : ["--pipeline", pipelineName]
    return try Run(
      ["diff"] + sides + options + pipeline + ["--run-time", "2026-03-01T05:06:07Z"],
      environment: Self.environment, folder: scratch.folder)
  }

  private func make(_ change: Change, in folder: URL) throws {
    switch change {
    case .remove(let file): try FileManager.default.removeItem(at: folder.appending(path: file))
    case .write(let file, let text):
      try Data(text.utf8).write(to: folder.appending(path: file))
    case .edit(let file, let old, let new):
      let url = folder.appending(path: file)
      let text = String(decoding: try Locations.bytes(url), as: UTF8.self)
      guard let range = text.range(of: old) else {
        throw MistakeCase.Malformed(description: "`\(file)` has no `\(old)` (\(self))")
      }
      try Data(text.replacingCharacters(in: range, with: new).utf8).write(to: url)
    }
  }
}
