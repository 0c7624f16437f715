internal import AWSServices
internal import Values

// EMR's model marks no member of its answers as required. Those that Penstock acts on are: EMR
// sends them always, and an answer without them doesn't say that there is nothing.

extension ClusterDescription {
  init(answer: ValueMap) throws(MalformedAnswer) {
    let status = try answer.requiredMap("Status")
    self.init(
      id: try answer.required("Id"), name: try answer.requiredText("Name"),
      state: try ClusterState(answer: status))
    reason = try StateChangeReason(answer: status)
    tags = try answer.requiredMaps("Tags").map { tag throws(MalformedAnswer) in
      Tag(key: try tag.requiredText("Key"), value: try tag.text("Value") ?? "")
    }
    let timeline = try status.map("Timeline") ?? ValueMap()
    created = try timeline.time("CreationDateTime")
    ready = try timeline.time("ReadyDateTime")
    ended = try timeline.time("EndDateTime")
    logURI = try answer.text("LogUri")
    if case .bool(let flag)? = answer["TerminationProtected"] { isProtected = flag }
    masterPublicDNSName = try answer.text("MasterPublicDnsName")
  }
}

extension ClusterSummary {
  init(answer: ValueMap) throws(MalformedAnswer) {
    let status = try answer.requiredMap("Status")
    self.init(
      id: try answer.required("Id"), name: try answer.requiredText("Name"),
      state: try ClusterState(answer: status),
      created: try status.map("Timeline")?.time("CreationDateTime"))
  }
}

extension StepDescription {
  init(answer: ValueMap) throws(MalformedAnswer) {
    let status = try answer.requiredMap("Status")
    let text = try status.required("State")
    guard let state = StepState(rawValue: text) else {
      throw MalformedAnswer("`\(text)` isn't a state of a step")
    }
    self.init(
      id: try answer.required("Id"), name: try answer.requiredText("Name"), state: state)
    reason = try StateChangeReason(answer: status)
    if let details = try status.map("FailureDetails") {
      failure = Failure(
        reason: try details.text("Reason") ?? "", message: try details.text("Message") ?? "",
        logFile: try details.text("LogFile") ?? "")
    }
    let timeline = try status.map("Timeline") ?? ValueMap()
    created = try timeline.time("CreationDateTime")
    started = try timeline.time("StartDateTime")
    ended = try timeline.time("EndDateTime")
  }
}

extension ClusterState {
  fileprivate init(answer status: ValueMap) throws(MalformedAnswer) {
    let text = try status.required("State")
    guard let state = ClusterState(rawValue: text) else {
      throw MalformedAnswer("`\(text)` isn't a state of a cluster")
    }
    self = state
  }
}

extension StateChangeReason {
  fileprivate init(answer status: ValueMap) throws(MalformedAnswer) {
    let reason = try status.map("StateChangeReason") ?? ValueMap()
    self.init(code: try reason.text("Code") ?? "", message: try reason.text("Message") ?? "")
  }
}
