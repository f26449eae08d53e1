import Basics
import Glibc

/// Tells the service manager how the service is (sd_notify(3)). Does nothing where there is none: without `NOTIFY_SOCKET`.
///
/// Never waits for the manager: see `NotifySocket`.
public struct Notifier: Sendable {
    private let send: @Sendable (String) -> Void
    /// Whether anybody listens: there is a `NOTIFY_SOCKET`.
    public let isHeard: Bool

    /// Speaks to `$NOTIFY_SOCKET`.
    ///
    /// A message that cannot be sent is lost in silence: systemd's own timeouts are what notices, and there is nobody else to tell.
    public init() {
        let socket = getenv("NOTIFY_SOCKET").flatMap { NotifySocket(String(cString: $0)) }
        isHeard = socket != nil
        send = { socket?.send($0) }
    }

    /// Speaks through `send`, which gets one datagram's text at a time.
    public init(send: @escaping @Sendable (String) -> Void) {
        self.send = send
        isHeard = true
    }

    /// Start-up has ended, or a reload has; `status` is a line that a person reads.
    public func ready(status: String? = nil) {
        notify("READY=1", status: status)
    }

    /// A line for a person: `1 204 live, 3 stuck, payment breaker open`.
    public func status(_ status: String) {
        send(Self.line(status))
    }

    /// The service is on its way out.
    public func stopping(status: String? = nil) {
        notify("STOPPING=1", status: status)
    }

    /// A reload began; ``ready(status:)`` ends it.
    ///
    /// The time is what tells this reload from the one before (systemd.service(5), `Type=notify-reload`, from 253 on; 252 ignores it).
    public func reloading(status: String? = nil) {
        notify("RELOADING=1\nMONOTONIC_USEC=\(Self.monotonicMicroseconds())", status: status)
    }

    /// Start-up or stopping needs `duration` more, counted from now: a migration, say.
    public func extendTimeout(by duration: Duration) {
        send("EXTEND_TIMEOUT_USEC=\(duration.microseconds)")
    }

    /// The proof of life that `WatchdogSec=` waits for.
    public func watchdog() {
        send("WATCHDOG=1")
    }

    private func notify(_ assignments: String, status: String?) {
        send(status.map { assignments + "\n" + Self.line($0) } ?? assignments)
    }

    /// One assignment a line: a line break within the status would begin another.
    private static func line(_ status: String) -> String {
        "STATUS=" + String(status.map { $0.isNewline ? " " : $0 })
    }

    private static func monotonicMicroseconds() -> Int64 { MonotonicTime.now.microseconds }
}

extension Duration {
    /// Whole microseconds, the unit of systemd's interfaces.
    var microseconds: Int64 {
        components.seconds * 1_000_000 + components.attoseconds / 1_000_000_000_000
    }
}
