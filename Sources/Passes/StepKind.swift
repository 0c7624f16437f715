package import PipelineSyntax
package import Schemas
import SourceText
package import Values

/// A step kind with the schema of its parameters.
package final class StepKind: Sendable {
  package let decl: StepKindDecl
  package let schema: Schema?
  /// The static type of its parameters; nil if types aren't checked.
  package let parameterType: ObjectType?

  package init(decl: StepKindDecl, schema: Schema?, drawingType: Bool) {
    self.decl = decl
    self.schema = schema
    if drawingType, case .object(let object)? = schema?.type(named: decl.name.value) {
      parameterType = object
    } else {
      parameterType = nil
    }
  }
}
