import Platform
package import Values

/// The machine's clock and time zone.
package enum Clock {
  package static func now() -> Value.Timestamp {
    var time = timespec()
    guard clock_gettime(CLOCK_REALTIME, &time) == 0 else {
      return Value.Timestamp(seconds: 0, nanoseconds: 0)
    }
    return Value.Timestamp(
      seconds: Int64(time.tv_sec), nanoseconds: Int32(clamping: time.tv_nsec))
  }

  /// How far local time is ahead of UTC at a given time (`TZ`, or else the system's zone).
  package static func utcOffset(at moment: Value.Timestamp) -> Int {
    var seconds = time_t(moment.seconds)
    var local = tm()
    guard localtime_r(&seconds, &local) != nil else { return 0 }
    return local.tm_gmtoff
  }
}
