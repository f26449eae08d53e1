import Glibc
import Logging
import OperatorLog
import Synchronization
import Systemd
import Testing

struct WatchdogTests {
    /// A watchdog of 30 s whose proofs the test gives, one by one.
    private struct Scene: Sendable {
        let clock = ManualClock()
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
                interval: .seconds(30), notifier: Notifier { fed.put($0) },
                logger: Logger(label: "test") { _ in Recorder { logged.put($0) } }, clock: clock,
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

    @Test func `each proof feeds the watchdog once, every third of the interval`() async throws {
        let scene = Scene()
        try await scene.run {
            for _ in 0..<3 {
                scene.answers.put(true)
                #expect(await scene.fed.take() == "WATCHDOG=1")
                await scene.clock.sleepers(1)
                scene.clock.advance(by: .seconds(10))
            }
        }
        #expect(scene.logged.all == [])
    }

    @Test func `rule 23: without a proof nothing is fed`() async throws {
        let scene = Scene()
        try await scene.run {
            scene.answers.put(false)
            #expect(await scene.logged.take() == "warning the watchdog was not fed elapsed=0 ms proven=false")
            await scene.clock.sleepers(1)
            scene.clock.advance(by: .seconds(10))
            _ = await scene.asked.take()
            _ = await scene.asked.take()  // Asked again: the first round is over.
            #expect(scene.fed.all == [])
        }
    }

    @Test func `a proof that is out for half of the interval is logged at once and still counts`() async throws {
        let scene = Scene()
        try await scene.run {
            _ = await scene.asked.take()
            await scene.clock.sleepers(2)
            scene.clock.advance(by: .seconds(15))
            #expect(
                await scene.logged.take()
                    == "warning watchdog late MESSAGE_ID=\(OperatorMessage.watchdogLate.rawValue) elapsed=15000 ms "
                    + "interval=30000 ms phase=committing"
            )
            #expect(scene.fed.all == [])
            scene.answers.put(true)
            #expect(await scene.fed.take() == "WATCHDOG=1")
        }
    }

    @Test func `a proof that comes after the interval is too late`() async throws {
        let scene = Scene()
        try await scene.run {
            _ = await scene.asked.take()
            await scene.clock.sleepers(2)
            scene.clock.advance(by: .seconds(30))
            _ = await scene.logged.take()
            scene.answers.put(true)
            #expect(await scene.logged.take() == "warning the watchdog was not fed elapsed=30000 ms proven=true")
            #expect(scene.fed.all == [])
        }
    }

    @Test func `a proof that hangs is not doubled by another`() async throws {
        let scene = Scene()
        try await scene.run {
            _ = await scene.asked.take()
            await scene.clock.sleepers(2)
            for _ in 0..<10 { scene.clock.advance(by: .seconds(30)) }
            _ = await scene.logged.take()
            #expect(scene.asked.all.isEmpty)
        }
    }

    @Test func `the interval is what systemd says, for this process alone`() async {
        await #expect(processExitsWith: .success) {
            unsetenv("WATCHDOG_USEC")
            #expect(Watchdog.interval == nil)
            setenv("WATCHDOG_USEC", "30000000", 1)
            setenv("WATCHDOG_PID", "\(getpid())", 1)
            #expect(Watchdog.interval == .seconds(30))
            setenv("WATCHDOG_PID", "1", 1)
            #expect(Watchdog.interval == nil)
        }
    }
}
