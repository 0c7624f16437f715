// swift-tools-version: 6.2
import PackageDescription

/// The one set of settings that every target of ours is built with.
let settings: [SwiftSetting] =
  [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
  ]
  // The checks set this; a newer toolchain's new warnings stop nobody else.
  + (Context.environment["PENSTOCK_STRICT"] == nil ? [] : [.treatAllWarnings(as: .error)])

/// A module of ours; its dependencies are the rows of the table in docs/architecture.md.
func module(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: settings)
}

/// A test target of ours.
func tests(
  _ name: String, _ dependencies: [Target.Dependency], exclude: [String] = []
) -> Target {
  .testTarget(
    name: name, dependencies: dependencies + ["TestSupport"], path: "Tests/\(name)",
    exclude: exclude, swiftSettings: settings)
}

/// What speaks HTTP and TLS; no target of the compiler's needs it.
let network: [Target.Dependency] = [
  .product(name: "AsyncHTTPClient", package: "async-http-client"),
  .product(name: "NIOCore", package: "swift-nio"),
  .product(name: "NIOHTTP1", package: "swift-nio"),
  .product(name: "NIOPosix", package: "swift-nio"),
  .product(name: "NIOSSL", package: "swift-nio-ssl"),
]

/// What signs the requests of AWS.
let cryptography: [Target.Dependency] = [.product(name: "Crypto", package: "swift-crypto")]

