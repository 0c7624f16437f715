import Import
import Diagnostics
import Documents
import SourceText
import Text
import Values

/// Makes the request of one cluster of Terraform's.
struct TerraformReader {
  let cluster: Terraform.Resource
  let resources: [Terraform.Resource]
  let document: SpannedValue
  let given: [(name: Spanned<String>, value: Spanned<String>)]
  var variables = VariableTable()
  var notes: [ImportNote] = []

  /// The arguments that become members of the request; the others are what Terraform has computed.
  private static let computed: Set<String> = [
    "arn", "cluster_state", "id", "master_public_dns", "tags_all", "timeouts", "region",
    "list_steps_states",
  ]
  private static let known: Set<String> = [
    "name", "release_label", "additional_info", "log_uri", "log_encryption_kms_key_id",
    "applications", "termination_protection", "keep_job_flow_alive_when_no_steps",
    "ec2_attributes", "kerberos_attributes", "core_instance_group", "master_instance_group",
    "master_instance_fleet", "core_instance_fleet", "bootstrap_action", "step", "configurations",
    "configurations_json", "service_role", "scale_down_behavior", "security_configuration",
    "autoscaling_role", "visible_to_all_users", "ebs_root_volume_size", "custom_ami_id",
    "step_concurrency_level", "tags", "auto_termination_policy", "placement_group_config",
    "unhealthy_node_replacement", "os_release_label", "master_instance_type", "core_instance_type",
    "core_instance_count", "instance_group",
  ]

  init(
    cluster: Terraform.Resource, resources: [Terraform.Resource], document: SpannedValue,
    given: [(name: Spanned<String>, value: Spanned<String>)]
  ) {
    self.cluster = cluster
    self.resources = resources
    self.document = document
    self.given = given
  }

  mutating func flow(
    clusters: Int, _ source: inout ImportSource, into diagnostics: inout [Diagnostic]
  ) -> FlowDraft? {
    let before = diagnostics.count
    let scope = Block(cluster.values, cluster.expressions)
    guard let name = value(scope, "name") else {
      diagnostics.append(.importMalformed("the cluster has no `name`", at: cluster.span))
      return nil
    }
    var body = Draft.members(["Name": name], at: cluster.span)
    addTexts(scope, to: &body)
    body["Instances"] = instances(scope, clusters: clusters, &source, into: &diagnostics)
    addLists(scope, &source, into: &diagnostics, to: &body)
    if let block = scope.block("ec2_attributes"), let profile = text(block, "instance_profile") {
      body["JobFlowRole"] = profile
    }
    addPolicies(scope, clusters: clusters, to: &body)
    for entry in cluster.values.entries
    where !Self.known.contains(entry.key) && !Self.computed.contains(entry.key)
      && !entry.value.isUnset
    {
      notes.append(
        ImportNote(.lost, entry.key, "it isn't known how EMR is asked for it", at: entry.keySpan))
    }
    guard !Array(diagnostics[before...]).hasErrors else { return nil }
    noteOthers()
    var flow = FlowDraft(name: name.known ?? cluster.address, body: body, variables: variables)
    flow.region = region
    flow.notes = notes
    return flow
  }

  // MARK: Values

  /// A block of arguments with what its plan says that they are made of.
  struct Block {
    var values: SpannedValue
    var expressions: SpannedValue?

    init(_ values: SpannedValue, _ expressions: SpannedValue?) {
      self.values = values
      self.expressions = expressions
    }

    /// The only block of a name, or the first.
    func block(_ name: String) -> Block? { blocks(name).first }

    func blocks(_ name: String) -> [Block] {
      guard let value = values[name] else { return [] }
      let items = value.isList ? value.items : [value]
      let declared = expressions?[name]
      return items.enumerated().compactMap { index, item in
        guard !item.entries.isEmpty else { return nil }
        let list = declared?.items ?? []
        return Block(
          item, list.indices.contains(index) ? list[index] : list.isEmpty ? declared : nil)
      }
    }
  }

