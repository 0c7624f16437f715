package import Values

/// What a cluster is otherwise than a request wants it, of one member of the request.
package struct ClusterDifference: Hashable, Sendable {
  package var member: ClusterShape.Member
  /// In words, which follow the cluster's name: "has no Presto".
  package var words: String

  /// What differs between a cluster that is wanted and one that is there.
  ///
  /// A cluster may have more than is wanted: applications, and machines of the types that are wanted.
  /// - Parameter found: a shape (see `ClusterShape`); members that it lacks aren't compared.
  package static func between(wanted: ValueMap, found: ValueMap) -> [ClusterDifference] {
    ClusterShape.Member.allCases.flatMap { member -> [ClusterDifference] in
      guard let want = wanted[member.rawValue], let have = found[member.rawValue] else { return [] }
      return words(member, want, have).map { ClusterDifference(member: member, words: $0) }
    }
  }

  private static func words(
    _ member: ClusterShape.Member, _ wanted: Value, _ found: Value
  ) -> [String] {
    let name = member.rawValue
    switch (member, wanted, found) {
    case (.applications, .list(let wanted), .list(let found)):
      let missing = wanted.filter { want in !found.contains { $0.equals(want) } }
      return missing.isEmpty ? [] : ["has no \(joined(missing))"]
    case (.configurations, .map(let wanted), .map(let found)):
      return settings(wanted, found)
    case (.bootstrapActions, .list(let wanted), .list(let found)):
      return actions(wanted, found)
    case (.subnet, .list(let wanted), .list(let found)):
      let isIn = found.allSatisfy { have in wanted.contains { $0.equals(have) } }
      return isIn ? [] : ["is in \(joined(found)), not \(joined(wanted))"]
    case (.machines, .map(let wanted), .map(let found)): return machines(wanted, found)
    default:
      if wanted.equals(found) { return [] }
      let (want, have) = (word(wanted), word(found))
      if have.isEmpty { return ["has no \(name), not \(want)"] }
      return want.isEmpty ? ["has the \(name) \(have)"] : ["has the \(name) \(have), not \(want)"]
    }
  }

  private static func settings(_ wanted: ValueMap, _ found: ValueMap) -> [String] {
    var words: [String] = []
    for (key, value) in wanted.entries {
      guard case .string(let name) = key else { continue }
      // A classification of which nothing is set means nothing.
      if case .string("") = value { continue }
      if let have = found[name] {
        if !isSame(have, value) { words.append("has another value of `\(name)`") }
      } else {
        words.append("doesn't set `\(name)`")
      }
    }
    for (key, value) in found.entries {
      guard case .string(let name) = key, wanted[name] == nil else { continue }
      if case .string("") = value { continue }
      words.append("sets `\(name)`")
    }
    return words.sorted()
  }

  private static func actions(_ wanted: [Value], _ found: [Value]) -> [String] {
    let areSame =
      wanted.count == found.count
      && zip(wanted, found).allSatisfy { pair in
        ["Path", "Args"].allSatisfy { isSame(member(pair.0, $0), member(pair.1, $0)) }
      }
    if areSame { return [] }
    let paths = { (actions: [Value]) in actions.map { word(member($0, "Path")) } }
    let (want, have) = (paths(wanted), paths(found))
    let missing = want.filter { !have.contains($0) }
    let more = have.filter { !want.contains($0) }
    var words: [String] = []
    if !missing.isEmpty { words.append("was not bootstrapped by \(quoted(missing))") }
    if !more.isEmpty { words.append("was bootstrapped by \(quoted(more))") }
    if words.isEmpty {
      words.append("was bootstrapped by the same scripts in another order or with other arguments")
    }
    return words
  }

  private static func machines(_ wanted: ValueMap, _ found: ValueMap) -> [String] {
    wanted.entries.flatMap { key, want -> [String] in
      guard case .string(let role) = key else { return [] }
      let place = role.lowercased()
      let count = ClusterShape.integer(member(want, "Count"))
      guard let have = found[role] else {
        return count == 0 ? [] : ["has no \(place) machines"]
      }
      let (wantTypes, haveTypes) = (member(want, "Types"), member(have, "Types"))
      if !wantTypes.equals(haveTypes) {
        return ["has \(place) machines of \(words(haveTypes)), not \(words(wantTypes))"]
      }
      guard let count, let there = ClusterShape.integer(member(have, "Count")), there < count
      else { return [] }
      return ["has \(there) \(place) machine\(there == 1 ? "" : "s"), not \(count)"]
    }
  }

  private static func isSame(_ left: Value, _ right: Value) -> Bool {
    let unknown = Value.string(ClusterShape.unknown)
    return left.equals(right) || left.equals(unknown) || right.equals(unknown)
  }

  // MARK: Words

  private static func member(_ value: Value, _ key: String) -> Value {
    if case .map(let map) = value { map[key] ?? .null } else { .null }
  }

  private static func word(_ value: Value) -> String {
    switch value {
    case .string(let text): text
    case .int(let number): "\(number)"
    default: ""
    }
  }

  private static func words(_ value: Value) -> String {
    if case .list(let items) = value { joined(items) } else { word(value) }
  }

  private static func joined(_ items: [Value]) -> String {
    items.map(word).joined(separator: ", ")
  }

  private static func quoted(_ items: [String]) -> String {
    items.map { "`\($0)`" }.joined(separator: ", ")
  }
}
