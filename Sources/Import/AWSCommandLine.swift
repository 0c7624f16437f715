import Diagnostics
import Documents
import SourceText
import Text
import Values

extension SourceKind {
  /// `aws emr create-cluster …` or `aws emr add-steps …`, alone or in a shell script.
  package static let awsCommandLine = SourceKind(
    "aws-cli", "a command line of `aws emr create-cluster` or `add-steps`, alone or in a script",
    recognises: { source in
      source.given.count == 1
        && source.files.allSatisfy { file in
          let text = String(decoding: file.text.prefix(1 << 20), as: UTF8.self)
          return !ImportSource.isJSON(file.text) && text.contains("emr")
            && (text.contains("create-cluster") || text.contains("add-steps"))
        }
    },
    read: { source, diagnostics in
      var flows: [ImportedFlow] = []
      for id in source.given {
        guard let file = source.sources[id] else { continue }
        var given: [String: String] = [:]
        for variable in source.variables { given[variable.name.value] = variable.value.value }
        let shell = ShellReader(
          file.text, id, given: given, moment: source.moment ?? Moment.any)
        for command in shell.commands {
          var line = AWSCommandLine(command, id, shell)
          if let flow = line.flow(&source, &diagnostics) { flows.append(flow) }
        }
        if flows.isEmpty, !diagnostics.hasErrors {
          diagnostics.append(
            .importMalformed(
              "there is no `aws emr create-cluster` or `aws emr add-steps` here",
              at: Span(id, 0..<0)))
        }
      }
      return flows
    })
}

/// One command of the AWS CLI, turned into a request as
/// `awscli/customizations/emr/createcluster.py` does.
struct AWSCommandLine {
  /// The name of an option, and what follows it.
  struct Given {
    var name: String
    var range: Range<Int>
    var values: [ShellWord]
  }

  private let source: SourceID
  private let shell: ShellReader
  var marks: VariableMarks
  private var command = ""
  private var options: [Given] = []
  private var notes: [ImportNote]
  let whole: Span
  var errors: [Diagnostic] = []

  init(_ words: [ShellWord], _ source: SourceID, _ shell: ShellReader) {
    self.source = source
    self.shell = shell
    marks = shell.marks
    notes = []
    let start = words.first?.range.lowerBound ?? 0
    whole = Span(source, start..<(words.last?.range.upperBound ?? start))
    guard let aws = words.firstIndex(where: { $0.text == "aws" || $0.text.hasSuffix("/aws") })
    else { return }
    var at = aws + 1
    var names: [String] = []
    while at < words.count {
      let word = words[at]
      at += 1
      guard word.text.hasPrefix("--"), !word.isQuoted else {
        if names.count < 2 { names.append(word.text) }
        continue
      }
      var given = Given(name: word.text, range: word.range, values: [])
      if let equals = word.text.firstIndex(of: "=") {
        given.name = String(word.text[..<equals])
        var rest = word
        rest.text = String(word.text[word.text.index(after: equals)...])
        given.values = [rest]
      } else {
        let takesMany =
          given.name != "--region" && given.name != "--profile"
          && given.name != "--output" && given.name != "--endpoint-url" && given.name != "--query"
        while at < words.count, words[at].isQuoted || !words[at].text.hasPrefix("--"),
          !isRedirection(words[at]), given.values.isEmpty || takesMany
        {
          given.values.append(words[at])
          at += 1
        }
      }
      options.append(given)
    }
    if names.count == 2, names[0] == "emr" { command = names[1] }
  }

  private func isRedirection(_ word: ShellWord) -> Bool {
    !word.isQuoted && (word.text.hasPrefix(">") || word.text.hasPrefix("2>"))
  }

  // MARK: The request

  mutating func flow(
    _ input: inout ImportSource, _ diagnostics: inout [Diagnostic]
  ) -> ImportedFlow? {
    guard command == "create-cluster" || command == "add-steps" else { return nil }
    let isNew = command == "create-cluster"
    var body = isNew ? request(&input) : steps(&input)
    diagnostics += errors
    guard !errors.contains(where: { $0.severity == .error }) else { return nil }
    if body["Steps"]?.items.isEmpty ?? false { body["Steps"] = nil }
    let (resolved, variables) = marks.resolved(body)
    let cluster = text("--cluster-id").map { marks.plain($0) }
    let isKnown = cluster?.hasPrefix("j-") ?? false
    let region = text("--region").map { marks.plain($0) }
    return ImportedFlow(
      name: resolved["Name"]?.text ?? "cluster",
      region: region.map { Spanned($0, given("--region").map(span) ?? whole) },
      operation: isNew ? .newCluster : .steps(cluster: isKnown ? cluster : nil), body: resolved,
      variables: variables, notes: notes, moment: shell.moment(usedBy: variables))
  }

