/// A cluster in the server's words.
struct ServedCluster: Decodable {
  var id: String
  var name: String
  var state: String
  var tags: [String: String]
  var steps: [[String]]

  /// Whether it has ended, or does so now.
  var isEnding: Bool { ["TERMINATING", "TERMINATED"].contains(state) }

  func count(_ state: String) -> Int { steps.count { $0.last == state } }
}
