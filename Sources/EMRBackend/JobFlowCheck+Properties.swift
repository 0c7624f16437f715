import Text
import Diagnostics
import PipelineIR
import SourceText
import Values

extension EMRRule {
  static let ofProperties: [EMRRule] = [
    .cluster(
      .emrPropertyValue, "Values of Spark's and Hadoop's usual properties can be read (warning)",
      name: "cluster-property-value"
    ) { $0.checkPropertyValues() },
    .step(
      .emrPropertyValue, "The same for `--conf` and the memory options of `spark-submit` (warning)",
      name: "step-property-value"
    ) { $0.checkSparkOptions($1) },
    .cluster(.emrPropertyUnknown, "Their names are spelt right (warning)") {
      $0.checkPropertyNames()
    },
    .cluster(
      .emrMemory, "What executors and YARN are given fits into a machine (warning)",
      name: "cluster-memory"
    ) { $0.checkMemory() },
    .step(
      .emrMemory, "What a step's executors are given fits into a machine (warning)",
      name: "step-memory"
    ) { $0.checkStepMemory($1) },
    .step(
      .emrApplicationMissing, "The cluster has the application of a command's program (warning)"
    ) { $0.checkProgram($1) },
  ]
}

extension JobFlowCheck {
  /// The properties of all configurations, also of those inside others.
  private var properties: [SpannedValue.Entry] {
    var found: [SpannedValue.Entry] = []
    var open = configurations.flatMap(\.items)
    while let item = open.popLast(), found.count < 10_000 {
      found += item["Properties"]?.entries ?? []
      open += item["Configurations"]?.items ?? []
    }
    return found
  }

  private func kind(_ name: String) -> PropertyKind? {
    data.table(.properties).fields(name)?.first.flatMap(PropertyKind.init)
  }

  fileprivate mutating func checkPropertyValues() {
    for entry in properties {
      guard let kind = kind(entry.key), let text = entry.value.text, !kind.admits(text) else {
        continue
      }
      report(.propertyValue(text, of: entry.key, kind, at: Spot(entry.value)))
    }
  }

  // MARK: Options of spark-submit

  /// The texts of a step that starts a program by its name: the program, and its arguments.
  private func command(_ step: Step) -> [String] {
    guard program.text(step.jar) == "command-runner.jar" else { return [] }
    return program.arguments(of: step).map { $0.secret < 0 ? program.text($0.text) : "" }
  }

  /// The properties that a step sets by options: `--conf NAME=VALUE`, `--executor-memory VALUE`.
  private func sparkOptions(_ step: Step) -> [(name: String, value: String)] {
    let words = command(step)
    guard words.first == "spark-submit" else { return [] }
    let named = [
      "--executor-memory": "spark.executor.memory", "--driver-memory": "spark.driver.memory",
    ]
    return words.indices.dropLast().compactMap { at in
      let value = words[at + 1]
      if let name = named[words[at]] { return (name, value) }
      guard words[at] == "--conf" || words[at] == "-c" else { return nil }
      let name = value.prefix { $0 != "=" }
      return name.count < value.count
        ? (String(name), String(value.dropFirst(name.count + 1))) : nil
    }
  }

  fileprivate mutating func checkSparkOptions(_ step: Step) {
    for (name, value) in sparkOptions(step) {
      if let kind = kind(name), !kind.admits(value) {
        report(.propertyValue(value, of: name, kind, at: Spot(step.origin.span)))
      }
    }
  }

  // MARK: Names

  fileprivate mutating func checkPropertyNames() {
    let table = data.table(.properties)
    var known: [String]?
    for entry in properties where entry.key.utf8.contains(.dot) {
      if table.fields(entry.key) != nil { continue }
      let names = known ?? table.keys
      known = names
      guard let near = names.first(where: { Self.isMisspelt(entry.key, $0) }) else { continue }
      report(.propertyUnknown(entry.key, near, at: Spot(entry)))
    }
  }

