// swift-tools-version: 6.2
import PackageDescription

/// The one set of settings that every target of ours is built with.
let settings: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
]

/// A module of ours; its dependencies are the rows of the table in docs/architecture.md.
func module(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: settings)
}

/// A test target of ours.
func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .testTarget(
    name: name, dependencies: dependencies + ["TestSupport"], path: "Tests/\(name)",
    swiftSettings: settings)
}

let package = Package(
  name: "penstock",
  products: [.executable(name: "penstock", targets: ["penstock"])],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2")
  ],
  targets: [
    .systemLibrary(name: "CLibYAML", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),
    // What is built into the binary: pipelines, schemas, step kinds, diagnostics' pages, model data.
    .target(name: "CBuiltins"),

    module("SourceText"),
    module("Diagnostics", ["SourceText"]),
    module("Values", ["SourceText", "Diagnostics"]),
    module("YAMLSyntax", ["SourceText", "Diagnostics", "Values", "CLibYAML"]),
    module("Schemas", ["SourceText", "Diagnostics", "Values"]),
    module("Expressions", ["SourceText", "Diagnostics", "Values"]),
    module(
      "PipelineSyntax",
      ["SourceText", "Diagnostics", "Values", "YAMLSyntax", "Schemas", "Expressions"]),
    module("PipelineIR", ["SourceText", "Diagnostics", "Values", "Expressions"]),
    module(
      "Passes",
      [
        "SourceText", "Diagnostics", "Values", "Schemas", "Expressions", "PipelineSyntax",
        "PipelineIR",
      ]),
    module("PlanFormat", ["SourceText", "Diagnostics", "Values"]),
    module(
      "EMRBackend",
      ["SourceText", "Diagnostics", "Values", "Schemas", "PipelineIR", "PlanFormat"]),
    module(
      "Compiler",
      [
        "SourceText", "Diagnostics", "Values", "YAMLSyntax", "Schemas", "Expressions",
        "PipelineSyntax", "PipelineIR", "Passes", "PlanFormat", "EMRBackend", "CBuiltins",
      ]),
    .executableTarget(
      name: "penstock",
      dependencies: [
        "SourceText", "Diagnostics", "Values", "PlanFormat", "PipelineIR", "Passes", "Compiler",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ], swiftSettings: settings),

    .target(
      name: "TestSupport", dependencies: ["SourceText", "Diagnostics", "Values"],
      path: "Tests/TestSupport", swiftSettings: settings),
    tests("SourceTextTests", ["SourceText"]),
    tests("DiagnosticsTests", ["SourceText", "Diagnostics"]),
    tests("ValuesTests", ["SourceText", "Diagnostics", "Values"]),
    tests("YAMLSyntaxTests", ["SourceText", "Diagnostics", "Values", "YAMLSyntax"]),
    tests("SchemasTests", ["SourceText", "Diagnostics", "Values", "Schemas"]),
    tests("ExpressionsTests", ["SourceText", "Diagnostics", "Values", "Expressions"]),
    tests(
      "PassesTests",
      [
        "SourceText", "Diagnostics", "Values", "YAMLSyntax", "Schemas", "Expressions",
        "PipelineSyntax", "PipelineIR", "Passes",
      ]),
    tests(
      "EMRBackendTests",
      [
        "SourceText", "Diagnostics", "Values", "Schemas", "PipelineIR", "PlanFormat", "EMRBackend",
      ]),
    tests("CompilerTests", ["SourceText", "Diagnostics", "Values", "Compiler"]),
    tests("HygieneTests", ["Diagnostics"]),
    tests("PenstockTests", ["SourceText", "Diagnostics", "Values"]),
  ],
  swiftLanguageModes: [.v6]
)
