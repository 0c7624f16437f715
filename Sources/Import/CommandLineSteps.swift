import SourceText
import Values

/// Steps as `aws emr create-cluster --steps` and `aws emr add-steps --steps` take them, as
/// requests.
///
/// From `awscli/customizations/emr/steputils.py` of the AWS CLI.
enum CommandLineSteps {
  /// - Parameters:
  ///   - isRelease: whether the cluster has a release, not an AMI version.
  ///   - region: of EMR's buckets, for AMI versions.
  static func request(_ step: SpannedValue, isRelease: Bool, region: String?) -> SpannedValue {
    if step["HadoopJarStep"] != nil { return step }
    let type = step["Type"]?.text?.lowercased() ?? "custom_jar"
    var arguments = list(step["Args"])
    var jar =
      isRelease ? "command-runner.jar" : script("/libs/script-runner/script-runner.jar", region)
    var before: [String] = []
    var name = "Custom JAR"
    switch type {
    case "streaming":
      name = "Streaming program"
      if isRelease {
        before = ["hadoop-streaming"]
      } else {
        jar = "/home/hadoop/contrib/streaming/hadoop-streaming.jar"
      }
    case "hive", "pig":
      name = type == "hive" ? "Hive program" : "Pig program"
      before =
        isRelease
        ? ["\(type)-script", "--run-\(type)-script", "--args"]
        : [
          script("/libs/\(type)/\(type)-script", region), "--run-\(type)-script",
          "--\(type)-versions", "latest", "--args",
        ]
    case "spark":
      name = "Spark application"
      before = [isRelease ? "spark-submit" : "/home/hadoop/spark/bin/spark-submit"]
    case "impala":
      name = "Impala program"
      before = [script("/libs/impala/setup-impala", region), "--run-impala-script"]
    default: jar = step["Jar"]?.text ?? ""
    }
    arguments = before.map { text($0, step.span) } + arguments
    var body: [SpannedValue.Entry] = [
      .init(
        key: "Jar",
        value: type == "custom_jar" ? step["Jar"] ?? text(jar, step.span) : text(jar, step.span))
    ]
    if !arguments.isEmpty {
      body.append(
        .init(key: "Args", value: SpannedValue(.list(arguments), span: step["Args"]?.span)))
    }
    if type == "custom_jar" {
      if let main = step["MainClass"] { body.append(.init(key: "MainClass", value: main)) }
      if let properties = step["Properties"] {
        body.append(.init(key: "Properties", value: Self.properties(properties)))
      }
    }
    return SpannedValue(
      .map([
        .init(key: "Name", value: step["Name"] ?? text(name, step.span)),
        .init(
          key: "ActionOnFailure", value: step["ActionOnFailure"] ?? text("CONTINUE", step.span)),
        .init(key: "HadoopJarStep", value: SpannedValue(.map(body), span: step.span)),
      ]), span: step.span)
  }

  private static func text(_ text: String, _ span: Span?) -> SpannedValue {
    SpannedValue(.scalar(.string(text)), span: span)
  }

  /// A list; a single text is one of one item.
  static func list(_ value: SpannedValue?) -> [SpannedValue] {
    guard let value else { return [] }
    if case .list(let items) = value.content { return items }
    return [value]
  }

  static func script(_ path: String, _ region: String?) -> String {
    "s3://\(region ?? "us-east-1").elasticmapreduce\(path)"
  }

  /// `k1=v1,k2=v2` as pairs.
  private static func properties(_ value: SpannedValue) -> SpannedValue {
    guard let text = value.text else { return value }
    return SpannedValue(
      .list(
        text.split(separator: ",").map { pair in
          let parts = pair.split(separator: "=", maxSplits: 1).map(String.init)
          return SpannedValue(
            .map([
              .init(key: "Key", value: Self.text(parts.first ?? "", value.span)),
              .init(key: "Value", value: Self.text(parts.count > 1 ? parts[1] : "", value.span)),
            ]), span: value.span)
        }), span: value.span)
  }
}
