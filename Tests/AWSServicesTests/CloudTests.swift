import AWSServices
import Testing
import Values

/// The values that clients of AWS and the executor share.
@Suite struct CloudTests {
  /// Only where the service can't have acted is it safe to ask again.
  @Test(
    arguments: [
      (.throttled, true), (.unavailable, true), (.lost, true), (.malformed, true),
      (.cancelled, true),
      (.unreachable, false), (.refused, false), (.unauthorized, false), (.forbidden, false),
      (.notFound, false), (.preconditionFailed, false), (.clockSkew, false),
    ] as [(CloudError.Kind, Bool)])
  func anEffectMayBeUnknown(_ kind: CloudError.Kind, _ isUnknown: Bool) {
    let error = CloudError(kind, operation: "RunJobFlow", message: "m")
    #expect(error.isEffectUnknown == isUnknown)
    #expect(error.code.isEmpty && error.requestID.isEmpty && error.attempts == 1)
  }

  @Test func statesAreThoseOfEMR() {
    #expect(
      ClusterState.allCases.map(\.rawValue) == [
        "STARTING", "BOOTSTRAPPING", "RUNNING", "WAITING", "TERMINATING", "TERMINATED",
        "TERMINATED_WITH_ERRORS",
      ])
    #expect(
      ClusterState.allCases.filter(\.isLive) == [.starting, .bootstrapping, .running, .waiting])
    #expect(
      StepState.allCases.map(\.rawValue) == [
        "PENDING", "CANCEL_PENDING", "RUNNING", "COMPLETED", "CANCELLED", "FAILED", "INTERRUPTED",
      ])
    #expect(
      StepState.allCases.filter(\.isFinal) == [.completed, .cancelled, .failed, .interrupted])
    #expect(ClusterState(rawValue: "running") == nil && StepState(rawValue: "") == nil)
  }

  @Test func descriptionsStartBare() {
    let cluster = ClusterDescription(id: "j-1", name: "n", state: .starting)
    #expect(cluster.tags.isEmpty && cluster.logURI == nil && cluster.ended == nil)
    #expect(cluster.reason == StateChangeReason(code: "", message: ""))
    let step = StepDescription(id: "s-1", name: "n", state: .pending)
    #expect(step.failure == nil && step.started == nil && step.reason == StateChangeReason())
  }

  @Test func documentsAreMadeWithoutWhatIsAbsent() {
    let document = Value.object([
      "a": .int(1), "b": .string(ifAny: nil), "c": .int(ifAny: nil), "d": .string(ifAny: "x"),
      "e": .int(ifAny: -2), "f": .strings(["y", "z"]), "g": .object([:]),
    ])
    #expect(
      document.equals(
        .map(
          ValueMap([
            "a": .int(1), "d": .string("x"), "e": .int(-2),
            "f": .list([.string("y"), .string("z")]), "g": .map(ValueMap()),
          ]))))
  }

  @Test func documentsAreReadWithoutATrap() {
    let document = Value.object([
      "text": .string("t"), "number": .int(7), "flag": .bool(true), "off": .bool(false),
      "list": .list([.string("a"), .int(1), .string("b")]),
    ])
    #expect(document["text"].text == "t" && document["text"].integer == nil)
    #expect(document["number"].integer == 7 && document["number"].text == nil)
    #expect(document["flag"].isTrue && !document["off"].isTrue && !document["text"].isTrue)
    #expect(document["list"].items.count == 3 && document["list"].texts == ["a", "b"])
    #expect(document["none"].equals(.null))
    // Where the value isn't a map or a list.
    #expect(document["text"]["deeper"].equals(.null))
    #expect(document["text"].items.isEmpty && document.texts.isEmpty)
  }
}
