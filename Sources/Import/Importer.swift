import Compiler
package import Diagnostics
import Documents
import EMRModel
package import PlanDiff
import PipelineSyntax
package import SourceText
import Text
package import Values
import YAMLSyntax

/// A pipeline made of a job flow, and the proof that it asks EMR for the same.
package struct Imported: Sendable {
  package struct File: Sendable {
    /// Relative to the pipeline's folder.
    package var path: String
    package var text: [UInt8]
    /// Whether it holds secrets.
    package var isSecret: Bool
  }

  /// The pipeline's name.
  package var name: String
  /// The pipeline first.
  package var files: [File]
  /// About the source, with its places.
  package var diagnostics: [Diagnostic]
  /// Why the pipeline doesn't compile, with places in what was written; empty if it does.
  package var refusals: [Diagnostic]
  package var refusalSources: SourceSet
  /// What is different from the source; nil if the pipeline doesn't compile.
  package var comparison: Comparison?
  /// Whether the pipeline asks EMR for the same as the source.
  package var isEqual: Bool
  /// The run's time for which it does.
  package var moment: Value.Timestamp?
}

/// Makes a pipeline of a job flow.
package struct Importer {
  private let flow: ImportedFlow
  private let sourceName: String
  private let name: String
  /// What the pipeline's request is compared with.
  private let expected: Value
  private var extraction: Extraction
  private var steps: [StepDraft] = []
  private var plainPlaces: Set<String> = []
  private var notes: [ImportNote]

  /// - Parameters:
  ///   - source: the source's name for people: a file's.
  ///   - moment: the run's time whose dates the source has; nil if it isn't known.
  package static func run(
    _ flow: ImportedFlow, source: String, moment: Value.Timestamp? = nil
  ) -> Imported {
    var importer = Importer(flow, source: source, moment: moment)
    return importer.imported()
  }

  private init(_ flow: ImportedFlow, source: String, moment: Value.Timestamp?) {
    var flow = flow
    var notes = flow.notes
    flow.body = RequestTypes().normalized(flow.body)
    flow.name = flow.body["Name"]?.text ?? flow.name
    Self.addStep(to: &flow, &notes)
    Self.nameStepsApart(&flow, &notes)
    expected = Self.expected(flow)
    if case .steps = flow.operation { Self.addCluster(to: &flow, &notes) }
    self.flow = flow
    self.notes = notes
    sourceName = source
    name = Self.pipelineName(flow.name)
    extraction = Extraction(flow, moment: moment)
    extraction.run()
    readSteps()
  }

  static func pipelineName(_ text: String) -> String {
    var name = ConfigDraft.identifier(text).split(separator: "_").joined(separator: "-")
    if name.utf8.first.map({ ASCII.isDigit($0) }) ?? true { name = "p" + name }
    return String(decoding: name.utf8.prefix(100), as: UTF8.self)
  }

  /// The request that the pipeline must make.
  private static func expected(_ flow: ImportedFlow) -> Value {
    guard case .map(var body) = flow.body.value else { return .map(ValueMap()) }
    if case .list(let steps)? = body["Steps"] {
      body["Steps"] = .list(steps.map(sayingAction))
    }
    if case .steps = flow.operation {
      return .map(ValueMap(["Steps": body["Steps"] ?? .list([])]))
    }
    body["JobFlowId"] = nil
    return .map(body)
  }

  /// A step with the action that EMR takes where it says none.
  private static func sayingAction(_ step: Value) -> Value {
    guard case .map(var map) = step, map["ActionOnFailure"] == nil else { return step }
    map["ActionOnFailure"] = .string(ActionOnFailure.whereUnsaid.rawValue)
    return .map(map)
  }

  // MARK: Preparing

  /// A run has at least one step; a cluster that people work on by hand has none.
  private static func addStep(to flow: inout ImportedFlow, _ notes: inout [ImportNote]) {
    guard flow.body["Steps"]?.items.isEmpty ?? true else { return }
    let step = CommandLineSteps.request(
      SpannedValue(
        .map([
          .init(key: "Name", value: SpannedValue(.scalar(.string("Nothing yet")))),
          .init(key: "Jar", value: SpannedValue(.scalar(.string("command-runner.jar")))),
          .init(
            key: "Args", value: SpannedValue(.list([SpannedValue(.scalar(.string("true")))]))),
        ])), isRelease: true, region: nil)
    flow.body["Steps"] = SpannedValue(.list([step]))
    notes.append(
      ImportNote(
        .lost, "a cluster without steps",
        "a run has at least one, so there is one that does nothing: put yours in its place",
        at: flow.body["Name"]?.span ?? flow.body.span))
  }

  /// Steps of a pipeline have names of their own.
  private static func nameStepsApart(_ flow: inout ImportedFlow, _ notes: inout [ImportNote]) {
    guard var list = flow.body["Steps"], case .list(var steps) = list.content else { return }
    var used: Set<String> = []
    for at in steps.indices {
      let name = steps[at]["Name"]?.text ?? "Step \(at + 1)"
      var own = name
      var number = 2
      while !used.insert(own).inserted {
        own = "\(name) (\(number))"
        number += 1
      }
      guard own != steps[at]["Name"]?.text else { continue }
      let span = steps[at]["Name"]?.span ?? steps[at].span
      if steps[at]["Name"] != nil {
        notes.append(
          ImportNote(
            .told, name,
            "a step before it has the same name, so it is `\(own)` here: a pipeline's steps are "
              + "told apart by their names", at: span))
      }
      steps[at]["Name"] = SpannedValue(.scalar(.string(own)), span: span)
    }
    list.content = .list(steps)
    flow.body["Steps"] = list
  }

  /// A cluster for steps whose cluster the source doesn't describe.
  private static func addCluster(to flow: inout ImportedFlow, _ notes: inout [ImportNote]) {
    func text(_ text: String) -> SpannedValue { SpannedValue(.scalar(.string(text))) }
    func group(_ role: String, _ count: Int64) -> SpannedValue {
      SpannedValue(
        .map([
          .init(key: "InstanceRole", value: text(role)),
          .init(key: "InstanceType", value: text("m5.xlarge")),
          .init(key: "InstanceCount", value: SpannedValue(.scalar(.int(count)))),
          .init(key: "Market", value: text("ON_DEMAND")),
        ]))
    }
    if flow.body["Name"] == nil { flow.body["Name"] = text(flow.name) }
    for (key, value) in [
      ("ReleaseLabel", "emr-7.5.0"), ("ServiceRole", "EMR_DefaultRole"),
      ("JobFlowRole", "EMR_EC2_DefaultRole"),
    ] where flow.body[key] == nil { flow.body[key] = text(value) }
    if flow.body["Applications"] == nil {
      let words = flow.body["Steps"]?.items.flatMap {
        $0.part(at: [.key("HadoopJarStep"), .key("Args")])?.items.compactMap(\.text) ?? []
      }
      let names = ["Spark", "Hive", "Pig"].filter { name in
        words?.contains { $0.hasPrefix(name.lowercased() + "-") } ?? false
      }
      flow.body["Applications"] = SpannedValue(
        .list(
          (["Hadoop"] + names).map { name in
            SpannedValue(.map([.init(key: "Name", value: text(name))]))
          }))
    }
    if flow.body["Instances"] == nil {
      flow.body["Instances"] = SpannedValue(
        .map([
          .init(
            key: "InstanceGroups",
            value: SpannedValue(.list([group("MASTER", 1), group("CORE", 2)])))
        ]))
    }
    notes.append(
      ImportNote(
        .told, "cluster",
        "the source has only steps, so the pipeline's cluster is an example; with "
          + "`--use-persistent-jobflow`, a run takes the waiting cluster of that name",
        at: flow.body["Steps"]?.items.first?["Name"]?.span ?? flow.body.span))
  }

  /// What a step does that says nothing, by the pipeline's rules.
  private var usualAction: String {
    if case .steps = flow.operation { return ActionOnFailure.cancelAndWait.rawValue }
    return ActionOnFailure.terminateJobFlow.rawValue
  }

  private mutating func readSteps() {
    let region = flow.region?.value ?? Extraction.unknownRegion
    let label = flow.body["ReleaseLabel"]?.text ?? flow.body["AmiVersion"]?.text ?? ""
    let release = String(label.drop { !("0"..."9").contains($0) })
    var applications: Set<String>? = []
    for item in flow.body["Applications"]?.items ?? [] {
      if let name = item["Name"]?.text { applications?.insert(name.lowercased()) }
    }
    if case .steps = flow.operation { applications = nil }
    let reader = StepReader(
      kinds: StepKinds.builtin + CopyKind.all.map(\.decl),
      cluster: ValueMap(["region": .string(region), "release": .string(release)]),
      applications: applications, texts: extraction.texts)
    for (at, step) in (flow.body["Steps"]?.items ?? []).enumerated() {
      let name = extraction.texts[[.key("Steps"), .index(at), .key("Name")]] ?? DraftText("")
      var draft = reader.step(at, step, name: name)
      if let action = step["ActionOnFailure"]?.text {
        draft.saysAction = !ActionOnFailure.isSame(action, usualAction)
      }
      steps.append(draft)
    }
  }

  // MARK: Writing and proving

  private struct Attempt {
    var files: [Imported.File]
    var places: [(mark: Draft.Mark, range: Range<Int>)]
    var datasets: [DatasetDraft]
    var proof: Proof
  }

  private mutating func imported() -> Imported {
    var attempt = attempt()
    for _ in 0..<(4 * steps.count + 40) {
      guard improve(after: attempt) else { break }
      attempt = self.attempt()
    }
    return result(attempt)
  }

  /// The names of the kinds that are written beside the pipeline.
  private var kindNames: [String: String] {
    CopyKind.names(Set(steps.map { $0.current.kind.name.value }))
  }

  private func attempt() -> Attempt {
    let kindNames = kindNames
    let draft = PipelineDraft(
      name: name, flow: flow, texts: extraction.texts, config: extraction.config,
      sourceName: sourceName, steps: steps, kindNames: kindNames, plainPlaces: plainPlaces)
    var writer = DraftWriter()
    writer.write(draft.entries, spaced: true)
    var files = [
      Imported.File(path: "\(name).yml", text: Array(writer.text.utf8), isSecret: false),
      Imported.File(
        path: "config.yml",
        text: Array(
          extraction.config.yaml(comments: ["yaml-language-server: $schema=config.schema.json"])
            .utf8), isSecret: extraction.config.hasSecrets),
      Imported.File(
        path: "config.schema.json",
        text: extraction.config.schema(title: "What a run of \(name) is told"), isSecret: false),
      Imported.File(path: "facts.json", text: facts(draft.datasets), isSecret: false),
    ]
    for kind in CopyKind.all {
      guard let name = kindNames[kind.decl.name.value] else { continue }
      files.append(
        Imported.File(
          path: "step-kinds/\(name).yml", text: kind.text(named: name), isSecret: false))
    }
    let sources = files.map { SourceFile(name: $0.path, text: $0.text) }
    var isForExisting = false
    if case .steps = flow.operation { isForExisting = true }
    let proof = Proof(
      pipeline: sources[0], config: sources[1], schema: sources[2],
      stepKinds: Array(sources.dropFirst(4)), facts: sources[3],
      moment: extraction.moment ?? Moment.any, isForExisting: isForExisting)
    return Attempt(files: files, places: writer.places, datasets: draft.datasets, proof: proof)
  }

  /// What S3 has before a run: something in each place that is read first.
  private func facts(_ datasets: [DatasetDraft]) -> [UInt8] {
    var buckets = ValueMap()
    for dataset in datasets {
      let rest = dataset.plain.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: true)
      guard dataset.isRead || dataset.isWritten, dataset.plain.hasPrefix("s3"), rest.count > 1
      else {
        continue
      }
      let bucket = String(rest[1])
      var keys: [Value] = []
      if case .list(let known)? = buckets[bucket] { keys = known }
      if dataset.isRead, !dataset.isWritten {
        let folder = rest.count > 2 ? rest[2] : ""
        let isFolder = folder.isEmpty || folder.hasSuffix("/")
        keys.append(.string("\(folder)\(isFolder ? "" : "/")part-00000"))
      }
      buckets[bucket] = .list(keys)
    }
    var facts = ValueMap(["s3": .map(buckets)])
    if case .steps(let cluster) = flow.operation {
      facts["clusters"] = .list([
        .map(
          ValueMap([
            "id": .string(cluster ?? "j-EXAMPLE"), "name": .string(flow.body["Name"]?.text ?? name),
            "state": .string("WAITING"),
          ]))
      ])
    }
    var writer = CanonicalJSONWriter(pretty: true)
    writer.value(.map(facts), revealingSecrets: true)
    writer.newline()
    return writer.bytes
  }

  // MARK: Improving

  /// Changes what the last attempt shows to be wrong; false if there is nothing to change.
  private mutating func improve(after attempt: Attempt) -> Bool {
    guard let made = attempt.proof.body else { return retreat(attempt) }
    guard case .map(let body) = made, case .list(let madeSteps)? = body["Steps"],
      case .map(let wanted) = expected, case .list(let wantedSteps)? = wanted["Steps"],
      madeSteps.count == steps.count, wantedSteps.count == steps.count
    else { return false }
    var hasChanged = false
    for at in steps.indices {
      if !Proof.isSameStep(wantedSteps[at], madeSteps[at]), steps[at].tryNext() {
        hasChanged = true
      }
      let action = Self.action(wantedSteps[at])
      if !steps[at].saysAction, !ActionOnFailure.isSame(action, Self.action(madeSteps[at])) {
        steps[at].saysAction = true
        hasChanged = true
      }
    }
    return hasChanged
  }

  private static func action(_ step: Value) -> String {
    if case .map(let map) = step, case .string(let action)? = map["ActionOnFailure"] {
      return action
    }
    return ActionOnFailure.whereUnsaid.rawValue
  }

  /// Makes fewer claims where the pipeline is refused.
  private mutating func retreat(_ attempt: Attempt) -> Bool {
    let pipeline = attempt.files[0].path
    // What EMR itself would refuse isn't a matter of claims.
    let errors = attempt.proof.result.diagnostics.filter {
      $0.severity == .error && !$0.code.rawValue.hasPrefix("emr-")
    }
    var hasChanged = false
    for isNote in [false, true] where !hasChanged {
      for error in errors {
        let spans = isNote ? error.notes.compactMap(\.span) : [error.span].compactMap(\.self)
        for span in spans where attempt.proof.result.sources[span.source]?.name == pipeline {
          let marks = attempt.places.filter { $0.range.contains(Int(span.start)) }
          for mark in marks where retreat(mark.mark, attempt, because: error) { hasChanged = true }
        }
      }
    }
    return hasChanged
  }

  private mutating func retreat(
    _ mark: Draft.Mark, _ attempt: Attempt, because error: Diagnostic
  ) -> Bool {
    switch mark {
    case .stage: return false
    case .dataset(let at):
      guard attempt.datasets.indices.contains(at) else { return false }
      return plainPlaces.insert(attempt.datasets[at].plain).inserted
    case .step(let at):
      guard steps.indices.contains(at), steps[at].canGiveUp else { return false }
      // A parameter that its kind doesn't take.
      if error.code.rawValue.hasPrefix("schema-") { return steps[at].tryNext() }
      let hadGuesses = steps[at].claimsGuesses && !steps[at].guesses.isEmpty
      steps[at].giveUp()
      if !hadGuesses {
        steps[at].comments = [
          "What it does to data isn't said, since Penstock refuses it (\(error.code.rawValue)):",
          "\(error.message).",
        ]
        notes.append(
          ImportNote(
            .told, steps[at].name.plain,
            "what it does to data isn't said in the pipeline, since it would be refused: "
              + "\(error.message) (\(error.code.rawValue))", at: steps[at].span))
      }
      return true
    }
  }

  // MARK: The result

  private func result(_ attempt: Attempt) -> Imported {
    let result = attempt.proof.result
    var made = attempt.proof.body
    if case .steps = flow.operation, case .map(var body)? = made {
      body["JobFlowId"] = nil
      made = .map(body)
    }
    let comparison = made.flatMap { Proof.comparison(of: expected, $0) }
    let differences = comparison?.substantial ?? []
    let isEqual = comparison != nil && differences.isEmpty
    var diagnostics = (notes + extraction.notes).map { note -> Diagnostic in
      switch note.effect {
      case .lost: .importLost(note.what, note.reason, at: note.span)
      case .told: .importNote(note.what, note.reason, at: note.span)
      }
    }
    let span = flow.body["Name"]?.span ?? flow.body.span
    if let comparison, !isEqual {
      diagnostics.append(.importDifferent(flow.name, comparison.substantial.map(\.words), at: span))
    }
    let refusals = made == nil ? result.diagnostics.filter { $0.severity == .error } : []
    return Imported(
      name: name, files: attempt.files, diagnostics: diagnostics, refusals: refusals,
      refusalSources: result.sources, comparison: comparison, isEqual: isEqual,
      moment: extraction.moment)
  }
}

extension Change {
  /// Where it is and what kind it is; no values, which may be secret.
  fileprivate var words: String {
    let place: String
    switch subject {
    case .step(let before, let after):
      place = "step \((before ?? after ?? 0) + 1)"
    case .cluster: place = "the cluster"
    default: place = "the request"
    }
    let part = label.isEmpty ? "" : " (\(label.joined(separator: ", ")))"
    return "\(place)\(part): \(kind.rawValue)"
  }
}
