import Compiler
import Expressions
import PipelineSyntax
import Schemas
import SourceText
import Text
import Values

/// Definitions, references and names.
extension Server {
  /// The name at the cursor, in a pipeline or as a step kind's own.
  struct Named {
    var path: String
    var occurrence: Occurrence
    /// Where it is written, by file.
    var places: [(path: String, text: LineText, occurrences: [Occurrence])]
  }

  func finder(_ path: String) -> OccurrenceFinder {
    OccurrenceFinder(outline(path), kinds(ofPipeline: path))
  }

  /// A file's text, as the editor or the disk has it.
  func text(of path: String) -> LineText? {
    documents[path]?.text ?? disk.read(path).map { LineText($0) }
  }

  private func outline(ofFile path: String) -> Outline? {
    documents[path] != nil ? outline(path) : text(of: path).map { Outline($0.bytes) }
  }

  func named(_ params: Value) -> Named? {
    guard let (path, document) = document(params) else { return nil }
    let offset = document.text.offset(params["position"], encoding)
    let outline = outline(path)
    switch ProjectFinder.kind(of: outline) {
    case .pipeline:
      let finder = finder(path)
      guard let found = finder.occurrence(at: offset) else { return nil }
      guard found.kind == .stepKind else {
        let all = finder.found.filter { $0.isSame(found) }
        return Named(path: path, occurrence: found, places: [(path, document.text, all)])
      }
      return Named(
        path: path, occurrence: found,
        places: places(ofKind: found.name, Paths.folder(of: path)))
    case .stepKind:
      guard let node = outline.find(["step-kind"]), let value = outline.nodes[node].value,
        value.range.lowerBound <= offset, offset <= value.range.upperBound
      else { return nil }
      let folder = Paths.folder(of: String(Paths.folder(of: path).dropLast()))
      let name = outline.string(value)
      return Named(
        path: path,
        occurrence: Occurrence(
          kind: .stepKind, name: name, range: value.content, isDeclaration: true),
        places: places(ofKind: name, folder))
    case .other: return nil
    }
  }

  /// Where the pipelines of a folder, and the kind's own file, name a step kind.
  private func places(
    ofKind name: String, _ folder: String
  ) -> [(path: String, text: LineText, occurrences: [Occurrence])] {
    var places: [(String, LineText, [Occurrence])] = []
    let own = folder + "step-kinds/" + name + ".yml"
    if let outline = outline(ofFile: own), let text = text(of: own),
      let node = outline.find(["step-kind"]), let value = outline.nodes[node].value
    {
      let declaration = Occurrence(
        kind: .stepKind, name: name, range: value.content, isDeclaration: true)
      places.append((own, text, [declaration]))
    }
    let files = files
    for file in [".yml", ".yaml"].flatMap({ files.names(in: folder, ending: $0) }) {
      guard let outline = outline(ofFile: folder + file),
        ProjectFinder.kind(of: outline) == .pipeline, let text = text(of: folder + file)
      else { continue }
      let found = OccurrenceFinder(outline, kinds(ofPipeline: folder + file)).found.filter {
        $0.kind == .stepKind && $0.name == name
      }
      if !found.isEmpty { places.append((folder + file, text, found)) }
    }
    return places
  }

  // MARK: Definition

  func definition(_ params: Value) -> Value {
    guard let (path, document) = document(params) else { return .null }
    let offset = document.text.offset(params["position"], encoding)
    if let named = named(params) {
      return .list(
        named.places.flatMap { place in
          place.occurrences.filter(\.isDeclaration).map {
            location(place.path, place.text, $0.range)
          }
        })
    }
    let outline = outline(path)
    switch ProjectFinder.kind(of: outline) {
    case .pipeline:
      if let place = part(outline, at: offset) { return fieldDefinition(path, outline, place) }
      return fileDefinition(path, outline, offset)
    case .stepKind, .other: return keyDefinition(path, outline, offset)
    }
  }

