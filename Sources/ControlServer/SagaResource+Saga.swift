import CEL
import ControlAPI
import SagaCore
import SagaEngine

extension ControlResponder {
    /// What holds an event loop for a few hundred microseconds at most.
    private static let atOnceMax = 32 << 10

    /// A saga as the socket shows it; a large one is made off the event loop, whose other connections would wait for it.
    func resource(_ saga: Saga, _ workflow: Workflow, reached: Bool = true) async -> SagaResource {
        let isLarge = Value.list([saga.input, .map(saga.vars)]).isLarger(than: Self.atOnceMax)
        guard isLarge || saga.steps.count > 100 || saga.alarms.count > 100 else {
            return SagaResource(saga, workflow, reached: reached)
        }
        return await engine.aside { SagaResource(saga, workflow, reached: reached) }
    }
}

extension Value {
    /// Whether its texts and its parts, each of which counts as 16 bytes, are more than that; looks no further.
    func isLarger(than bytesMax: Int) -> Bool {
        var left = bytesMax
        spend(&left)
        return left < 0
    }

    private func spend(_ left: inout Int) {
        left -= 16
        switch self {
        case .string(let text): left -= text.utf8.count
        case .bytes(let bytes): left -= bytes.count
        case .list(let items):
            for item in items {
                guard left >= 0 else { return }
                item.spend(&left)
            }
        case .map(let map):
            for entry in map.entries {
                guard left >= 0 else { return }
                entry.key.spend(&left)
                entry.value.spend(&left)
            }
        default: break
        }
    }
}

extension SagaResource {
    /// A saga as the socket shows it; whatever is secret in its input is masked wherever it shows up again.
    init(_ saga: Saga, _ workflow: Workflow, reached: Bool = true) {
        let masker = Masker(for: saga, in: workflow)
        self.init(
            id: saga.id.description, key: masker.masked(saga.key), workflow: saga.workflow, version: saga.version,
            state: saga.state,
            status: saga.status.name, reason: saga.stuck.map { masker.masked("\($0.code): \($0.message)") },
            startedAt: saga.startedAt.rfc3339, updatedAt: saga.updatedAt.rfc3339, input: masker.masked(saga.input),
            vars: masker.masked(members: saga.vars),
            attributes: masker.masked(members: saga.attributes(in: workflow)),
            steps: saga.steps.suffix(Self.stepsMax).map { Step($0, of: saga) },
            timers: saga.timers.sorted { ($0.due, $0.number) < ($1.due, $1.number) }
                .map { Timer(name: $0.name, due: $0.due.rfc3339) },
            signals: Self.signals(of: saga, in: workflow), leavingTo: saga.exit?.to ?? saga.undoingFor,
            cancel: saga.cancel.map(\.verdict.name),
            alarms: saga.alarms.map { alarm in
                Alarm(
                    number: alarm.number, at: alarm.at.rfc3339, step: alarm.step,
                    message: masker.masked(alarm.message))
            },
            hint: SagaSummary.Trouble(of: saga, masker).map {
                Hint(for: $0, of: saga.id, workflow: saga.workflow, version: saga.version, state: saga.state)
            }, earlierSteps: max(0, saga.steps.count - Self.stepsMax),
            trying: Trying(in: saga, masker), reached: reached, serial: saga.serial.map { Int($0) })
    }

    /// What the state takes now: nothing while the saga is on its way out, stuck or over.
    private static func signals(of saga: Saga, in workflow: Workflow) -> [String] {
        guard saga.end == nil, saga.stuck == nil, saga.exit == nil, saga.undoingFor == nil else { return [] }
        return (workflow.state(saga.state)?.signals ?? []).filter { $0.action != .refuse }.map(\.name)
    }
}

extension SagaResource.Trying {
    fileprivate init?(in saga: Saga, _ masker: Masker) {
        guard saga.end == nil, let tries = saga.tries, let run = saga.step(tries.step) else { return nil }
        let call = tries.direction == .forward ? run.call : run.undo?.call ?? run.call
        self.init(
            step: tries.step, call: call.description, outcome: tries.kind.name, count: tries.count,
            first: tries.first.rfc3339, message: masker.masked(tries.message),
            next: saga.openCalls.retry(of: tries.step)?.due.rfc3339)
    }
}

extension SagaResource.Step {
    fileprivate init(_ run: StepRun, of saga: Saga) {
        // Rule 10: armed from its intent on, so also while its first attempt is in flight.
        let isInFlight = saga.openCalls.attempt(of: run.number)?.direction == .forward
        self.init(
            number: run.number, state: run.state, call: run.call.description, outcome: run.effect.rawValue,
            armed: run.isArmed || isInFlight, key: saga.key(step: run.number, direction: .forward),
            attempts: run.attempts,
            undo: run.undo?.call.description, undoAttempts: run.undo?.leg.attempts ?? 0)
    }
}

extension HistoryResource {
    init(number: Int, at: Instant, record: Record, masker: Masker) {
        self.init(number: number, at: at.rfc3339, type: record.name, fields: masker.masked(members: record.fields))
    }
}

extension Masker {
    fileprivate func masked(members: MapValue) -> MapValue {
        if case .map(let map) = masked(.map(members)) { map } else { MapValue([]) }
    }
}
