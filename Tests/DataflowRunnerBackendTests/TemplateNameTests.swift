import DataflowRunnerBackend
import Testing

@Suite struct TemplateNameTests {
  @Test func parametersHaveVariablesOfTheirOwn() {
    var names = TemplateNames()
    let parameters = ["mode", "a-b", "a_b", "größe", "9lives", "runId", "runTimeZone", "a-b"]
    #expect(
      parameters.map { names.variable(of: $0) } == [
        "mode", "a_b", "a_b_2", "gr__e", "param_9lives", "param_runId", "param_runTimeZone", "a_b",
      ])
  }

  @Test func secretsHaveVariablesOfTheirOwn() {
    var names = TemplateNames()
    let references = [
      "config.yml#/db/password", "other.yml#/db/password", "TOKEN", "x.yml#/1/", "é",
    ]
    #expect(
      references.map { names.environmentVariable(of: $0) } == [
        "DB_PASSWORD", "DB_PASSWORD_2", "TOKEN", "SECRET_1", "SECRET_",
      ])
  }

  @Test(
    arguments: [
      (0, "runTime"), (-86_400, "runTimeMinus1d"), (7200, "runTimePlus2h"), (90, "runTimePlus90s"),
      (Int64.min, "runTimeMinus9223372036854775808s"),
    ] as [(Int64, String)])
  func momentsSayHowFarTheyAre(offset: Int64, name: String) {
    #expect(TemplateNames.moment(offset) == name)
  }
}