  private mutating func steps(_ input: inout ImportSource) -> SpannedValue {
    var body = SpannedValue(.map([]), span: whole)
    let steps = list("--steps", &input)
    body["Steps"] = SpannedValue(.list(requests(steps, isRelease: true)), span: whole)
    for option in options
    where !["--steps", "--cluster-id"].contains(option.name) && !Self.isGlobal(option.name) {
      lose(option)
    }
    return body
  }

  private func requests(_ steps: [SpannedValue], isRelease: Bool) -> [SpannedValue] {
    let region = text("--region").map { marks.plain($0) }
    return steps.map { CommandLineSteps.request($0, isRelease: isRelease, region: region) }
  }

  /// Options whose text is a member of the request.
  private static let texts: [(option: String, member: String)] = [
    ("--release-label", "ReleaseLabel"), ("--ami-version", "AmiVersion"),
    ("--log-uri", "LogUri"), ("--log-encryption-kms-key-id", "LogEncryptionKmsKeyId"),
    ("--service-role", "ServiceRole"), ("--auto-scaling-role", "AutoScalingRole"),
    ("--scale-down-behavior", "ScaleDownBehavior"), ("--additional-info", "AdditionalInfo"),
    ("--security-configuration", "SecurityConfiguration"), ("--custom-ami-id", "CustomAmiId"),
    ("--ebs-root-volume-size", "EbsRootVolumeSize"),
    ("--ebs-root-volume-iops", "EbsRootVolumeIops"),
    ("--ebs-root-volume-throughput", "EbsRootVolumeThroughput"),
    ("--repo-upgrade-on-boot", "RepoUpgradeOnBoot"),
    ("--step-concurrency-level", "StepConcurrencyLevel"),
    ("--os-release-label", "OSReleaseLabel"),
  ]

  /// Options whose map or list is a member of the request.
  private static let structures: [(option: String, member: String, isList: Bool)] = [
    ("--configurations", "Configurations", true), ("--applications", "Applications", true),
    ("--kerberos-attributes", "KerberosAttributes", false),
    ("--managed-scaling-policy", "ManagedScalingPolicy", false),
    ("--placement-group-configs", "PlacementGroupConfigs", true),
    ("--auto-termination-policy", "AutoTerminationPolicy", false),
    ("--monitoring-configuration", "MonitoringConfiguration", false),
  ]

  /// Options that are read one by one.
  private static let others: Set<String> = [
    "--name", "--instance-groups", "--instance-fleets", "--instance-type", "--instance-count",
    "--auto-terminate", "--no-auto-terminate", "--use-default-roles", "--ec2-attributes",
    "--termination-protected", "--no-termination-protected", "--visible-to-all-users",
    "--no-visible-to-all-users", "--enable-debugging", "--no-enable-debugging", "--tags",
    "--bootstrap-actions", "--steps", "--emrfs", "--unhealthy-node-replacement",
    "--no-unhealthy-node-replacement",
  ]

  private static func isGlobal(_ name: String) -> Bool {
    [
      "--region", "--profile", "--output", "--query", "--endpoint-url", "--no-verify-ssl",
      "--no-paginate", "--debug", "--color", "--no-cli-pager", "--cli-read-timeout",
      "--cli-connect-timeout", "--no-sign-request", "--ca-bundle",
    ].contains(name)
  }

