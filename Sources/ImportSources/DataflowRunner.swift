package import Import
import Diagnostics
import Documents
import SourceText
import Text
import Values

extension SourceKind {
  /// Dataflow Runner: a cluster's file, a playbook, or both.
  package static let dataflowRunner = SourceKind(
    "dataflow-runner", "the cluster and playbook files of Dataflow Runner",
    recognises: { source in
      !source.given.isEmpty
        && source.files.contains { DataflowRunner.schema(in: $0.text) != nil }
    },
    read: { source, diagnostics in DataflowRunner.read(&source, into: &diagnostics) })
}

/// Dataflow Runner's files, as the request that it makes of them.
///
/// What it does with each member is from its source: `src/emr_cluster.go`, `job_flow_steps.go` and
/// `config_resolver.go` of version 0.7.
enum DataflowRunner {
  enum Part {
    case cluster, playbook
  }

  /// Which of the two a file is, by the name of its schema; files have templates, so they aren't
  /// parsed for this.
  static func schema(in text: [UInt8]) -> Part? {
    func has(_ name: String) -> Bool { text.firstRange(of: Array(name.utf8)) != nil }
    if has("dataflowrunner/ClusterConfig/") || has("dataflow-runner/Cluster/") { return .cluster }
    if has("dataflowrunner/PlaybookConfig/") || has("dataflow-runner/Playbook/") {
      return .playbook
    }
    return nil
  }

  static func read(
    _ source: inout ImportSource, into diagnostics: inout [Diagnostic]
  ) -> [ImportedFlow] {
    var reader = Reader(given: source.variables)
    var parts: [(part: Part, data: Draft)] = []
    let before = diagnostics.count
    for id in source.given {
      guard let file = source.sources[id] else { continue }
      guard let part = schema(in: file.text) else {
        diagnostics.append(
          .importMalformed(
            "`schema` names neither a cluster nor a playbook of Dataflow Runner",
            at: Span(id, 0..<0)))
        continue
      }
      if parts.contains(where: { $0.part == part }) {
        diagnostics.append(
          .importMalformed(
            "this is a second " + (part == .cluster ? "cluster" : "playbook"), at: Span(id, 0..<0),
            hint: "import one cluster with one playbook at a time"))
        continue
      }
      guard let template = GoTemplate(file, source: id, into: &diagnostics) else { continue }
      source.replace(id, with: template.file)
      guard
        let tree = JSONReader.read(template.file.parsed, source: id, into: &diagnostics),
        let root = tree.root
      else { continue }
      guard let data = tree.value(root, "data"), tree.kind(data) == .map else {
        diagnostics.append(.importMalformed("`data` must be a map", at: tree.span(root)))
        continue
      }
      parts.append(
        (part, reader.draft(Draft(SpannedValue(tree, data)), template, id, &source)))
    }
    guard !Array(diagnostics[before...]).hasErrors else { return [] }
    let cluster = parts.first { $0.part == .cluster }?.data
    let playbook = parts.first { $0.part == .playbook }?.data
    let flow = reader.flow(cluster, playbook, into: &diagnostics)
    return Array(diagnostics[before...]).hasErrors
      ? [] : flow.map { [$0.finished(at: source.moment)] } ?? []
  }

  private struct Reader {
    let given: [(name: Spanned<String>, value: Spanned<String>)]
    var variables = VariableTable()
    var notes: [ImportNote] = []
    /// The actions whose result isn't known, by the names that they have.
    private var unknowns: [String: String] = [:]

    init(given: [(name: Spanned<String>, value: Spanned<String>)]) { self.given = given }

    // MARK: Templates

    /// A value with the variables that its marks stand for.
    mutating func draft(
      _ value: Draft, _ template: GoTemplate, _ id: SourceID, _ source: inout ImportSource
    ) -> Draft {
      var value = value
      switch value.content {
      case .scalar: break
      case .list(let items):
        value.content = .list(items.map { draft($0, template, id, &source) })
      case .map(let entries):
        value.content = .map(
          entries.map {
            Draft.Entry(
              key: $0.key, keySpan: $0.keySpan, value: draft($0.value, template, id, &source))
          })
      case .text:
        guard let text = value.known else { break }
        var pieces: [Draft.Piece] = []
        for part in template.pieces(text) {
          pieces.append(.known(part.known))
          if let mark = part.mark, template.marks.indices.contains(mark) {
            pieces += self.pieces(template.marks[mark], at: value.span, id, &source)
          }
        }
        value.content = .text(Draft.merged(pieces))
      }
      return value
    }

