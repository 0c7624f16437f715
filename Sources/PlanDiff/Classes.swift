import Text
import Values

/// Says what the changes between two values mean, by their places.
struct Classifier {
  let rules: ChangeRules
  /// The part of the job flow, or the step, on each side.
  var old: Value?
  var new: Value?
  /// The kinds of a step, on the sides that name it.
  var kinds: [String] = []

  func classify(_ change: inout Change, _ place: DocumentPath) {
    var meaning = meaning(change, place)
    if change.holdsSecret { meaning.classes.insert(.security) }
    change.meaning = meaning
    change.price = meaning.price
    change.classes = meaning.classes.listed
  }

  /// The classes of an added or removed step.
  static func of(step: Value) -> [ChangeClass] { step.isSecret ? [.security, .data] : [.data] }

  private func meaning(_ change: Change, _ place: DocumentPath) -> ChangeMeaning {
    let path = place.path.map { part in
      switch part {
      case .key(let key): key
      case .index(let index): String(index)
      }
    }
    let inner = Array(path.dropFirst())
    // The values of a list in another order aren't compared.
    let isMove = change.kind == .reordered
    let (was, now) = isMove ? (nil, nil) : (change.before, change.after)
    switch place.names.first {
    // What is added has its place in the new document.
    case "cluster":
      return rules.cluster(inner, change.before == nil ? new ?? old : old ?? new, was, now)
    case "request": return rules.request(inner, was, now)
    case "steps": return step(Array(path.dropFirst(2)), change, was, now)
    case "run": return ChangeMeaning(classes: Self.run(inner.first ?? ""))
    case "settings":
      if inner.first == "logs" { return ChangeMeaning(classes: [.data]) }
      return rules.settings(inner, was, now)
    case "checks", "guards", "stages", "stepKinds": return ChangeMeaning(classes: [.data])
    case "pipeline":
      return rules.written(inner, old ?? new ?? .null, was, now)
    default: return .unknown
    }
  }

  /// Members of a plan that no request has.
  private static func run(_ name: String) -> Set<ChangeClass> {
    switch name {
    case "region": [.data, .newCluster, .cost]
    case "persistent", "reuses": [.newCluster, .cost]
    case "lifetimeMinutes", "bootstrapTries", "timeoutSeconds": [.cost]
    case "pipeline": [.cosmetic]
    default: [.unknown]
    }
  }

  // MARK: Steps

  /// The names of a step's members in AddJobFlowSteps.
  private static let members = [
    "name": ["Name"], "actionOnFailure": ["ActionOnFailure"],
    "monitoring": ["StepMonitoringConfiguration"], "jar": ["HadoopJarStep", "Jar"],
    "mainClass": ["HadoopJarStep", "MainClass"], "properties": ["HadoopJarStep", "Properties"],
  ]

  private func step(
    _ path: [String], _ change: Change, _ was: Value?, _ now: Value?
  ) -> ChangeMeaning {
    guard let first = path.first else { return ChangeMeaning(classes: [.data]) }
    let inner = Array(path.dropFirst())
    if let member = Self.members[first] {
      // A property is a key and a value in the request.
      if first == "properties" { return rules.step(member + ["*", "Value"], was, now) }
      return rules.step(member + inner, was, now)
    }
    switch first {
    case "arguments":
      guard let argument = argument(inner, change) else {
        return ChangeMeaning(classes: [.data])
      }
      return rules.argument(
        argument, Array(inner.dropFirst()), steps: [old, new].compactMap(\.self),
        kinds: kinds, was, now)
    case "timeoutSeconds", "retryWaits": return ChangeMeaning(classes: [.cost])
    // The name of a dataset is the pipeline's own.
    case "accesses" where inner.last == "dataset": return ChangeMeaning(classes: [.cosmetic])
    case "stage", "maximumTries", "mayBeRepeated", "freshOutput", "readDepth", "accesses", "resume",
      "emptiedBeforeRetry", "outputs", "noDataIf":
      return ChangeMeaning(classes: [.data])
    default: return .unknown
    }
  }

  /// The argument that a path leads to.
  private func argument(_ path: [String], _ change: Change) -> Value? {
    guard let index = path.first.flatMap({ Int($0) }) else { return nil }
    if path.count == 1 { return change.before ?? change.after }
    guard case .list(let items)? = old?.member("arguments"), items.indices.contains(index) else {
      return nil
    }
    return items[index]
  }
}

extension Set<ChangeClass> {
  /// Sorted; `cosmetic` only alone.
  var listed: [ChangeClass] {
    let classes = count > 1 ? subtracting([.cosmetic]) : self
    return classes.isEmpty ? [.cosmetic] : classes.sorted()
  }
}

extension Change {
  /// Whether a secret was changed, added or removed.
  fileprivate var holdsSecret: Bool {
    (before?.isSecret ?? false) || (after?.isSecret ?? false)
  }
}

extension Value {
  fileprivate var isSecret: Bool {
    switch self {
    case .string(let text): text.contains("{{secret: ")
    case .map(let map): map.entries.contains { $0.value.isSecret }
    case .list(let items): items.contains(where: \.isSecret)
    default: false
    }
  }
}