  /// An argument; nil if it isn't set. What is known only after `apply` is a variable.
  mutating func value(_ block: Block, _ name: String) -> Draft? {
    let references = references(block.expressions?[name])
    guard let value = block.values[name], !value.isUnset else {
      // A plan leaves out what isn't known yet; null is known.
      guard block.values[name] == nil, let reference = references.first else { return nil }
      return unknown(reference, at: block.values.span)
    }
    // One variable, and nothing else: the value is that variable's.
    if references.count == 1, let variable = inputName(references[0]), value.isScalar,
      let declared = document["variables"]?[variable]?["value"], declared.value.equals(value.value)
    {
      let named = given.first { $0.name.value == variable }?.value.value
      let isSecret =
        document["configuration"]?["root_module"]?["variables"]?[variable]?["sensitive"]?.value
        == .bool(true)
      var row = VariableTable.Row(
        name: variable, value: named.map { .string($0) } ?? value.value,
        summary: document["configuration"]?["root_module"]?["variables"]?[variable]?["description"]?
          .text, span: declared.span)
      row.isSecret = isSecret
      return Draft(.text([.variable(variables.id(of: row))]), at: value.span)
    }
    return Draft(value)
  }

  /// The name of a variable of the root module that is the whole of a reference.
  private func inputName(_ reference: String) -> String? {
    guard cluster.module.isEmpty, reference.hasPrefix("var.") else { return nil }
    let name = String(reference.dropFirst(4))
    return name.contains(".") || name.contains("[") ? nil : name
  }

  private mutating func unknown(_ reference: String, at span: Span?) -> Draft {
    Draft(
      .text([
        .variable(
          variables.id(
            of: VariableTable.Row(
              name: reference, summary: "Terraform's `\(reference)`", span: span)))
      ]), at: span)
  }

  /// What an expression of a plan is made of, the longest form of each.
  private func references(_ expression: SpannedValue?) -> [String] {
    let all = (expression?["references"]?.items ?? []).compactMap(\.text)
    return all.filter { reference in !all.contains { $0.hasPrefix(reference + ".") } }
  }

  // MARK: Members

  private mutating func addTexts(_ scope: Block, to body: inout Draft) {
    for (argument, member) in [
      ("release_label", "ReleaseLabel"), ("log_uri", "LogUri"),
      ("log_encryption_kms_key_id", "LogEncryptionKmsKeyId"), ("service_role", "ServiceRole"),
      ("autoscaling_role", "AutoScalingRole"), ("scale_down_behavior", "ScaleDownBehavior"),
      ("security_configuration", "SecurityConfiguration"), ("custom_ami_id", "CustomAmiId"),
      ("ebs_root_volume_size", "EbsRootVolumeSize"),
      ("step_concurrency_level", "StepConcurrencyLevel"), ("os_release_label", "OSReleaseLabel"),
      ("visible_to_all_users", "VisibleToAllUsers"), ("additional_info", "AdditionalInfo"),
    ] {
      guard let value = value(scope, argument), value.known != "" else { continue }
      if case .scalar(.int(0)) = value.content { continue }
      body[member] = value
    }
  }

  private mutating func addLists(
    _ scope: Block, _ source: inout ImportSource, into diagnostics: inout [Diagnostic],
    to body: inout Draft
  ) {
    if let applications = value(scope, "applications"), !applications.items.isEmpty {
      body["Applications"] = Draft(
        .list(applications.items.map { .members(["Name": $0], at: $0.span) }),
        at: applications.span)
    }
    if let tags = value(scope, "tags") ?? value(scope, "tags_all"), !tags.entries.isEmpty {
      body["Tags"] = Draft(
        .list(
          tags.entries.map {
            .members(["Key": Draft($0.key, at: $0.keySpan), "Value": $0.value], at: $0.keySpan)
          }), at: tags.span)
    }
    let actions = scope.blocks("bootstrap_action").map { action -> Draft in
      .members(
        [
          "Name": value(action, "name"),
          "ScriptBootstrapAction": .members(
            ["Path": value(action, "path"), "Args": list(action, "args")], at: action.values.span),
        ], at: action.values.span)
    }
    if !actions.isEmpty {
      body["BootstrapActions"] = Draft(.list(actions), at: scope.values["bootstrap_action"]?.span)
    }
    let steps = scope.blocks("step").map { step($0) }
    if !steps.isEmpty { body["Steps"] = Draft(.list(steps), at: scope.values["step"]?.span) }
    for argument in ["configurations_json", "configurations"] {
      guard let text = value(scope, argument) else { continue }
      if let list = json(text, argument, &source, into: &diagnostics) {
        body["Configurations"] = list
      }
    }
  }

