import Foundation
import TestSupport
import Testing

/// Modules import what the table in docs/architecture.md says, and nothing else.
@Suite struct ImportTests {
  /// The C libraries, and the only module that imports each.
  private static let cLibraries = [
    "CLibYAML": "YAMLSyntax", "CBuiltins": "Compiler", "CSQLite": "Journal", "CZlib": "Gzip",
    "CResolver": "HTTP",
  ]

  /// Rows of the table: a module, and which of our modules it imports.
  private func table() throws -> [String: Set<String>] {
    var rows: [String: Set<String>] = [:]
    for line in try Repository.lines("docs/architecture.md") where line.hasPrefix("| `") {
      let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
      guard cells.count == 3 else { continue }
      func names(_ cell: String) -> [String] {
        cell.split(separator: "`").filter { $0.allSatisfy(\.isLetter) }.map(String.init)
      }
      for module in names(cells[0]) { rows[module] = Set(names(cells[2])) }
    }
    return rows
  }

  private func imports(of path: String) throws -> Set<String> {
    var result: Set<String> = []
    for line in try Repository.lines(path) {
      var words = line.split(separator: " ")
      if let first = words.first, ["package", "internal", "private", "public"].contains(first) {
        words.removeFirst()
      }
      if words.count >= 2, words[0] == "import" { result.insert(String(words[1])) }
    }
    return result
  }

  @Test func everyModuleHasARow() throws {
    let table = try table()
    #expect(Set(table.keys) == Set(Repository.modules.keys))
  }

  /// Where a module's tests aren't called after it.
  private static let testedBy = [
    "BuiltinSnapshotter": "CompilerTests", "DiagnosticRendering": "DiagnosticsTests",
    "JobRunsBackend": "PenstockTests", "penstock": "PenstockTests",
  ]

  @Test func everyModuleHasTests() throws {
    let package = try Repository.text("Package.swift")
    // `Platform` has no code of its own.
    for module in Repository.modules.keys where module != "Platform" {
      let tests = Self.testedBy[module] ?? "\(module)Tests"
      #expect(!Repository.files(under: "Tests/\(tests)", withEnding: ".swift").isEmpty, "\(module)")
      #expect(package.contains("tests(\"\(tests)\"") || package.contains("\n      \"\(tests)\""))
    }
  }

  @Test func importsAreThoseOfTheTable() throws {
    let table = try table()
    let system = Set(Self.network.keys).union(["Synchronization"]).union(
      Self.cLibraries.keys)
    for (module, files) in Repository.modules {
      let allowed = table[module] ?? []
      for file in files {
        let extra = try imports(of: file).subtracting(allowed).subtracting(system)
        #expect(extra.isEmpty, "\(file) imports \(extra.sorted())")
      }
    }
  }

  /// External packages, and the only module that imports each.
  private static let network = [
    "NIOCore": "HTTP", "NIOHTTP1": "HTTP", "NIOPosix": "HTTP", "NIOSSL": "HTTP", "NIOTLS": "HTTP",
  ]

  /// Only one module imports each C library and each external package; only the shell, which talks
  /// to the system, may use the C library for more than arithmetic.
  @Test func cLibrariesHaveOneUser() throws {
    for (module, files) in Repository.modules {
      for file in files {
        let imports = try imports(of: file)
        for (library, user) in Self.cLibraries.merging(Self.network, uniquingKeysWith: { $1 }) {
          #expect(!imports.contains(library) || module == user, "\(file)")
        }
      }
    }
  }

  /// Systems name their C library differently, so one module imports it for all.
  @Test func theCLibraryIsNamedOnce() throws {
    for (module, files) in Repository.modules where module != "Platform" {
      for file in files {
        let named = try imports(of: file).intersection(["Glibc", "Musl", "Darwin"])
        #expect(named.isEmpty, "\(file) imports \(named.sorted())")
      }
    }
  }

  /// Package.swift says the same as the table.
  @Test func packageSaysTheSame() throws {
    let text = try Repository.text("Package.swift")
    let programs: Set<String> = ["penstock", "BuiltinSnapshotter"]
    for (module, imports) in try table() where !programs.contains(module) {
      guard
        let start = text.range(of: "module(\"\(module)\"")
          ?? text.range(of: "module(\n      \"\(module)\"")
      else {
        Issue.record("\(module) is not in Package.swift")
        continue
      }
      let declaration = text[start.upperBound...].prefix { $0 != ")" }
      let names = declaration.split(separator: "\"").map(String.init)
        .filter {
          !$0.isEmpty && $0.allSatisfy(\.isLetter) && Self.cLibraries[$0] == nil
        }
      #expect(Set(names) == imports, "\(module)")
    }
  }
}
