import Documents
import Text
import AWSServices
import PlanFormat
import Values

/// An event as sent: self-describing, with contexts for the program, the job and its steps.
struct MonitorEvent: Sendable {
  let method: String
  let url: String
  let headers: [(name: String, value: String)]
  let body: [UInt8]

  init(
    settings: MonitorSettings, schema: String, run: Run, version: String, id: String,
    time: Value.Timestamp
  ) {
    let event = Self.envelope(
      settings.envelopes["event"], .object(["schema": .string(schema), "data": .object([:])]))
    let contexts = Self.envelope(
      settings.envelopes["contexts"], .list(Self.contexts(settings, run, version)))
    let milliseconds = time.seconds &* 1000 &+ Int64(time.nanoseconds / 1_000_000)
    let fields = [
      ("e", "ue"), ("p", "srv"), ("tv", "penstock-\(version)"), ("aid", settings.appID),
      ("eid", id), ("dtm", String(milliseconds)), ("ue_pr", Self.json(event)),
      ("co", Self.json(contexts)),
    ]
    if settings.isPost {
      method = "POST"
      url = settings.base + settings.path
      headers = [("Content-Type", "application/json; charset=utf-8")]
      let map = ValueMap(fields.map { (key: .string($0.0), value: .string($0.1)) })
      body = Array(
        Self.json(Self.envelope(settings.envelopes["payload"], .list([.map(map)]))).utf8)
    } else {
      method = "GET"
      let query = fields.map { "\($0.0)=\(PercentEncoding.encode($0.1))" }.joined(separator: "&")
      url = settings.base + settings.path + "?" + query
      headers = []
      body = []
    }
  }

  private static func envelope(_ schema: Value, _ data: Value) -> Value {
    .object(["schema": schema, "data": data])
  }

  private static func json(_ value: Value) -> String {
    var writer = CanonicalJSONWriter(pretty: false)
    writer.value(value, revealingSecrets: false)
    return String(decoding: writer.bytes, as: UTF8.self)
  }

  private static func contexts(
    _ settings: MonitorSettings, _ run: Run, _ version: String
  ) -> [Value] {
    var contexts: [Value] = []
    if let schema = settings.schemas["application"].text {
      var application = ValueMap()
      if case .map(let map) = settings.application { application = map }
      application["version"] = .string(version)
      contexts.append(envelope(.string(schema), .map(application)))
    }
    if let schema = settings.schemas["job"].text {
      contexts.append(envelope(.string(schema), job(run)))
    }
    if let schema = settings.schemas["step"].text {
      contexts += run.record.steps.compactMap(\.description).map {
        envelope(.string(schema), step($0))
      }
    }
    return contexts
  }

  private static func job(_ run: Run) -> Value {
    var map = ValueMap()
    map["name"] = .string(run.plan.cluster.name)
    map["jobflow_id"] = .string(run.record.cluster ?? "")
    map["state"] = .string((run.record.clusterState ?? .starting).rawValue)
    map["created_at"] = time(run.clusterCreated ?? run.began)
    map["ended_at"] =
      run.record.ended == nil ? .null : time(run.services.time.now)
    let reason = run.record.clusterReason.message
    map["last_state_change_reason"] = reason.isEmpty ? .null : .string(reason)
    return .map(map)
  }

  private static func step(_ step: StepDescription) -> Value {
    var map = ValueMap()
    map["name"] = .string(step.name)
    map["state"] = .string(step.state.rawValue)
    map["created_at"] = time(step.created)
    map["started_at"] = time(step.started)
    map["ended_at"] = time(step.ended)
    return .map(map)
  }

  private static func time(_ time: Value.Timestamp?) -> Value {
    .string(
      ifAny: time.map { Value.Timestamp(seconds: $0.seconds, nanoseconds: 0).description })
  }
}
