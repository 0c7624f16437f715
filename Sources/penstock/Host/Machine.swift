import Text
import Host
import AWSServices
import Executor
import Platform
import Journal
import Values

/// This machine and its processes, as named in journals and locks.
enum Machine {
  /// This process.
  static func owner() -> Owner {
    let process = getpid()
    return Owner(
      user: Environment.value("LOGNAME") ?? Environment.value("USER") ?? "user \(getuid())",
      host: host, process: Int64(process), processStart: start(of: process) ?? "",
      since: Clock.now())
  }

  /// Whether a lock's holder may still be at work; for another machine's it can't be known.
  static func isAlive(_ owner: Owner) -> Bool {
    guard owner.host == host, let process = pid_t(exactly: owner.process), process > 0 else {
      return true
    }
    guard let start = start(of: process) else { return false }
    // A later process may have the number of an earlier one.
    return owner.processStart.isEmpty || owner.processStart == start
  }

  private static var host: String {
    var name = [CChar](repeating: 0, count: 256)
    guard gethostname(&name, name.count - 1) == 0 else { return "this machine" }
    return String(decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  /// When a process began: the machine's boot, and the clock ticks since; nil if there is no such
  /// process.
  private static func start(of process: pid_t) -> String? {
    guard let bytes = try? Files.read("/proc/\(process)/stat") else { return nil }
    // The program's name is in parentheses and may contain anything; the 20th word after it counts.
    guard let end = bytes.lastIndex(of: UInt8(ascii: ")")) else { return nil }
    let words = bytes[(end + 1)...].split(separator: .space)
    guard words.count > 19, words.first?.elementsEqual([UInt8(ascii: "Z")]) == false else {
      return nil
    }
    let boot = (try? Files.read("/proc/sys/kernel/random/boot_id")) ?? []
    return String(decoding: boot.prefix(8), as: UTF8.self) + "-"
      + String(decoding: words[19], as: UTF8.self)
  }
}

/// The machine's clock.
struct SystemTime: TimeSource {
  var now: Value.Timestamp { Clock.now() }

  func sleep(seconds: Double) async throws(CancellationError) {
    do {
      try await Task.sleep(for: .seconds(max(0, min(seconds, 86_400))))
    } catch {
      throw CancellationError()
    }
  }
}

/// The system's source of randomness.
struct SystemRandom: RandomSource {
  func bytes(_ count: Int) -> [UInt8] {
    var generator = SystemRandomNumberGenerator()
    return (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
  }
}
