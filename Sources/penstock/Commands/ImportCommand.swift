import CommandLineSyntax
import Compiler
import Diagnostics
import Documents
import Host
import Import
import Platform
import Reports
import SourceText
import Text
import Values

/// `penstock import SOURCE…`: a pipeline made of a job flow that people have, and the proof that it
/// is the same.
enum ImportCommand {
  static func run(_ context: CommandContext) -> ExitStatus {
    let end = context.commandLine.span(Int.max, 0..<0)
    guard let first = context.invocation.argument else {
      return context.refuse([.missingArgument("source", of: .import, at: end)], .usage)
    }
    let named =
      [first] + (context.invocation.secondArgument.map { [$0] } ?? [])
      + context.invocation.moreArguments
    var errors: [Diagnostic] = []
    let variables = variables(context.invocation, &errors)
    let options = InputReader.options(context.invocation, into: &errors)
    if let from = context.invocation[.from], SourceKinds.all.allSatisfy({ $0.name != from.value }) {
      errors.append(
        .invalidOptionValue(
          from.value, of: "--from", among: SourceKinds.all.map(\.name), at: from.span))
    }
    guard errors.isEmpty else { return context.refuse(errors, .usage) }
    if named.contains(where: LiveClusters.isNamed) {
      let runTime = context.invocation.has(.runTime) ? options.runTime : nil
      Interruptible.run {
        do throws(WorldRefusal) {
          let files = try await LiveClusters.files(named, context)
          return run(context, files, variables, runTime, named: first)
        } catch {
          return context.refuse([error.diagnostic], error.status)
        }
      }
    }
    let files = ImportFiles.read(named, &errors)
    guard errors.isEmpty else { return context.refuse(errors, .failure) }
    return run(
      context, files, variables, context.invocation.has(.runTime) ? options.runTime : nil,
      named: first)
  }

  private static func run(
    _ context: CommandContext, _ files: [SourceFile],
    _ variables: [(name: Spanned<String>, value: Spanned<String>)],
    _ runTime: Value.Timestamp?, named first: Invocation.Text
  ) -> ExitStatus {
    var source = ImportSource(files, in: context.sources, opening: ImportFiles.opening)
    source.variables = variables
    source.region = context.invocation[.region]
    source.moment = runTime
    return run(context, &source, named: first)
  }

  private static func run(
    _ context: CommandContext, _ source: inout ImportSource, named first: Invocation.Text
  ) -> ExitStatus {
    var diagnostics: [Diagnostic] = []
    let wanted = context.invocation[.from]?.value
    let kind = SourceKinds.all.first { kind in
      wanted.map { $0 == kind.name } ?? kind.recognises(source)
    }
    guard let kind else {
      return context.refuse(
        [.importUnknown(first.value, kinds: SourceKinds.all, at: first.span)], .failure)
    }
    var flows = kind.read(&source, &diagnostics)
    guard !diagnostics.hasErrors, !flows.isEmpty else {
      context.console.report(diagnostics.sortedAndUnique(), source.hidingSecrets, tellingAll: true)
      return .failure
    }
    if let region = context.invocation[.region] {
      for at in flows.indices { flows[at].region = region }
    }
    let name = source.files.first?.name ?? first.value
    let imported = flows.map { Importer.run($0, source: name, moment: source.moment) }
    diagnostics += imported.flatMap(\.diagnostics)
    var files = ImportFiles.paths(of: imported)
    if let out = context.invocation[.out] {
      for at in files.indices { files[at].path = Files.join(out.value, files[at].path) }
      diagnostics += ImportFiles.write(files, at: out.span, force: context.invocation.has(.force))
    }
    context.console.report(diagnostics.sortedAndUnique(), source.hidingSecrets, tellingAll: true)
    for one in imported where !one.refusals.isEmpty {
      context.console.report(one.refusals, one.refusalSources)
    }
    let isWritten = !diagnostics.contains { $0.code == .outputExists || $0.code == .outputFailed }
    guard isWritten else { return .failure }
    return tell(imported, files, context)
  }

  private static func variables(
    _ invocation: Invocation, _ errors: inout [Diagnostic]
  ) -> [(name: Spanned<String>, value: Spanned<String>)] {
    invocation.all(.variable).compactMap { text in
      let parts = text.value.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2, !parts[0].isEmpty else {
        errors.append(
          .invalidOptionValue(text.value, of: "--var", expected: "NAME=VALUE", at: text.span))
        return nil
      }
      return (Spanned(String(parts[0]), text.span), Spanned(String(parts[1]), text.span))
    }
  }

  /// What was written, or the files themselves, and whether they are proved to be equal.
  private static func tell(
    _ imported: [Imported], _ files: [ImportFiles.File], _ context: CommandContext
  ) -> ExitStatus {
    var text = ""
    if context.invocation.has(.out) {
      text = files.map { $0.path + "\n" }.joined()
    } else {
      for (at, file) in files.enumerated() {
        let shown =
          file.isSecret
          ? "# It holds secrets: write it with --out.\n"
          : String(decoding: file.text, as: UTF8.self)
        text += "\(at == 0 ? "" : "\n")==> \(file.path) <==\n\(shown)"
      }
    }
    for one in imported where !one.isEqual {
      guard let comparison = one.comparison else { continue }
      text +=
        "\n"
        + DiffText.text(
          of: comparison,
          colored: Console.isColored(context.invocation[.color]?.value, on: STDOUT_FILENO),
          width: Console.size(of: STDOUT_FILENO)?.width, full: context.console.isChatty)
    }
    if (try? Output.write(Array(text.utf8), to: STDOUT_FILENO)) == nil { return .failure }
    let verdict = imported.filter(\.isEqual).map { one in
      let time = one.moment.map { ", for `--run-time \($0)`" } ?? ""
      return "`\(one.name)` asks EMR for the same as its source\(time)\n"
    }.joined()
    if !verdict.isEmpty, !context.invocation.has(.quiet), !context.console.format.isDocument {
      Output.report(verdict)
    }
    return imported.allSatisfy(\.isEqual) ? .success : .failure
  }
}

extension ImportSource {
  /// The files with their secrets hidden from all output.
  fileprivate var hidingSecrets: SourceSet {
    var sources = sources
    for (at, file) in sources.files.enumerated() where at > 0 {
      sources.hide(SecretText.ranges(in: file.text), in: SourceID(index: UInt32(clamping: at)))
    }
    return sources
  }
}
