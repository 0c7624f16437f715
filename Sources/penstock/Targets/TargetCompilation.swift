import CommandLineSyntax
import Compiler
import Diagnostics
import Host
import SourceText
import Targets
import Text

/// `penstock compile --target`: turns a pipeline and its inputs into the files of another engine.
struct TargetCompilation {
  private let target: Target
  private let context: CommandContext
  private let place: Span

  /// Nil without `--target`, and where the target takes a plan.
  init?(_ context: CommandContext) {
    guard let named = context.invocation[.target], let target = Target(rawValue: named.value),
      !target.documents.isEmpty
    else { return nil }
    self.target = target
    self.context = context
    place = named.span
  }

  func run(_ parsed: Parsed) -> ExitStatus {
    var mistakes: [Diagnostic] = []
    let options = TargetOptions(
      context.invocation, for: target, madeBy: context.planDetails(nil).madeBy, into: &mistakes)
    let wanted = wantedDocument(into: &mistakes)
    guard !mistakes.hasErrors else { return context.refuse(mistakes, .failure) }
    var deployed = Compiler.deploy(parsed, for: target, context.planDetails(nil))
    if context.invocation.has(.explain) { context.explain(deployed.result) }
    var documents: [TargetDocument] = []
    if let deployment = deployed.deployment {
      let data = Builtins.file(Capabilities.path) ?? []
      deployed.diagnostics += Capabilities(data).check(deployment, for: target, options)
    }
    if let deployment = deployed.deployment, !deployed.diagnostics.hasErrors {
      documents = TargetBackends.documents(
        for: target, of: deployment, options, into: &deployed.diagnostics)
    }
    let found = parsed.options.effective(deployed.diagnostics)
    context.console.report(deployed.result.diagnostics + found, deployed.result.sources)
    guard deployed.result.exitStatus == .success else { return deployed.result.exitStatus }
    guard !found.hasErrors else { return .failure }
    return write(documents, wanted)
  }

  /// The name of the one document that is written; nil: all are.
  private func wantedDocument(into diagnostics: inout [Diagnostic]) -> String? {
    let names = target.documents
    if let emit = context.invocation[.emit] {
      guard names.contains(emit.value) else {
        diagnostics.append(
          .invalidOptionValue(
            emit.value, of: "--\(Option.emit.long)", among: names, at: emit.span))
        return nil
      }
      return emit.value
    }
    if isFolderGiven { return nil }
    if names.count > 1 { diagnostics.append(.targetHasDocuments(target.title, names, at: place)) }
    return names.first
  }

  private var isFolderGiven: Bool {
    guard let out = context.invocation[.out] else { return false }
    return out.value.hasSuffix("/") || Files.isFolder(out.value)
  }

  private func write(_ documents: [TargetDocument], _ wanted: String?) -> ExitStatus {
    guard isFolderGiven, let out = context.invocation[.out] else {
      return context.write(documents.first { $0.emit == wanted }?.bytes ?? [])
    }
    let folder = out.value.hasSuffix("/") ? out.value : out.value + "/"
    do throws(FileFailure) {
      try Files.makeFolders(String(folder.dropLast()), mode: 0o777)
      for document in documents where wanted == nil || document.emit == wanted {
        try Output.replace(folder + document.name, with: document.bytes)
      }
      return .success
    } catch {
      return context.refuse([.outputFailed(out.value, error.reason, at: out.span)], .failure)
    }
  }
}

extension Diagnostic {
  /// - Parameter names: the target's documents, at least two.
  static func targetHasDocuments(_ target: String, _ names: [String], at span: Span) -> Diagnostic {
    let list = names.map { "`--emit \($0)`" }.joined(separator: " or ")
    return Diagnostic(
      .missingArgument, "\(target) takes \(names.count) files", at: span,
      hint: "write all of them with `-o FOLDER/`, or one with \(list)")
  }
}
