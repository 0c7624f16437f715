import EMRModel
import Locations
import PipelineSyntax
import SourceText
import Text
import Values

/// A dataset of the pipeline that is being written.
struct DatasetDraft {
  var name: String
  var at: DraftText
  var isRead = false
  var isWritten = false

  /// The text that the source has.
  var plain: String { at.plain }
}

/// Puts the pipeline's parts together.
struct PipelineDraft {
  let name: String
  let flow: ImportedFlow
  let texts: BodyTexts
  let config: ConfigDraft
  let sourceName: String
  let steps: [StepDraft]
  /// Names of kinds that are written beside the pipeline, by the name of the built-in kind.
  let kindNames: [String: String]
  /// Locations that have no dataset.
  let plainPlaces: Set<String>
  private(set) var datasets: [DatasetDraft] = []

  init(
    name: String, flow: ImportedFlow, texts: BodyTexts, config: ConfigDraft, sourceName: String,
    steps: [StepDraft], kindNames: [String: String], plainPlaces: Set<String>
  ) {
    self.name = name
    self.flow = flow
    self.texts = texts
    self.config = config
    self.sourceName = sourceName
    self.steps = steps
    self.kindNames = kindNames
    self.plainPlaces = plainPlaces
    for step in steps { addDatasets(of: step) }
  }

  // MARK: Datasets

  private mutating func addDatasets(of step: StepDraft) {
    let form = step.current
    for name in form.kind.data {
      let reads = form.kind.reads.contains { $0.value == name }
      let writes = form.kind.writes.contains { $0.value == name }
      switch form[name] {
      case .text(let text)?: add(text, reads: reads, writes: writes)
      case .list(let items)?:
        for item in items {
          if case .text(let text) = item.value { add(text, reads: reads, writes: writes) }
        }
      default: continue
      }
    }
    guard step.claimsGuesses else { return }
    for guess in step.guesses { add(guess.place, reads: !guess.isWrite, writes: guess.isWrite) }
  }

  private mutating func add(_ text: DraftText, reads: Bool, writes: Bool) {
    let plain = text.plain
    guard StepReader.isPlace(plain), !plainPlaces.contains(plain), (try? Location(plain)) != nil
    else { return }
    let at = datasets.firstIndex { $0.plain == plain }
    if let at {
      datasets[at].isRead = datasets[at].isRead || reads
      datasets[at].isWritten = datasets[at].isWritten || writes
      return
    }
    datasets.append(
      DatasetDraft(name: datasetName(plain), at: text, isRead: reads, isWritten: writes))
  }

  private func datasetName(_ plain: String) -> String {
    var parts = plain.split(separator: "/").dropFirst().map(String.init)
    parts = parts.filter { part in
      part.utf8.contains(where: ASCII.isLetter) && !part.contains("=") && !part.contains("*")
    }
    let isOnDisk = plain.hasPrefix("hdfs:")
    var names: [String] = []
    if let last = parts.last {
      names.append(last)
      if parts.count > 1 { names.append(parts[parts.count - 2] + "_" + last) }
    }
    if isOnDisk { names = names.flatMap { [$0, $0 + "_hdfs"] } }
    if names.isEmpty { names = ["place"] }
    let known = Set(datasets.map(\.name))
    for name in names.map(ConfigDraft.identifier) where !known.contains(name) { return name }
    for number in 2... {
      let name = "\(ConfigDraft.identifier(names[0]))_\(number)"
      if !known.contains(name) { return name }
    }
    return "place"
  }

  private func dataset(_ text: DraftText) -> DatasetDraft? {
    datasets.first { $0.plain == text.plain }
  }

  // MARK: The document

  var entries: [Draft.Entry] {
    var entries = [
      Draft.Entry("penstock", .text("v1"), comments: header),
      Draft.Entry("pipeline", .text(name)),
    ]
    let config: Draft = .map([Draft.Entry("schema", .text("./config.schema.json"))])
    entries.append(Draft.Entry("inputs", .map([Draft.Entry("config", config)])))
    if !datasets.isEmpty { entries.append(Draft.Entry("datasets", .map(datasetEntries))) }
    entries.append(Draft.Entry("stages", .list(stageItems)))
    entries.append(Draft.Entry("cluster", .map(clusterEntries)))
    return entries
  }

  private var header: [String] {
    let file = sourceName.split(separator: "/").last.map(String.init) ?? sourceName
    return ["Imported from \(file), with `penstock import`."]
  }

  private var datasetEntries: [Draft.Entry] {
    datasets.enumerated().map { at, dataset in
      Draft.Entry(
        dataset.name, .map([Draft.Entry("at", .text(dataset.at))]), mark: .dataset(at))
    }
  }

  private var stageItems: [Draft.Item] {
    StageGrouping.stages(steps.map(\.name.literalPart)).map { stage in
      let items = steps[stage.steps].map { step in
        Draft.Item(
          value: .map(entries(of: step)), comments: step.comments, mark: .step(step.index))
      }
      return Draft.Item(
        value: .map([
          Draft.Entry("stage", .text(stage.name)), Draft.Entry("steps", .list(items)),
        ]))
    }
  }

