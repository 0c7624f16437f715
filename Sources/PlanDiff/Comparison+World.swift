extension Comparison {
  /// Says once what was assumed about S3 and EMR, and how the sides were made.
  mutating func noteAssumptions() {
    for note in before.notes + after.notes where !notes.contains(note) { notes.append(note) }
    var assumed: [String] = []
    for text in (before.assumed + after.assumed).map(hidingRuns) where !assumed.contains(text) {
      assumed.append(text)
    }
    guard !assumed.isEmpty, !changes.isEmpty else { return }
    let more = assumed.count > 2 ? ", and \(assumed.count - 2) more" : ""
    notes.append(
      "assumed about S3 and EMR, as no facts say otherwise: "
        + assumed.prefix(2).joined(separator: ", ") + more)
  }

  /// Names files as the user would, from the working folder.
  mutating func showPaths() {
    for index in changes.indices {
      changes[index].causes = changes[index].causes.map(shown)
      guard case .input(let name) = changes[index].subject else { continue }
      changes[index].subject = .input(after.paths[name] ?? before.paths[name] ?? name)
    }
    for index in dangers.indices { dangers[index].causes = dangers[index].causes.map(shown) }
    inputChanges = inputChanges.map(shown)
  }

  private func shown(_ line: SourceLine) -> SourceLine {
    var line = line
    line.file = (line.isBefore ? before : after).paths[line.file] ?? line.file
    return line
  }
}
