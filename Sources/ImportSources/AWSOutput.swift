package import Import
import Diagnostics
import Documents
import EMRModel
import SourceText
import Values

extension SourceKind {
  /// What EMR says of a cluster: `describe-cluster`, `list-steps` and the other lists, one file each
  /// or all in one.
  package static let awsOutput = SourceKind(
    "aws-output",
    "the output of `aws emr describe-cluster`, `list-steps`, `list-instance-groups` …",
    recognises: { source in
      source.given.contains { id in
        source.tree(id).map { AWSOutput.answers(of: $0).contains(where: \.isSure) } ?? false
      }
    },
    read: { source, diagnostics in AWSOutput.read(&source, into: &diagnostics) })
}

/// EMR's answers about one cluster, as one job flow.
enum AWSOutput {
  /// One of EMR's answers: its member that says what was asked.
  struct Answer {
    var name: String
    var value: NodeID
    /// Whether only an answer has this, and no request.
    var isSure: Bool
  }

  /// The member of a live cluster's document that lists what EMR didn't answer.
  static let unanswered = "Unanswered"

  private static let names = [
    "Cluster", "Steps", "InstanceGroups", "InstanceFleets", "BootstrapActions",
    "ManagedScalingPolicy", "AutoTerminationPolicy",
  ]

  static func answers(of tree: Tree) -> [Answer] {
    guard let root = tree.root, tree.kind(root) == .map,
      tree.value(root, "Instances") == nil, tree.value(root, "penstock") == nil
    else { return [] }
    return names.compactMap { name in
      guard let value = tree.value(root, name) else { return nil }
      let isSure: Bool
      switch name {
      case "Cluster": isSure = tree.kind(value) == .map
      case "Steps":
        isSure = tree.items(value).contains { tree.value($0, "Config") != nil }
      default: isSure = false
      }
      return Answer(name: name, value: value, isSure: isSure)
    }
  }

  static func read(
    _ source: inout ImportSource, into diagnostics: inout [Diagnostic]
  ) -> [ImportedFlow] {
    var parts: [String: SpannedValue] = [:]
    var unanswered: [SpannedValue] = []
    let before = diagnostics.count
    for id in source.given {
      guard let tree = source.tree(id, into: &diagnostics) else { continue }
      let answers = answers(of: tree)
      if answers.isEmpty {
        diagnostics.append(
          .importMalformed(
            "this isn't one of EMR's answers about a cluster", at: tree.root.map { tree.span($0) },
            hint: "give the output of `aws emr describe-cluster` and `aws emr list-steps`"))
      }
      for answer in answers {
        let value = SpannedValue(tree, answer.value)
        if parts[answer.name] != nil {
          diagnostics.append(
            .importMalformed(
              "`\(answer.name)` is given twice", at: tree.span(answer.value),
              hint: "give the answers about one cluster at a time"))
          continue
        }
        parts[answer.name] = value
      }
      if let root = tree.root, let list = tree.value(root, Self.unanswered) {
        unanswered = SpannedValue(tree, list).items
      }
    }
    guard !Array(diagnostics[before...]).hasErrors else { return [] }
    if parts["Cluster"] == nil, parts["Steps"] == nil {
      let span = source.given.first.map { Span($0, 0..<0) }
      diagnostics.append(
        .importMalformed(
          "neither a cluster nor its steps are in what was given", at: span,
          hint: "give the output of `aws emr describe-cluster`, too"))
      return []
    }
    var reader = Reader(parts: parts, unanswered: unanswered)
    let flow = reader.flow(into: &diagnostics)
    return Array(diagnostics[before...]).hasErrors ? [] : [flow]
  }

  /// Makes the request of the answers.
  private struct Reader {
    let parts: [String: SpannedValue]
    let unanswered: [SpannedValue]
    var notes: [ImportNote] = []

    mutating func flow(into diagnostics: inout [Diagnostic]) -> ImportedFlow {
      let steps = parts["Steps"].map { self.steps($0, into: &diagnostics) }
      guard var cluster = parts["Cluster"] else {
        var body = SpannedValue(.map([]), span: parts["Steps"]?.span)
        body["Steps"] = steps
        return ImportedFlow(
          name: "steps", operation: .steps(cluster: nil), body: body, notes: notes)
      }
      for name in ["InstanceGroups", "InstanceFleets", "BootstrapActions"] {
        if let list = parts[name] { cluster[name] = list }
      }
      check(cluster, into: &diagnostics)
      var body = DescribedCluster.request(of: cluster)
      complete(&body, of: cluster)
      for name in ["ManagedScalingPolicy", "AutoTerminationPolicy"] {
        if let policy = parts[name], !policy.entries.isEmpty { body[name] = policy }
      }
      if let steps { body["Steps"] = steps }
      note(cluster, body)
      var flow = ImportedFlow(
        name: cluster["Name"]?.text ?? "cluster", region: region(of: cluster), body: body,
        variables: passwords(of: body), notes: notes)
      Unsaid.complete(&flow)
      return flow
    }

