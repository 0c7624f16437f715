import Diagnostics
import Documents
import PipelineSyntax
import Schemas
import SourceText
import Values

/// Inputs of several files, and values that the command line sets.
extension BoundInputs {
  /// Whether the files of an input can be laid over one another.
  mutating func checkLayers(_ files: [InputFile], of declaration: InputDecl) -> Bool {
    let name = declaration.name.value
    var places: [Span] = []
    for place in files.compactMap(\.place) where !places.contains(place) { places.append(place) }
    if declaration.isMany {
      guard places.count > 1 else { return true }
      work.diagnostics.append(.inputLayered(name, at: places[1], first: places[0]))
      return false
    }
    for place in places {
      let count = files.count { $0.place == place }
      guard count > 1 else { continue }
      work.diagnostics.append(.inputIsFile(name, files: count, at: place))
      return false
    }
    return true
  }

  mutating func bindLayers(
    _ files: [InputFile], _ settings: [InputSettings.Setting], as declaration: InputDecl
  ) -> (tree: Tree, value: Value)? {
    var layers: [(source: SourceID, tree: Tree)] = []
    for file in files {
      if let layer = parse(file, as: declaration) { layers.append(layer) }
    }
    guard layers.count == files.count, declaration.isOptional || !files.isEmpty else { return nil }
    guard var tree = TreeLayers.merge(layers.map(\.tree)) ?? .emptyMap(settings) else {
      return nil
    }
    if !settings.isEmpty {
      let type = declaration.schema.flatMap { work.schema($0.value) }?
        .type(named: declaration.name.value)
      var isGood = true
      for setting in settings {
        let next = setting.applied(to: tree, type ?? .dyn, into: &work.diagnostics)
        isGood = isGood && next != nil
        tree = next ?? tree
      }
      guard checkSecrets(tree, settings, declaration), isGood else { return nil }
    }
    return check(tree, zip(layers, files).map { ($0.source, $1) }, as: declaration)
  }

  /// The names of the files that the values of a document are from, if they are several.
  func names(of tree: Tree) -> (@Sendable (SourceID) -> String?)? {
    guard let parts = tree.parts?.parts else { return nil }
    var names: [SourceID: String] = [:]
    for part in parts where names[part.source] == nil {
      names[part.source] = work.sources[part.source]?.name
    }
    return { [names] in names[$0] }
  }

  /// Refuses secrets on the command line, and hides them.
  private mutating func checkSecrets(
    _ tree: Tree, _ settings: [InputSettings.Setting], _ declaration: InputDecl
  ) -> Bool {
    let schema = declaration.schema.flatMap { work.schema($0.value) }
    let spans =
      schema?.secretSpans(of: tree, secrets: declaration.secrets)
      ?? tree.root.map { SecretMarks(tree: tree).spans($0) } ?? []
    var isGood = true
    for setting in settings {
      let place = setting.text.valueSpan
      let isSecret = spans.contains {
        $0.source == place.source && place.start <= $0.start && $0.end <= place.end
      }
      guard isSecret, let file = work.sources[place.source] else { continue }
      work.sources.hide([file.written(place)], in: place.source)
      work.diagnostics.append(
        .setSecret(setting.text.name.value, at: setting.text.name.span))
      isGood = false
    }
    return isGood
  }
}

extension Tree {
  /// An empty map in the place of the first setting.
  fileprivate static func emptyMap(_ settings: [InputSettings.Setting]) -> Tree? {
    guard let span = settings.first?.text.name.span else { return nil }
    var builder = TreeBuilder(source: span.source, text: [])
    builder.begin(.map, start: 0)
    builder.end(at: 0)
    return builder.tree.placed(at: span)
  }
}
