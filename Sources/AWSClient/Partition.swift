import Text

/// A partition of AWS, with its own accounts and names.
package struct Partition: Hashable, Sendable {
  package var name: String
  package var domain: String
  /// The region for global calls.
  package var homeRegion: String

  package init(name: String, domain: String, homeRegion: String) {
    self.name = name
    self.domain = domain
    self.homeRegion = homeRegion
  }

  /// Prefixes of regions and their partitions; all other regions are in `aws`.
  private static let byPrefix: [(prefix: String, partition: Partition)] = [
    ("cn-", Partition(name: "aws-cn", domain: "amazonaws.com.cn", homeRegion: "cn-northwest-1")),
    (
      "us-gov-", Partition(name: "aws-us-gov", domain: "amazonaws.com", homeRegion: "us-gov-west-1")
    ),
    (
      "us-isob-",
      Partition(name: "aws-iso-b", domain: "sc2s.sgov.gov", homeRegion: "us-isob-east-1")
    ),
    (
      "us-isof-",
      Partition(name: "aws-iso-f", domain: "csp.hci.ic.gov", homeRegion: "us-isof-south-1")
    ),
    ("us-iso-", Partition(name: "aws-iso", domain: "c2s.ic.gov", homeRegion: "us-iso-east-1")),
    (
      "eu-isoe-",
      Partition(name: "aws-iso-e", domain: "cloud.adc-e.uk", homeRegion: "eu-isoe-west-1")
    ),
    ("eusc-", Partition(name: "aws-eusc", domain: "amazonaws.eu", homeRegion: "eusc-de-east-1")),
  ]

  package static let standard = Partition(
    name: "aws", domain: "amazonaws.com", homeRegion: "us-east-1")

  package static func of(region: String) -> Partition {
    byPrefix.first { region.hasPrefix($0.prefix) }?.partition ?? standard
  }

  /// Whether a text can be a region's name, which becomes part of host names.
  package static func isRegion(_ text: String) -> Bool {
    (1...40).contains(text.utf8.count) && text.utf8.first != .hyphen && text.utf8.last != .hyphen
      && text.utf8.allSatisfy {
        UInt8.lowercase.contains($0) || ASCII.isDigit($0) || $0 == .hyphen
      }
  }
}
