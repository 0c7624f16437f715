/// Where credentials come from, as the environment and the profiles say; nothing is asked yet.
package indirect enum CredentialSource: Hashable, Sendable {
  case keys(Credentials)
  /// A program of the profile's that writes them.
  case process([String], profile: String)
  case role(STSClient.RoleRequest, with: CredentialSource)
  case webIdentity(STSClient.RoleRequest, tokenFile: String)
  /// The endpoint of a container's host: its address, and what it is asked with.
  case container(url: String, token: ContainerToken)
  /// The machine's own role, by its metadata service.
  case instance

  package enum ContainerToken: Hashable, Sendable {
    case none
    case text(String)
    case file(String)
  }

  /// For messages: where they come from, without any of them.
  package var description: String {
    switch self {
    case .keys: "the keys that were given"
    case .process(_, let profile): "`credential_process` of profile `\(profile)`"
    case .role(let role, _): "role `\(role.arn)`"
    case .webIdentity(let role, _): "role `\(role.arn)` by web identity"
    case .container: "the container's credentials"
    case .instance: "the instance's profile"
    }
  }
}