  private mutating func request(_ input: inout ImportSource) -> SpannedValue {
    var body = SpannedValue(.map([]), span: whole)
    body["Name"] = scalar(text("--name") ?? "Development Cluster", given("--name"))
    for (option, member) in Self.texts {
      if let value = text(option), !value.isEmpty { body[member] = scalar(value, given(option)) }
    }
    if given("--use-default-roles") != nil {
      body["ServiceRole"] = scalar("EMR_DefaultRole", given("--use-default-roles"))
      body["JobFlowRole"] = scalar("EMR_EC2_DefaultRole", given("--use-default-roles"))
    }
    for (option, member, isList) in Self.structures where given(option) != nil {
      let items = list(option, &input)
      let value = isList ? SpannedValue(.list(items), span: whole) : items.first
      if let value { body[member] = value }
    }
    var instances = SpannedValue(.map([]), span: whole)
    addMachines(&instances, &input)
    addAttributes(&body, &instances, &input)
    instances["KeepJobFlowAliveWhenNoSteps"] = flag(given("--auto-terminate") == nil)
    instances["TerminationProtected"] = flag(given("--termination-protected") != nil)
    if given("--unhealthy-node-replacement") != nil {
      instances["UnhealthyNodeReplacement"] = flag(true)
    }
    if given("--no-unhealthy-node-replacement") != nil {
      instances["UnhealthyNodeReplacement"] = flag(false)
    }
    body["Instances"] = instances
    body["VisibleToAllUsers"] = flag(given("--no-visible-to-all-users") == nil)
    if let tags = given("--tags") { body["Tags"] = self.tags(tags, &input) }
    addActions(&body, &input)
    addSteps(&body, &input)
    addFileSystem(&body, &input)
    for option in options where !isKnown(option.name) { lose(option) }
    if body["ReleaseLabel"] == nil, body["AmiVersion"] == nil {
      errors.append(.importMalformed("`--release-label` is missing", at: whole))
    }
    return body
  }

  private func isKnown(_ name: String) -> Bool {
    Self.isGlobal(name) || Self.others.contains(name)
      || Self.texts.contains { $0.option == name }
      || Self.structures.contains { $0.option == name }
  }

  private mutating func lose(_ option: Given) {
    notes.append(
      ImportNote(.lost, option.name, "what it adds to the request isn't known", at: span(option)))
  }

  // MARK: Steps and bootstrap actions

  private mutating func addActions(_ body: inout SpannedValue, _ input: inout ImportSource) {
    guard given("--bootstrap-actions") != nil else { return }
    let actions = list("--bootstrap-actions", &input).map { action -> SpannedValue in
      guard action["ScriptBootstrapAction"] == nil else { return action }
      var script = SpannedValue(.map([]), span: action.span)
      script["Path"] = action["Path"]
      if let arguments = action["Args"] { script["Args"] = listed(arguments) }
      var result = SpannedValue(.map([]), span: action.span)
      result["Name"] =
        action["Name"] ?? SpannedValue(.scalar(.string("Bootstrap action")), span: action.span)
      result["ScriptBootstrapAction"] = script
      return result
    }
    body["BootstrapActions"] = SpannedValue(.list(actions), span: whole)
  }

  private mutating func addSteps(_ body: inout SpannedValue, _ input: inout ImportSource) {
    let isRelease = body["ReleaseLabel"] != nil
    var steps: [SpannedValue] = []
    if let debugging = given("--enable-debugging") {
      let region = text("--region").map { marks.plain($0) }
      var jar = SpannedValue(.map([]), span: span(debugging))
      jar["Jar"] = scalar(
        isRelease
          ? "command-runner.jar"
          : CommandLineSteps.script("/libs/script-runner/script-runner.jar", region), debugging)
      let program =
        isRelease
        ? "state-pusher-script" : CommandLineSteps.script("/libs/state-pusher/0.1/fetch", region)
      jar["Args"] = SpannedValue(.list([scalar(program, debugging)]), span: span(debugging))
      var step = SpannedValue(.map([]), span: span(debugging))
      step["Name"] = scalar("Setup Hadoop Debugging", debugging)
      step["ActionOnFailure"] = scalar("TERMINATE_CLUSTER", debugging)
      step["HadoopJarStep"] = jar
      steps.append(step)
    }
    steps += requests(list("--steps", &input), isRelease: isRelease)
    body["Steps"] = SpannedValue(.list(steps), span: whole)
  }

  private mutating func tags(_ option: Given, _ input: inout ImportSource) -> SpannedValue {
    var items: [SpannedValue] = []
    for word in option.values {
      if word.text.hasPrefix("{") || word.text.hasPrefix("[") || word.text.hasPrefix("file://") {
        items += list("--tags", &input)
        break
      }
      let parts = word.text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      var tag = SpannedValue(.map([]), span: Span(source, word.range))
      // Both ways to write it are found in scripts: `team=data`, and `Key=team,Value=data`.
      if parts.first == "Key", let map = Shorthand.parse(word.text, at: Span(source, word.range)) {
        tag = map
      } else {
        tag["Key"] = SpannedValue(.scalar(.string(String(parts[0]))), span: tag.span)
        tag["Value"] = SpannedValue(
          .scalar(.string(parts.count > 1 ? String(parts[1]) : "")), span: tag.span)
      }
      items.append(tag)
    }
    return SpannedValue(.list(items), span: span(option))
  }

  // MARK: Values of options

  /// The last one counts.
  func given(_ name: String) -> Given? { options.last { $0.name == name } }

