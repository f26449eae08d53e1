import Foundation
import Logging
import OperatorLog
import Synchronization

/// The clock of the watchdog, on a thread of its own: it waits for nothing but its alarm, so that it also speaks when the few threads
/// that tasks run on are blocked. What it does neither waits for the service manager (`NotifySocket`) nor for the log (`LogQueue`).
final class WatchdogThread: Sendable {
    /// What is asked for, and what is said.
    struct Outlets: Sendable {
        /// Asks for a proof, which is answered by ``tell(_:)``.
        var askProof: @Sendable () -> Void
        /// Asks a task to be run, which is answered by ``tell(_:)``.
        var askPool: @Sendable () -> Void
        var notifier: Notifier
        var logger: Logger
        /// What hangs while the proof is out; must not wait for anything.
        var phase: @Sendable () -> String
        /// How near it came.
        var margin = WatchdogMargin()
    }

    private struct State {
        var events: [Feeding.Event] = []
        var isOver = false
    }

    private let interval: Duration
    private let alarm: any ThreadAlarm
    private let outlets: Outlets
    private let state = Mutex(State())

    init(interval: Duration, alarm: any ThreadAlarm, outlets: Outlets) {
        self.interval = interval
        self.alarm = alarm
        self.outlets = outlets
    }

    func start() {
        let thread = Thread { self.run() }
        thread.name = "watchdog"
        thread.start()
    }

    /// Something has happened; nothing waits.
    func tell(_ event: Feeding.Event) {
        state.withLock { $0.events.append(event) }
        alarm.wake()
    }

    /// The thread ends, and says nothing more.
    func stop() {
        state.withLock { $0.isOver = true }
        alarm.wake()
    }

    private func run() {
        var feeding = Feeding(interval: interval, at: alarm.now)
        outlets.margin.begun(interval: interval, at: alarm.now)
        while let events = takeEvents() {
            for act in feeding.step(at: alarm.now, events) { carryOut(act) }
            alarm.wait(until: feeding.nextStep)
        }
    }

    /// Nil when it is over.
    private func takeEvents() -> [Feeding.Event]? {
        state.withLock { state in
            defer { state.events = [] }
            return state.isOver ? nil : state.events
        }
    }

    private func carryOut(_ act: Feeding.Act) {
        switch act {
        case .askProof: outlets.askProof()
        case .askPool: outlets.askPool()
        case .feed:
            outlets.notifier.watchdog()
            outlets.margin.fed(at: alarm.now)
        case .sayLate(let lateness, let elapsed):
            outlets.logger.tell(
                .watchdogLate,
                [
                    "elapsed": "\(elapsed.milliseconds) ms", "interval": "\(interval.milliseconds) ms",
                    "phase": "\(words(lateness))",
                ])
        case .sayUnfed(let proven, let elapsed):
            outlets.logger.warning(
                "the watchdog was not fed", metadata: ["proven": "\(proven)", "elapsed": "\(elapsed.milliseconds) ms"])
        }
    }

    private func words(_ lateness: Feeding.Lateness) -> String {
        switch lateness {
        case .poolIsBlocked: "no task is run: the threads of tasks are blocked or starved"
        case .proofIsOut: outlets.phase()
        case .unproven: "proofs come back, too late or without progress"
        case .notRun: "the process was not run: it or its machine was stopped or starved"
        }
    }
}
