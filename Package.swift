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
  .product(name: "NIOCore", package: "swift-nio"),
  .product(name: "NIOHTTP1", package: "swift-nio"),
  .product(name: "NIOPosix", package: "swift-nio"),
  .product(name: "NIOTLS", package: "swift-nio"),
  .product(name: "NIOSSL", package: "swift-nio-ssl"),
]

let package = Package(
  name: "penstock",
  products: [.executable(name: "penstock", targets: ["penstock"])],
  dependencies: [
    .package(url: "https://github.com/apple/swift-nio", from: "2.100.0"),
    .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.30.0"),
  ],
  targets: [
    .systemLibrary(name: "CLibYAML", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),
    .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    // What is built into the binary: pipelines, schemas, step kinds, diagnostics' pages, model data.
    .target(name: "CBuiltins"),

    // How the C library looks up names.
    .target(name: "CResolver"),

    module("AtomicFiles", ["Platform"]),
    module("Gzip", ["CZlib"]),
    module("Parallel"),
    module("Platform"),
    module("Text"),
    module("Digests", ["Text"]),
    module("Locations", ["Text"]),
    module("RegularExpressions", ["Text"]),
    module("SourceText", ["Text"]),
    module("Subprocess", ["Platform"]),
    module("Diagnostics", ["SourceText"]),
    module("Values", ["Text", "SourceText"]),
    module("AWSServices", ["Values"]),
    module("CommandLineSyntax", ["Text", "SourceText", "Diagnostics", "Values"]),
    module("Documents", ["Text", "SourceText", "Diagnostics", "Values"]),
    module("EMRModel", ["Text", "Digests", "SourceText", "Values"]),
    module("HTTP", ["Platform", "Text", "Values", "CResolver"] + network),
    module("Host", ["AtomicFiles", "Platform", "Text", "Subprocess", "Diagnostics", "Values"]),
    module(
      "AWSClient",
      [
        "Text", "Digests", "SourceText", "Subprocess", "Diagnostics", "Values", "AWSServices",
        "Documents", "HTTP",
      ]),
    module("DiagnosticRendering", ["Text", "SourceText", "Diagnostics", "Values", "Documents"]),
    module(
      "Expressions",
      [
        "Text", "Digests", "Locations", "RegularExpressions", "SourceText", "Diagnostics",
        "Values", "Documents",
      ]),
    module("Journal", ["Platform", "SourceText", "Diagnostics", "Values", "Documents", "CSQLite"]),
    module(
      "PlanFormat",
      [
        "Text", "Digests", "Locations", "RegularExpressions", "SourceText", "Diagnostics", "Values",
        "Documents", "EMRModel",
      ]),
    module(
      "Schemas",
      [
        "Text", "RegularExpressions", "SourceText", "Diagnostics", "Values", "Documents",
      ]),
    module("YAMLSyntax", ["Text", "SourceText", "Diagnostics", "Values", "Documents", "CLibYAML"]),
    module(
      "Executor",
      [
        "AtomicFiles", "Gzip", "Parallel", "Platform", "Text", "Digests", "Locations",
        "RegularExpressions", "SourceText", "Subprocess", "Diagnostics", "Values", "AWSServices",
        "Documents", "EMRModel", "Journal", "PlanFormat",
      ]),
    module(
      "Iglu",
      [
        "Parallel", "Text", "Locations", "SourceText", "Diagnostics", "Values", "Documents",
        "Schemas",
      ]),
    module(
      "Formatting",
      [
        "Text", "SourceText", "Diagnostics", "Documents", "Expressions", "YAMLSyntax",
      ]),
    module(
      "Migration",
      [
        "Text", "Digests", "Locations", "SourceText", "Diagnostics", "Values", "Documents",
        "Expressions", "YAMLSyntax",
      ]),
    module(
      "PipelineIR",
      [
        "Locations", "SourceText", "Diagnostics", "Values", "Documents", "PlanFormat",
      ]),
    module("PipelineSyntax", ["SourceText", "Diagnostics", "Values", "Documents", "Expressions"]),
    module(
      "PlanDiff",
      [
        "Text", "Locations", "RegularExpressions", "SourceText", "Diagnostics", "Values",
        "Documents", "EMRModel", "PlanFormat", "YAMLSyntax",
      ]),
    module(
      "Sandbox",
      [
        "Gzip", "Platform", "Text", "Locations", "RegularExpressions", "SourceText", "Diagnostics",
        "Values", "AWSServices", "Documents", "EMRModel", "Host", "PlanFormat",
      ]),
    module(
      "EMRBackend",
      [
        "Text", "Locations", "SourceText", "Diagnostics", "Values", "Documents", "EMRModel",
        "PlanFormat", "PipelineIR",
      ]),
    module(
      "Targets",
      [
        "Text", "SourceText", "Diagnostics", "Values", "Documents", "PlanFormat", "YAMLSyntax",
      ]),
    module("AirflowBackend", ["Text", "Diagnostics", "Values", "PlanFormat", "Targets"]),
    module(
      "StepFunctionsBackend",
      ["Text", "SourceText", "Diagnostics", "Values", "Documents", "PlanFormat", "Targets"]),
    module(
      "DataflowRunnerBackend",
      ["SourceText", "Diagnostics", "Values", "Documents", "PlanFormat", "PipelineIR", "Targets"]),
    module(
      "JobRunsBackend", ["Text", "SourceText", "Diagnostics", "Values", "PlanFormat", "Targets"]),
    module(
      "IgluClient",
      [
        "Gzip", "Text", "SourceText", "Diagnostics", "Values", "Documents", "HTTP", "Host", "Iglu",
      ]),
    module(
      "Passes",
      [
        "Text", "Locations", "RegularExpressions", "SourceText", "Diagnostics", "Values",
        "Documents", "Expressions", "PlanFormat", "Schemas", "YAMLSyntax", "PipelineIR",
        "PipelineSyntax",
      ]),
    module(
      "Reports",
      [
        "Platform", "Text", "SourceText", "Diagnostics", "Values", "AWSServices", "Documents",
        "DiagnosticRendering", "Journal", "PlanFormat", "Executor", "PlanDiff",
      ]),
    module(
      "Compiler",
      [
        "Text", "Digests", "Locations", "SourceText", "Diagnostics", "Values", "Documents",
        "EMRModel",
        "Expressions", "PlanFormat", "Schemas", "YAMLSyntax", "Migration", "PipelineIR",
        "PipelineSyntax", "EMRBackend", "Targets", "JobRunsBackend", "Passes", "CBuiltins",
      ]),
    module(
      "Import",
      [
        "Text", "Locations", "SourceText", "Diagnostics", "Values", "Documents", "EMRModel",
        "Expressions", "YAMLSyntax", "PipelineIR", "PipelineSyntax", "PlanDiff", "Compiler",
      ]),
    module(
      "ImportSources",
      [
        "Text", "SourceText", "Subprocess", "Diagnostics", "Values", "AWSServices", "Documents",
        "EMRModel", "YAMLSyntax", "Compiler", "Import",
      ]),
    module(
      "Lint",
      [
        "Parallel", "Platform", "Text", "Digests", "SourceText", "Diagnostics", "Values",
        "CommandLineSyntax", "Documents", "HTTP", "Host", "YAMLSyntax", "Iglu", "IgluClient",
        "Compiler",
      ]),
    module(
      "PipelineTests",
      [
        "Text", "RegularExpressions", "SourceText", "Diagnostics", "Values", "CommandLineSyntax",
        "Documents", "Host", "DiagnosticRendering", "Expressions", "PlanFormat", "YAMLSyntax",
        "PipelineIR", "PipelineSyntax", "Passes", "Compiler",
      ]),
    module(
      "LanguageServer",
      [
        "Text", "SourceText", "Diagnostics", "Values", "Documents", "Expressions", "Schemas",
        "PipelineSyntax", "Passes", "Formatting", "Compiler",
      ]),
    // A tool of the build: computes once what all starts of the program need of the built-in files.
    .executableTarget(
      name: "BuiltinSnapshotter", dependencies: ["Platform", "Diagnostics", "Compiler"],
      swiftSettings: settings),
    .executableTarget(
      name: "penstock",
      dependencies: [
        "Platform", "Text", "Digests", "Locations", "SourceText", "Subprocess", "Diagnostics",
        "Values", "AWSServices", "CommandLineSyntax", "Documents", "HTTP", "Host", "AWSClient",
        "DiagnosticRendering", "Expressions", "Journal", "PlanFormat", "Executor", "Migration",
        "PipelineIR", "PipelineSyntax", "PlanDiff", "Sandbox", "Passes", "Reports", "Compiler",
        "Targets", "DataflowRunnerBackend", "AirflowBackend", "StepFunctionsBackend", "Lint",
        "Parallel",
        "PipelineTests", "Import",
        "ImportSources", "Formatting", "LanguageServer",
      ], swiftSettings: settings),

    .target(
      name: "TestSupport",
      dependencies: ["Platform", "SourceText", "Text", "Diagnostics", "Values"],
      path: "Tests/TestSupport", swiftSettings: settings),
    tests("SourceTextTests", ["SourceText"]),
    tests("LocationsTests", ["Locations"]),
    tests("DiagnosticsTests", ["SourceText", "Diagnostics", "DiagnosticRendering"]),
    tests("TextTests", ["Text"]),
    tests("RegularExpressionsTests", ["RegularExpressions"]),
    tests("ValuesTests", ["Values"]),
    tests("EMRModelTests", ["Values", "EMRModel", "Compiler"]),
    tests("DocumentsTests", ["SourceText", "Diagnostics", "Values", "Documents"]),
    tests("AtomicFilesTests", ["Platform", "AtomicFiles"]),
    tests("HostTests", ["Platform", "Values", "Host"]),
    tests(
      "CommandLineSyntaxTests",
      [
        "SourceText", "Diagnostics", "Values", "CommandLineSyntax", "DiagnosticRendering",
        "Compiler",
      ]),
    tests("YAMLSyntaxTests", ["SourceText", "Diagnostics", "Values", "Documents", "YAMLSyntax"]),
    tests("SchemasTests", ["SourceText", "Diagnostics", "Values", "Documents", "Schemas"]),
    tests(
      "ExpressionsTests",
      [
        "Text", "SourceText", "Diagnostics", "Values", "Documents", "Expressions",
      ]),
    tests(
      "PassesTests",
      [
        "Locations", "SourceText", "Diagnostics", "Values", "Documents", "PlanFormat",
        "Expressions", "YAMLSyntax", "PipelineIR", "PipelineSyntax", "Passes", "Compiler",
      ]),
    tests(
      "PipelineSyntaxTests",
      [
        "SourceText", "Diagnostics", "Values", "Documents", "YAMLSyntax", "PipelineSyntax",
      ]),
    tests("PipelineIRTests", ["Locations", "SourceText", "Values", "PlanFormat", "PipelineIR"]),
    tests(
      "FormattingTests",
      [
        "Text", "SourceText", "Diagnostics", "Documents", "YAMLSyntax", "Formatting",
      ]),
    tests(
      "MigrationTests",
      [
        "SourceText", "Diagnostics", "Values", "Documents", "YAMLSyntax", "Migration",
      ]),
    tests("AWSServicesTests", ["Values", "AWSServices"]),
    tests("GzipTests", ["Gzip"]),
    tests("SubprocessTests", ["Subprocess"]),
    tests(
      "EMRBackendTests",
      [
        "SourceText", "Diagnostics", "Values", "Documents", "PlanFormat", "PipelineIR",
        "EMRBackend",
      ]),
    tests("TargetsTests", ["CommandLineSyntax", "Targets"]),
    tests(
      "StepFunctionsBackendTests",
      [
        "SourceText", "Diagnostics", "Values", "Documents", "PlanFormat", "Targets",
        "StepFunctionsBackend",
      ]),
    tests("AirflowBackendTests", ["AirflowBackend"]),
    tests("DataflowRunnerBackendTests", ["Targets", "DataflowRunnerBackend"]),
    tests("DigestsTests", ["Text", "Digests"]),
    tests("ParallelTests", ["Parallel"]),
    tests("PlanFormatTests", ["SourceText", "Diagnostics", "Values", "Documents", "PlanFormat"]),
    tests(
      "PlanDiffTests",
      [
        "Text", "SourceText", "Diagnostics", "Values", "Documents", "PlanDiff",
      ]),
    tests(
      "CompilerTests",
      [
        "SourceText", "Diagnostics", "Values", "Documents", "Expressions", "PlanFormat", "Schemas",
        "YAMLSyntax", "PipelineIR", "PipelineSyntax", "EMRBackend", "Passes", "Compiler",
      ]),
    tests("HTTPTests", ["HTTP"]),
    tests(
      "AWSClientTests",
      [
        "Parallel", "Text", "Subprocess", "Values", "AWSServices", "HTTP", "AWSClient",
      ]),
    tests("IgluClientTests", ["Gzip", "HTTP", "Iglu", "IgluClient"]),
    tests(
      "LanguageServerTests",
      ["SourceText", "Diagnostics", "Values", "Documents", "Expressions", "LanguageServer"]),
    tests("LintTests", ["Iglu", "Compiler", "Lint"]),
    tests(
      "ImportSourcesTests",
      [
        "SourceText", "Diagnostics", "Values", "AWSServices", "Documents", "PlanFormat", "Sandbox",
        "Import", "ImportSources",
      ], exclude: ["Cases"]),
    tests(
      "ImportTests",
      [
        "SourceText", "Diagnostics", "Values", "Documents", "Import",
      ], exclude: ["Cases"]),
    tests(
      "ReportsTests",
      [
        "Text", "SourceText", "Diagnostics", "Values", "AWSServices", "Documents", "PlanFormat",
        "Executor", "PlanDiff", "Reports",
      ]),
    tests(
      "PipelineTestsTests",
      [
        "SourceText", "Diagnostics", "Values", "Host", "Expressions", "PlanFormat",
        "PipelineTests",
      ]),
    tests("IgluTests", ["SourceText", "Diagnostics", "Values", "Documents", "Iglu"]),
    tests(
      "EndToEndTests",
      [
        "Parallel", "Text", "Digests", "SourceText", "Diagnostics", "Values", "AWSServices",
        "Documents", "HTTP", "AWSClient", "Journal", "PlanFormat", "Executor",
      ]),
    tests("JournalTests", ["Values", "Journal"]),
    tests("SandboxTests", ["Gzip", "Values", "AWSServices", "PlanFormat", "Sandbox"]),
    tests(
      "ExecutorTests",
      [
        "Parallel", "Locations", "Diagnostics", "Values", "AWSServices", "Documents", "Journal",
        "PlanFormat", "Executor", "Sandbox", "Reports",
      ]),
    tests("HygieneTests", ["Diagnostics", "EMRBackend", "Passes", "Compiler"]),
    tests(
      "PenstockTests",
      [
        "Text", "SourceText", "Diagnostics", "Values", "AWSServices", "Documents", "YAMLSyntax",
        "HTTP", "Targets", "Compiler", "penstock",
      ],
      exclude: ["Edits", "Former", "Mistakes", "Recoveries"]),
  ],
  swiftLanguageModes: [.v6]
)

// `make fuzz` alone builds this: libFuzzer brings its own `main`.
if Context.environment["PENSTOCK_FUZZ"] != nil {
  package.targets.append(
    .executableTarget(
      name: "fuzz",
      dependencies: [
        "Platform", "SourceText", "Diagnostics", "Values", "Documents", "DiagnosticRendering",
        "Expressions", "PlanFormat", "Schemas", "YAMLSyntax", "Iglu", "Migration", "Compiler",
      ],
      path: "Fuzz", exclude: ["pipelines", "seeds.py"],
      swiftSettings: settings))
}

// The compiler alone, without what speaks to the network: built and tested in a fifth of the time.
// What stands on those modules does without them, and says so.
if Context.environment["PENSTOCK_OFFLINE"] != nil {
  let dropped: Set<String> = [
    "HTTP", "HTTPTests", "IgluClient", "IgluClientTests", "AWSClient", "AWSClientTests",
    "EndToEndTests",
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