  /// A field of an input: where its schema declares it, and where the inputs beside have it.
  private func fieldDefinition(
    _ path: String, _ outline: Outline, _ place: PartPlace
  ) -> Value {
    let part = place.scan.parts[place.part]
    guard part.role == .member else { return .null }
    var found: [Value] = []
    let all = analyses(of: path)
    if let model = all.lazy.compactMap(\.model).first {
      let types = ExpressionTypes(
        scan: place.scan,
        environment: environment(model, outline, outline.path(place.node)))
      if let span = types.field(place.part)?.declaration, let file = model.sources[span.source],
        let declared = location(file, file.written(span))
      {
        found.append(declared)
      }
    }
    for analysis in all {
      for input in analysis.project.inputs where input.name == part.chain.first {
        guard let own = self.outline(ofFile: input.path), let text = text(of: input.path),
          let node = own.find(Array(part.chain.dropFirst())), let key = own.nodes[node].key
        else { continue }
        let place = location(input.path, text, key.content)
        if !found.contains(place) { found.append(place) }
      }
    }
    return .list(found)
  }

  /// The file that an input's `schema:` names.
  private func fileDefinition(_ path: String, _ outline: Outline, _ offset: Int) -> Value {
    guard let node = outline.node(at: offset), let text = outline.valueText(node) else {
      return .null
    }
    let steps = outline.path(node)
    guard steps.count == 3, steps[0].key == "inputs", steps[2].key == "schema" else {
      return .null
    }
    let file = Paths.resolve(text, in: Paths.folder(of: path))
    return files.isFile(file) ? .list([location(file, LineText([]), 0..<0)]) : .null
  }

  /// Where the schema of a user's own declares a key of an input.
  private func keyDefinition(_ path: String, _ outline: Outline, _ offset: Int) -> Value {
    guard let node = outline.node(at: offset),
      let span = schemaPlace(path, outline.path(node))?.declaration
    else { return .null }
    for analysis in analyses(of: path) {
      guard let file = analysis.model?.sources[span.source],
        let place = location(file, file.written(Span(span.source, span.start, span.start)))
      else { continue }
      return .list([place])
    }
    return .null
  }

  // MARK: References

  func references(_ params: Value) -> Value {
    guard let named = named(params) else { return keyReferences(params) }
    let withDeclaration = params["context"]?["includeDeclaration"]?.flag ?? true
    return .list(
      named.places.flatMap { place in
        place.occurrences.filter { withDeclaration || !$0.isDeclaration }.map {
          location(place.path, place.text, $0.range)
        }
      })
  }

  /// Where a pipeline's expressions use a key of an input's document.
  private func keyReferences(_ params: Value) -> Value {
    guard let (path, document) = document(params) else { return .null }
    let outline = outline(path)
    guard ProjectFinder.kind(of: outline) == .other,
      let node = outline.node(at: document.text.offset(params["position"], encoding))
    else { return .list([]) }
    let keys = outline.path(node).map { $0.key ?? "" }
    var found: [Value] = []
    for analysis in analyses(of: path) {
      guard let pipeline = analysis.project.pipelinePath,
        let input = analysis.project.inputs.first(where: { $0.path == path }),
        let own = self.outline(ofFile: pipeline), let text = text(of: pipeline)
      else { continue }
      let chain = [input.name] + keys
      for use in OccurrenceFinder(own, []).chains where use.chain == chain {
        found.append(location(pipeline, text, use.range))
      }
    }
    return .list(found)
  }

  func highlights(_ params: Value) -> Value {
    guard let (path, document) = document(params), let named = named(params) else {
      return .list([])
    }
    return .list(
      named.places.filter { $0.path == path }.flatMap(\.occurrences).map {
        .object([
          "range": document.text.range($0.range, encoding),
          "kind": .number($0.isDeclaration ? 3 : 2),
        ])
      })
  }
}
