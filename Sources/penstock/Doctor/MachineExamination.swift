import CommandLineSyntax
import Compiler
import Diagnostics
import Executor
import Expressions
import Host
import Journal
import Platform
import PlanFormat
import SourceText
import Text
import Values

/// What a run needs of this machine. Nothing is created or changed.
struct MachineExamination {
  private let context: CommandContext

  init(_ context: CommandContext) { self.context = context }

  var findings: [Finding] { [journal, timeZones] + network }

  // MARK: The program

  /// The version, and whether the shell finds this program under its names.
  var program: [Finding] {
    let commit = BuildInfo.commit.map { " (\($0))" } ?? ""
    var findings = [
      Finding(
        "program", .ok,
        "\(ProgramName.version)\(commit), plan format \(Plan.formatVersion), journal format "
          + "\(Journal.formatVersion), language \(BuildInfo.language)")
    ]
    for name in ["penstock", CommandName.runner] {
      guard let path = Self.first(name), !Self.isThisProgram(path) else { continue }
      findings.append(
        Finding(
          "program", .warning, "`\(name)` on the PATH is another file: \(path)",
          advice: "cron and scripts may run that one: remove it, or put this one before it"))
    }
    return findings
  }

  private static func first(_ name: String) -> String? {
    (Environment.value("PATH") ?? "").split(separator: ":")
      .map { Files.join(String($0), name) }.first { access($0, X_OK) == 0 && Files.isFile($0) }
  }

  private static func isThisProgram(_ path: String) -> Bool {
    var one = stat()
    var other = stat()
    return stat(path, &one) == 0 && stat("/proc/self/exe", &other) == 0
      && one.st_dev == other.st_dev && one.st_ino == other.st_ino
  }

  // MARK: The journal

  private var journal: Finding {
    do throws(WorldRefusal) {
      let journal = try RunJournal.read(context)
      let count: Int
      do throws(JournalError) {
        try journal.check()
        count = try journal.runs().count
      } catch {
        throw WorldRefusal(.journal(error, at: journal.path))
      }
      let path = journal.path
      let isThere = Files.exists(path)
      // The place where a folder or file would be made.
      var place = isThere ? path : Files.folder(of: path)
      while !place.isEmpty, place != "/", !Files.exists(place) { place = Self.parent(place) }
      guard access(place.isEmpty ? "." : place, W_OK) == 0 else {
        return Finding(
          "journal", .problem, "`\(path)` can't be written by this user",
          advice: "give another with --journal or XDG_STATE_HOME, or change its owner")
      }
      return Finding(
        "journal", .ok,
        isThere
          ? "\(path), \(count == 1 ? "1 run" : "\(count) runs"), sound"
          : "\(path), which the first run creates")
    } catch {
      return Finding(
        "journal", .problem, error.diagnostic.message,
        advice: error.diagnostic.hint ?? "name another file with --journal")
    }
  }

  private static func parent(_ path: String) -> String {
    var path = path[...]
    while path.hasSuffix("/") { path = path.dropLast() }
    return Files.folder(of: String(path))
  }

  // MARK: What the environment says

  private var timeZones: Finding {
    let now = Value.Timestamp(seconds: Clock.now().seconds, nanoseconds: 0)
    switch ZoneFiles.lookUp("Europe/Berlin") {
    case .rules: return Finding("time", .ok, "\(now), and time zones are known")
    case .unknownName, .unavailable:
      return Finding(
        "time", .warning, "\(now), but the system has no table of time zones",
        advice: "install tzdata, for pipelines that name a zone")
    }
  }

  /// Proxies and certificates.
  private var network: [Finding] {
    var findings: [Finding] = []
    if let proxy = Self.first(of: "https_proxy", "HTTPS_PROXY") {
      let shown = SecretParts.replaced(in: proxy.value) { _ in "***" }
      let exceptions = Self.first(of: "no_proxy", "NO_PROXY").map { ", except \($0.value)" } ?? ""
      findings.append(
        Finding("proxy", .ok, VisibleText.line("\(shown) by \(proxy.name)\(exceptions)")))
    } else {
      findings.append(Finding("proxy", .ok, "none: HTTPS_PROXY isn't set"))
    }
    if let trust = Self.first(of: "AWS_CA_BUNDLE", "SSL_CERT_FILE") {
      let text = (try? Files.read(trust.value)).map { String(decoding: $0, as: UTF8.self) }
      let count = text.map { $0.split(separator: "\n").count { $0.hasPrefix("-----BEGIN CERT") } }
      findings.append(
        (count ?? 0) > 0
          ? Finding("tls", .ok, "\(count ?? 0) certificates of \(trust.value) by \(trust.name)")
          : Finding(
            "tls", .problem,
            "\(trust.name) names \(trust.value), which "
              + (text == nil ? "can't be read" : "has no certificate"),
            advice: "correct it, or unset it to trust the system's certificates"))
    } else {
      findings.append(Self.systemCertificates)
    }
    return findings
  }

  private static var systemCertificates: Finding {
    let files = [
      "/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt",
      "/etc/ssl/cert.pem",
    ]
    if let file = files.first(where: Files.isFile) {
      return Finding("tls", .ok, "the system's certificates, \(file)")
    }
    return Finding(
      "tls", .warning, "the system has no certificates of authorities where they usually are",
      advice: "install ca-certificates, or set AWS_CA_BUNDLE")
  }

  private static func first(of names: String...) -> (name: String, value: String)? {
    for name in names {
      if let value = Environment.value(name), !value.isEmpty { return (name, value) }
    }
    return nil
  }
}
