import Documents
import Diagnostics
import PlanFormat
import SourceText
import Testing
import Values

@Suite struct PlanEqualityTests {
  private static let changes: [(part: String, change: @Sendable (inout Plan) -> Void)] = [
    ("formatVersion", { $0.format = 2 }), ("account", { $0.account = "1" }),
    ("madeBy", { $0.madeBy += "!" }), ("pipeline", { $0.pipeline += "!" }),
    ("files", { $0.files.append(Plan.File(role: "a", path: "b", digest: "c")) }),
    ("arguments", { $0.arguments.append("-d") }), ("run", { $0.runID += "!" }),
    ("run", { $0.runTime.seconds += 1 }), ("run", { $0.utcOffsetSeconds = 60 }),
    ("run", { $0.timeoutSeconds = 60 }), ("run", { $0.emptiedFirst = ["s3://b/x/"] }),
    ("cluster", { $0.cluster.region = "eu-west-1" }),
    (
      "facts",
      {
        $0.facts.append(
          Plan.Fact(
            question: .isEmpty(location: "s3://b/"), answer: .bool(true), isAssumed: false,
            exitStatus: .failure, message: "", origin: nil))
      }
    ),
    (
      "stages",
      { $0.stages.append(Plan.Stage(name: "a", status: "runs", reason: "", origin: nil)) }
    ),
    ("requests", { $0.requests.append(Plan.Request(operation: "RunJobFlow", body: .null)) }),
    ("secrets", { $0.secrets.append("a") }),
    ("warnings", { $0.warnings.append(Plan.Warning(code: "a", message: "b", origin: nil)) }),
    ("settings", { $0.settings["events"] = .int(1) }),
  ]

  private static var plan: Plan {
    Plan(
      madeBy: "penstock", pipeline: "p", runID: "r",
      runTime: Value.Timestamp(seconds: 0, nanoseconds: 0))
  }

  /// Every difference is in a part that has a name.
  @Test func namesThePartThatDiffers() {
    #expect(Self.plan == Self.plan)
    #expect(Self.plan.parts(otherThanIn: Self.plan).isEmpty)
    for (part, change) in Self.changes {
      var other = Self.plan
      change(&other)
      #expect(other != Self.plan, "\(part)")
      #expect(Self.plan.parts(otherThanIn: other) == [part])
    }
  }

  /// A plan reads back as it was written, whatever kinds of values it has.
  @Test func isTheSameWhenReadAgain() throws {
    var plan = Self.plan
    plan.settings = ValueMap([
      "a": .list([.int(1), .double(0.5), .double(2), .null, .bool(true)]),
      "b": Value.timestamp(Value.Timestamp(seconds: 1, nanoseconds: 0)).asWritten,
      "c": Value.duration(Value.Duration(nanoseconds: 1_000_000_000)).asWritten,
      "d": Value.bytes([1, 2, 3]).asWritten, "e": .uint(7),
    ])
    var diagnostics: [Diagnostic] = []
    let tree = try #require(
      JSONReader.read(
        PlanWriter.bytes(plan), source: SourceID(index: 0), into: &diagnostics))
    #expect(PlanReader.read(tree, into: &diagnostics) == plan, "\(diagnostics)")
  }
}
