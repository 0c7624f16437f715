import Foundation
import TestSupport
import Testing

@Suite struct PlanCommandTests {
  private static let example = Locations.repository.appending(path: "examples/snowplow")
  private static let secrets = [
    "AWS_SNOWPLOW_ACCESS_KEY": "AKIAPLANTEDPLANTED00", "AWS_SNOWPLOW_SECRET_KEY": "PlAnTeDsEcReT",
  ]
  private static let inputs = [
    "-c", "config.yml", "-r", "resolver.json", "-t", "targets", "-n", "enrichments", "--run-time",
    "2026-03-01T05:06:07Z",
  ]

  private func run(_ arguments: [String]) throws -> Run {
    try Run(arguments + Self.inputs, environment: Self.secrets, folder: Self.example)
  }

  @Test func writesOnePlanByEveryWay() throws {
    let scratch = try Scratch()
    let file = scratch.folder.appending(path: "plan.json")
    let facts = ["--facts", "facts.json"]
    let emitted = try run(["compile", "--emit", "plan"] + facts)
    #expect(emitted.status == 0)
    #expect(try run(["plan", "--format", "json"] + facts).output == emitted.output)
    let written = try run(["plan", "-o", file.path] + facts)
    #expect(written.status == 0)
    #expect(written.text.hasSuffix("The plan is in \(file.path).\n"))
    #expect(try Locations.bytes(file) == emitted.output)
  }

  @Test func saysWhetherThereIsSomethingToDo() throws {
    let scratch = try Scratch()
    let nothing = try scratch.file("facts.json", "{\"s3\": {}, \"clusters\": []}")
    let idle = ["plan", "--facts", nothing.path]
    #expect(try run(idle).status == 3)
    #expect(try run(idle + ["--detailed-exitcode"]).status == 0)
    #expect(try run(["plan", "--facts", "facts.json"]).status == 0)
    #expect(try run(["plan", "--facts", "facts.json", "--detailed-exitcode"]).status == 2)
    #expect(try Run(["plan", "--nonesuch"]).status == 64)
  }

  @Test func holdsNoSecret() throws {
    for arguments in [["plan"], ["plan", "--format", "json"], ["plan", "-v", "--explain"]] {
      let run = try run(arguments)
      #expect(run.status == 0)
      for text in [run.text, run.errors] {
        // The example's target has its password in the file.
        for secret in Self.secrets.values + ["correct-horse-battery-staple"] {
          #expect(!text.contains(secret))
        }
      }
    }
  }

  @Test func coloursWhereItIsAsked() throws {
    let plain = try run(["plan"]).text
    let colored = try run(["plan", "--color", "always"]).text
    #expect(!plain.contains("\u{1B}"))
    #expect(colored.contains("\u{1B}[32m+\u{1B}[0m"))
    #expect(colored.replacing(/\u{1B}\[[0-9]+m/, with: "") == plain)
  }
}
