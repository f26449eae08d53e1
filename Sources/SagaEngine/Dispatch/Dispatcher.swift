import Logging
import OperatorLog
import SagaCore
import Synchronization

/// Sends calls, each by the lane of its participant; what waits there is bounded by the live sagas, and its rows survive a crash.
final class Dispatcher: Sendable {
    private struct State {
        var lanes: [String: Lane<Call>] = [:]
        var isHeld = false
        /// Whether nothing leaves any more: the daemon goes down.
        var isStopping = false
        /// What was taken out of the lanes since then.
        var takenOut: [Call] = []
        /// When the lanes are told the time.
        var alarm: Int64?
    }

    private let state = Mutex(State())
    private let transport: any Transport
    private let clock: any EngineClock
    private let ticker: any Ticker
    private let logger: Logger
    let tally = CallTally()
    private let ready: AsyncStream<Wake>
    private let readiness: AsyncStream<Wake>.Continuation

    /// What happens to a lane.
    private typealias Change = @Sendable (inout Lane<Call>, Lane<Call>.Moment) -> Lane<Call>.Step

    /// What the dispatcher is woken for.
    private enum Wake {
        case call(Lane<Call>.Departure)
        /// It did not leave, and will not.
        case kept(Call, Outcome)
        case alarm(Int64)
        /// Somebody wants to know that wakes are taken up.
        case turn(@Sendable () -> Void)
    }

    init(transport: any Transport, clock: any EngineClock, ticker: any Ticker, logger: Logger) {
        self.transport = transport
        self.clock = clock
        self.ticker = ticker
        self.logger = logger
        (ready, readiness) = AsyncStream.makeStream()
    }

    /// Where ``run(ended:)`` wants to run.
    var executor: (any TaskExecutor)? { transport.executor }

    /// Queues calls; returns at once.
    func send(_ calls: [Call]) {
        for call in calls {
            change(call.operation.participant) { lane, moment in
                lane.callCame(call, of: call.saga.number, at: moment)
            }
        }
    }

    /// Sagas have changed, and their new calls are not queued yet: what they do not want any more leaves no more, and who waits for a call
    /// that waits goes on at once.
    func changed(_ sagas: some Sequence<Saga>) {
        state.withLock { state in
            guard state.lanes.values.contains(where: { $0.queued > 0 }) else { return }
            for saga in sagas {
                for name in state.lanes.keys where state.lanes[name]?.contains(saga.id.number) == true {
                    let taken = state.lanes[name]?.takeOut(of: saga.id.number) { saga.waits(for: $0.token) } ?? []
                    let wanted = taken.filter { saga.openCalls.attempt(token: $0.token) != nil }
                    if state.isStopping {
                        state.takenOut += wanted
                    } else {
                        for call in wanted {
                            readiness.yield(.kept(call, .held(message: Self.takenOut, retryAfter: 0)))
                        }
                    }
                }
            }
        }
    }

    /// Takes a call out that waits; whether it did.
    func withdraw(_ saga: Int64, _ token: Int) -> Bool {
        state.withLock { state in
            for name in state.lanes.keys where state.lanes[name]?.contains(saga) == true {
                if state.lanes[name]?.takeOut(of: saga, unless: { $0.token != token }).isEmpty == false { return true }
            }
            return false
        }
    }

    private static let takenOut = "it was not sent, as the saga leaves"

    /// Keeps all calls waiting that have not left, or lets them go, in their order. Those in flight come back either way.
    func hold(_ isHeld: Bool) {
        let names = state.withLock { state in
            // Who goes down lets nothing go any more.
            state.isHeld = isHeld || state.isStopping
            return isHeld || !state.isStopping ? state.lanes.keys.sorted() : []
        }
        for name in names { change(name) { lane, moment in lane.hold(isHeld, at: moment) } }
    }

    /// Lets nothing leave any more; those in flight come back.
    func stopSending() {
        state.withLock { $0.isStopping = true }
        hold(true)
    }

    /// Goes by the configuration as it is now: those that wait leave at once where more may.
    func settingsChanged() {
        for name in state.withLock({ $0.lanes.keys.sorted() }) { change(name) { _, _ in .init() } }
    }

    /// Takes all out that has not left, once nothing leaves any more (``stopSending()``).
    func giveBack() -> [Call] {
        state.withLock { state in
            guard state.isStopping else { return [] }
            defer { state.takenOut = [] }
            return state.takenOut + state.lanes.keys.sorted().flatMap { state.lanes[$0]?.takeAllOut() ?? [] }
        }
    }

    /// What leaves is handed on under the lock: the order of leaving is that of the lanes. The transport's settings are asked for under it
    /// too, so that none are taken over after newer ones.
    private func change(
        _ name: String, _ change: Change
    ) {
        let news = state.withLock { state in
            let step = self.step(name, &state, change)
            for departure in step.leaving { readiness.yield(.call(departure)) }
            return step.news
        }
        for item in news { tell(item, name) }
    }

