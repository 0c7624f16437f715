import Text

/// An option of EmrEtlRunner before R91, or of StorageLoader, that today's `run` doesn't have, or not
/// with that letter.
///
/// The rows are those of the releases: EmrEtlRunner 0.5.0 (release 0.9.0) to 1.0.4 (`config.rb`,
/// since 0.8.0 `cli.rb`), StorageLoader 0.1.0 (release 0.9.0) to 0.11.0 (R89; `config.rb`).
struct FormerOption: Sendable {
  enum Meaning: Sendable {
    /// As today.
    case config, targets, resolver, include
    /// Stages, by the names of that time.
    case skip
    /// A day: only logs of certain days were processed.
    case day
    /// A place to take raw logs from, instead of `raw.processing`.
    case raw
    /// A place to take enriched events from, instead of `enriched.good`.
    case enriched
    /// The configuration itself, in base64.
    case text
    /// The file that `generate` was to write.
    case file
    /// The version of the schema of that file.
    case schema
  }

  let long: String
  let short: Character?
  let meaning: Meaning

  /// Whether today's `run` has nothing like it.
  var isGone: Bool { [.day, .raw, .enriched].contains(meaning) }

  /// What its value is.
  var valueName: String {
    switch meaning {
    case .config, .resolver, .file: "FILE"
    case .targets: "DIR"
    case .include, .skip: "A,B"
    case .day: "YYYY-MM-DD"
    case .raw, .enriched: "LOCATION"
    case .text: "CONFIG"
    case .schema: "VERSION"
    }
  }

  private init(_ long: String, _ short: Character?, _ meaning: Meaning) {
    self.long = long
    self.short = short
    self.meaning = meaning
  }

  static let ofRunner = [
    FormerOption("start", "s", .day), FormerOption("end", "e", .day),
    FormerOption("skip", "x", .skip), FormerOption("process-bucket", "b", .raw),
    FormerOption("process-enrich", "E", .raw), FormerOption("process-shred", "S", .enriched),
  ]

  static let ofConfigGenerator = [
    FormerOption("filename", "f", .file), FormerOption("schemaver", "s", .schema),
  ]

  static let ofPlaybookGenerator = [
    FormerOption("filename", "o", .file), FormerOption("schemaver", "s", .schema),
  ]

  static let ofLoader = [
    FormerOption("config", "c", .config), FormerOption("targets", "t", .targets),
    FormerOption("resolver", "r", .resolver), FormerOption("include", "i", .include),
    FormerOption("skip", "s", .skip), FormerOption("base64-config-string", "b", .text),
  ]
}

/// A place that `--process-enrich`, `--process-shred` or `--process-bucket` named: only the job on
/// its data ran.
struct FormerPlace: Sendable {
  let option: FormerOption
  let location: String
  /// The run whose folder it is.
  let runID: String?

  init(_ option: FormerOption, _ location: String) {
    self.option = option
    var path = location[...]
    while path.utf8.last == .slash { path.removeLast() }
    let start = path.utf8.lastIndex(of: .slash).map { path.utf8.index(after: $0) }
    let name = path[(start ?? path.startIndex)...]
    if option.meaning == .enriched, let start, name.hasPrefix("run="), name.utf8.count > 4 {
      self.location = String(path[..<start])
      runID = String(name.dropFirst(4))
    } else {
      self.location = location
      runID = nil
    }
  }

  /// What it left out: by its help, `--skip staging,shred,archive_raw` or
  /// `--skip staging,enrich,archive_raw`; and before R90, loading was StorageLoader's.
  var skips: [String] {
    ["staging", option.meaning == .raw ? "shred" : "enrich", "archive_raw", "rdb_load"]
      + ["archive_enriched", "archive_shredded"]
      // With the run's name, this stage loads again what enrichment couldn't read.
      + (runID == nil ? [] : ["elasticsearch"])
  }

  var message: String {
    let key = option.meaning == .raw ? "raw.processing" : "enriched.good"
    return "`--\(option.long)` is gone since R91: set `aws.s3.buckets.\(key)` to `\(location)`"
      + (runID == nil ? "" : ", where the run's folder is,")
      + " in a copy of the configuration, and skip what the option left out"
  }
}

/// Names of stages that have another name today, or none.
enum FormerStage {
  /// Today's stages, in their order.
  static let all = [
    "staging", "staging_stream_enrich", "enrich", "shred", "elasticsearch", "archive_raw",
    "rdb_load", "consistency_check", "load_manifest_check", "analyze", "archive_enriched",
    "archive_shredded",
  ]

  /// A run without these has nothing to do; `elasticsearch` loads only what two of them reject.
  static let main = [
    "staging", "enrich", "shred", "archive_raw", "rdb_load", "archive_enriched",
    "archive_shredded",
  ]

  /// The names that `--skip` took.
  static func names(ofLoader: Bool) -> [String] {
    ofLoader ? loaders.keys.sorted() + ["analyze"] : all + runners.keys.sorted()
  }

  /// Today's stages; nil for a name that is still in use.
  static func today(_ name: String, ofLoader: Bool) -> [String]? {
    ofLoader ? loaders[name] : runners[name]
  }

  private static let runners: [String: [String]] = [
    "s3distcp": [], "archive": ["archive_raw"],
    "emr": [
      "enrich", "shred", "elasticsearch", "rdb_load", "archive_enriched", "archive_shredded",
    ],
  ]

  private static let loaders: [String: [String]] = [
    "download": [], "delete": [], "shred": ["archive_shredded"], "load": ["rdb_load"],
    "archive": ["archive_enriched", "archive_shredded"],
    "archive_enriched": ["archive_enriched", "archive_shredded"],
  ]

  /// What became of a name.
  static func fate(_ name: String, ofLoader: Bool) -> String {
    switch name {
    case "s3distcp": "without S3DistCp nothing runs since R91, so it can't be skipped"
    case "archive" where !ofLoader: "`archive` is called `archive_raw` since R70"
    case "emr":
      "`emr` was everything on the cluster, for which each stage is named since R91"
    case "download", "delete":
      "the loader reads S3 since R90, so there is no `\(name)` to skip"
    case "load": "`load` is called `rdb_load` since R90"
    case "shred": "of shredded events, only the archiving can be skipped since R90"
    default: "`\(name)` is `archive_enriched` and `archive_shredded` since R92"
    }
  }
}
