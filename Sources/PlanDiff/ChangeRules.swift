import Values

/// What changes mean, as schemas and step kinds say with `x-change`.
///
/// Both sides' own files count: a change has the classes that one of them says, so that an edit of
/// `x-change` doesn't take a class from the changes that come with it.
package struct ChangeRules: Sendable {
  private let sets: [ChangeRuleSet]

  /// Reads schemas and step kinds.
  ///
  /// - Parameters:
  ///   - own: each side's own files, by paths such as `schemas/mine.json` and
  ///     `step-kinds/mine.yml`; they replace built-in ones of the same path.
  ///   - paths: of all built-in files.
  ///   - file: the bytes of a built-in file; nil if there is none.
  package init(
    own: [[String: [UInt8]]], paths: [String], file: (String) -> [UInt8]?
  ) {
    // A file that only one side has counts for both.
    let all = own.reduce(into: [:]) { all, files in all.merge(files) { one, _ in one } }
    var different: [[String: [UInt8]]] = []
    for files in own {
      let files = files.merging(all) { one, _ in one }
      if !different.contains(files) { different.append(files) }
    }
    if different.isEmpty { different = [[:]] }
    sets = different.map { ChangeRuleSet(own: $0, paths: paths, file: file) }
  }

  private func meaning(_ body: (ChangeRuleSet) -> ChangeMeaning) -> ChangeMeaning {
    var meaning = ChangeMeaning()
    for set in sets { meaning.add(body(set)) }
    return meaning
  }

  /// A change in an input, by its schema.
  func meaning(
    ofInput schema: String, _ path: [String], _ document: Value, _ old: Value?, _ new: Value?
  ) -> ChangeMeaning {
    meaning { $0.meaning(ofInput: schema, path, document, old, new) }
  }

  func cluster(_ path: [String], _ root: Value?, _ old: Value?, _ new: Value?) -> ChangeMeaning {
    meaning { $0.cluster(path, root, old, new) }
  }

  func request(_ path: [String], _ old: Value?, _ new: Value?) -> ChangeMeaning {
    meaning { $0.request(path, old, new) }
  }

  /// A change in a pipeline as it is written.
  func written(_ path: [String], _ pipeline: Value, _ old: Value?, _ new: Value?) -> ChangeMeaning {
    meaning { $0.written(path, pipeline, old, new) }
  }

  /// What is around a run, in a pipeline's words.
  func settings(_ path: [String], _ old: Value?, _ new: Value?) -> ChangeMeaning {
    meaning { $0.settings(path, old, new) }
  }

  /// A member of a step, by its name in AddJobFlowSteps.
  func step(_ path: [String], _ old: Value?, _ new: Value?) -> ChangeMeaning {
    meaning { $0.step(path, old, new) }
  }

  /// An argument, or a place in it. `kinds` are the kinds of its step on the sides that name them.
  func argument(
    _ argument: Value, _ path: [String], steps: [Value], kinds: [String], _ old: Value?,
    _ new: Value?
  ) -> ChangeMeaning {
    guard !kinds.isEmpty else {
      return meaning { $0.argument(argument, path, steps: steps, kind: nil, old, new) }
    }
    var meaning = ChangeMeaning()
    for kind in Set(kinds).sorted() {
      meaning.add(
        self.meaning { $0.argument(argument, path, steps: steps, kind: kind, old, new) })
    }
    return meaning
  }
}
