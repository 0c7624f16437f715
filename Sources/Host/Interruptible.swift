package import Diagnostics
import Platform

/// Work that waits for AWS, and can be interrupted.
package enum Interruptible {
  /// How long a command may take to stop cleanly, in seconds: a call may never be answered.
  private static let patience: UInt32 = 4

  /// Runs a command to its end and exits. SIGINT, SIGTERM and SIGHUP cancel its task, so that it
  /// stops cleanly; a second one, or some seconds, end the process, and what was begun goes on
  /// without it.
  package static func run(_ body: @escaping @Sendable () async -> ExitStatus) -> Never {
    var stops = signals()
    sigaddset(&stops, SIGALRM)
    // Threads started from here on leave the signals to this one.
    pthread_sigmask(SIG_BLOCK, &stops, nil)
    // The reader of the output may go away: the run matters more than its output.
    signal(SIGPIPE, SIG_IGN)
    let work = Task.detached {
      let status = await body()
      Platform.exit(status.code)
    }
    while true {
      var number: Int32 = 0
      guard sigwait(&stops, &number) == 0 else { continue }
      if work.isCancelled {
        if number == SIGALRM { Output.report("stopped without waiting any longer\n") }
        Output.writeReserved()
        _exit(ExitStatus.interrupted.code)
      }
      // Somebody else's; ours only follows one of the other signals.
      guard number != SIGALRM else { continue }
      Output.report("\nstopping cleanly; send the signal again to stop at once\n")
      work.cancel()
      _ = alarm(patience)
    }
  }

  /// Takes the signals that end a program, even if the one that started it had them blocked; to be
  /// called at the start.
  package static func acceptSignals() {
    var stops = sigset_t()
    sigemptyset(&stops)
    for number in [SIGINT, SIGTERM, SIGHUP, SIGALRM] { sigaddset(&stops, number) }
    pthread_sigmask(SIG_UNBLOCK, &stops, nil)
    // Beyond a limit for files (`ulimit -f`), writing fails like on a full disk, instead of killing.
    signal(SIGXFSZ, SIG_IGN)
  }

  /// The signals that aren't ignored from the start, as with `nohup`.
  private static func signals() -> sigset_t {
    let ignored = ignoredSignals
    var stops = sigset_t()
    sigemptyset(&stops)
    for number in [SIGINT, SIGTERM, SIGHUP] where ignored >> UInt64(number - 1) & 1 == 0 {
      sigaddset(&stops, number)
    }
    return stops
  }

  /// A bit for each signal, the first for number 1: the line `SigIgn` of Linux's process status.
  private static var ignoredSignals: UInt64 {
    let bytes = (try? Files.read("/proc/self/status")) ?? []
    let lines = bytes.split(separator: UInt8(ascii: "\n"))
    let name = Array("SigIgn:\t".utf8)
    guard let line = lines.first(where: { $0.starts(with: name) }) else { return 0 }
    return UInt64(String(decoding: line.dropFirst(name.count), as: UTF8.self), radix: 16) ?? 0
  }
}
