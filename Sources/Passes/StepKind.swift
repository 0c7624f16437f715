package import PipelineSyntax
package import Schemas
package import Values

/// A step kind that is ready for use: its declaration, and the schema of its parameters.
package struct StepKind: Sendable {
  package let decl: StepKindDecl
  package let schema: Schema?
  package let parameterType: ObjectType?

  package init(decl: StepKindDecl, schema: Schema?, parameterType: ObjectType?) {
    self.decl = decl
    self.schema = schema
    self.parameterType = parameterType
  }
}
