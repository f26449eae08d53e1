import Dispatch
import Glibc
import Logging
import OperatorLog
import Synchronization
import Testing

@testable import Systemd

@Suite(.timeLimit(.minutes(30))) struct WatchdogTests {
    /// A watchdog of 80 s whose proofs the test gives, one by one.
    private struct Scene: Sendable {
        let alarm = ManualAlarm()
        let fed = Mailbox<String>()
        let asked = Mailbox<Void>()
        let answers = Mailbox<Bool>()
        let logged = Mailbox<String>()

        func run(_ body: @Sendable () async throws -> Void) async throws {
            let fed = self.fed
            let logged = self.logged
            let asked = self.asked
            let answers = self.answers
            let service = WatchdogService(
                interval: .seconds(80), notifier: Notifier { fed.put($0) },
                logger: Logger(label: "test") { _ in Recorder { logged.put($0) } }, alarm: alarm,
                phase: { "committing" },
                proof: {
                    asked.put(())
                    return await answers.take() ?? false
                })
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await service.run() }
                try await body()
                group.cancelAll()
                try await group.waitForAll()
            }
        }
    }

    private static let late = "warning watchdog late MESSAGE_ID=\(OperatorMessage.watchdogLate.rawValue) "

    @Test func `each proof feeds the watchdog once, every quarter of the interval`() async throws {
        let scene = Scene()
        try await scene.run {
            for round in 0..<3 {
                _ = await scene.asked.take()
                scene.answers.put(true)
                #expect(await scene.fed.take() == "WATCHDOG=1")
                await scene.alarm.waits(until: .seconds(20 * round + 20))
                scene.alarm.advance(to: .seconds(20 * round + 20))
            }
        }
        #expect(scene.logged.all == [])
    }

    @Test func `rule 23: without a proof nothing is fed`() async throws {
        let scene = Scene()
        try await scene.run {
            scene.answers.put(false)
            #expect(await scene.logged.take() == "warning the watchdog was not fed elapsed=0 ms proven=false")
            await scene.alarm.waits(until: .seconds(20))
            scene.alarm.advance(to: .seconds(20))
            _ = await scene.asked.take()
            _ = await scene.asked.take()  // Asked again: the first round is over.
            #expect(scene.fed.all == [])
        }
    }

    @Test func `half of the interval without a proof is logged at once with the phase, and the proof still counts`()
        async throws
    {
        let scene = Scene()
        try await scene.run {
            _ = await scene.asked.take()
            await scene.alarm.waits(until: .seconds(10))
            scene.alarm.advance(to: .seconds(10))
            // Tasks are run: the answer is what wakes the thread once more.
            await scene.alarm.waits(until: .seconds(40))
            await scene.alarm.waits(until: .seconds(40))
            scene.alarm.advance(to: .seconds(40))
            #expect(await scene.logged.take() == Self.late + "elapsed=40000 ms interval=80000 ms phase=committing")
            #expect(scene.fed.all == [])
            scene.answers.put(true)
            #expect(await scene.fed.take() == "WATCHDOG=1")
        }
    }

    @Test func `a watchdog that has stopped feeds and says nothing more`() async throws {
        let scene = Scene()
        try await scene.run {
            _ = await scene.asked.take()
            await scene.alarm.waits(until: .seconds(10))
        }
        scene.alarm.advance(to: .seconds(80))
        #expect(scene.fed.all == [])
        #expect(scene.logged.all == [])
    }

    @Test func `blocked threads of tasks are named, by a thread that is none of them`() async {
        await #expect(processExitsWith: .success) {
            let (fed, never) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
            let service = WatchdogService(
                // A busy machine runs this thread late, and that has another name: not by the 5 s between its steps.
                interval: .seconds(20), notifier: Notifier { _ in fed.signal() },
                logger: Logger(label: "test") { _ in
                    Recorder { if $0.contains("watchdog late"), $0.contains("phase=no task is run") { exit(0) } }
                }, phase: { "waiting for something to do" }, proof: { true })
            Task { await service.run() }
            // This is one of the threads that tasks run on, and waits as all the others are made to.
            WatchdogTests.block(fed)
            for _ in 0..<256 { Task { WatchdogTests.block(never) } }
            WatchdogTests.block(never)
        }
    }

    private static func block(_ semaphore: DispatchSemaphore) { semaphore.wait() }

    @Test func `the interval is what systemd says, for this process alone`() async {
        await #expect(processExitsWith: .success) {
            let logged = Mailbox<String>()
            let logger = Logger(label: "test") { _ in Recorder { logged.put($0) } }
            unsetenv("WATCHDOG_USEC")
            #expect(Watchdog.interval(logger: logger) == nil)
            setenv("WATCHDOG_USEC", "30000000", 1)
            setenv("WATCHDOG_PID", "\(getpid())", 1)
            #expect(Watchdog.interval(logger: logger) == .seconds(30))
            setenv("WATCHDOG_PID", "1", 1)
            #expect(Watchdog.interval(logger: logger) == nil)
            #expect(logged.all == [])
        }
    }

    @Test func `an interval beyond a year is none, in words, and nonsense is none`() async {
        await #expect(processExitsWith: .success) {
            let logged = Mailbox<String>()
            let logger = Logger(label: "test") { _ in Recorder { logged.put($0) } }
            setenv("WATCHDOG_PID", "\(getpid())", 1)
            let long = ["9223372036854775807", "9223372036854775808", "18446744073709551614", "31536000000001"]
            for text in long {
                setenv("WATCHDOG_USEC", text, 1)
                #expect(Watchdog.interval(logger: logger) == nil)
            }
            #expect(
                logged.all
                    == long.map { "warning WATCHDOG_USEC is ignored: it is longer than a year WATCHDOG_USEC=\($0)" })
            for text in ["18446744073709551615", "0", "-1", "x", "", "1e9", "36893488147419103232"] {
                setenv("WATCHDOG_USEC", text, 1)
                #expect(Watchdog.interval(logger: logger) == nil)
            }
            #expect(logged.all.count == long.count)
        }
    }
}

struct ThreadAlarmTests {
    @Test func `a wait ends by its time or by a wake, also by one that came before`() {
        let alarm = MonotonicAlarm()
        alarm.wake()
        alarm.wait(until: nil)
        let begin = alarm.now
        alarm.wait(until: begin + .milliseconds(2))
        #expect(alarm.now >= begin + .milliseconds(2))
        alarm.wait(until: begin)
    }
}