  func span(_ option: Given) -> Span {
    Span(source, option.range.lowerBound..<(option.values.last?.range ?? option.range).upperBound)
  }

  func text(_ name: String) -> String? { given(name)?.values.first?.text }

  func scalar(_ text: String, _ option: Given?) -> SpannedValue {
    SpannedValue(.scalar(.string(text)), span: option.map(span) ?? whole)
  }

  private func flag(_ flag: Bool) -> SpannedValue {
    SpannedValue(.scalar(.bool(flag)), span: whole)
  }

  /// What an option's words say: files, JSON, or shorthand.
  mutating func list(_ name: String, _ input: inout ImportSource) -> [SpannedValue] {
    guard let option = given(name) else { return [] }
    var items: [SpannedValue] = []
    for word in option.values {
      let at = Span(source, word.range)
      var text = word.text
      var document: (id: SourceID, name: String)?
      if text.hasPrefix("file://") {
        let path = String(marks.plain(text).dropFirst(7))
        if let own = shell.files[path] {
          text = own.text
        } else if let id = input.include(path, from: source), let file = input.sources[id] {
          text = String(decoding: file.text, as: UTF8.self)
          document = (id, file.name)
        } else {
          errors.append(
            .importMalformed("`\(path)`, which `\(name)` names, can't be read", at: at))
          continue
        }
      }
      if text.hasPrefix("http://") || text.hasPrefix("https://") {
        notes.append(
          ImportNote(
            .lost, name,
            "it is at `\(marks.plain(text))`, which isn't read: save it to a file, and "
              + "name that", at: at))
        continue
      }
      if let value = value(text, name, at, document?.id, &input) {
        items += { if case .list(let inner) = value.content { inner } else { [value] } }()
      }
    }
    return items
  }

  private mutating func value(
    _ text: String, _ name: String, _ at: Span, _ document: SourceID?, _ input: inout ImportSource
  ) -> SpannedValue? {
    guard ImportSource.isJSON(Array(text.utf8)) else {
      guard let value = Shorthand.parse(text, at: at) else {
        errors.append(
          .importMalformed(
            "the value of `\(name)` is neither JSON nor shorthand syntax", at: at,
            hint: "write it as JSON, or as `Key=value,Key=value`"))
        return nil
      }
      return value
    }
    let quoted = Self.quotingMarks(text)
    let id =
      document
      ?? input.add(
        SourceFile(name: "<\(name)>", text: Array(marks.plain(quoted).utf8)))
    var found: [Diagnostic] = []
    let tree = JSONReader.read(Array(quoted.utf8), source: id, into: &found)
    guard let tree, let root = tree.root, !found.hasErrors else {
      errors +=
        found.isEmpty ? [.importMalformed("the JSON of `\(name)` can't be read", at: at)] : found
      return nil
    }
    var value = SpannedValue(tree, root)
    // Places in a text that has marks aren't those of the file.
    if document == nil { value = value.at(at) }
    return value
  }

  /// JSON with marks as strings where they are values by themselves.
  private static func quotingMarks(_ text: String) -> String {
    guard VariableMarks.hasMark(text) else { return text }
    var out = String.UnicodeScalarView()
    var (isInText, isEscaped, isInMark) = (false, false, false)
    for scalar in text.unicodeScalars {
      let isOpen = VariableMarks.isOpen(scalar)
      if isOpen, !isInText {
        out.append("\"")
        isInMark = true
      }
      out.append(scalar)
      if VariableMarks.isClose(scalar), isInMark {
        out.append("\"")
        isInMark = false
      }
      if scalar == "\"", !isEscaped { isInText.toggle() }
      isEscaped = scalar == "\\" && !isEscaped
    }
    return String(out)
  }
}

extension SpannedValue {
  /// With all parts at one place.
  fileprivate func at(_ span: Span) -> SpannedValue {
    var value = self
    value.span = span
    switch content {
    case .scalar: break
    case .list(let items): value.content = .list(items.map { $0.at(span) })
    case .map(let entries):
      value.content = .map(
        entries.map { entry in
          var entry = entry
          entry.keySpan = span
          entry.value = entry.value.at(span)
          return entry
        })
    }
    return value
  }
}

extension ShellReader {
  /// The time for which variables that are times have their values.
  fileprivate func moment(usedBy variables: [Variable]) -> Value.Timestamp? {
    let isUsed = variables.contains { variable in
      if case .time = variable.meaning { !variable.uses.isEmpty } else { false }
    }
    return isUsed ? moment : nil
  }
}
