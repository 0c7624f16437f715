import Documents
import Passes
import PipelineSyntax
import SourceText

extension CompilerResult {
  /// What the next compilations can use; nil if this one used what another had prepared, or if a
  /// schema can't be read.
  package var prepared: PreparedSchemas? {
    let work = reached.work
    guard work.input.prepared == nil, !work.ours.hasFaults, !work.library.hasFaults else {
      return nil
    }
    let builtin = (reached.content?.kinds ?? []).filter { kind in
      work.sources[kind.decl.tree.source].map { Work.builtinPath(of: $0) != nil } ?? false
    }
    return PreparedSchemas(
      sources: work.sources, ours: work.ours, library: work.library,
      kinds: Dictionary(builtin.map { ($0.decl.name.value, $0) }) { first, _ in first })
  }
}
