internal import Platform

/// Runs a program and reads its output without blocking a thread.
package enum ProcessRunner {
  private static var outputLimit: Int { 1 << 20 }
  /// The polling interval.
  private static var pause: Duration { .milliseconds(5) }

  package static func run(_ program: ProcessRequest) async -> ProcessResult {
    await run(program, input: nil)
  }

  /// - Parameter input: what it reads from standard input; nil for nothing.
  package static func run(_ program: ProcessRequest, input: [UInt8]?) async -> ProcessResult {
    guard !program.arguments.isEmpty else { return .notStarted("it has no name") }
    var ends: [Int32] = [0, 0]
    guard pipe(&ends) == 0 else { return .notStarted(reason(errno)) }
    let (readEnd, writeEnd) = (ends[0], ends[1])
    defer { close(readEnd) }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    _ = fcntl(readEnd, F_SETFL, O_NONBLOCK)
    let source = input.map { Self.file(holding: $0) }
    defer { if let source, source >= 0 { close(source) } }
    if let source, source < 0 {
      close(writeEnd)
      return .notStarted("its input can't be stored")
    }
    let (process, status) = spawn(program, input: source, output: writeEnd, errors: nil)
    close(writeEnd)
    guard status == 0 else { return .notStarted(reason(status)) }
    return await watch(process, output: readEnd, timeout: program.timeout)
  }

  private static func watch(_ process: pid_t, output: Int32, timeout: Double) async -> ProcessResult
  {
    // By the clock, not by counting pauses: on a busy machine a pause takes longer than asked for.
    let end = ContinuousClock.now + .seconds(timeout)
    var bytes: [UInt8] = []
    var ended: Int32?
    while true {
      let isAtEnd = drain(output, into: &bytes)
      if bytes.count > outputLimit { return stop(process, ended, .tooMuchOutput) }
      var status: Int32 = 0
      if ended == nil, waitpid(process, &status, WNOHANG) == process { ended = status }
      let isOver = ContinuousClock.now >= end
      if let ended, isAtEnd || isOver {
        return .finished(status: exitStatus(ended), output: bytes)
      }
      if isOver || Task.isCancelled { return stop(process, ended, .timedOut) }
      try? await Task.sleep(for: pause)
    }
  }

  /// Ends the program and its children.
  private static func stop(_ process: pid_t, _ ended: Int32?, _ result: ProcessResult)
    -> ProcessResult
  {
    kill(-process, SIGKILL)
    var status: Int32 = 0
    if ended == nil { waitpid(process, &status, 0) }
    return result
  }

  /// Reads what is available; true at the end.
  private static func drain(_ output: Int32, into bytes: inout [UInt8]) -> Bool {
    var buffer = [UInt8](repeating: 0, count: 4096)
    while bytes.count <= outputLimit {
      let count = read(output, &buffer, buffer.count)
      if count == 0 { return true }
      if count < 0 { return errno != EAGAIN && errno != EINTR }
      bytes.append(contentsOf: buffer.prefix(count))
    }
    return false
  }

  /// The exit status as in a shell: 128 plus the signal's number if a signal ended the program.
  private static func exitStatus(_ status: Int32) -> Int32 {
    let signal = status & 0x7F
    return signal == 0 ? (status >> 8) & 0xFF : 128 + signal
  }

  /// Runs a program to its end, however much it reads and writes; nil if it can't be started.
  package static func runToEnd(_ program: ProcessRequest, input: [UInt8] = []) -> EndedProcess? {
    guard !program.arguments.isEmpty else { return nil }
    let files = [file(holding: input), file(holding: []), file(holding: [])]
    defer { files.filter { $0 >= 0 }.forEach { _ = close($0) } }
    guard files.allSatisfy({ $0 >= 0 }) else { return nil }
    let (process, started) = spawn(
      program, input: files[0], output: files[1], errors: files[2])
    guard started == 0 else { return nil }
    var status: Int32 = 0
    while waitpid(process, &status, 0) < 0 {
      guard errno == EINTR else { return nil }
    }
    return EndedProcess(
      status: exitStatus(status), output: contents(files[1]), errors: contents(files[2]))
  }

  /// An unnamed temporary file, deleted when it is closed; negative on failure.
  private static func file(holding bytes: [UInt8]) -> Int32 {
    guard let stream = tmpfile() else { return -1 }
    let file = fcntl(fileno(stream), F_DUPFD_CLOEXEC, 3)
    fclose(stream)
    guard file >= 0 else { return file }
    var written = 0
    bytes.withUnsafeBytes { buffer in
      while let base = buffer.baseAddress, written < buffer.count {
        let count = write(file, base + written, buffer.count - written)
        if count < 0, errno == EINTR { continue }
        guard count > 0 else { return }
        written += count
      }
    }
    guard written == bytes.count, lseek(file, 0, SEEK_SET) == 0 else {
      close(file)
      return -1
    }
    return file
  }

  private static func contents(_ file: Int32) -> [UInt8] {
    guard lseek(file, 0, SEEK_SET) == 0 else { return [] }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = read(file, &buffer, buffer.count)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return bytes }
      bytes.append(contentsOf: buffer.prefix(count))
    }
  }

  private static func spawn(
    _ program: ProcessRequest, input: Int32?, output: Int32, errors: Int32?
  ) -> (pid_t, Int32) {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    if let input {
      posix_spawn_file_actions_adddup2(&actions, input, 0)
    } else {
      posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    }
    posix_spawn_file_actions_adddup2(&actions, output, 1)
    if let errors {
      posix_spawn_file_actions_adddup2(&actions, errors, 2)
    } else {
      posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
    }
    // Files that others opened without O_CLOEXEC: a reader that waits for their end would wait for this
    // program too.
    for file in openFiles() { posix_spawn_file_actions_addclose(&actions, file) }

    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    // A separate process group, so that it can be ended with its children; no signals blocked.
    posix_spawnattr_setpgroup(&attributes, 0)
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setflags(
      &attributes, Int16(POSIX_SPAWN_SETPGROUP) | Int16(POSIX_SPAWN_SETSIGMASK))

    var arguments = program.arguments.map { strdup($0) } + [nil]
    var environment =
      program.environment.sorted { $0.key < $1.key }.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer {
      for text in arguments + environment { free(text) }
    }
    var process: pid_t = 0
    let status = posix_spawnp(
      &process, program.arguments[0], &actions, &attributes, &arguments, &environment)
    return (process, status)
  }

  /// The numbers of the files that are open, after the three standard ones; none where the system
  /// doesn't tell (`/proc` is Linux's).
  private static func openFiles() -> [Int32] {
    guard let folder = opendir("/proc/self/fd") else { return [] }
    defer { closedir(folder) }
    let own = dirfd(folder)
    var files: [Int32] = []
    while let entry = readdir(folder) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      if let file = Int32(name), file > 2, file != own { files.append(file) }
    }
    return files
  }

  private static func reason(_ number: Int32) -> String {
    strerror(number).map { String(cString: $0) } ?? "error \(number)"
  }
}