  private mutating func step(_ step: Block) -> Draft {
    var program: Draft?
    if let jar = step.block("hadoop_jar_step") {
      let properties = value(jar, "properties")?.entries ?? []
      program = .members(
        [
          "Jar": value(jar, "jar"), "MainClass": text(jar, "main_class"), "Args": list(jar, "args"),
          "Properties": properties.isEmpty
            ? nil
            : Draft(
              .list(
                properties.map {
                  .members(
                    ["Key": Draft($0.key, at: $0.keySpan), "Value": $0.value], at: $0.keySpan)
                }), at: jar.values["properties"]?.span),
        ], at: jar.values.span)
    }
    return .members(
      [
        "Name": value(step, "name"), "ActionOnFailure": value(step, "action_on_failure"),
        "HadoopJarStep": program,
      ], at: step.values.span)
  }

  /// A text that isn't empty.
  mutating func text(_ block: Block, _ name: String) -> Draft? {
    value(block, name).flatMap { $0.known == "" ? nil : $0 }
  }

  /// A list that isn't empty.
  mutating func list(_ block: Block, _ name: String) -> Draft? {
    value(block, name).flatMap { $0.isList && $0.items.isEmpty ? nil : $0 }
  }

  /// A document in a text; nil if the text isn't known, or isn't JSON.
  mutating func json(
    _ text: Draft, _ argument: String, _ source: inout ImportSource,
    into diagnostics: inout [Diagnostic]
  ) -> Draft? {
    guard let known = text.known else { return text }
    guard !ASCII.trimmed(known).isEmpty else { return nil }
    var bytes = Array(known.utf8)
    if !ImportSource.isJSON(bytes) {
      guard let span = text.span, let id = source.include(known, from: span.source),
        let file = source.sources[id]
      else {
        notes.append(
          ImportNote(
            .lost, argument, "what it names, `\(known)`, can't be read", at: text.span))
        return nil
      }
      bytes = file.text
    }
    let id = source.add(SourceFile(name: "\(cluster.address).\(argument)", text: bytes))
    guard let tree = JSONReader.read(bytes, source: id, into: &diagnostics), let root = tree.root
    else { return nil }
    return Draft(SpannedValue(tree, root))
  }

  private var region: Spanned<String>? {
    for (key, arn) in [("arn", true), ("region", false)] {
      guard let value = cluster.values[key], let text = value.text, let span = value.span else {
        continue
      }
      guard arn else { return Spanned(text, span) }
      let parts = text.split(separator: ":", omittingEmptySubsequences: false)
      if parts.count > 4, !parts[3].isEmpty { return Spanned(String(parts[3]), span) }
    }
    let provider = document["configuration"]?["provider_config"]?["aws"]?["expressions"]?["region"]
    if let text = provider?["constant_value"]?.text, let span = provider?.span {
      return Spanned(text, span)
    }
    let name = provider?["references"]?.items.first?.text.flatMap(inputName)
    if let name, let value = document["variables"]?[name]?["value"], let text = value.text,
      let span = value.span
    {
      return Spanned(text, span)
    }
    return nil
  }

  /// Names the resources that a pipeline has nothing to do with, by type.
  private mutating func noteOthers() {
    var types: [(type: String, addresses: [String], span: Span?)] = []
    for resource in resources where !resource.type.hasPrefix("aws_emr_") {
      if let known = types.firstIndex(where: { $0.type == resource.type }) {
        types[known].addresses.append(resource.address)
      } else {
        types.append((resource.type, [resource.address], resource.span))
      }
    }
    for type in types {
      notes.append(
        ImportNote(
          .told, type.type, "it stays with Terraform: " + type.addresses.joined(separator: ", "),
          at: type.span))
    }
    for resource in resources
    where [
      "aws_emr_security_configuration", "aws_emr_studio", "aws_emr_studio_session_mapping",
      "aws_emr_block_public_access_configuration",
    ].contains(resource.type) {
      notes.append(
        ImportNote(.told, resource.address, "it stays with Terraform", at: resource.span))
    }
  }
}

extension SpannedValue {
  /// Whether Terraform has nothing there: null, an empty text or list. (The provider treats them
  /// alike.)
  var isUnset: Bool {
    switch content {
    case .scalar(.null): true
    case .scalar(.string(let text)): text.isEmpty
    case .list(let items): items.isEmpty
    case .scalar, .map: false
    }
  }

  var isScalar: Bool { if case .scalar = content { true } else { false } }

  var isList: Bool { if case .list = content { true } else { false } }
}
