import Foundation
public import Logging
import OperatorLog
public import SagaCore
public import SagaStore
public import ServiceLifecycle
import Synchronization

/// Runs sagas: takes commands, commits what follows from them, makes the calls, fires the timers, and goes on after a restart
/// where the rows say.
public final class Engine: Service, Sendable {
    let store: SagaStore
    /// Replaced by the loop alone, when others are loaded.
    private let loaded: Mutex<WorkflowSet>
    let inbox: Inbox
    let dispatcher: Dispatcher
    let gauges = Gauges()
    let tally = LoopTally()
    let bell = FeedBell()
    let acknowledgements = Acknowledgements()
    let phaseMark = PhaseMark()
    /// At the last proof for the watchdog.
    let provenCommits = Atomic<Int>(-1)
    /// A proof for the watchdog has come back from the loop and waits for the dispatcher.
    let dispatching = Atomic<Bool>(false)
    /// The time that sagas go by.
    public let clock: any EngineClock
    private let ticker: any Ticker
    private let limits: EngineLimits
    let logger: Logger
    private let observer: @Sendable ([CommittedChange]) -> Void
    private let ready = Atomic<Bool>(false)
    private let ending = Atomic<Bool>(false)
    private let paused: Atomic<Bool>
    let lastTicket = Atomic<Int64>(0)
    let isBackingUp = Atomic<Bool>(false)
    let readers = Readers()
    let longSagas = LongSagas()
    /// When there are older seals to be replaced: at the start, and after each ``rekey(_:wrapsOnly:reason:by:)``.
    let resealings: AsyncStream<Void>
    let sealing: AsyncStream<Void>.Continuation
    /// When there are rows of views to be written anew.
    let rebuildings: AsyncStream<Void>
    let rebuilding: AsyncStream<Void>.Continuation

    /// - Parameters:
    ///   - workflows: the current ones and all that live sagas are pinned to.
    ///   - ticker: the time of the lanes.
    ///   - paused: nothing moves until ``resume(reason:by:)``: for inspection.
    ///   - observer: told of each commit, in order, from the loop's thread: it must not block.
    /// - Throws: ``WorkflowConflict``, ``WorkflowMissing``, `StoreError`.
    public init(
        store: SagaStore, workflows: [LoadedWorkflow], transport: any Transport, clock: any EngineClock = SystemClock(),
        ticker: any Ticker = MonotonicTicker(), limits: EngineLimits = EngineLimits(), logger: Logger,
        paused: Bool = false,
        observer: @escaping @Sendable ([CommittedChange]) -> Void = { _ in }
    ) throws {
        self.store = store
        self.clock = clock
        self.ticker = ticker
        self.limits = limits
        self.logger = logger
        self.observer = observer
        // A restored store moves nothing, however often the daemon is started, until an operator has looked.
        self.paused = Atomic(try store.restoreNote()?.isPaused == true || paused)
        (resealings, sealing) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
        if try store.sealStatus().progress != nil { sealing.yield() }
        (rebuildings, rebuilding) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
        let set = try WorkflowSet(workflows, in: store)
        loaded = Mutex(set)
        inbox = Inbox(commandsMax: limits.inboxMax, bytesMax: limits.inboxBytesMax)
        dispatcher = Dispatcher(transport: transport, clock: clock, ticker: ticker, logger: logger)
        tell(of: set.views)
    }

    /// Every workflow that sagas are started with or go on by, now.
    var workflowSet: WorkflowSet { loaded.withLock { $0 } }

    /// Whether recovery is queued and commands are decided.
    public var isReady: Bool { ready.load(ordering: .acquiring) }

