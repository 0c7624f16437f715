import Compiler
import Diagnostics

/// The pages of diagnostics, which are in the binary.
enum Pages {
  /// Where the project has them, each named like its code; packaging/project.json has the project's
  /// address.
  static let address = "https://github.com/penstock/penstock/blob/main/docs/diagnostics/"

  static func page(of code: DiagnosticCode) -> String? {
    Builtins.file("docs/diagnostics/\(code.rawValue).md").map {
      String(decoding: $0, as: UTF8.self)
    }
  }

  /// The summary: what follows the code in the page's heading, or its first line of text.
  static func title(of code: DiagnosticCode) -> String {
    let lines = (page(of: code) ?? "").split(separator: "\n")
    return lines.first { !$0.hasPrefix("#") }.map(String.init) ?? ""
  }
}
