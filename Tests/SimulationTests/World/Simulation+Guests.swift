import CEL
import SagaCore

@testable import SagaEngine

extension Simulation {
    /// A guest sends a command. One to a saga whose id it does not know has nowhere to go.
    func ask(_ command: Command) {
        guard let ask = order(command) else { return }
        let index = evidence.asked.count
        let life = machine.life
        var order = Posted(ask: ask, port: { [machine] in machine.emit(.answer(command: index, $0), life: life) })
        if case .look(let goal?) = command.ask { order.wait = Wait(goal: goal, timeout: 4_000) }
        do throws(EngineError) {
            try inbox.push(order)
        } catch {
            return command.tries < 5 ? askAgain(command) : ()
        }
        trace?.add(now, "guest: \(command)")
        evidence.asked.append(.init(command: command, life: life, tick: tick()))
        unanswered.insert(index)
        evidence.peaks.commands = max(evidence.peaks.commands, inbox.commands)
    }

    private func order(_ command: Command) -> Ask? {
        if case .start(let workflow) = command.ask {
            let input = Value.map(MapValue([("saga", .int(Int64(command.saga)))]))
            return .start(
                StartCommand(workflow: plan.workflows[workflow].name, key: "key \(command.saga)", input: input))
        }
        if case .early(let workflow, let name, let id, let ok) = command.ask {
            let signal = SignalSent(name: name, id: id, data: Self.data(ok))
            return .early(
                KeyedSignal(workflow: plan.workflows[workflow].name, key: "key \(command.saga)", signal: signal))
        }
        if case .bring(let brought) = command.ask {
            return .tell(.reference(SagaReference(brought.saga)), .calledBack(brought.sent))
        }
        guard let id = ids[command.saga] else { return nil }
        let target = Ask.Target.reference(SagaReference(id))
        switch command.ask {
        case .signal(let name, let id, let ok):
            return .tell(target, .signalled(SignalSent(name: name, id: id, data: Self.data(ok))))
        case .cancel: return .tell(target, .cancelled(CancelSent(reason: "changed my mind")))
        case .operate(let kind): return .tell(target, .operated(OperatorAct(kind, reason: "by hand")))
        case .look, .start, .early, .bring: return .look(target)
        }
    }

    private static func data(_ ok: Bool) -> Value { .map(MapValue([("ok", .bool(ok))])) }

    /// The answer to a command. A guest who was not heard tries again.
    func hear(_ index: Int, _ result: Result<Done, EngineError>) {
        if heardEarly.contains(index) { return }
        trace?.add(now, "told: \(describe(result)) to \(evidence.asked[index].command)")
        evidence.told.append(.init(asked: index, result: result, tick: tick(), commits: evidence.commits.count))
        unanswered.remove(index)
        let command = evidence.asked[index].command
        switch result {
        case .success(.saga(let handled)):
            if case .start = command.ask { ids[command.saga] = handled.entry.saga.id }
        case .failure(.busy), .failure(.store):
            askAgain(command)
        case .success, .failure:
            break
        }
    }

    /// A start is repeated until it is heard, as what a participant brings is, anything else five times; but no signal without an id, as it might come twice.
    func askAgain(_ command: Command) {
        var command = command
        if case .signal(_, nil, _) = command.ask { return }
        // An operator looks again first.
        if case .operate = command.ask { return }
        switch command.ask {
        case .start, .bring: break
        default: if command.tries >= 5 { return }
        }
        command.tries += 1
        commands.append(command)
        agenda.add(.ask(command: commands.count - 1), at: now + 350)
    }

    private func describe(_ result: Result<Done, EngineError>) -> String {
        switch result {
        case .success(.saga(let handled)):
            "\(handled.verdict), \(handled.entry.saga.status.name) in \(handled.entry.saga.state)"
        case .success(let done): "\(done)"
        case .failure(let error): "\(error)"
        }
    }
}
