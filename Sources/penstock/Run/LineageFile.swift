import AWSServices
import Host

/// A file of lineage events, one per line.
enum LineageFile {
  static func append(_ event: [UInt8], to path: String) throws(CloudError) {
    do throws(FileFailure) {
      try Output.append(event + [UInt8(ascii: "\n")], to: path)
    } catch {
      throw CloudError(.refused, operation: "Lineage", message: "\(path): \(error.reason)")
    }
  }
}