    private mutating func pieces(
      _ action: GoAction, at span: Span?, _ id: SourceID, _ source: inout ImportSource
    ) -> [Draft.Piece] {
      switch action.meaning {
      case .comment, .control: return []
      case .literal(let text): return [.known(text)]
      case .variable(let name):
        let given = given.first { $0.name.value == name }?.value.value
        return [value(name, given.map { .string($0) }, at: span)]
      case .environment(let name):
        return [
          value(name, nil, "the environment variable `\(name)`", at: span)
        ]
      case .now(let layout): return [time(layout, at: span)]
      case .time(let name, let layout):
        note(
          ImportNote(
            .told, name,
            "it was given with `--vars` as seconds since 1970; it is the run's time now", at: span))
        return [time(layout, at: span)]
      case .file(let path): return [file(path, at: span, id, &source)]
      case .unknown(let text):
        return [value(name(of: text), nil, at: span)]
      }
    }

    /// The function's name, and a number if it is called in another way, too. (Its arguments may be
    /// secrets.)
    private mutating func name(of action: String) -> String {
      let word = String(action.prefix { $0.isLetter || $0.isNumber || $0 == "." || $0 == "_" })
      var name = word.isEmpty ? "template" : word
      var number = 2
      while let known = unknowns[name], known != action {
        name = "\(word.isEmpty ? "template" : word).\(number)"
        number += 1
      }
      unknowns[name] = action
      return name
    }

    private mutating func value(
      _ name: String, _ value: Value?, _ summary: String? = nil, at span: Span?,
      isSecret: Bool = false
    ) -> Draft.Piece {
      var row = VariableTable.Row(name: name, value: value, summary: summary, span: span)
      row.isSecret = isSecret
      return .variable(variables.id(of: row))
    }

    private mutating func time(_ layout: String, at span: Span?) -> Draft.Piece {
      guard let format = TimeFormat.ofGo(layout) else {
        note(
          ImportNote(
            .told, layout, "a pipeline can't write times in this form: it became an input", at: span
          ))
        return value("time", nil, "a time, as `\(layout)` in Go", at: span)
      }
      note(
        ImportNote(
          .told, "nowWithFormat",
          "it was the machine's local time; it is the run's time, in UTC, now", at: span))
      return .variable(
        variables.id(
          of: VariableTable.Row(
            name: layout, meaning: .time(format: format, offset: 0), span: span)))
    }

    private mutating func file(
      _ path: String, at span: Span?, _ id: SourceID, _ source: inout ImportSource
    ) -> Draft.Piece {
      let name = String(path.split(separator: "/").last ?? Substring(path))
      var known: Value?
      if let opened = source.include(path, from: id), let file = source.sources[opened] {
        known = .string(Base64.encode(file.text))
      } else {
        note(
          ImportNote(
            .told, path, "the file can't be read, so its contents aren't known", at: span))
      }
      // Targets and resolvers have passwords and keys in them.
      return value(name, known, "the contents of `\(name)` in Base64", at: span, isSecret: true)
    }

    private mutating func note(_ note: ImportNote) {
      let isKnown = notes.contains {
        $0.what == note.what && $0.reason == note.reason && $0.effect == note.effect
      }
      if !isKnown { notes.append(note) }
    }

    // MARK: The request

