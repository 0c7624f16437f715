package import PipelineSyntax
package import Schemas
import SourceText
package import Values

/// A step kind that is ready for use: its declaration, and the schema of its parameters.
package struct StepKind: Sendable {
  package let decl: StepKindDecl
  package let schema: Schema?

  package init(decl: StepKindDecl, schema: Schema?) {
    self.decl = decl
    self.schema = schema
  }

  /// The static type of its parameters.
  package var parameterType: ObjectType? {
    if case .object(let object)? = schema?.type(named: decl.name.value) { return object }
    return nil
  }
}
