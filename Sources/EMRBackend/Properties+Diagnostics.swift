import Diagnostics

extension Diagnostic {
  static func propertyValue(
    _ text: String, of name: String, _ kind: PropertyKind, at spot: Spot
  ) -> Diagnostic {
    rule(
      .emrPropertyValue, "`\(text)` isn't a value of `\(name)`, which takes \(kind.words)",
      at: spot,
      source: "the program that reads it rejects other values, or ignores them",
      hint: kind.meant(text).map { .write($0, insteadOf: text) } ?? "write \(kind.words)")
  }

  static func propertyUnknown(_ name: String, _ near: String, at spot: Spot) -> Diagnostic {
    rule(
      .emrPropertyUnknown, "the property `\(name)` looks misspelt: such a property has no effect",
      at: spot,
      source: "EMR writes any property into the files of the programs, which ignore others",
      hint: "did you mean `\(near)`?", isWarning: true)
  }

  /// - Parameters:
  ///   - wanted: GiB.
  ///   - memory: GiB of the machine.
  static func memory(
    _ name: String, _ text: String, _ wanted: Double, _ type: String, _ memory: Double,
    at spot: Spot
  ) -> Diagnostic {
    let whole =
      name == "spark.executor.memory" ? ", with Spark's overhead \(shown(wanted)) GiB" : ""
    return rule(
      .emrMemory,
      "`\(name)` is `\(text)`\(whole), but the largest worker, `\(type)`, has \(shown(memory)) GiB",
      at: spot, source: "YARN starts no container that is larger than a machine",
      hint: "lower it, or take larger machines", isWarning: true)
  }

  private static func shown(_ number: Double) -> String {
    let tenths = (number * 10).rounded() / 10
    return tenths == tenths.rounded() ? String(Int(tenths)) : String(tenths)
  }

  static func applicationNotInstalled(
    _ application: String, for program: String, step: String, at spot: Spot
  ) -> Diagnostic {
    rule(
      .emrApplicationMissing,
      "step `\(step)` starts `\(program)`, but the cluster has no \(application)", at: spot,
      source: "EMR installs the listed `Applications`, and Hadoop",
      hint: "add `{ Name: \(application) }` to `Applications`", isWarning: true)
  }
}