    private func step(
        _ name: String, _ state: inout State, _ change: Change
    ) -> Lane<Call>.Step {
        let settings = transport.lane(of: name)
        let moment = Lane<Call>.Moment(tick: ticker.ticks(), now: clock.now())
        // In place, so that the lane is nowhere else while it changes and what waits is not copied.
        let before = state.lanes[name, default: Lane(settings, isHeld: state.isHeld)].settingsChanged(
            settings, at: moment)
        var step = change(&state.lanes[name, default: Lane(settings, isHeld: state.isHeld)], moment)
        step.leaving = before.leaving + step.leaving
        setAlarm(state.lanes[name]?.wakesAt, &state)
        return step
    }

    private func setAlarm(_ tick: Int64?, _ state: inout State) {
        guard let tick, tick < state.alarm ?? .max else { return }
        state.alarm = tick
        readiness.yield(.alarm(tick))
    }

    private func alarmRang(_ tick: Int64) {
        let names = state.withLock { state in
            // One that was set for an earlier time has done it.
            guard state.alarm == tick else { return [String]() }
            state.alarm = nil
            return state.lanes.keys.sorted()
        }
        for name in names { change(name) { lane, moment in lane.timeCame(at: moment) } }
    }

    /// Carries calls until it is cancelled or ``stop()`` was called; then those in flight are cancelled, and what becomes of
    /// them is for the next process to settle.
    func run(ended: @escaping @Sendable (Call, Outcome) -> Void) async {
        await withDiscardingTaskGroup { group in
            for await wake in ready {
                switch wake {
                case .call(let departure): group.addTask { await self.carry(departure, ended: ended) }
                case .kept(let call, let outcome): ended(call, outcome)
                case .alarm(let tick):
                    group.addTask {
                        await self.ticker.wait(until: tick)
                        if !Task.isCancelled { self.alarmRang(tick) }
                    }
                case .turn(let taken): taken()
                }
            }
            group.cancelAll()
        }
    }

    /// Comes back when everything that had woken the dispatcher before has been taken up; `false` when nothing is any more, or the
    /// waiting task is cancelled.
    func turn() async -> Bool {
        let turn = DispatcherProof()
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                turn.wait(continuation)
                if case .terminated = readiness.yield(.turn({ turn.end(taken: true) })) { turn.end(taken: false) }
            }
        } onCancel: {
            turn.end(taken: false)
        }
    }

    func stop() {
        readiness.finish()
    }

    /// Calls that have left and have not come back.
    var inFlight: Int { state.withLock { state in state.lanes.values.reduce(0) { $0 + $1.inFlight } } }

    /// The calls of each participant that have not come back, and its breaker.
    var counts: [String: EngineStatus.CallCounts] {
        state.withLock { state in
            state.lanes.mapValues {
                .init(inFlight: $0.inFlight, queued: $0.queued, breaker: $0.breakerState, parking: $0.parking)
            }
        }
    }

    /// What a call of the saga waits for, while its participant is away.
    func parking(of saga: Int64) -> Parking? {
        state.withLock { state in
            for lane in state.lanes.values where lane.contains(saga) { return lane.parking }
            return nil
        }
    }

    /// One call, and then what waited for its place; when more may leave than that, they are carried beside it.
    private func carry(_ first: Lane<Call>.Departure, ended: @Sendable (Call, Outcome) -> Void) async {
        var next: Lane<Call>.Departure? = first
        while let departure = next {
            tally.left(departure.item.operation)
            let begun = ticker.nanoseconds()
            let carried = await transport.carry(departure.item)
            if Task.isCancelled { return }
            // Before anybody is told: who was, and asks, finds it counted.
            tally.ended(
                departure.item.operation, carried.outcome, nanoseconds: ticker.nanoseconds() - begun)
            ended(departure.item, carried.outcome)
            let name = departure.item.operation.participant
            let (taken, news) = state.withLock { state in
                let step = self.step(name, &state) { lane, moment in
                    lane.callEnded(departure.ticket, of: departure.saga, carried.health, at: moment)
                }
                for other in step.leaving.dropFirst() { readiness.yield(.call(other)) }
                return (step.leaving.first, step.news)
            }
            for item in news { tell(item, name) }
            next = taken
        }
    }

    private func tell(_ news: Lane<Call>.News, _ participant: String) {
        switch news {
        case .opened(let settings, let cause):
            logger.tell(
                .breakerOpened,
                [
                    "participant": "\(participant)", "failures": "\(settings.failures)",
                    "cooldown": "\(settings.cooldown) ms", "error": "\(cause)",
                ])
        case .parked(let parking):
            logger.tell(
                .callsParked,
                [
                    "participant": "\(participant)", "calls": "\(parking.calls)",
                    "since": "\(parking.since.rfc3339)", "error": "\(parking.cause)",
                ])
        case .closed(let parked):
            logger.tell(.breakerClosed, ["participant": "\(participant)", "parked": "\(parked)"])
        }
    }
}

extension Saga {
    /// Whether a call that has not left is still to: it is the saga's own, and the saga does not want to leave. Where nothing may have
    /// come of the step yet, a way out needs no answer; else the answer is what it waits for.
    func waits(for token: Int) -> Bool {
        guard let attempt = openCalls.attempt(token: token) else { return false }
        guard exit != nil, attempt.direction == .forward, currentStep?.number == attempt.step else { return true }
        return currentStep?.effect != StepRun.Effect.none
    }
}
