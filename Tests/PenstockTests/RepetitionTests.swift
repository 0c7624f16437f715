import Foundation
import TestSupport
import Testing

/// An `each` that would repeat a step far too often is refused before its steps are made.
@Suite struct RepetitionTests {
  private func pipeline(_ step: String) -> String {
    """
    penstock: v1
    pipeline: small
    let: { ten: "${[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]}" }
    stages:
      - stage: one
        steps:
    \(step)
    cluster:
      region: us-east-1
      job-flow:
        Name: small
        ReleaseLabel: emr-6.15.0
        ServiceRole: EMR_DefaultRole
        JobFlowRole: EMR_EC2_DefaultRole
        Instances:
          InstanceGroups: [{ InstanceRole: MASTER, InstanceType: m5.xlarge, InstanceCount: 1 }]

    """
  }

  private func step(_ names: String, when: String = "true") -> String {
    let lists = names.map { "\($0): \"${ten}\"" }.joined(separator: ", ")
    return """
            - name: "s ${index} \(names)"
              each: { \(lists) }
              when: ${\(when)}
              s3-dist-cp: { src: "s3://in/${index}/", dest: "s3://out/\(names)/${index}/" }
      """
  }

  @Test(arguments: ["true", "false"])
  func isRefusedWithinASecond(when: String) throws {
    for steps in [
      step("abcdef", when: when), step("abcdefghijklmnopqrstuv", when: when),
      [step("abcd", when: when), step("abcde", when: when)].joined(separator: "\n"),
    ] {
      let scratch = try Scratch()
      try scratch.file("p.yml", pipeline(steps))
      let begun = Date()
      let run = try Run(["compile", "./p.yml"], folder: scratch.folder)
      // A debug build takes longer for the steps below the limit.
      #expect(Date().timeIntervalSince(begun) < 10)
      #expect(run.status == 1)
      #expect(run.errors.contains("error[emr-too-many-steps]: `each` yields too many steps"))
    }
  }

  @Test func someHundredsAreMade() throws {
    let scratch = try Scratch()
    try scratch.file("p.yml", pipeline(step("ab")))
    let run = try Run(["compile", "./p.yml"], folder: scratch.folder)
    #expect(run.status == 0, "\(run.errors)")
    #expect(run.text.contains("\"s 99 ab\""))
  }
}
