import Foundation
import TestSupport
import Targets
import Testing

/// data/targets/capabilities.yml, and the page that is made from it.
@Suite struct CapabilityTests {
  private static let path = "docs/targets.md"

  private static func capabilities() throws -> Capabilities {
    let file = Locations.repository.appending(path: Capabilities.path)
    return Capabilities(try Locations.bytes(file))
  }

  @Test func rowsAreTheConstructs() throws {
    let rows = try Self.capabilities().rows
    #expect(rows.map(\.name).sorted() == Construct.allCases.map(\.rawValue).sorted())
    for row in rows {
      #expect(!row.title.isEmpty && row.source.hasPrefix("https://"), "\(row.name)")
      for target in Target.allCases {
        #expect(row.cells[target] != nil, "\(row.name) has nothing for \(target.rawValue)")
      }
    }
  }

  /// What an engine has needs no words; what it lacks needs a reason and a way out.
  @Test func cellsSayWhatTheyHaveTo() throws {
    for row in try Self.capabilities().rows {
      for (target, cell) in row.cells {
        let about = "\(row.name), \(target.rawValue)"
        #expect((cell.extent == .all) == cell.reason.isEmpty, "\(about)")
        #expect((cell.extent == .none) == !cell.instead.isEmpty, "\(about)")
        guard let name = cell.unless.split(separator: "=").first else { continue }
        #expect(cell.extent == .none, "\(about)")
        #expect(target.options.contains { $0.name == name }, "\(about)")
      }
    }
  }

  @Test func malformedRowsAreLeftOut() {
    #expect(Capabilities(Array("constructs: [1, {name: hdfs}, ".utf8)).rows.isEmpty)
    let rows = Capabilities(
      Array("constructs: [{name: hdfs, airflow: {has: much}, step-functions: {has: all}}]".utf8)
    ).rows
    #expect(rows.map(\.name) == ["hdfs"])
    #expect(rows.first?.cells.keys.map(\.rawValue) == ["step-functions"])
  }

  /// With `PENSTOCK_RECORD=1` the page is written, and the test fails.
  @Test func thePageIsCurrent() throws {
    let file = Locations.repository.appending(path: Self.path)
    let page = String(decoding: try Locations.bytes(file), as: UTF8.self)
    let mark = try #require(page.range(of: "\n<!-- from \(Capabilities.path) -->\n"))
    let current = page[..<mark.upperBound] + Self.tables(try Self.capabilities())
    guard page != current else { return }
    if ProcessInfo.processInfo.environment["PENSTOCK_RECORD"] == "1" {
      try Data(current.utf8).write(to: file)
    }
    Issue.record("\(Self.path) was out of date")
  }

  private static func tables(_ capabilities: Capabilities) -> String {
    let titles = Target.allCases.map(\.title)
    var lines = ["", "| | \(titles.joined(separator: " | ")) |"]
    lines.append("| --- |" + titles.map { _ in " --- |" }.joined())
    for row in capabilities.rows {
      let cells = Target.allCases.map { row.cells[$0].map { word($0.extent) } ?? "" }
      lines.append("| \(row.title) | \(cells.joined(separator: " | ")) |")
    }
    for target in Target.allCases {
      lines += ["", "## \(target.title)", "", "| | | |", "| --- | --- | --- |"]
      for row in capabilities.rows {
        guard let cell = row.cells[target], cell.extent != .all else { continue }
        lines.append(
          "| \(row.title) | \(word(cell.extent)) | \(sentence(cell)) ([source](\(row.source))) |")
      }
    }
    return lines.map { $0 + "\n" }.joined()
  }

  private static func word(_ extent: Capabilities.Extent) -> String {
    switch extent {
    case .all: "yes"
    case .part: "partly"
    case .dropped: "left out"
    case .none: "no"
    }
  }

  private static func sentence(_ cell: Capabilities.Cell) -> String {
    cell.reason + (cell.instead.isEmpty ? "" : "; \(cell.instead)")
  }
}
