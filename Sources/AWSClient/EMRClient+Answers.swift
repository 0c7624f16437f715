internal import AWSServices
internal import Values

extension ClusterDescription {
  init(answer: ValueMap) throws(MalformedAnswer) {
    let status = answer.map("Status") ?? ValueMap()
    self.init(
      id: try answer.required("Id"), name: answer.text("Name") ?? "",
      state: try ClusterState(answer: status))
    reason = StateChangeReason(answer: status)
    tags = answer.maps("Tags").map { Tag(key: $0.text("Key") ?? "", value: $0.text("Value") ?? "") }
    let timeline = status.map("Timeline") ?? ValueMap()
    created = timeline.time("CreationDateTime")
    ready = timeline.time("ReadyDateTime")
    ended = timeline.time("EndDateTime")
    logURI = answer.text("LogUri")
    masterPublicDNSName = answer.text("MasterPublicDnsName")
  }
}

extension ClusterSummary {
  init(answer: ValueMap) throws(MalformedAnswer) {
    let status = answer.map("Status") ?? ValueMap()
    self.init(
      id: try answer.required("Id"), name: answer.text("Name") ?? "",
      state: try ClusterState(answer: status),
      created: status.map("Timeline")?.time("CreationDateTime"))
  }
}

extension StepDescription {
  init(answer: ValueMap) throws(MalformedAnswer) {
    let status = answer.map("Status") ?? ValueMap()
    let text = try status.required("State")
    guard let state = StepState(rawValue: text) else {
      throw MalformedAnswer("`\(text)` isn't a state of a step")
    }
    self.init(id: try answer.required("Id"), name: answer.text("Name") ?? "", state: state)
    reason = StateChangeReason(answer: status)
    if let details = status.map("FailureDetails") {
      failure = Failure(
        reason: details.text("Reason") ?? "", message: details.text("Message") ?? "",
        logFile: details.text("LogFile") ?? "")
    }
    let timeline = status.map("Timeline") ?? ValueMap()
    created = timeline.time("CreationDateTime")
    started = timeline.time("StartDateTime")
    ended = timeline.time("EndDateTime")
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
  fileprivate init(answer status: ValueMap) {
    let reason = status.map("StateChangeReason") ?? ValueMap()
    self.init(code: reason.text("Code") ?? "", message: reason.text("Message") ?? "")
  }
}
