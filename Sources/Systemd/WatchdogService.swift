import CSystemd
public import Logging
public import ServiceLifecycle

/// What systemd expects of a service with `WatchdogSec=`.
public enum Watchdog {
    /// A year: longer is no watchdog, and nothing that systemd is told.
    public static let intervalMax = Duration.seconds(365 * 86_400)

    /// How long systemd waits for `WATCHDOG=1` before it kills this process; nil when it does not (sd_watchdog_enabled(3)), and for an
    /// interval beyond ``intervalMax``, which the log is told.
    public static func interval(logger: Logger) -> Duration? {
        var microseconds: UInt64 = 0
        guard sd_watchdog_enabled(0, &microseconds) > 0 else { return nil }
        guard let interval = Int64(exactly: microseconds).map(Duration.microseconds), interval <= intervalMax else {
            logger.warning(
                "WATCHDOG_USEC is ignored: it is longer than a year", metadata: ["WATCHDOG_USEC": "\(microseconds)"])
            return nil
        }
        return interval
    }
}

/// Feeds the watchdog by proof of progress alone (`semantics.md`, rule 23).
///
/// A timer that feeds it would say that a timer runs. Every quarter of the interval a proof is asked for, a round trip through whatever
/// must make progress, begun and ended on the threads that tasks run on; only when that came back true in time is the watchdog fed. A
/// proof that hangs is never doubled by another: then nothing is fed, and systemd ends and restarts the service, which is the purpose.
/// When it asks, what it feeds and that it is late is decided on a thread of its own (decision 0010).
public struct WatchdogService: Service {
    private let interval: Duration
    private let notifier: Notifier
    private let logger: Logger
    private let alarm: any ThreadAlarm
    private let proof: @Sendable () async -> Bool
    private let phase: @Sendable () -> String
    private let margin: WatchdogMargin

    /// A feeder of the watchdog that bites after `interval`.
    ///
    /// - Parameters:
    ///   - phase: what hangs while the proof is out, in words for the log; must not wait for anything.
    ///   - margin: is told how near the watchdog comes.
    ///   - proof: true when progress was made; must return soon after its task is cancelled.
    public init(
        interval: Duration, notifier: Notifier, logger: Logger, margin: WatchdogMargin = WatchdogMargin(),
        phase: @escaping @Sendable () -> String = { "unknown" }, proof: @escaping @Sendable () async -> Bool
    ) {
        self.init(
            interval: interval, notifier: notifier, logger: logger, alarm: MonotonicAlarm(), margin: margin,
            phase: phase,
            proof: proof)
    }

    init(
        interval: Duration, notifier: Notifier, logger: Logger, alarm: any ThreadAlarm,
        margin: WatchdogMargin = WatchdogMargin(),
        phase: @escaping @Sendable () -> String, proof: @escaping @Sendable () async -> Bool
    ) {
        self.phase = phase
        self.margin = margin
        self.interval = interval
        self.notifier = notifier
        self.logger = logger
        self.alarm = alarm
        self.proof = proof
    }

    /// Feeds until graceful shutdown or cancellation; from `STOPPING=1` on, systemd no longer asks.
    public func run() async {
        let (proofs, askProof) = AsyncStream.makeStream(of: Void.self)
        let (calls, askPool) = AsyncStream.makeStream(of: Void.self)
        let thread = WatchdogThread(
            interval: interval, alarm: alarm,
            outlets: .init(
                askProof: { askProof.yield() }, askPool: { askPool.yield() }, notifier: notifier, logger: logger,
                phase: phase, margin: margin))
        thread.start()
        defer { thread.stop() }
        await cancelWhenGracefulShutdown {
            await withDiscardingTaskGroup { group in
                group.addTask { for await _ in calls { thread.tell(.poolAnswered) } }
                for await _ in proofs {
                    let proven = await proof()
                    // What is going down proves nothing, and is not to be told so.
                    if Task.isCancelled { break }
                    thread.tell(.proved(proven))
                }
                group.cancelAll()
            }
        }
    }
}