let package = Package(
  name: "penstock",
  products: [.executable(name: "penstock", targets: ["penstock"])],
  dependencies: [
    .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.100.0"),
    .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.30.0"),
  ],
  targets: [
    .systemLibrary(name: "CLibYAML", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),
    .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    // What is built into the binary: pipelines, schemas, step kinds, diagnostics' pages, model data.
    .target(name: "CBuiltins"),

    module("SourceText"),
    module("Locations"),
    module("Digests"),
    module("Parallel"),
    module("Diagnostics", ["SourceText"]),
    module("Values", ["SourceText", "Diagnostics"]),
    module("DiagnosticRendering", ["SourceText", "Diagnostics", "Values"]),
    module("YAMLSyntax", ["SourceText", "Diagnostics", "Values", "CLibYAML"]),
    module("Schemas", ["SourceText", "Diagnostics", "Values"]),
    module("Expressions", ["SourceText", "Locations", "Diagnostics", "Values"]),
    module(
      "PipelineSyntax",
      ["SourceText", "Diagnostics", "Values", "YAMLSyntax", "Schemas", "Expressions"]),
    module(
      "PipelineIR",
      ["SourceText", "Locations", "Diagnostics", "Values", "Expressions", "PlanFormat"]),
    module(
      "Passes",
      [
        "SourceText", "Locations", "Diagnostics", "Values", "PlanFormat", "YAMLSyntax", "Schemas",
        "Expressions",
        "PipelineSyntax", "PipelineIR",
      ]),
    module("PlanFormat", ["SourceText", "Locations", "Diagnostics", "Values"]),
    module(
      "PlanDiff", ["SourceText", "Locations", "Diagnostics", "Values", "YAMLSyntax", "PlanFormat"]),
    module("Migration", ["SourceText", "Locations", "Diagnostics", "Values", "YAMLSyntax"]),
    module("Cloud", ["Values"]),
    module("Web", ["Values"] + network),
    module("Programs"),
    module(
      "AWSClient",
      ["SourceText", "Diagnostics", "Values", "Cloud", "Programs", "Web"] + cryptography),
    module("Gzip", ["CZlib"]),
    module("Iglu", ["SourceText", "Locations", "Parallel", "Diagnostics", "Values", "Schemas"]),
    module("Journal", ["SourceText", "Diagnostics", "Values", "CSQLite"]),
    module(
      "Executor",
      [
        "SourceText", "Locations", "Parallel", "Diagnostics", "Values", "PlanFormat", "Cloud",
        "Gzip", "Journal",
      ]),
    module(
      "Sandbox",
      ["SourceText", "Locations", "Diagnostics", "Values", "PlanFormat", "Cloud", "Gzip"]),
    module(
      "EMRBackend",
      ["SourceText", "Locations", "Diagnostics", "Values", "Schemas", "PipelineIR", "PlanFormat"]),
    module(
      "Compiler",
      [
        "SourceText", "Locations", "Digests", "Diagnostics", "Values", "YAMLSyntax", "Schemas",
        "Expressions",
        "PipelineSyntax", "PipelineIR", "Passes", "PlanFormat", "EMRBackend", "Migration",
        "CBuiltins",
      ]),
    // A tool of the build: computes once what all starts of the program need of the built-in files.
    .executableTarget(
      name: "BuiltinSnapshotter", dependencies: ["Compiler"], swiftSettings: settings),
    .executableTarget(
      name: "penstock",
      dependencies: [
        "SourceText", "Locations", "Digests", "Parallel", "Diagnostics", "DiagnosticRendering",
        "Values", "PlanFormat", "YAMLSyntax", "Expressions", "PipelineSyntax", "PipelineIR",
        "Passes",
        "PlanDiff", "Programs", "Compiler",
        "Cloud",
        "Journal", "Executor", "Sandbox", "Web", "AWSClient", "Gzip", "Iglu", "Migration",
      ], swiftSettings: settings),

    .target(
      name: "TestSupport", dependencies: ["SourceText", "Diagnostics", "Values"],
      path: "Tests/TestSupport", swiftSettings: settings),
    tests("SourceTextTests", ["SourceText"]),
    tests("LocationsTests", ["Locations"]),
    tests("DiagnosticsTests", ["SourceText", "Diagnostics", "DiagnosticRendering", "Values"]),
    tests("ValuesTests", ["SourceText", "Diagnostics", "Values"]),
    tests("YAMLSyntaxTests", ["SourceText", "Diagnostics", "Values", "YAMLSyntax"]),
    tests("SchemasTests", ["SourceText", "Diagnostics", "Values", "Schemas"]),
    tests("ExpressionsTests", ["SourceText", "Diagnostics", "Values", "Expressions"]),
    tests(
      "PassesTests",
      [
        "SourceText", "Locations", "Diagnostics", "Values", "PlanFormat", "YAMLSyntax",
        "PipelineSyntax",
        "PipelineIR", "Passes",
      ]),
    tests(
      "EMRBackendTests",
      ["SourceText", "Diagnostics", "Values", "PipelineIR", "PlanFormat", "EMRBackend"]),
    tests("DigestsTests", ["Digests"]),
    tests("ParallelTests", ["Parallel"]),
    tests("PlanFormatTests", ["SourceText", "Diagnostics", "Values", "PlanFormat"]),
    tests("PlanDiffTests", ["SourceText", "Diagnostics", "Values", "PlanFormat", "PlanDiff"]),
    tests(
      "CompilerTests",
      [
        "SourceText", "Diagnostics", "Values", "YAMLSyntax", "Schemas", "Expressions",
        "PipelineSyntax", "PipelineIR", "Passes", "PlanFormat", "Compiler",
      ]),
    tests("WebTests", ["Values", "Web"]),
    tests(
      "AWSClientTests",
      [
        "SourceText", "Diagnostics", "Values", "Parallel", "Cloud", "Programs", "Web", "AWSClient",
      ]),
    tests("IgluTests", ["SourceText", "Diagnostics", "Values", "Iglu"]),
    tests(
      "EndToEndTests",
      [
        "SourceText", "Diagnostics", "Values", "PlanFormat", "Cloud", "Journal", "Executor", "Web",
        "AWSClient",
      ]),
    tests("JournalTests", ["Values", "Journal"]),
    tests("SandboxTests", ["Values", "PlanFormat", "Cloud", "Gzip", "Sandbox"]),
    tests(
      "ExecutorTests",
      [
        "Locations", "Parallel", "Values", "PlanFormat", "Cloud", "Gzip", "Journal", "Executor",
        "Sandbox",
      ]),
    tests("HygieneTests", ["Diagnostics", "Compiler"]),
    tests(
      "PenstockTests", ["SourceText", "Diagnostics", "Values", "Web", "penstock"],
      exclude: ["Edits", "Mistakes", "Recoveries"]),
  ],
  swiftLanguageModes: [.v6]
)

// `make fuzz` alone builds this: libFuzzer brings its own `main`.
if Context.environment["PENSTOCK_FUZZ"] != nil {
  package.targets.append(
    .executableTarget(
      name: "fuzz",
      dependencies: [
        "SourceText", "Diagnostics", "DiagnosticRendering", "Values", "YAMLSyntax", "Schemas",
        "Expressions", "PlanFormat", "Compiler", "Iglu", "Migration",
      ],
      path: "Fuzz", exclude: ["pipelines", "seeds.py"],
      swiftSettings: settings))
}

// The compiler alone, without what speaks to the network: built and tested in a fifth of the time.
// What stands on those modules does without them, and says so.
if Context.environment["PENSTOCK_OFFLINE"] != nil {
  let dropped: Set<String> = [
    "Web", "WebTests", "AWSClient", "AWSClientTests", "EndToEndTests",
  ]
  package.dependencies = []
  package.targets.removeAll { dropped.contains($0.name) }
  for target in package.targets {
    target.dependencies.removeAll { dependency in
      if case .byNameItem(let name, _) = dependency { return dropped.contains(name) }
      return false
    }
  }
}
