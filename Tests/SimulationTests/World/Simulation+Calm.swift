import SagaCore
import SagaStore

@testable import SagaEngine

extension Simulation {
    /// Nothing fails any more, and guests send what the sagas wait for: everything must end.
    func calmDown() {
        isCalm = true
        machine.calm()
        network.calm()
        trace?.add(now, "calm")
        for round in 0..<Self.rounds {
            advance(to: now + 40_000)
            let open = live()
            if open.isEmpty, agenda.isEmpty || round > 0 && isAnswered { break }
            for (id, saga) in open { help(id, saga, round: round) }
        }
        advance(to: now + 60_000)
    }

    private static let rounds = 60

    private var isAnswered: Bool { unanswered.isEmpty && agenda.isEmpty }

    /// The sagas that guests know of and that have not ended.
    private func live() -> [(id: SagaID, saga: Saga)] {
        ids.keys.sorted().compactMap { number in
            guard let id = ids[number], let entry = try? entry(id), entry.saga.end == nil else { return nil }
            return (id, entry.saga)
        }
    }

    func entry(_ id: SagaID) throws -> Entry? {
        try store.read { reading in
            guard let row = try reading.saga(number: id.number),
                let workflow = workflows.byRow[row.workflow]
            else { return nil }
            let records = try reading.history(of: row).flatMap { stored in
                stored.records.map { (at: stored.at, record: $0) }
            }
            return Entry(saga: try Saga.fold(records), workflow: workflow, row: row, tags: [])
        }
    }

    /// Sends a signal that the state takes, one or the other, and a cancel when there is none; an operator sees to what is stuck.
    private func help(_ id: SagaID, _ saga: Saga, round: Int) {
        guard let number = ids.first(where: { $0.value == id })?.key else { return }
        if saga.isPaused { operate(number, .resume) }
        if saga.stuck != nil { operate(number, .retry) }
        let workflow = plan.workflows.first { $0.name == saga.workflow }
        let signals = (workflow?.state(saga.state)?.signals ?? []).filter {
            if case .routes = $0.action { true } else { false }
        }
        if saga.status == .waiting, !signals.isEmpty {
            let signal = signals[Int(Hash.mixed(plan.seed &+ UInt64(round)) % UInt64(signals.count))]
            ask(Command(saga: number, ask: .signal(name: signal.name, id: "calm \(number).\(round)", ok: true)))
        } else if saga.status == .waiting {
            ask(Command(saga: number, ask: .cancel))
        }
    }

    /// Reads everything back as the next process would.
    func collect() throws {
        evidence.ledger = participants.ledger
        evidence.undoOrder = participants.undoOrder
        evidence.misfits = participants.misfits
        evidence.openCalls = network.open.count
        evidence.excuse = excuse
        evidence.isClockSet = plan.chaos.contains { if case .jump = $0 { true } else { false } }
        evidence.lives = machine.life
        try store.read { reading in
            for row in try reading.sagas(limit: 1_000) {
                guard let workflow = workflows.byRow[row.workflow] else { continue }
                do {
                    let rows = try reading.history(of: row)
                    let records = rows.flatMap { stored in stored.records.map { (at: stored.at, record: $0) } }
                    evidence.kept[row.id] = .init(
                        workflow: workflow, row: row, rows: rows, records: records, saga: try? Saga.fold(records))
                } catch {
                    evidence.unreadable.append("\(row.id): \(error)")
                }
            }
        }
    }

    /// By how many milliseconds a timer may be late because of what the plan did to the machine.
    private var excuse: Int64 {
        var excuse: Int64 = 20
        for chaos in plan.chaos {
            switch chaos {
            case .jump(_, let by): excuse += abs(by) + plan.limits.horizon
            case .write(_, .slow(let milliseconds)): excuse += milliseconds
            case .write(_, .fails(let times, _)): excuse += Int64(times) * 1_100
            default: break
            }
        }
        return excuse
    }
}
