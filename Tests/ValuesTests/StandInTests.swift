import Testing
import Values

@Suite struct StandInTests {
  @Test(arguments: [
    StandIn.runID, .runTime(offset: -86_400, format: "%Y-%m-%d"), .parameter(12),
    .answer(0, otherwise: nil), .answer(3, otherwise: ""), .answer(3, otherwise: "none é/"),
    .answer(1, otherwise: "first-" + StandIn.runID.text),
  ]) func textsAreReadAgain(value: StandIn) {
    #expect(value.text.utf8.allSatisfy { $0 < 0x80 }, "\(value.text)")
    #expect(StandIn.parts(of: value.text) == [.value(value)])
    #expect(
      StandIn.parts(of: "s3://a/run=\(value.text)/\(value.text)x") == [
        .text("s3://a/run="), .value(value), .text("/"), .value(value), .text("x"),
      ])
    #expect(StandIn.shown("a \(value.text).") == "a ….")
  }

  @Test(arguments: ["zq7qz", "zq7aqz", "zq7axqz", "zq7a1xggqz", "zq7a1x0z", "zq7bqz", "zq7a1"])
  func otherTextsAreTexts(text: String) {
    #expect(StandIn.parts(of: text) == [.text(text)])
  }
}
