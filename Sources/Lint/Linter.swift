import Text
package import CommandLineSyntax
import Documents
import Host
import Compiler
package import Diagnostics
import Iglu
package import SourceText
import Values
import YAMLSyntax

/// Reads files, looks up their schemas, and reports everything wrong with them.
package struct Linter {
  private let invocation: Invocation
  package private(set) var sources: SourceSet
  private var diagnostics: [Diagnostic] = []
  /// The messages about valid parts.
  package private(set) var validParts: [String] = []
  private var shelf = SchemaShelf()
  private var readFiles: [(source: SourceID, tree: Tree?)] = []

  package init(_ invocation: Invocation, _ sources: SourceSet) {
    self.invocation = invocation
    self.sources = sources
  }

  /// A self-describing document and its role.
  private struct Document {
    enum Role { case enrichment, target }
    var role: Role
    var content: SelfDescribing
  }

  package mutating func lint(_ subject: LintSubject) {
    let registries = LintRegistries(invocation)
    diagnostics += registries.diagnostics
    let config = readResolver(registries)
    if subject == .resolver || subject == .all {
      say("Valid Iglu resolver config", ifNoErrors: true)
    }
    let before = diagnostics.count
    var documents: [Document] = []
    if subject.hasEnrichments, let folder = invocation[.enrichments] {
      documents += readFolder(folder, .enrichment)
    }
    if subject == .targets || subject == .all, let folder = invocation[.targets] {
      documents += readFolder(folder, .target)
    }
    if subject != .resolver { check(documents, config, registries) }
    guard !diagnostics[before...].contains(where: { $0.severity == .error }) else { return }
    if subject.hasEnrichments { say("Valid enrichments") }
    if subject == .targets || subject == .all, invocation[.targets] != nil {
      say("Valid storage targets")
    }
  }

  private mutating func say(_ line: String, ifNoErrors: Bool = false) {
    if !ifNoErrors || !diagnostics.hasErrors { validParts.append(line) }
  }

  // MARK: Reading

  private mutating func readResolver(_ registries: LintRegistries) -> ResolverConfig? {
    guard let option = invocation[.resolver], let document = read(option.value, at: option.span)
    else { return nil }
    let family = document.reference.key.family
    let roles = KnownSchemas.resolverFamilies
    guard roles.contains(family) else {
      diagnostics.append(.notAResolver(document.reference, among: roles))
      return nil
    }
    // The resolver can't be used to find its own schema.
    let resolver = registries.resolver(of: nil)
    let count = diagnostics.count
    check([document], with: resolver, tellingNewer: false)
    guard !diagnostics[count...].contains(where: { $0.severity == .error }) else { return nil }
    let config = ResolverConfig(document)
    diagnostics += ResolverChecks.diagnose(config)
    return config
  }

  private mutating func readFolder(_ folder: Invocation.Text, _ role: Document.Role) -> [Document] {
    do throws(FileFailure) {
      return try Files.names(in: folder.value, withEnding: ".json").compactMap { name in
        read(Files.join(folder.value, name), at: folder.span).map {
          Document(role: role, content: $0)
        }
      }
    } catch {
      diagnostics.append(.unreadableFile(folder.value, error.reason, at: folder.span))
      return []
    }
  }

  private mutating func read(_ path: String, at span: Span) -> SelfDescribing? {
    let file: SourceFile
    do throws(FileFailure) {
      file = SourceFile(name: path, text: try Files.read(path))
    } catch {
      diagnostics.append(.unreadableFile(path, error.reason, at: span))
      return nil
    }
    let source = sources.add(file)
    if file.text.starts(with: [0xEF, 0xBB, 0xBF]) {
      diagnostics.append(.byteOrderMark(at: Span(source, 0..<3)))
    }
    let tree = JSONReader.read(file.text, source: source, into: &diagnostics)
    // Upstream's lint treated them as values.
    diagnostics += (tree.map(TemplateMarks.scan) ?? []).map { mark in
      var mark = mark
      mark.severity = .warning
      return mark
    }
    readFiles.append((source, tree))
    return tree.flatMap { SelfDescribing($0, into: &diagnostics) }
  }

  // MARK: Checking

  private mutating func check(
    _ documents: [Document], _ config: ResolverConfig?, _ registries: LintRegistries
  ) {
    let resolver = registries.resolver(of: config)
    // Without a resolver, schemas that aren't at hand can't be checked.
    let texts = check(
      documents.map(\.content), with: resolver, tellingMissing: config != nil)
    diagnostics += EnrichmentChecks.diagnose(
      documents.filter { $0.role == .enrichment }.map(\.content))
    diagnostics += TargetChecks.diagnose(
      documents.filter { $0.role == .target }.map(\.content),
      pipeline: BuiltinPipelines.text(of: CommandName.defaultPipeline),
      taken: KnownSchemas.takenTargets,
      takesParameterStore: { target in
        texts[target.reference.key].map { $0.bytes.contains(Self.parameterStore) } ?? false
      })
    registries.finish()
  }

  private static let parameterStore = Array("ec2ParameterStore".utf8)

  /// Looks up the schemas of all documents at once, and reports violations.
  @discardableResult
  private mutating func check(
    _ documents: [SelfDescribing], with resolver: SchemaResolver, tellingNewer: Bool = true,
    tellingMissing: Bool = true
  ) -> [SchemaKey: SchemaText] {
    let keys = documents.map(\.reference.key)
    let resolutions = Blocking.run { await resolver.resolve(keys, tellingNewer: tellingNewer) }
    diagnostics += resolver.warnings(of: keys.compactMap { resolutions[$0] })
    var texts: [SchemaKey: SchemaText] = [:]
    for document in documents {
      guard let resolution = resolutions[document.reference.key],
        resolution.text != nil || tellingMissing
      else { continue }
      diagnostics += resolver.diagnose(
        resolution, of: document.reference, known: KnownSchemas.families)
      guard let text = resolution.text else { continue }
      texts[document.reference.key] = text
      let violations = shelf.diagnose(
        document.tree, document.data, by: text, for: document.reference, &sources,
        into: &diagnostics)
      diagnostics += violations ?? []
    }
    return texts
  }

  // MARK: Reporting

  /// Diagnostics with the user's choices about severities.
  package var finalDiagnostics: [Diagnostic] {
    var options = CompilerOptions(
      runTime: Value.Timestamp(seconds: 0, nanoseconds: 0), utcOffsetSeconds: 0)
    options.strict = invocation.has(.strict)
    options.allowed = invocation.all(.allow).compactMap { DiagnosticCode(rawValue: $0.value) }
    options.warned = invocation.all(.warn).compactMap { DiagnosticCode(rawValue: $0.value) }
    return options.effective(diagnostics).sortedAndUnique().unquotingSecrets(in: shownSources)
  }

  /// The sources, with everything that is or may be a secret hidden from excerpts.
  package var shownSources: SourceSet {
    var shown = sources
    for file in readFiles {
      if let text = sources[file.source] {
        var ranges = SecretText.ranges(in: text.text)
        if let tree = file.tree, let root = tree.root {
          ranges += SecretMarks(tree: tree).spans(root).map { text.written($0) }
        }
        shown.hideSecrets(ranges, in: file.source, diagnostics)
      }
    }
    return shown
  }
}