    /// The region is in the cluster's ARN.
    private func region(of cluster: SpannedValue) -> Spanned<String>? {
      guard let arn = cluster["ClusterArn"], let text = arn.text, let span = arn.span else {
        return nil
      }
      let parts = text.utf8.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
      guard parts.count > 4, !parts[3].isEmpty else { return nil }
      return Spanned(String(decoding: Array(parts[3]), as: UTF8.self), span)
    }

    // MARK: The cluster

    /// Refuses members that aren't what EMR answers.
    private func check(_ cluster: SpannedValue, into diagnostics: inout [Diagnostic]) {
      guard cluster["Name"]?.text != nil else {
        diagnostics.append(
          .importMalformed(
            "the cluster has no `Name`", at: cluster.span,
            hint: "give the whole output of `aws emr describe-cluster`"))
        return
      }
      for name in ["Applications", "Tags", "InstanceGroups", "InstanceFleets", "BootstrapActions"] {
        guard let member = cluster[name] else { continue }
        if case .list = member.content { continue }
        diagnostics.append(
          .importMalformed("`\(name)` must be a list", at: member.span))
      }
    }

    /// What comparisons of clusters need not know.
    private mutating func complete(_ body: inout SpannedValue, of cluster: SpannedValue) {
      if let groups = body["PlacementGroups"] {
        body["PlacementGroups"] = nil
        if !groups.items.isEmpty { body["PlacementGroupConfigs"] = groups }
      }
      if body["ReleaseLabel"] == nil,
        let version = cluster["RequestedAmiVersion"] ?? cluster["RunningAmiVersion"]
      {
        body["AmiVersion"] = version
        // What an AMI of that time had in it; requests couldn't name it.
        body["Applications"] = nil
      }
      for name in ["ExtendedSupport", "MonitoringConfiguration"] {
        if let value = cluster[name] { body[name] = value }
      }
      removeMarks(from: &body)
      guard var instances = body["Instances"] else { return }
      if let value = cluster["UnhealthyNodeReplacement"] {
        instances["UnhealthyNodeReplacement"] = value
      }
      let attributes = cluster["Ec2InstanceAttributes"]
      if let subnets = attributes?["RequestedEc2SubnetIds"], subnets.items.count > 1 {
        instances["Ec2SubnetId"] = nil
        instances["Placement"] = nil
        instances["Ec2SubnetIds"] = subnets
      }
      body["Instances"] = instances
      withoutEmpty(&body)
    }

    /// Tags that nobody can ask for: AWS's own, and those by which a run finds its cluster.
    private mutating func removeMarks(from body: inout SpannedValue) {
      guard let tags = body["Tags"] else { return }
      let kept = tags.items.filter { tag in
        guard let key = tag["Key"]?.text,
          let owner = ["aws:", "penstock:"].first(where: { key.hasPrefix($0) })
        else { return true }
        notes.append(
          ImportNote(
            .told, key,
            owner == "aws:" ? "only AWS sets this tag" : "it marks the run that made the cluster",
            at: tag.span))
        return false
      }
      body["Tags"]?.content = .list(kept)
    }

    /// EMR reports what was never set as an empty text or list.
    private func withoutEmpty(_ body: inout SpannedValue) {
      body.content = .map(
        body.entries.compactMap { entry in
          switch entry.value.content {
          case .scalar(.null): return nil
          case .scalar(.string(let text)) where text.isEmpty: return nil
          case .list(let items) where items.isEmpty: return nil
          case .map(let entries) where entries.isEmpty && entry.key != "Instances": return nil
          case .map where entry.key == "Instances" || entry.key == "KerberosAttributes":
            var entry = entry
            withoutEmpty(&entry.value)
            return entry
          default: return entry
          }
        })
    }