  /// Whether a name is another one with capitals changed, or with two letters of one word swapped. One
  /// letter more or less can be a property of its own.
  private static func isMisspelt(_ name: String, _ known: String) -> Bool {
    let (left, right) = (Array(name.utf8), Array(known.utf8))
    guard left.count == right.count else { return false }
    let different = left.indices.filter { left[$0] != right[$0] }
    if ASCII.equalsIgnoringCase(name, known) { return true }
    guard different.count == 2, let first = different.first, let last = different.last,
      last == first + 1
    else { return false }
    return left[first] == right[last] && left[last] == right[first]
  }

  // MARK: Memory

  /// The memory of the largest machine that executors can run on, in GiB; nil if a type isn't known.
  private var largestWorker: (type: String, memory: Double)? {
    var types: [String] = []
    let items =
      groups.map { ($0["InstanceRole"]?.text, [$0]) }
      + fleets.map { ($0["InstanceFleetType"]?.text, $0["InstanceTypeConfigs"]?.items ?? []) }
    let workers = items.filter { $0.0 != "MASTER" }
    for item in (workers.isEmpty ? items : workers).flatMap(\.1) {
      guard let type = item["InstanceType"]?.text else { return nil }
      types.append(type)
    }
    let table = data.table(.memory)
    var largest: (type: String, memory: Double)?
    for type in types {
      guard let memory = table.fields(type)?.first.flatMap(Double.init) else { return nil }
      if memory > largest?.memory ?? 0 { largest = (type, memory) }
    }
    return largest
  }

  private static let gibibyte = 1_073_741_824.0

  /// What an executor takes in GiB: Spark adds a tenth, and 384 MiB at least.
  private static func executor(_ text: String) -> Double? {
    PropertyKind.bytes(text).map { ($0 + max($0 / 10, 402_653_184)) / gibibyte }
  }

  private func isTooMuch(_ name: String, _ text: String) -> (
    wanted: Double, machine: String, Double
  )? {
    let wanted: Double? =
      switch name {
      case "spark.executor.memory": Self.executor(text)
      case "yarn.nodemanager.resource.memory-mb": Double(text).map { $0 / 1024 }
      default: nil
      }
    guard let wanted, let largest = largestWorker, wanted > largest.memory else { return nil }
    return (wanted, largest.type, largest.memory)
  }

  fileprivate mutating func checkMemory() {
    for entry in properties {
      guard let text = entry.value.text, let (wanted, type, memory) = isTooMuch(entry.key, text)
      else { continue }
      report(.memory(entry.key, text, wanted, type, memory, at: Spot(entry.value)))
    }
  }

  fileprivate mutating func checkStepMemory(_ step: Step) {
    guard program.cluster.reusedID == nil else { return }
    for (name, value) in sparkOptions(step) {
      guard let (wanted, type, memory) = isTooMuch(name, value) else { continue }
      report(.memory(name, value, wanted, type, memory, at: Spot(step.origin.span)))
    }
  }

  // MARK: Programs

  /// The applications that bring a program, the first of which is named for it.
  private static let providers: [String: [String]] = {
    let spark = ["Spark", "Livy", "Zeppelin", "JupyterHub", "JupyterEnterpriseGateway"]
    let hive = ["Hive", "Hue", "HCatalog", "Presto", "Trino", "Oozie"]
    return [
      "spark-submit": spark, "spark-sql": spark, "spark-shell": spark, "pyspark": spark,
      "spark-example": spark, "hive": hive, "hive-script": hive, "beeline": hive,
      "pig": ["Pig", "Oozie"], "pig-script": ["Pig", "Oozie"], "sqoop": ["Sqoop"],
      "presto-cli": ["Presto", "Presto-Sandbox"], "trino-cli": ["Trino"],
      "flink": ["Flink"], "flink-yarn-session": ["Flink"], "mahout": ["Mahout"], "hbase": ["HBase"],
    ]
  }()

  fileprivate mutating func checkProgram(_ step: Step) {
    guard program.cluster.reusedID == nil, release != nil, let name = command(step).first,
      let providers = Self.providers[name]
    else { return }
    let installed = (body["Applications"]?.items ?? []).compactMap { $0["Name"]?.text }
    let isThere = installed.contains { application in
      providers.contains { ASCII.equalsIgnoringCase($0, application) }
    }
    if !isThere, let first = providers.first {
      report(
        .applicationNotInstalled(
          first, for: name, step: program.text(step.name), at: Spot(step.origin.span)))
    }
  }
}