    /// Runs until the graceful shutdown: takes no more commands, finishes what was accepted, leaves the rest to the rows.
    public func run() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await self.runLoop() }
            group.addTask(executorPreference: dispatcher.executor) {
                await self.dispatcher.run { call, outcome in self.callEnded(call, outcome) }
            }
            group.addTask { await self.bell.run() }
            try await withTaskCancellationOrGracefulShutdownHandler {
                try await group.next()
                self.bell.finish()
                self.dispatcher.stop()
                try await group.waitForAll()
            } onCancelOrGracefulShutdown: {
                self.dispatcher.stopSending()
                self.inbox.close()
            }
        }
    }

    private func callEnded(_ call: Call, _ outcome: Outcome) {
        let ended = AttemptEnded(
            token: call.token, of: StepDirection(step: call.step, direction: call.direction), outcome: outcome)
        // Not a command: it is never turned away.
        try? inbox.push(Posted(ask: .tell(.number(call.saga.number), .attemptEnded(ended))))
    }

    /// Answers all that wait with where their saga is, and lets nobody wait from now on: before the socket closes.
    public func endWaits() {
        ending.store(true, ordering: .releasing)
        bell.end()
        inbox.nudge()
    }

    /// Whether ``endWaits()`` was called.
    public var waitsEnded: Bool { ending.load(ordering: .acquiring) }

    /// Whether nothing moves: no timer, no retry, no recovery, no call. Lists and operators' acts on single sagas are answered.
    public var isPaused: Bool { paused.load(ordering: .acquiring) }

    /// Lets everything go on; the log says who and why, as no saga's history does.
    /// - Returns: whether it was paused.
    public func resume(reason: String, by actor: Actor? = nil) async -> Bool {
        let was = paused.exchange(false, ordering: .acquiringAndReleasing)
        guard was else { return false }
        do throws(EngineError) {
            try await upkeep { store throws(StoreError) in
                guard try store.restoreNote()?.isPaused == true else { return }
                try store.write { try $0.restoreIsOver() }
            }
        } catch {
            logger.warning("the next start is paused again", metadata: ["error": "\(error)"])
        }
        var metadata: Logger.Metadata = ["reason": "\(reason)"]
        if let actor { metadata["actor_uid"] = "\(actor.uid)" }
        logger.tell(.resumed, metadata)
        inbox.nudge()
        return true
    }

    /// - Throws: ``EngineError/paused``.
    func refusePaused() throws(EngineError) {
        if isPaused { throw .paused }
    }

    /// Wakes the loop to look at its clock: for clocks that tests move.
    public func clockMoved() {
        inbox.nudge()
    }

    private func runLoop() async throws {
        try await withCheckedThrowingContinuation { (ended: CheckedContinuation<Void, any Error>) in
            let thread = Thread {
                let result = Result { try self.makeLoop() }
                if case .success(let loop) = result {
                    self.ready.store(true, ordering: .releasing)
                    loop.run()
                    self.ready.store(false, ordering: .releasing)
                    self.phaseMark.set(.ended)
                }
                self.inbox.refuseAll()
                ended.resume(with: result.map { _ in })
            }
            thread.name = "saga-loop"
            // Expressions recurse: more than the half megabyte that a thread may get.
            thread.stackSize = 8 << 20
            thread.start()
        }
    }

    private func makeLoop() throws -> Loop {
        let writer = try Writer(
            store: store, workflows: workflowSet, cacheMax: limits.cacheMax, earlyMax: limits.earlyMax,
            cacheBytesMax: limits.cacheBytesMax, earlyBytesMax: limits.earlyBytesMax, phase: phaseMark, tally: tally,
            nanoseconds: ticker.nanoseconds)
        writer.withdraw = { [dispatcher] saga, token in dispatcher.withdraw(saga, token) }
        let outlets = Loop.Outlets(
            dispatch: { [dispatcher] in dispatcher.send($0) },
            changed: { [dispatcher] in dispatcher.changed($0.lazy.map(\.saga)) }, observe: observer,
            inFlight: { [dispatcher] in dispatcher.inFlight }, rang: { [bell] in bell.ring() },
            waitsEnded: { self.waitsEnded }, gauges: gauges, logger: logger,
            isPaused: { self.isPaused },
            loaded: { set in
                self.loaded.withLock { $0 = set }
                self.tell(of: set.views)
                self.dispatcher.settingsChanged()
            },
            hold: { [dispatcher] in dispatcher.hold($0) }, giveBack: { [dispatcher] in dispatcher.giveBack() })
        return try Loop(inbox: inbox, writer: writer, clock: clock, limits: limits, outlets: outlets)
    }
}
