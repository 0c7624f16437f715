import Diagnostics
import SourceText
import Values

extension Diagnostic {
  /// - Parameter paths: the files, the last of which is the first again.
  static func useCycle(_ paths: [String], at span: Span) -> Diagnostic {
    let names = paths.map { $0.isEmpty ? "the pipeline" : "`\($0)`" }
    let rest = names.dropFirst().joined(separator: ", which uses ")
    return Diagnostic(
      .useCycle, "\(names[0]) uses \(rest)", at: span,
      hint: "move what both need into a third file")
  }

  static func useConflict(_ name: String, at span: Span, first: Span) -> Diagnostic {
    Diagnostic(
      .useConflict, "`\(name)` is declared in two files, and neither overrides the other",
      at: span, notes: [Note("it is declared here too", at: first)],
      hint:
        "give the use a name with `as`, which is put in front of the names that its file declares")
  }

  static func useFileMissing(_ path: String, takesFiles: Bool, at span: Span) -> Diagnostic {
    Diagnostic(
      .useFile,
      takesFiles
        ? "`\(path)` isn't there" : "a pipeline that isn't a file of its own can't use other files",
      at: span,
      hint: takesFiles ? "paths are relative to the file that has the `use`" : nil)
  }

  /// - Parameter key: a key of the cluster or the run, with those that lead to it.
  static func useKeyConflict(_ key: String, at span: Span, first: Span) -> Diagnostic {
    Diagnostic(
      .useConflict,
      "two files say different things about `\(key)`, and neither overrides the other",
      at: span, notes: [Note("the other one is here", at: first)],
      hint: "say it in one of them; a parameter of the module can have what differs")
  }

  static func useMissingArguments(
    _ missing: [(name: String, what: String, span: Span)], of path: String, at span: Span
  ) -> Diagnostic {
    let names = missing.map { "`\($0.name)`" + ($0.what.isEmpty ? "" : " (\($0.what))") }
    return Diagnostic(
      .useArgument, "`\(path)` needs \(names.joined(separator: ", "))", at: span,
      notes: missing.map { Note("`\($0.name)` is declared here", at: $0.span) },
      hint: "give \(missing.count == 1 ? "it" : "them") under `with`")
  }

  static func useNotAModule(at span: Span) -> Diagnostic {
    Diagnostic(
      .useFile, "the file isn't one that pipelines can use", at: span,
      hint: "such a file begins with `penstock: v1` and `module: NAME`")
  }

  static func useTooMany(at span: Span) -> Diagnostic {
    Diagnostic(
      .useFile, "the pipeline uses too many files, or too many through each other", at: span)
  }

  static func usePlaceMissing(
    _ name: String, _ part: String, at span: Span, list: Span
  ) -> Diagnostic {
    Diagnostic(
      .usePlace, "the \(part) of `\(name)` have no place among the pipeline's", at: span,
      notes: [Note("they are here", at: list)],
      hint: "write `- use: \(name)` in a list of \(part), where they go")
  }

  static func usePlaceTwice(_ name: String, _ part: String, at span: Span) -> Diagnostic {
    Diagnostic(
      .usePlace, "the \(part) of `\(name)` have a place already", at: span,
      hint: "to have them twice, use the file twice, each with another `as`")
  }

  static func usePlaceUnknown(
    _ name: String, among names: [String], at span: Span
  ) -> Diagnostic {
    Diagnostic(
      .usePlace, "`use` has nothing named `\(name)`", at: span,
      hint: Suggestion.hint(for: name, among: names)
        ?? (names.isEmpty
          ? "name a file under `use`, at the top of this one"
          : "it can be \(names.map { "`\($0)`" }.joined(separator: ", "))"))
  }

  static func usePlaceWithMore(at span: Span) -> Diagnostic {
    Diagnostic(
      .usePlace, "an item with `use` has nothing else: the file's own items go there", at: span,
      hint: "values for the file are under `with` in the `use` at the top")
  }

  static func usePlaceWithout(
    _ part: String, _ name: String, file: String, at span: Span
  ) -> Diagnostic {
    Diagnostic(
      .usePlace, "`\(file)` has no `\(part)`", at: span,
      hint: "`- use: \(name)` is replaced by the \(part) of the file")
  }

  static func useUndeclared(_ name: String, among names: [String], at span: Span) -> Diagnostic {
    Diagnostic(
      .useArgument, "the file has no parameter `\(name)`", at: span,
      hint: Suggestion.hint(for: name, among: names)
        ?? "declare it under `params` in this file: the pipeline's own aren't seen here")
  }

  static func useUnknownArgument(
    _ name: String, of path: String, among names: [String], at span: Span
  ) -> Diagnostic {
    Diagnostic(
      .useArgument, "`\(path)` has no parameter `\(name)`", at: span,
      hint: Suggestion.hint(for: name, among: names)
        ?? (names.isEmpty
          ? "the file has no `params`"
          : "its parameters are \(names.map { "`\($0)`" }.joined(separator: ", "))"))
  }

  static func useUnknownPart(_ name: String, at span: Span) -> Diagnostic {
    Diagnostic(
      .useFile, "a file that pipelines use can't have `\(name)`", at: span,
      hint: Suggestion.hint(for: name, among: UseReader.parts)
        ?? (name == "inputs"
          ? "declare inputs in the pipeline, and give their values under `with`" : nil))
  }

  static func useWithoutFile(at span: Span) -> Diagnostic {
    Diagnostic(
      .useFile, "a `use` names a file", at: span, hint: "write `file: PATH`")
  }

  static func useWrongType(_ argument: UseArgument, found: ValueType) -> Diagnostic {
    Diagnostic(
      .useArgument,
      "the parameter `\(argument.name)` is \(argument.type.ofValue), and this is \(found)",
      at: argument.span, notes: [Note("it is declared here", at: argument.declared)])
  }
}

extension Diagnostic {
  /// With a note on where the file is used that it is in.
  func showing(_ uses: [SourceID: Span]) -> Diagnostic {
    guard !uses.isEmpty, var span else { return self }
    var shown = self
    for _ in 0..<16 {
      guard let use = uses[span.source] else { break }
      shown.notes.append(Note("the file is used here", at: use))
      span = use
    }
    return shown
  }
}
