package import HTTP

extension TransportSettings {
  /// Reads the environment like the AWS CLI: AWS_CA_BUNDLE overrides SSL_CERT_FILE, `HTTP_PROXY` in
  /// capitals counts, and EC2's metadata services are never reached through a proxy.
  package init(awsVariables: [String: String]) throws(SettingsError) {
    try self.init(
      variables: awsVariables, trustVariables: ["AWS_CA_BUNDLE", "SSL_CERT_FILE"],
      ownLink: TransportSettings.linkLocal + ["fd00:ec2::"])
  }
}
