import CommandLineSyntax
import Targets
import Testing

@Suite struct TargetTests {
  /// `--target` and `--emit` take what there is.
  @Test func theCommandLineKnowsThem() {
    guard case .oneOf(let targets)? = Option.target.value,
      case .oneOf(let documents)? = Option.emit.value
    else {
      Issue.record("they aren't choices")
      return
    }
    #expect(targets == Target.allCases.map(\.rawValue))
    #expect(documents.suffix(Target.allDocuments.count).elementsEqual(Target.allDocuments))
  }
}
