import SagaCore

@testable import SagaEngine

/// The lanes of the process at hand: calls leave by them as the dispatcher sends them.
struct Lanes {
    var byName: [String: Lane<Call>] = [:]
    /// What each was told last of its sagas.
    var sagas: [SagaID: Saga] = [:]
    /// The calls that have to wait, by their sagas and tokens.
    var waited: Set<String> = []
}

extension Plan {
    /// What every lane goes by: room for all, for few, or few and a breaker.
    var lane: LaneSettings {
        let draw = Hash.mixed(seed ^ 0x1A4E)
        switch draw % 3 {
        case 0: return LaneSettings(concurrency: 1_000)
        case 1: return LaneSettings(concurrency: 1 + Int(draw / 3 % 2))
        default:
            return LaneSettings(
                concurrency: 1 + Int(draw / 3 % 3),
                breaker: BreakerSettings(failures: 2, within: 60_000, cooldown: 700))
        }
    }
}

extension Simulation {
    private var moment: Lane<Call>.Moment { .init(tick: now, now: clock) }

    func queue(_ call: Call) {
        let key = "\(call.saga) \(call.token)"
        lanes.waited.insert(key)
        change(call.operation.participant) { lane, moment in
            let step = lane.callCame(call, of: call.saga.number, at: moment)
            return step
        } leftAtOnce: {
            $0 == key
        }
    }

    func callCameBack(_ flight: Flight, _ ticket: Lane<Call>.Ticket, _ outcome: Outcome) {
        change(flight.call.operation.participant) { lane, moment in
            lane.callEnded(ticket, of: flight.call.saga.number, Carried(outcome).health, at: moment)
        }
    }

    func laneAlarm(_ name: String) {
        change(name) { lane, moment in lane.timeCame(at: moment) }
    }

    /// What a saga does not want any more is taken out, and it hears of it when it waits for that.
    func sagaChanged(_ saga: Saga) {
        lanes.sagas[saga.id] = saga
        if mutant?.leavesParked == .inTheirLanes { return }
        for name in lanes.byName.keys.sorted() {
            let taken = lanes.byName[name]?.takeOut(of: saga.id.number) { saga.waits(for: $0.token) } ?? []
            for call in taken
            where saga.openCalls.attempt(token: call.token) != nil && mutant?.leavesParked != .withoutAWord {
                trace?.add(now, "  #\(call.token) of saga \(self.name(of: call.saga)) is taken out of its lane")
                deliver(
                    Flight(number: 0, call: call, life: machine.life),
                    .held(message: "it was not sent, as the saga leaves", retryAfter: 0))
            }
        }
    }

    func withdraw(_ saga: Int64, _ token: Int) -> Bool {
        if machine.isDead || mutant?.leavesParked != nil { return false }
        for name in lanes.byName.keys.sorted() {
            guard let call = lanes.byName[name]?.takeOut(of: saga, unless: { $0.token != token }).first else {
                continue
            }
            evidence.delivered.append(
                .init(
                    saga: call.saga, token: token, step: call.step,
                    outcome: .held(message: "it had not left", retryAfter: 0), life: machine.life, tick: tick()))
            return true
        }
        return false
    }

    private func change(
        _ name: String, _ change: (inout Lane<Call>, Lane<Call>.Moment) -> Lane<Call>.Step,
        leftAtOnce: (String) -> Bool = { _ in false }
    ) {
        let step = change(&lanes.byName[name, default: Lane(plan.lane, isHeld: false)], moment)
        for departure in step.leaving {
            let key = "\(departure.item.saga) \(departure.item.token)"
            lanes.waited.remove(key)
            if !leftAtOnce(key), let saga = lanes.sagas[departure.item.saga],
                saga.openCalls.attempt(token: departure.item.token) == nil
            {
                evidence.stale.append("\(saga.id): call #\(departure.item.token) left after the saga gave it up")
            }
            send(departure.item, departure.ticket)
        }
        if let at = lanes.byName[name]?.wakesAt { agenda.add(.lane(name, life: machine.life), at: max(at, now)) }
    }
}
