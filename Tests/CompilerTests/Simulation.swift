import Foundation
import PlanFormat
import Values

/// A world of objects in which a plan's steps do what they declare, or fail.
struct Simulation {
  /// How a step fails.
  enum Fault: CaseIterable {
    /// Before doing anything.
    case before
    /// A copy that moves: half is copied, nothing is deleted.
    case copying
    /// A copy that moves: all is copied, half is deleted.
    case deleting
    /// It has done everything, but is reported as failed.
    case after
  }

  /// Contents by location, in S3 and on the cluster.
  var objects: [String: String]
  /// Names of the steps that did something outside.
  var effects: [String] = []
  var complaints: [String] = []

  /// The world as a facts file.
  var facts: String {
    var buckets: [String: [String]] = [:]
    for location in objects.keys.sorted() where location.hasPrefix("s3://") {
      let parts = location.dropFirst(5).split(separator: "/", maxSplits: 1).map(String.init)
      buckets[parts[0], default: []].append(parts[1])
    }
    let lists = buckets.keys.sorted().map { bucket in
      "\"\(bucket)\": [\((buckets[bucket] ?? []).map { "\"\($0)\"" }.joined(separator: ","))]"
    }
    return "{\"s3\": {\(lists.joined(separator: ","))}, \"clusters\": []}"
  }

  /// Runs the steps until one fails. The cluster's disks are then gone.
  mutating func run(_ plan: Plan, failing: (step: Int, fault: Fault)? = nil) {
    guard case .map(let body)? = plan.requests.first?.body, case .list(let steps)? = body["Steps"]
    else { return complaints.append("no steps") }
    for (index, request) in steps.enumerated() {
      let fault = failing.flatMap { $0.step == index ? $0.fault : nil }
      if fault == .before { break }
      perform(plan.steps[index], arguments(request), fault)
      if fault != nil { break }
    }
    objects = objects.filter { $0.key.hasPrefix("s3://") }
  }

  mutating func empty(_ places: [String]) {
    objects = objects.filter { object in !places.contains { object.key.hasPrefix($0) } }
  }

  private func arguments(_ step: Value) -> [String] {
    guard case .map(let step) = step, case .map(let jar)? = step["HadoopJarStep"],
      case .list(let arguments)? = jar["Args"]
    else { return [] }
    return arguments.map { if case .string(let text) = $0 { text } else { "" } }
  }

  private mutating func perform(_ step: Plan.Step, _ arguments: [String], _ fault: Fault?) {
    if arguments.contains("--src") {
      copy(step, arguments, fault)
      return
    }
    let reads = step.accesses.filter { $0.mode == .read }.flatMap { below($0.place) }
    if step.accesses.contains(where: { $0.mode == .read }), reads.isEmpty {
      complaints.append("`\(step.name)` has nothing to read")
    }
    // Hadoop's jobs do not read what starts with an underscore.
    let content = reads.filter { !$0.key.contains("/_") }.map { "\($0.key)=\($0.value)" }.joined(
      separator: "\n")
    for access in step.accesses where access.mode == .write {
      if !below(access.place).isEmpty {
        complaints.append("`\(step.name)` finds its output \(access.place) there")
      }
      for name in Self.outputs {
        objects[access.place + name] = "\(step.name) \(name) of \(content.hashed)"
      }
    }
    for access in step.accesses where access.mode == .delete { empty([access.place]) }
    if !step.accesses.contains(where: { $0.mode != .read }) { effects.append(step.name) }
  }

  /// Names that match the patterns of copies.
  private static let outputs = [
    "part-00000-c000.gz", "atomic-events/part-00000-c000.gz", "_SUCCESS",
    "shredded-types/vendor=a/name=b/format=c/version=1/part-00000-c000.gz",
    "shredded-tsv/vendor=a/name=b/format=c/version=1/part-00000-c000.gz",
  ]

  private mutating func copy(_ step: Plan.Step, _ arguments: [String], _ fault: Fault?) {
    let value = { (name: String) in
      arguments.firstIndex(of: name).flatMap { $0 + 1 < arguments.count ? arguments[$0 + 1] : nil }
    }
    let source = value("--src") ?? ""
    let target = value("--dest") ?? ""
    let all = below(source)
    if all.isEmpty { complaints.append("`\(step.name)` has nothing to copy") }
    let patterns = [value("--srcPattern"), value("--groupBy")].compactMap { $0 }
    let chosen = all.filter { object in
      patterns.allSatisfy { object.key.wholly(matches: $0) }
    }
    let half = chosen.prefix((chosen.count + 1) / 2)
    for object in fault == .copying ? half : chosen[...] {
      objects[target + object.key.dropFirst(source.count)] = object.value
    }
    guard arguments.contains("--deleteOnSuccess"), fault != .copying else { return }
    for object in fault == .deleting ? half : chosen[...] { objects[object.key] = nil }
  }

  func isEmpty(_ place: String) -> Bool { below(place).isEmpty }

  private func below(_ place: String) -> [(key: String, value: String)] {
    objects.filter { $0.key.hasPrefix(place) }.sorted { $0.key < $1.key }
  }
}

extension String {
  fileprivate func wholly(matches pattern: String) -> Bool {
    range(of: "^(?:\(pattern))$", options: .regularExpression) != nil
  }

  /// Short, and the same for equal texts.
  fileprivate var hashed: UInt64 {
    utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
  }
}