    private mutating func note(_ cluster: SpannedValue, _ body: SpannedValue) {
      for answer in unanswered {
        guard let text = answer.text else { continue }
        notes.append(
          ImportNote(.lost, text, "EMR didn't answer, so this part isn't known", at: nil))
      }
      let span = cluster["Id"]?.span ?? cluster.span
      let instances = body["Instances"]
      if instances?["InstanceGroups"] == nil, instances?["InstanceFleets"] == nil {
        notes.append(
          ImportNote(
            .told, "Instances",
            "the machines aren't in what was given: add the output of "
              + "`aws emr list-instance-groups` or `list-instance-fleets`", at: span))
      }
      if parts["Steps"] == nil {
        notes.append(
          ImportNote(
            .lost, "Steps",
            "the steps aren't in what was given: add the output of `aws emr list-steps`", at: span))
      }
      if cluster["BootstrapActions"] == nil {
        notes.append(
          ImportNote(
            .told, "BootstrapActions",
            "not in what was given: if there are any, add the output of "
              + "`aws emr list-bootstrap-actions`", at: span))
      }
      for name in ["ManagedScalingPolicy", "AutoTerminationPolicy"]
      where parts[name] == nil && body[name] == nil && unanswered.isEmpty {
        notes.append(
          ImportNote(
            .told, name,
            "not in what was given: if there is one, add the output of "
              + (name == "ManagedScalingPolicy"
                ? "`aws emr get-managed-scaling-policy`" : "`aws emr get-auto-termination-policy`"),
            at: span))
      }
      noteChosen(body)
      if let id = cluster["OutpostArn"], id.text?.isEmpty == false {
        notes.append(
          ImportNote(.lost, "OutpostArn", "EMR chooses it by the subnet", at: id.span))
      }
    }

    /// What EMR may have filled in itself, and reports as if it had been asked for.
    private mutating func noteChosen(_ body: SpannedValue) {
      let instances = body["Instances"]
      let chosen = [
        "EmrManagedMasterSecurityGroup", "EmrManagedSlaveSecurityGroup",
        "ServiceAccessSecurityGroup",
      ].filter { instances?[$0] != nil }
      if let first = chosen.first {
        notes.append(
          ImportNote(
            .told, "Instances.\(first)",
            "EMR reports security groups that it made itself like those that were asked for; "
              + "without these members it makes them again", at: instances?[first]?.span))
      }
      if instances?["Placement"] != nil {
        notes.append(
          ImportNote(
            .told, "Instances.Placement", "the zone may have been EMR's choice",
            at: instances?["Placement"]?.span))
      }
      let groups = (instances?["InstanceGroups"]?.items ?? [])
      if let disks = groups.lazy.compactMap({ $0["EbsConfiguration"]?["EbsBlockDeviceConfigs"] })
        .first
      {
        notes.append(
          ImportNote(
            .told, "EbsConfiguration",
            "EMR reports the volumes that it adds to instance types without disks like those that "
              + "were asked for", at: disks.span))
      }
    }

    /// EMR shows something else in the place of passwords.
    private func passwords(of body: SpannedValue) -> [Variable] {
      let kerberos = body["KerberosAttributes"]?.entries ?? []
      return kerberos.filter { $0.key.hasSuffix("Password") }.map { entry in
        Variable(
          entry.key, value: entry.value.value, isKnown: false, isSecret: true,
          uses: [Variable.Use([.key("KerberosAttributes"), .key(entry.key)])],
          span: entry.value.span)
      }
    }

    // MARK: Steps

    /// EMR lists the newest first.
    private mutating func steps(
      _ list: SpannedValue, into diagnostics: inout [Diagnostic]
    ) -> SpannedValue {
      guard case .list(let items) = list.content else {
        diagnostics.append(.importMalformed("`Steps` must be a list", at: list.span))
        return list
      }
      let steps = items.reversed().compactMap { self.step($0, into: &diagnostics) }
      return SpannedValue(.list(steps), span: list.span)
    }

    private mutating func step(
      _ step: SpannedValue, into diagnostics: inout [Diagnostic]
    ) -> SpannedValue? {
      guard let config = step["Config"], config["Jar"]?.text != nil else {
        diagnostics.append(
          .importMalformed(
            "the step has no `Config` with a `Jar`", at: step.span,
            hint: "give the output of `aws emr list-steps` as it is"))
        return nil
      }
      var result = SpannedValue(.map([]), span: step.span)
      for name in ["Name", "ActionOnFailure"] {
        if let value = step[name], value.text?.isEmpty != true { result[name] = value }
      }
      var program = SpannedValue(.map([]), span: config.span)
      for name in ["Jar", "MainClass", "Args"] {
        guard let value = config[name], value.text?.isEmpty != true else { continue }
        if case .list(let items) = value.content, items.isEmpty { continue }
        program[name] = value
      }
      if let properties = config["Properties"]?.entries, !properties.isEmpty {
        let pairs = properties.map { entry in
          SpannedValue(
            .map([
              SpannedValue.Entry(
                key: "Key", value: SpannedValue(.scalar(.string(entry.key)), span: entry.keySpan)),
              SpannedValue.Entry(key: "Value", value: entry.value),
            ]), span: entry.value.span)
        }
        program["Properties"] = SpannedValue(.list(pairs), span: config["Properties"]?.span)
      }
      result["HadoopJarStep"] = program
      return result
    }
  }
}
