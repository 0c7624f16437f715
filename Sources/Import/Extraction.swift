import SourceText
import Text
import Values

/// Takes what isn't the same in every place and run out of a body: values become members of the
/// configuration, dates the run's time.
struct Extraction {
  var texts: BodyTexts
  var config = ConfigDraft()
  let flow: ImportedFlow
  let secrets: SecretPlaces
  var notes: [ImportNote] = []
  /// The run's time that yields the source's dates.
  var moment: Value.Timestamp?

  init(_ flow: ImportedFlow, moment: Value.Timestamp?) {
    self.flow = flow
    self.moment = flow.moment ?? moment
    texts = BodyTexts(flow.body)
    secrets = SecretPlaces(flow.body)
  }

  /// Everything, the surest first.
  mutating func run() {
    takeVariables()
    takeSecrets()
    takeRegion()
    takeEnvironment()
    takeDates()
    takePlaces()
    takeAccounts()
  }

  // MARK: The source's variables

  private mutating func takeVariables() {
    for variable in flow.variables where !variable.uses.isEmpty {
      switch variable.meaning {
      case .time(let format, let offset):
        let expression = Moment.expression(format: format, offset: offset)
        for use in variable.uses { texts.replace(use.path, use.range, by: expression) }
        notes.append(
          ImportNote(
            .told, variable.name, "it is the run's time here: `\(expression)`", at: variable.span))
      case .value: take(variable)
      }
    }
  }

  private mutating func take(_ variable: Variable) {
    let isSecret =
      variable.isSecret || variable.uses.contains { secrets.contains($0.path, $0.range) }
    var facet = ConfigDraft.Facet(
      description: variable.summary.map(Self.sentence) ?? "The source's `\(variable.name)`.")
    facet.isSecret = isSecret
    facet.choices = variable.choices
    if !variable.isKnown {
      facet.comment = "The source doesn't say it: put the value here."
      notes.append(
        ImportNote(
          .told, variable.name,
          "the source doesn't say its value, so the configuration has a stand-in", at: variable.span
        ))
    }
    let group = isSecret ? ["secrets"] : ["source"]
    for use in variable.uses {
      // Where EMR has a number, the text of one is a number.
      let part = use.range == nil ? flow.body.part(at: use.path)?.value : nil
      let expression = config.add(group + [variable.name], part ?? variable.value, facet)
      if texts[use.path] != nil {
        texts.replace(use.path, use.range, by: expression)
      } else if use.range == nil, texts.isAllFree(use.path) {
        texts.parts[use.path] = .expression(expression)
      }
    }
  }

  static func sentence(_ text: String) -> String {
    let line = text.split(whereSeparator: \.isNewline).joined(separator: " ")
    return line.hasSuffix(".") || line.hasSuffix("?") || line.isEmpty ? line : line + "."
  }

  // MARK: Secrets

  private mutating func takeSecrets() {
    // The last part of a text first, so that the places of the others stay.
    for place in secrets.places.reversed() {
      guard let text = texts[place.path]?.plain else { continue }
      let range = place.range ?? 0..<text.utf8.count
      guard range.upperBound <= text.utf8.count else { continue }
      let value = String(
        decoding: Array(text.utf8)[range], as: UTF8.self)
      let facet = ConfigDraft.Facet(
        description: "It was in the source as `\(place.name)`.", change: ["security"],
        isSecret: true)
      if texts[place.path]?.literalRanges.contains(where: {
        $0.lowerBound <= range.lowerBound && range.upperBound <= $0.upperBound
      }) == true {
        let expression = config.add(["secrets", place.name], .string(value), facet)
        texts.replace(place.path, place.range, by: expression)
      }
    }
  }

  // MARK: Region and accounts

  private mutating func takeRegion() {
    let region = flow.region?.value ?? Self.unknownRegion
    var facet = ConfigDraft.Facet(
      description: "The AWS region.", change: ["data", "new-cluster", "cost"])
    facet.pattern = "^[a-z]{2}(-[a-z]+)+-[0-9]+$"
    facet.patternDescription = "an AWS region, such as `eu-west-1`"
    if flow.region == nil {
      facet.comment = "The source doesn't say the region: put it here."
      notes.append(
        ImportNote(
          .told, "region",
          "the source doesn't say it, so the configuration has `\(region)`: put yours there, or "
            + "import with `--region`",
          at: flow.body["Name"]?.span ?? flow.body["Steps"]?.items.first?["Name"]?.span))
    }
    _ = config.add(["region"], .string(region), facet)
  }

  static let unknownRegion = "us-east-1"

  /// Account ids, and regions, in ARNs; and the region in the names of EMR's own buckets.
  private mutating func takeAccounts() {
    for path in texts.paths where !texts.isReplaced(path) {
      guard let text = texts[path],
        text.plain.contains("arn:aws") || text.plain.contains(".elastic")
      else { continue }
      var found: [(range: Range<Int>, expression: String)] = []
      let bytes = Array(text.plain.utf8)
      for start in bytes.indices where bytes[start...].starts(with: Array("arn:aws".utf8)) {
        let parts = fields(bytes, from: start)
        if parts.count > 5, parts[4].count == 12, bytes[parts[4]].allSatisfy(ASCII.isDigit) {
          found.append((parts[4], account(String(decoding: bytes[parts[4]], as: UTF8.self))))
        }
        if let region = flow.region?.value, parts.count > 5,
          bytes[parts[3]].elementsEqual(region.utf8)
        {
          found.append((parts[3], "config.region"))
        }
      }
      if let region = flow.region?.value {
        let bucket = Array("s3://\(region).elasticmapreduce/".utf8)
        for start in bytes.indices where bytes[start...].starts(with: bucket) {
          found.append((start + 5..<start + 5 + region.utf8.count, "config.region"))
        }
      }
      for part in found.sorted(by: { $0.range.lowerBound > $1.range.lowerBound }) {
        texts.replace(path, part.range, by: part.expression)
      }
    }
  }

  private mutating func account(_ id: String) -> String {
    config.add(
      ["account"], .string(id),
      ConfigDraft.Facet(
        description: "The id of the AWS account.", change: ["security", "data"],
        pattern: "^[0-9]{12}$", patternDescription: "the 12 digits of an AWS account"))
  }

  /// The six parts of an ARN, between colons.
  private func fields(_ bytes: [UInt8], from start: Int) -> [Range<Int>] {
    var parts: [Range<Int>] = []
    var at = start
    var begin = start
    while at < bytes.count, parts.count < 5 {
      if bytes[at] == .colon {
        parts.append(begin..<at)
        begin = at + 1
      } else if bytes[at] <= .space {
        break
      }
      at += 1
    }
    return parts.count == 5 ? parts + [begin..<bytes.count] : parts
  }
}
