package import Documents
import PipelineIR
import PipelineSyntax
package import SourceText
package import Values

/// A document that a compilation read, for comparing compilations.
package struct BoundDocument: Sendable {
  /// An input's name, or `pipeline`.
  package var role: String
  /// The path of its schema, as pipelines name it.
  package var schema: String
  package var file: SourceFile
  /// The files that its values are from, if they are several: those laid over one another, those
  /// that a pipeline uses, and the command line.
  package var layers: [SourceID: SourceFile] = [:]
  package var tree: Tree
  /// The tree's value, with secrets marked.
  package var value: Value
}

extension CompilerResult {
  /// The pipeline and its inputs, in the order of the pipeline's declarations.
  package var documents: [BoundDocument] {
    var documents: [BoundDocument] = []
    if let tree = pipeline?.tree, let root = tree.root, let file = sources[tree.source] {
      documents.append(
        BoundDocument(
          role: "pipeline", schema: "pipeline.schema.json", file: file, layers: layers(of: tree),
          tree: tree,
          value: Value(markingSecretsOf: tree, root, at: "\(file.name)#")))
    }
    for declaration in pipeline?.inputs ?? [] {
      for document in reached.inputs?.bound[declaration.name.value]?.documents ?? [] {
        guard let file = sources[document.tree.source] else { continue }
        documents.append(
          BoundDocument(
            role: declaration.name.value, schema: declaration.schema?.value ?? "", file: file,
            layers: layers(of: document.tree), tree: document.tree, value: document.value))
      }
    }
    return documents
  }

  private func layers(of tree: Tree) -> [SourceID: SourceFile] {
    var layers: [SourceID: SourceFile] = [:]
    for part in tree.parts?.parts ?? [] { layers[part.source] = sources[part.source] }
    return layers
  }
}

extension BoundDocument {
  /// The texts of its secrets.
  package var secretTexts: [String] { value.secrets.compactMap { $0.value.revealed.argumentText } }
}

extension CompilerResult {
  /// The files that were given as inputs, whether they could be read or not.
  package var inputFiles: [InputFile] { reached.work.input.files }
}
