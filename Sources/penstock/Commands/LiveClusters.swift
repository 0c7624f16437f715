import AWSServices
import CommandLineSyntax
import Diagnostics
import Executor
import Host
import ImportSources
import SourceText

/// Clusters that are named by their ids in the place of files, and described by EMR or a sandbox.
enum LiveClusters {
  /// Whether a word is a cluster's id, and not a file.
  static func isNamed(_ word: Invocation.Text) -> Bool {
    LiveCluster.isID(word.value) && !Files.exists(word.value)
  }

  /// What EMR says of the clusters; other words are files.
  static func files(
    _ named: [Invocation.Text], _ context: CommandContext
  ) async throws(WorldRefusal) -> [SourceFile] {
    let region = context.invocation[.region]?.value
    let world = try RunWorld.open(context, RunWorld.Entry(region: region))
    var files: [SourceFile] = []
    for word in named {
      guard isNamed(word) else {
        var errors: [Diagnostic] = []
        files += ImportFiles.read([word], &errors)
        if let error = errors.first { throw WorldRefusal(error, .failure) }
        continue
      }
      do throws(CloudError) {
        files.append(try await LiveCluster.file(word.value, world.clusters))
      } catch {
        throw WorldRefusal(.awsCallFailed(error), .failure)
      }
    }
    return files
  }
}
