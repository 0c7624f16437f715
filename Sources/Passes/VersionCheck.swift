import Documents
import Diagnostics
import Expressions
import PipelineSyntax
import SourceText
import Values

/// The versions that the inputs give, compared with the pipeline's table of those that go together.
struct VersionCheck {
  /// A version that an input gives.
  private struct Given {
    var name: String
    /// Nil if the input gives none.
    var version: String?
    var place: Span?
    /// What the name of an item stands for.
    var item: (name: String, value: Value)?
  }

  let declaration: VersionsDecl
  let binder: Binder
  let origins: InputOrigins

  init(declaration: VersionsDecl, binder: Binder, origins: InputOrigins) {
    self.declaration = declaration
    self.binder = binder
    self.origins = origins
  }

  /// Adds a diagnostic for each rule that isn't kept.
  func run(_ diagnostics: inout [Diagnostic]) {
    var given: [String: [Given]] = [:]
    for subject in declaration.subjects {
      given[subject.name.value] = versions(of: subject, into: &diagnostics)
    }
    for rule in declaration.rules {
      let before = diagnostics.count
      check(rule, rule.conditions[...], [], given, into: &diagnostics)
      binder.note(rule.node, diagnostics.count == before)
    }
  }

  // MARK: What is given

  private func versions(
    of subject: VersionsDecl.Subject, into diagnostics: inout [Diagnostic]
  ) -> [Given] {
    guard let item = subject.item else {
      return version(of: subject, nil, into: &diagnostics).map { [$0] } ?? []
    }
    var unwrapped: [Value] = []
    if case .list(let items)? = binder.value(item.of, into: &diagnostics)?.unwrapped {
      unwrapped = items
    }
    return unwrapped.indices.compactMap { index in
      with((item.name.value, unwrapped[index])) {
        version(of: subject, index, into: &diagnostics)
      }
    }
  }

  /// Nil if the subject isn't part of this run.
  private func version(
    of subject: VersionsDecl.Subject, _ index: Int?, into diagnostics: inout [Diagnostic]
  ) -> Given? {
    if let when = subject.when {
      guard binder.bool(when, into: &diagnostics) == true else { return nil }
    }
    guard let node = subject.version,
      let value = binder.value(node, into: &diagnostics)?.unwrapped
    else { return nil }
    let text: String? = if case .string(let text) = value { text } else { nil }
    var given = Given(name: subject.name.value, version: text.flatMap { $0.isEmpty ? nil : $0 })
    if let item = subject.item, let index, let input = binder.tree.input(item.of) {
      given.item = binder.scope.variables[item.name.value].map { (item.name.value, $0) }
      given.place = subject.at.flatMap {
        origins.place($0, item: (item.name.value, input, index))
      }
    } else {
      given.place = subject.at.flatMap { origins.place($0) }
    }
    return given
  }

  /// What an expression gives while a name stands for an item.
  private func with<Result>(
    _ item: (name: String, value: Value)?, _ body: () -> Result
  ) -> Result {
    guard let item else { return body() }
    let outer = binder.scope.variables[item.name]
    binder.bind(item.name, item.value)
    defer { binder.bind(item.name, outer) }
    return body()
  }

  // MARK: Rules

  /// Goes through the versions that meet a rule's conditions.
  private func check(
    _ rule: VersionsDecl.Rule, _ conditions: ArraySlice<VersionsDecl.Condition>,
    _ found: [Given], _ given: [String: [Given]], into diagnostics: inout [Diagnostic]
  ) {
    guard let condition = conditions.first else {
      return checkNeed(rule, found, given, into: &diagnostics)
    }
    guard let range = VersionRange(condition.range.value) else { return }
    for one in given[condition.subject.value] ?? [] {
      guard let version = one.version, range.contains(version) else { continue }
      with(one.item) {
        check(rule, conditions.dropFirst(), found + [one], given, into: &diagnostics)
      }
    }
  }

  private func checkNeed(
    _ rule: VersionsDecl.Rule, _ found: [Given], _ given: [String: [Given]],
    into diagnostics: inout [Diagnostic]
  ) {
    guard let need = rule.need else {
      return report(rule, found, nil, into: &diagnostics)
    }
    guard let range = VersionRange(need.range.value) else { return }
    for one in given[need.subject.value] ?? [] {
      let isMet =
        one.version.map { !VersionRange.isVersion($0) || range.contains($0) } ?? !range.isAny
      if isMet { continue }
      with(one.item) { report(rule, found, (one, range), into: &diagnostics) }
    }
  }

  private func report(
    _ rule: VersionsDecl.Rule, _ found: [Given], _ needed: (given: Given, range: VersionRange)?,
    into diagnostics: inout [Diagnostic]
  ) {
    let mark = binder.facts.askedCount
    if let when = rule.when {
      guard binder.bool(when, into: &diagnostics) == true else { return }
    }
    func text(_ node: NodeID?) -> String? {
      node.flatMap { binder.text($0, into: &diagnostics) }
    }
    let blamed = needed?.given ?? found.first
    var notes: [Diagnostic.Note] = []
    for other in needed == nil ? found.dropFirst() : found[...] {
      notes.append(.version(other.name, other.version ?? "", at: other.place))
    }
    notes += [.versionSource(text(rule.because), rule.source?.value)].compactMap { $0 }
    let names = found.map { "`\($0.name)` \($0.version ?? "")" }
    let diagnostic = Diagnostic.versionMismatch(
      text(rule.message), names: names,
      needed: needed.map { ($0.given.name, $0.given.version, $0.range) },
      at: blamed?.place ?? binder.tree.span(rule.node), notes: notes, hint: text(rule.hint))
    diagnostics.append(
      binder.facts.refusal(diagnostic, binder.grounds(of: rule.when, since: mark)))
  }
}

extension Tree {
  /// The name of the input that an expression consists of: `${targets}`.
  fileprivate func input(_ node: NodeID) -> String? {
    var ignored: [Diagnostic] = []
    return template(node, into: &ignored)?.singleExpression?.reference?.name
  }
}

extension Diagnostic {
  /// - Parameter names: what has which version.
  static func versionMismatch(
    _ message: String?, names: [String],
    needed: (name: String, version: String?, range: VersionRange)?, at span: Span, notes: [Note],
    hint: String?
  ) -> Diagnostic {
    let subject = names.joined(separator: " with ")
    let text =
      if let message {
        message
      } else if let needed {
        if let version = needed.version {
          "\(subject) needs `\(needed.name)` \(needed.range.words), and this is \(version)"
        } else {
          "\(subject) needs `\(needed.name)`, which isn't set"
        }
      } else {
        "\(subject) can't be used here"
      }
    return Diagnostic(.versionMismatch, text, at: span, notes: notes, hint: hint)
  }

  static func unknownVersion(of name: String, among names: [String], at span: Span) -> Diagnostic {
    Diagnostic(
      .pipelineUnknownParameter, "`versions` doesn't say where the version of `\(name)` is",
      at: span, hint: Suggestion.hint(for: name, among: names) ?? "add it to `of`")
  }
}

extension Diagnostic.Note {
  static func version(_ name: String, _ version: String, at span: Span?) -> Diagnostic.Note {
    Diagnostic.Note("`\(name)` is \(version)", at: span)
  }

  /// Where a rule of the table comes from.
  static func versionSource(_ because: String?, _ source: String?) -> Diagnostic.Note? {
    switch (because, source) {
    case (let because?, let source?): Diagnostic.Note("\(because): \(source)")
    case (let text?, nil), (nil, let text?): Diagnostic.Note(text)
    case (nil, nil): nil
    }
  }
}
