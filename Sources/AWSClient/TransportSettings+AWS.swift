package import HTTP

extension TransportSettings {
  /// As the AWS CLI reads the environment: AWS_CA_BUNDLE goes before SSL_CERT_FILE, `HTTP_PROXY` in
  /// capitals counts, and the metadata services of EC2 are never asked through a proxy.
  package init(awsVariables: [String: String]) throws(SettingsError) {
    try self.init(
      variables: awsVariables, trustVariables: ["AWS_CA_BUNDLE", "SSL_CERT_FILE"],
      ownLink: TransportSettings.linkLocal + ["fd00:ec2::"])
  }
}
