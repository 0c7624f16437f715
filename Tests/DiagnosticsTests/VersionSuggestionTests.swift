import Diagnostics
import Testing

@Suite struct VersionSuggestionTests {
  /// By the first number that differs, not by how many digits differ.
  @Test func versionsAreComparedAsNumbers() {
    let labels = ["emr-1.0.0", "emr-5.9.0", "emr-5.36.0", "emr-5.36.2", "emr-6.1.0", "emr-6.15.0"]
    #expect(Suggestion.nearest(to: "emr-6.16.0", among: labels) == "emr-6.15.0")
    #expect(Suggestion.nearest(to: "emr-5.36.9", among: labels) == "emr-5.36.2")
    #expect(Suggestion.nearest(to: "emr-5.91.0", among: labels) == "emr-5.36.0")
    let schemas = ["a/1-0-0", "a/3-0-0", "a/4-0-0", "b/5-0-0"]
    #expect(Suggestion.nearest(to: "a/5-0-0", among: schemas) == "a/4-0-0")
    #expect(Suggestion.nearest(to: "gp4", among: ["gp2", "gp3", "io1"]) == "gp3")
  }

  /// A name that differs only by capitals is the same one.
  @Test func capitalsDontMatter() {
    #expect(
      Suggestion.nearest(to: "EMR-6.15.0", among: ["emr-6.14.0", "emr-6.15.0"]) == "emr-6.15.0")
  }

  /// Other misspellings are found by their letters.
  @Test func lettersMatterElsewhere() {
    #expect(Suggestion.nearest(to: "m5.xlage", among: ["m5.large", "m5.xlarge"]) == "m5.xlarge")
  }
}
