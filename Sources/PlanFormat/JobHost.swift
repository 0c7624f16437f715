package import SourceText

/// A service of EMR that runs steps as jobs, in place of a cluster.
package enum JobService: String, Hashable, Sendable, CaseIterable {
  case serverless = "emr-serverless"
  case eks = "emr-on-eks"

  /// What people call it.
  package var title: String {
    switch self {
    case .serverless: "EMR Serverless"
    case .eks: "EMR on EKS"
    }
  }
}

/// The service that runs a run's steps as jobs, and the role that they have.
package struct JobHost: Hashable, Sendable {
  package var service: JobService
  /// The id of the application, or of the virtual cluster.
  package var id: String
  /// The ARN of the role that the jobs have.
  package var role: String
  /// The label of the release, such as `emr-7.1.0-latest`; nil where the application has one.
  package var release: String?
  /// Where the command line asks for the service.
  package var span: Span

  package init(service: JobService, id: String, role: String, release: String?, span: Span) {
    self.service = service
    self.id = id
    self.role = role
    self.release = release
    self.span = span
  }
}