  // MARK: Steps

  private func entries(of step: StepDraft) -> [Draft.Entry] {
    let form = step.current
    let kind = kindNames[form.kind.name.value] ?? form.kind.name.value
    let parameters = form.parameters.map { name, value in
      Draft.Entry(
        name, form.kind.data.contains(name) ? naming(value) : using(value))
    }
    var entries = [
      Draft.Entry("name", .text(step.name)), Draft.Entry(kind, .map(parameters)),
    ]
    if step.claimsGuesses { entries += guessed(step) }
    if step.saysAction {
      let action =
        step.source["ActionOnFailure"]?.text ?? ActionOnFailure.whereUnsaid.rawValue
      entries.append(Draft.Entry("on-failure", .text(action)))
    }
    let path: BodyPath = [.key("Steps"), .index(step.index)]
    if let properties = properties(of: step, path) {
      entries.append(Draft.Entry("properties", properties))
    }
    if let monitoring = step.source["StepMonitoringConfiguration"],
      let draft = texts.draft(monitoring, path + [.key("StepMonitoringConfiguration")])
    {
      entries.append(Draft.Entry("monitoring", draft))
    }
    return entries
  }

  private func guessed(_ step: StepDraft) -> [Draft.Entry] {
    var entries: [Draft.Entry] = []
    for (key, isWrite) in [("reads", false), ("writes", true)] {
      let places = step.guesses.filter { $0.isWrite == isWrite }.map { guess -> Draft in
        dataset(guess.place).map { .text($0.name) } ?? .text(guess.place)
      }
      guard !places.isEmpty else { continue }
      let comments =
        entries.isEmpty ? ["As the names of its options suggest: say so if it isn't true."] : []
      entries.append(Draft.Entry(key, .items(places), comments: comments))
    }
    return entries
  }

  private func properties(of step: StepDraft, _ path: BodyPath) -> Draft? {
    let path = path + [.key("HadoopJarStep"), .key("Properties")]
    guard let list = step.source.part(at: [.key("HadoopJarStep"), .key("Properties")]),
      !list.items.isEmpty
    else { return nil }
    return .map(
      list.items.enumerated().compactMap { at, item in
        guard let key = item["Key"]?.text, let value = item["Value"],
          let draft = texts.draft(value, path + [.index(at), .key("Value")])
        else { return nil }
        return Draft.Entry(DraftText.escaped(key), draft)
      })
  }

  /// A parameter that is data, with datasets by their names.
  private func naming(_ draft: Draft) -> Draft {
    switch draft {
    case .text(let text): dataset(text).map { .text($0.name) } ?? draft
    case .list(let items):
      .list(
        items.map { item in
          var item = item
          item.value = naming(item.value)
          return item
        })
    case .scalar, .map: draft
    }
  }

  /// Any other value, with the locations of datasets as expressions.
  private func using(_ draft: Draft) -> Draft {
    switch draft {
    case .text(let text): dataset(text).map { .expression("data.\($0.name)") } ?? draft
    case .list(let items):
      .list(
        items.map { item in
          var item = item
          item.value = using(item.value)
          return item
        })
    case .map(let entries):
      .map(
        entries.map { entry in
          var entry = entry
          entry.value = using(entry.value)
          return entry
        })
    case .scalar: draft
    }
  }

  // MARK: The cluster

  private static let order = [
    "Name", "ReleaseLabel", "AmiVersion", "OSReleaseLabel", "LogUri", "LogEncryptionKmsKeyId",
    "ServiceRole", "JobFlowRole", "AutoScalingRole", "StepExecutionRoleArn",
    "SecurityConfiguration", "KerberosAttributes", "Applications", "Configurations",
    "BootstrapActions", "Instances", "ManagedScalingPolicy", "AutoTerminationPolicy",
    "StepConcurrencyLevel", "ScaleDownBehavior", "CustomAmiId", "RepoUpgradeOnBoot",
    "EbsRootVolumeSize", "EbsRootVolumeIops", "EbsRootVolumeThroughput", "PlacementGroupConfigs",
    "VisibleToAllUsers", "Tags",
  ]

  private var clusterEntries: [Draft.Entry] {
    var entries = [Draft.Entry("region", .expression("config.region"))]
    if case .steps = flow.operation {
      entries.append(
        Draft.Entry(
          "reuse", .map([Draft.Entry("name", .text(flow.body["Name"]?.text ?? name))]),
          comments: [
            "The source has steps for a cluster that is there: run with --use-persistent-jobflow."
          ]))
    }
    let position = { (key: String) in Self.order.firstIndex(of: key) ?? Self.order.count - 1 }
    let members = flow.body.entries.filter { $0.key != "Steps" }
      .enumerated().sorted { left, right in
        (position(left.element.key), left.offset) < (position(right.element.key), right.offset)
      }
      .compactMap { member in
        texts.draft(member.element.value, [.key(member.element.key)]).map {
          Draft.Entry(member.element.key, $0)
        }
      }
    entries.append(Draft.Entry("job-flow", .map(members)))
    return entries
  }
}
