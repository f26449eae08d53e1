import Logging
import SagaCore

@testable import SagaEngine
@testable import SagaStore

/// Runs the production engine's inbox, loop and writer over a real store in memory, with time, network, participants, disk and
/// guests as a plan says. One thread, no chance but the plan's: the same plan gives the same run.
final class Simulation {
    let plan: Plan
    let mutant: Mutant?
    let machine: Machine
    let participants: Participants
    let store: SagaStore
    var network: Network
    var agenda = Agenda()
    var evidence = Evidence()
    /// Milliseconds since the beginning, which nothing can set back.
    var now: Int64 = 0
    /// What the machine's clock is off by.
    var clockOffset: Int64 = 0
    var isCalm = false
    var commands: [Command] = []
    /// The sagas that guests know the id of.
    var ids: [Int: SagaID] = [:]
    /// Commands that the process at hand has taken and not answered, as places in `evidence.asked`.
    var unanswered: Set<Int> = []
    /// Those that a mutant has answered before their time.
    var heardEarly: Set<Int> = []
    var trace: Trace?
    var lanes = Lanes()
    /// By the rows that the store pins them in.
    private(set) var workflows: WorkflowSet
    private(set) var inbox: Inbox
    private var loop: Loop?
    private var wakeAt: Int64?
    private var ticks = 0

    /// 2026-01-01T00:00:00Z.
    static let beginning: Int64 = 1_767_225_600_000

    init(_ plan: Plan, mutant: Mutant? = nil, trace: Trace? = nil) throws {
        self.plan = plan
        self.mutant = mutant
        self.trace = trace
        let machine = Machine()
        self.machine = machine
        store = try SagaStore.inMemory { try machine.beforeCommit() }
        workflows = try Self.load(plan, in: store)
        participants = Participants(kinds: plan.participants, manners: plan.manners)
        network = Network(plan: plan)
        inbox = Inbox(commandsMax: plan.limits.inboxMax)
        evidence.limits = plan.limits
        evidence.sagaLimits = plan.sagaLimits
        var faults: [Int: Chaos.WriteFault] = [:]
        for case .write(let number, let fault) in plan.chaos { faults[number] = fault }
        machine.arm(faults)
        for chaos in plan.chaos {
            if let at = chaos.at { agenda.add(.chaos(chaos), at: at) }
        }
    }

    var clock: Instant { Instant(milliseconds: Self.beginning + now + clockOffset) }

    func tick() -> Int {
        ticks += 1
        return ticks
    }

    /// Runs the plan, then the calm phase, and collects what is left.
    func run() throws -> Evidence {
        boot()
        advance(to: plan.calmAt)
        calmDown()
        try collect()
        return evidence
    }

    /// Lets time pass: what is planned happens, and the engine is woken when it wanted to be.
    func advance(to end: Int64) {
        while let next = [agenda.next, wakeAt].compactMap(\.self).min(), next <= end, !evidence.isEndless {
            now = max(now, next)
            while agenda.next.map({ $0 <= now }) == true, let event = agenda.pop() { happen(event) }
            drive()
        }
        now = max(now, end)
    }

    /// A new process on the same store.
    private func boot() {
        let life = machine.life
        inbox = Inbox(commandsMax: mutant?.inboxMax ?? plan.limits.inboxMax)
        var dice = Dice(seed: plan.seed &+ UInt64(life))
        let rule: Writer.Decide = if let mutant { mutant.rule(self) } else { Mutant.production(plan.sagaLimits) }
        do {
            workflows = try Self.load(plan, in: store)
            let writer = try Writer(
                store: store, workflows: workflows, cacheMax: plan.limits.cacheMax,
                decide: rule, random: { dice.next() })
            writer.withdraw = { [unowned self] saga, token in withdraw(saga, token) }
            let outlets = Loop.Outlets(
                dispatch: { [machine] in for call in $0 { machine.emit(.call(call), life: life) } },
                changed: { [machine] in for entry in $0 { machine.emit(.changed(entry.saga), life: life) } },
                observe: { [machine] in for change in $0 { machine.emit(.change(change), life: life) } },
                waitsEnded: { false }, gauges: Gauges(), logger: Logger(label: "sim") { _ in SwiftLogNoOpLogHandler() })
            var limits = plan.limits
            limits.waitersMax = mutant?.waitersMax ?? limits.waitersMax
            loop = try Loop(
                inbox: inbox, writer: writer, clock: FixedClock(time: clock), limits: limits, outlets: outlets)
        } catch {
            evidence.unreadable.append("no start: \(error)")
        }
        wakeAt = now
    }

    private static func load(_ plan: Plan, in store: SagaStore) throws -> WorkflowSet {
        try WorkflowSet(plan.workflows.map { LoadedWorkflow(workflow: $0, source: "") }, in: store)
    }

    /// Cycles until the engine has nothing to do, carrying out what it asks for; when its process dies, starts the next one.
    func drive() {
        for _ in 0..<10_000 {
            guard let loop else { break }
            let cycle = loop.cycle(at: clock)
            now += machine.takeSpent()
            for effect in machine.takeEffects() { carryOut(effect) }
            evidence.peaks.waiters = max(evidence.peaks.waiters, loop.waiters.count)
            if machine.isDead {
                die()
                continue
            }
            if case .idle(let milliseconds) = cycle {
                wakeAt = now + max(1, milliseconds)
                return
            }
        }
        evidence.isEndless = true
    }

    private func die() {
        trace?.add(now, "the process dies and is started again")
        machine.startAgain()
        network.hangUp()
        lanes = Lanes()
        for index in unanswered.sorted() { askAgain(evidence.asked[index].command) }
        unanswered = []
        boot()
    }
}

/// The time at which a process begins; afterwards its cycles are told.
private struct FixedClock: EngineClock {
    var time: Instant

    func now() -> Instant { time }
}
