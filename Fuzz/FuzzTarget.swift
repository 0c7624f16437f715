import Diagnostics
import Glibc
import SourceText
import Values

/// What is fuzzed: each takes any bytes, and must neither trap nor hang on them.
enum FuzzTarget: String, CaseIterable {
  case json

  func run(_ bytes: [UInt8]) {
    var diagnostics: [Diagnostic] = []
    switch self {
    case .json: _ = JSONReader.read(bytes, source: SourceID(index: 0), into: &diagnostics)
    }
  }

  /// PENSTOCK_FUZZ_TARGET names it.
  static let chosen: FuzzTarget? = getenv("PENSTOCK_FUZZ_TARGET").flatMap {
    FuzzTarget(rawValue: String(cString: $0))
  }
}