    mutating func flow(
      _ cluster: Draft?, _ playbook: Draft?, into diagnostics: inout [Diagnostic]
    ) -> FlowDraft? {
      var name = "playbook"
      var body = Draft(.map([]), at: (cluster ?? playbook)?.span)
      if let cluster {
        name = cluster["name"]?.known ?? "cluster"
        body = request(cluster, hasSteps: playbook != nil, into: &diagnostics)
      }
      if let playbook {
        body["Steps"] = steps(playbook, into: &diagnostics)
        if let tags = playbook["tags"], !tags.items.isEmpty {
          note(
            ImportNote(.lost, "tags", "Dataflow Runner ignores a playbook's tags", at: tags.span))
        }
      }
      let region = cluster?["region"] ?? playbook?["region"]
      var draft = FlowDraft(name: name, body: body, variables: variables)
      if let region, let span = region.span {
        if let known = region.known {
          draft.region = Spanned(ASCII.trimmed(known), span)
        } else {
          note(
            ImportNote(
              .told, "region", "it is a variable: the region of the run is used instead", at: span))
        }
      }
      if let credentials = cluster?["credentials"] ?? playbook?["credentials"] {
        note(
          ImportNote(
            .told, "credentials", "Penstock finds credentials as the AWS CLI does",
            at: credentials.span))
      }
      draft.operation = cluster == nil ? .steps(cluster: nil) : .newCluster
      draft.notes = notes
      return draft
    }

    private mutating func request(
      _ cluster: Draft, hasSteps: Bool, into diagnostics: inout [Diagnostic]
    ) -> Draft {
      let ec2 = cluster["ec2"]
      var body = Draft.members(
        [
          "Name": cluster["name"], "LogUri": cluster["logUri"],
          "JobFlowRole": cluster["roles"]?["jobflow"],
          "ServiceRole": cluster["roles"]?["service"],
        ], at: cluster.span)
      for name in ["name", "logUri"] where cluster[name] == nil {
        diagnostics.append(.importMalformed("the cluster has no `\(name)`", at: cluster.span))
      }
      guard let ec2, ec2.isMap else {
        diagnostics.append(.importMalformed("`ec2` must be a map", at: cluster.span))
        return body
      }
      version(ec2, into: &body)
      body["Instances"] = instances(ec2, hasSteps: hasSteps, into: &diagnostics)
      body["VisibleToAllUsers"] = .bool(true, at: cluster.span)
      if let tags = cluster["tags"], !tags.items.isEmpty {
        body["Tags"] = Draft(
          .list(
            tags.items.map {
              Draft.members(["Key": $0["key"], "Value": $0["value"]], at: $0.span)
            }), at: tags.span)
      }
      if let actions = cluster["bootstrapActionConfigs"], !actions.items.isEmpty {
        body["BootstrapActions"] = Draft(
          .list(actions.items.map(bootstrapAction)), at: actions.span)
      }
      if let configurations = cluster["configurations"], !configurations.items.isEmpty {
        body["Configurations"] = Draft(
          .list(configurations.items.map { self.configuration($0) }), at: configurations.span)
      }
      if let applications = cluster["applications"], !applications.items.isEmpty {
        body["Applications"] = Draft(
          .list(applications.items.map { Draft.members(["Name": $0], at: $0.span) }),
          at: applications.span)
      }
      if let security = cluster["securityConfiguration"], security.known != "" {
        body["SecurityConfiguration"] = security
      }
      return body
    }

    /// Below 4 it is an AMI's version, from 4 on a release's.
    private func version(_ ec2: Draft, into body: inout Draft) {
      guard let version = ec2["amiVersion"], case .text(let pieces) = version.content else {
        return
      }
      if case .known(let text)? = pieces.first, let first = text.utf8.first,
        (0x31...0x33).contains(first), text.utf8.dropFirst().first == .dot
      {
        body["AmiVersion"] = version
      } else {
        body["ReleaseLabel"] = Draft(
          .text(Draft.merged([.known("emr-")] + pieces)), at: version.span)
      }
    }

    private mutating func instances(
      _ ec2: Draft, hasSteps: Bool, into diagnostics: inout [Diagnostic]
    ) -> Draft {
      var instances = Draft.members(
        [
          "Ec2KeyName": ec2["keyName"], "Ec2SubnetId": ec2["location"]?["vpc"]?["subnetId"],
        ], at: ec2.span)
      if let zone = ec2["location"]?["classic"]?["availabilityZone"] {
        instances["Placement"] = .members(["AvailabilityZone": zone], at: zone.span)
      }
      var groups: [Draft] = []
      for (member, role) in [("master", "MASTER"), ("core", "CORE"), ("task", "TASK")] {
        guard let group = ec2["instances"]?[member] else { continue }
        if let made = self.group(group, role) { groups.append(made) }
      }
      if groups.isEmpty {
        diagnostics.append(
          .importMalformed("`instances` has no `master`", at: ec2["instances"]?.span ?? ec2.span))
      }
      instances["InstanceGroups"] = Draft(.list(groups), at: ec2["instances"]?.span)
      // `up` keeps the cluster; `run-transient` ends it after the playbook.
      instances["KeepJobFlowAliveWhenNoSteps"] = .bool(!hasSteps, at: ec2.span)
      if hasSteps {
        note(
          ImportNote(
            .told, "KeepJobFlowAliveWhenNoSteps",
            "with a playbook, the cluster ends after its steps, as with `run-transient`",
            at: ec2.span))
      }
      return instances
    }

