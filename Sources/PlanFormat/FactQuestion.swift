import RegularExpressions
package import Values

package typealias FactQuestion = Plan.Fact.Question

extension Plan.Fact.Question {
  /// Its name in a plan.
  package enum Kind: String, Hashable, Sendable, CaseIterable {
    case isEmpty = "is-empty"
    case hasMatch = "has-match"
    case last, count, all, cluster
    case lastFolder = "last-folder"
    case tooDeep = "too-deep"
    case clusterShape = "cluster-shape"
  }

  package var kind: Kind {
    switch self {
    case .isEmpty: .isEmpty
    case .hasMatch: .hasMatch
    case .last: .last
    case .lastFolder: .lastFolder
    case .tooDeep: .tooDeep
    case .count: .count
    case .all: .all
    case .cluster: .cluster
    case .clusterShape: .clusterShape
    }
  }

  /// Whether its answer, if there is one, is part of a name: not empty, and without slashes.
  package var findsNames: Bool {
    switch self {
    case .last(_, let pattern), .lastFolder(_, let pattern):
      guard let expression = try? RegularExpression.compile(pattern, syntax: .re2).get() else {
        return false
      }
      return !expression.captures(emptyTextOr: "/")
    case .isEmpty, .hasMatch, .tooDeep, .count, .all, .cluster, .clusterShape: return false
    }
  }

  /// The answer in words: "`s3://acme/in/` holds data".
  package func statement(_ answer: Value) -> String {
    switch self {
    case .isEmpty(let location):
      return answer.equals(.bool(true))
        ? "`\(location)` is empty" : "`\(location)` holds data"
    case .hasMatch(let location, let pattern):
      return answer.equals(.bool(true))
        ? "`\(location)` holds data that matches `\(pattern)`"
        : "`\(location)` holds no data that matches `\(pattern)`"
    case .last(let location, let pattern):
      if case .string(let text) = answer {
        return "the last match of `\(pattern)` in `\(location)` is `\(text)`"
      }
      return "nothing in `\(location)` matches `\(pattern)`"
    case .lastFolder(let location, let pattern):
      if case .string(let text) = answer {
        return "the last match of `\(pattern)` in `\(location)`, empty folders included, is "
          + "`\(text)`"
      }
      return "nothing in `\(location)`, not even an empty folder, matches `\(pattern)`"
    case .tooDeep(let location, let folders, _):
      let limit = "\(folders) folder\(folders == 1 ? "" : "s") below `\(location)`"
      if case .string(let key) = answer { return "`\(key)` is more than \(limit)" }
      return "no object is more than \(limit)"
    case .count(let location, let pattern):
      guard case .int(let count) = answer else { return "`\(location)` was not counted" }
      return "`\(pattern)` has \(count) different value\(count == 1 ? "" : "s") in `\(location)`"
    case .all(let location, let pattern):
      guard case .list(let items) = answer, !items.isEmpty else {
        return "nothing in `\(location)` matches `\(pattern)`"
      }
      let texts = items.compactMap { if case .string(let text) = $0 { "`\(text)`" } else { nil } }
      return "`\(location)` has \(texts.joined(separator: ", "))"
    case .cluster(let name, _):
      guard case .list(let items) = answer, !items.isEmpty else {
        return "there is no cluster named `\(name)`"
      }
      let found = items.compactMap(Facts.Cluster.init).map { "\($0.id) \($0.state)" }
      return "clusters named `\(name)`: \(found.joined(separator: ", "))"
    case .clusterShape(let id):
      if case .bool = answer { return "the cluster `\(id)` is there, as the pipeline describes it" }
      guard case .map(let shape) = answer else { return "there is no live cluster `\(id)`" }
      return "the cluster `\(id)`\(Facts.Cluster.words(ofShape: shape))"
    }
  }
}

extension Facts.Cluster {
  /// A cluster's shape in words that follow its name.
  fileprivate static func words(ofShape shape: ValueMap) -> String {
    var words = ""
    if case .string(let name)? = shape["Name"] { words += " (`\(name)`)" }
    if case .string(let release)? = shape["ReleaseLabel"], !release.isEmpty {
      words += " runs \(release)"
    } else {
      words += " is there"
    }
    guard case .map(let roles)? = shape["Instances"] else { return words }
    let machines = roles.entries.compactMap { role, machines -> String? in
      guard case .map(let members) = machines, case .list(let types)? = members["Types"] else {
        return nil
      }
      return types.compactMap { if case .string(let type) = $0 { type } else { nil } }
        .joined(separator: "/")
    }
    return machines.isEmpty ? words : "\(words) on \(machines.joined(separator: ", "))"
  }

  /// Reads one answer to `Question.cluster`.
  package init?(_ answer: Value) {
    guard case .map(let map) = answer, case .string(let id)? = map["id"],
      case .string(let state)? = map["state"]
    else { return nil }
    self.init(id: id, name: "", state: state)
  }

  package var answer: Value {
    .map(ValueMap(["id": .string(id), "state": .string(state)]))
  }
}
