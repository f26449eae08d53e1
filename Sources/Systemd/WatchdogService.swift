import CSystemd
public import Logging
import OperatorLog
public import ServiceLifecycle

/// What systemd expects of a service with `WatchdogSec=`.
public enum Watchdog {
    /// How long systemd waits for `WATCHDOG=1` before it kills this process; nil when it does not (sd_watchdog_enabled(3)).
    public static var interval: Duration? {
        var microseconds: UInt64 = 0
        return sd_watchdog_enabled(0, &microseconds) > 0 ? .microseconds(Int64(microseconds)) : nil
    }
}

/// Feeds the watchdog by proof of progress alone (`semantics.md`, rule 23).
///
/// A timer that feeds it would say that a timer runs. Every third of the interval it asks for a proof, a round trip through whatever
/// must make progress, and feeds only when that came back true in time. A proof that hangs is never doubled by another: then nothing is
/// fed, and systemd ends and restarts the service, which is the purpose.
public struct WatchdogService: Service {
    private let interval: Duration
    private let notifier: Notifier
    private let logger: Logger
    private let clock: any Clock<Duration>
    private let proof: @Sendable () async -> Bool
    private let phase: @Sendable () -> String

    /// A feeder of the watchdog that bites after `interval`.
    ///
    /// - Parameters:
    ///   - phase: what hangs while the proof is out, in words for the log; must not wait for anything.
    ///   - proof: true when progress was made; must return soon after its task is cancelled.
    public init(
        interval: Duration, notifier: Notifier, logger: Logger, clock: any Clock<Duration> = ContinuousClock(),
        phase: @escaping @Sendable () -> String = { "unknown" }, proof: @escaping @Sendable () async -> Bool
    ) {
        self.phase = phase
        self.interval = interval
        self.notifier = notifier
        self.logger = logger
        self.clock = clock
        self.proof = proof
    }

    /// Feeds until graceful shutdown or cancellation; from `STOPPING=1` on, systemd no longer asks.
    public func run() async {
        try? await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                async let pause: Void = clock.sleep(for: interval / 3)
                await feedOnProof()
                try await pause
            }
        }
    }

    private func feedOnProof() async {
        var proven = false
        let elapsed = await clock.measure {
            proven = await withTaskGroup(of: Void.self) { group in
                group.addTask { await warnWhenLate() }
                defer { group.cancelAll() }
                return await proof()
            }
        }
        if proven, elapsed < interval {
            notifier.watchdog()
        } else if !Task.isCancelled {
            logger.warning(
                "the watchdog was not fed", metadata: ["proven": "\(proven)", "elapsed": "\(elapsed.milliseconds) ms"])
        }
    }

    /// Said at half of the interval rather than when the proof returns, for it may never.
    private func warnWhenLate() async {
        let late = interval / 2
        guard (try? await clock.sleep(for: late)) != nil else { return }
        logger.tell(
            .watchdogLate,
            [
                "elapsed": "\(late.milliseconds) ms", "interval": "\(interval.milliseconds) ms", "phase": "\(phase())",
            ])
    }
}

extension Duration {
    /// Whole milliseconds, as logs show them.
    var milliseconds: Int64 { microseconds / 1000 }
}
