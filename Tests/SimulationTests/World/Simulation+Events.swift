import CEL
import SagaCore

@testable import SagaEngine

extension Simulation {
    func happen(_ event: Agenda.Event) {
        switch event {
        case .chaos(let chaos): happen(chaos)
        case .ask(let number): ask(commands[number])
        case .request(let flight): arrive(flight)
        case .answer(let flight, let outcome): answer(flight, outcome)
        case .work(let call):
            trace?.add(now, "  what was promised of \(call.key.suffix(8)) is done")
            participants.finish(call.key)
            bring(call)
        case .bring(let command): ask(command)
        case .lane(let name, let life): if life == machine.life { laneAlarm(name) }
        case .timeout(let flight):
            guard network.close(flight) else { return }
            deliver(flight, .unknown(message: "no answer in \(flight.call.timeout) ms"))
        }
    }

    private func happen(_ chaos: Chaos) {
        if isCalm { return }
        switch chaos {
        case .start(_, let saga, let workflow): ask(Command(saga: saga, ask: .start(workflow: workflow)))
        case .signal(_, let saga, let name, let id, let ok):
            ask(Command(saga: saga, ask: .signal(name: name, id: id, ok: ok)))
        case .early(_, let saga, let workflow, let name, let id, let ok):
            ask(Command(saga: saga, ask: .early(workflow: workflow, name: name, id: id, ok: ok)))
        case .cancel(_, let saga): ask(Command(saga: saga, ask: .cancel))
        case .look(_, let saga, let goal): ask(Command(saga: saga, ask: .look(goal)))
        case .operate(_, let saga, let hand): operate(saga, hand)
        case .burst(_, let count):
            for _ in 0..<count { ask(Command(saga: 0, ask: .look(.ended), tries: .max)) }
        case .crash(_, let points): machine.lightFuse(points: points)
        case .restart(_, let participant, let downFor):
            trace?.add(now, "\(participant) is restarted and down for \(downFor) ms")
            network.restart(participant, until: now + downFor)
        case .stranger(_, let participant, let staysFor, let stranger):
            trace?.add(now, "somebody else answers for \(participant) for \(staysFor) ms: \(stranger)")
            network.put(stranger, before: participant, until: now + staysFor)
        case .jump(_, let by):
            trace?.add(now, "the clock jumps by \(by) ms")
            clockOffset += by
        case .message, .write: break
        }
    }

    private func arrive(_ flight: Flight) {
        var flight = flight
        let participant = flight.call.operation.participant
        network.arrived(flight.call.key)
        flight.restarts = network.restarts(of: participant)
        guard !network.isDown(participant, at: now) else {
            // It never arrived; but of a message that travels twice that proves nothing.
            switch flight.fate {
            case .requestTwice, .turnedAway: return
            default: break
            }
            return agenda.add(.answer(flight, .unreached(message: "connection refused")), at: now + 1)
        }
        if let outcome = network.stranger(flight, at: now) {
            return network.answer(flight, outcome, at: now, &agenda)
        }
        var refusal: String?
        if case .refused(let code) = flight.fate, flight.call.direction == .forward { refusal = code }
        let reply = participants.take(flight.call, refusal: refusal, at: now)
        let outcome = reply.outcome
        if let done = reply.done { agenda.add(.work(flight.call), at: done) }
        // Nobody waits for an answer to what was turned away before.
        if case .turnedAway = flight.fate { return }
        // Whoever doubled the message hears that it is in use, and waits for the other answer.
        if reply.isTurnedAway, case .requestTwice = flight.fate { return }
        trace?.add(now, "  \(participant) answers \(flight.call.key): \(outcome.name)")
        if case .lie = flight.fate, flight.call.direction == .forward, case .succeeded = outcome {
            participants.deny(flight.call.key)
        }
        network.answer(flight, outcome, at: now + reply.after, &agenda)
    }

    private func answer(_ flight: Flight, _ outcome: Outcome) {
        let isFirst = network.close(flight)
        guard isFirst else {
            // The engine was told of a timeout, or its process is gone: the answer comes late.
            if flight.life == machine.life || network.survives(flight) { deliver(flight, outcome) }
            return
        }
        let isCut = flight.restarts != network.restarts(of: flight.call.operation.participant)
        if isCut, case .succeeded = outcome { return deliver(flight, .unknown(message: "connection reset")) }
        deliver(flight, outcome)
    }

    func deliver(_ flight: Flight, _ outcome: Outcome) {
        network.note(outcome, of: flight.call.operation.participant, at: now)
        if let ticket = flight.ticket, flight.life == machine.life { callCameBack(flight, ticket, outcome) }
        let ended = AttemptEnded(
            token: flight.call.token, of: StepDirection(step: flight.call.step, direction: flight.call.direction),
            outcome: outcome)
        let order = Posted(ask: .tell(.number(flight.call.saga.number), .attemptEnded(ended)))
        try? inbox.push(order)
        trace?.add(now, "  #\(flight.call.token) of saga \(name(of: flight.call.saga)) ended: \(outcome.name)")
        let step = flight.call.direction == .forward ? flight.call.step : nil
        evidence.delivered.append(
            .init(
                saga: flight.call.saga, token: flight.call.token, step: step, outcome: outcome, life: machine.life,
                tick: tick()))
    }

    func carryOut(_ effect: Machine.Effect) {
        switch effect {
        case .call(let call): queue(call)
        case .changed(let saga): sagaChanged(saga)
        case .answer(let index, let result): hear(index, result)
        case .change(let change):
            evidence.commits.append(change)
            evidence.commitLives.append(machine.life)
            trace?.add(
                now, "  saga \(name(of: change.saga.id)): \(change.records.map(\.brief).joined(separator: ", "))")
        }
    }

    /// A call leaves the process.
    func send(_ call: Call, _ ticket: Lane<Call>.Ticket) {
        trace?.add(
            now, "call #\(call.token) \(call.operation) of saga \(name(of: call.saga)), key \(call.key.suffix(8))")
        evidence.sent.append(.init(call: call, tick: tick(), life: machine.life))
        network.send(call, ticket, life: machine.life, at: now, clock: clock, &agenda)
    }

    func name(of id: SagaID) -> String {
        ids.first { $0.value == id }.map { "\($0.key)" } ?? String(id.description.suffix(4))
    }
}

extension Chaos {
    /// When it happens; `nil` for what befalls a message or a write.
    var at: Int64? {
        switch self {
        case .start(let at, _, _), .signal(let at, _, _, _, _), .early(let at, _, _, _, _, _), .cancel(let at, _),
            .look(let at, _, _),
            .operate(let at, _, _), .burst(let at, _), .crash(let at, _), .restart(let at, _, _), .jump(let at, _),
            .stranger(let at, _, _, _):
            at
        case .message, .write: nil
        }
    }
}