    /// Nil for a group without machines.
    private mutating func group(_ group: Draft, _ role: String) -> Draft? {
      var count = group["count"] ?? .int(1, at: group.span)
      if role == "MASTER" { count = .int(1, at: group.span) }
      if case .scalar(.int(let number)) = count.content, number <= 0 { return nil }
      var made = Draft.members(
        [
          "InstanceRole": Draft(role, at: group.span), "InstanceType": group["type"],
          "InstanceCount": count,
        ], at: group.span)
      if let bid = group["bid"], bid.known != "" {
        if role == "TASK" {
          made["Market"] = Draft("SPOT", at: bid.span)
          made["BidPrice"] = bid
        } else {
          note(
            ImportNote(
              .lost, "bid", "Dataflow Runner uses it for task instances only", at: bid.span))
        }
      }
      if let disks = group["ebsConfiguration"] { made["EbsConfiguration"] = self.disks(disks) }
      return made
    }

    private func disks(_ disks: Draft) -> Draft {
      let volumes = disks["ebsBlockDeviceConfigs"]?.items.map { config in
        let volume = config["volumeSpecification"]
        let type = volume?["volumeType"]
        let hasIops = !["gp2", "gp3"].contains(type?.known ?? "")
        return Draft.members(
          [
            "VolumeSpecification": .members(
              [
                "VolumeType": type, "SizeInGB": volume?["sizeInGB"],
                "Iops": hasIops ? volume?["iops"] : nil,
              ], at: volume?.span), "VolumesPerInstance": config["volumesPerInstance"],
          ], at: config.span)
      }
      return .members(
        [
          "EbsBlockDeviceConfigs": volumes.flatMap {
            $0.isEmpty ? nil : Draft(.list($0), at: disks.span)
          }, "EbsOptimized": disks["ebsOptimized"],
        ], at: disks.span)
    }

    private func bootstrapAction(_ action: Draft) -> Draft {
      let script = action["scriptBootstrapAction"]
      return .members(
        [
          "Name": action["name"],
          "ScriptBootstrapAction": .members(
            ["Path": script?["path"], "Args": script?["args"]], at: script?.span),
        ], at: action.span)
    }

    private mutating func configuration(_ configuration: Draft) -> Draft {
      if let nested = configuration["configurations"], !nested.items.isEmpty {
        note(
          ImportNote(
            .lost, "configurations",
            "Dataflow Runner passes on only `classification` and `properties`", at: nested.span))
      }
      return .members(
        [
          "Classification": configuration["classification"],
          "Properties": configuration["properties"],
        ], at: configuration.span)
    }

    private func steps(_ playbook: Draft, into diagnostics: inout [Diagnostic]) -> Draft {
      guard let steps = playbook["steps"], steps.isList else {
        diagnostics.append(.importMalformed("`steps` must be a list", at: playbook.span))
        return Draft(.list([]), at: playbook.span)
      }
      return Draft(
        .list(
          steps.items.map { step in
            for name in ["name", "jar"] where step[name] == nil {
              diagnostics.append(.importMalformed("the step has no `\(name)`", at: step.span))
            }
            let hasArguments = step["arguments"]?.items.isEmpty == false
            return .members(
              [
                "Name": step["name"], "ActionOnFailure": step["actionOnFailure"],
                "HadoopJarStep": .members(
                  ["Jar": step["jar"], "Args": hasArguments ? step["arguments"] : nil],
                  at: step.span),
              ], at: step.span)
          }), at: steps.span)
    }
  }
}
