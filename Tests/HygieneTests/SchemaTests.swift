import Foundation
import TestSupport
import Testing

/// Editors and other people's validators read the schemas too.
@Suite struct SchemaTests {
  @Test(.enabled(if: Python.hasModules, "the tests' Python modules are not installed"))
  func anIndependentValidatorAgrees() throws {
    let run = try Python.run("validate.py", [Locations.repository.path])
    #expect(run.status == 0, "\(run.output)")
  }
}
