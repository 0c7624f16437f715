import AWSServices
import Executor
import Values

/// Tells of runs that were refused before there was a plan.
enum RefusalNotice {
  static func send(
    _ run: NotificationMessage.Run, settings: ValueMap, secrets: [String: String],
    in world: RunWorld
  ) async -> [Notices.Result] {
    guard let sender = world.notifier, let settings = settings["notify"] else { return [] }
    let texts = SecretTexts(secrets)
    var run = run
    run.summary = texts.redact(run.summary)
    return await Notices(texts.fill(settings)).send(
      NotificationMessage(run), on: run.event == "no-data" ? .noData : .failure, by: sender,
      time: world.time)
  }
}
