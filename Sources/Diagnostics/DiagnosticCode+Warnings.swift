extension DiagnosticCode {
  /// Whether it may be a warning: always, or where a pipeline or a rule says so.
  package var canBeWarning: Bool {
    severity == .warning || Self.sometimesWarnings.contains(self)
  }

  /// Errors that are warnings in some cases.
  private static let sometimesWarnings: Set<DiagnosticCode> = [
    // A pipeline's rules have a `severity`.
    .checkFailed, .dataTooDeep, .datasetAbsent, .datasetNotEmpty, .noDataToProcess,
    .requirementFailed,
    // What EMR may know by now.
    .emrKeyName, .emrNetworkId, .emrRegionUnknown, .emrReleaseUnknown, .emrTooManySteps,
    // Files.
    .locationSuspicious, .schemaUnknownKey, .templateMark, .templateUnset, .yamlDuplicateKey,
    // Other registries have what is asked for.
    .registryFailed, .registryMalformed, .registryUnauthorised, .registryUnreachable,
    .planEdited,
    // An option may accept what an engine lacks.
    .targetLacks,
    // What a migration adds or changes may need a look.
    .migrationAdded, .migrationChanged,
  ]
}
