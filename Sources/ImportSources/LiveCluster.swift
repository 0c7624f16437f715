package import AWSServices
import Documents
package import SourceText
import Values

/// A cluster that is asked for by its id.
package enum LiveCluster {
  /// Whether a word is a cluster's id.
  package static func isID(_ word: String) -> Bool {
    word.hasPrefix("j-") && word.utf8.count > 4
      && word.utf8.dropFirst(2).allSatisfy {
        (0x30...0x39).contains($0) || (0x41...0x5A).contains($0)
      }
  }

  /// EMR's answers about a cluster in one document, as `aws emr` would print them one by one. What
  /// EMR doesn't say to this caller is listed in it.
  package static func file(
    _ cluster: String, _ source: any ClusterSource
  ) async throws(CloudError) -> SourceFile {
    var document = ValueMap()
    var unanswered: [Value] = []
    let description = try await source.answer(.cluster, about: cluster)
    document[ClusterQuestion.cluster.member] = description
    let hasFleets = description["InstanceCollectionType"].text == "INSTANCE_FLEET"
    for question in ClusterQuestion.allCases where question != .cluster {
      if question == (hasFleets ? .instanceGroups : .instanceFleets) { continue }
      do throws(CloudError) {
        let answer = try await source.answer(question, about: cluster)
        // Empty where there is none: it was asked for.
        if case .null = answer {
          document[question.member] = .map(ValueMap())
        } else {
          document[question.member] = answer
        }
      } catch {
        // What only newer EMR knows, or a caller may not see, isn't a reason to give up.
        guard !question.isList,
          [.refused, .forbidden, .notFound, .unavailable].contains(error.kind)
        else {
          throw error
        }
        unanswered.append(.string(question.rawValue))
      }
    }
    if !unanswered.isEmpty { document[AWSOutput.unanswered] = .list(unanswered) }
    var writer = CanonicalJSONWriter(pretty: true)
    writer.value(.map(document), revealingSecrets: false)
    writer.newline()
    return SourceFile(name: "<\(cluster)>", text: writer.bytes)
  }
}
