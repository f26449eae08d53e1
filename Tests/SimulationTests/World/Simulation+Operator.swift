@testable import SagaCore
@testable import SagaEngine

extension Simulation {
    /// An operator acts on a saga as they find it. They are honest: what they settle is what the ledger says.
    func operate(_ number: Int, _ hand: Chaos.Hand) {
        guard let id = ids[number], let entry = try? entry(id), entry.saga.end == nil, !isOperating(number)
        else { return }
        let saga = entry.saga
        switch hand {
        case .retry:
            switch saga.stuck?.code {
            case .historyLimit where saga.undoingFor == nil: return endFull(number, saga, entry.workflow)
            // Sent again it would take effect again, for all that anybody knows.
            case .unknown, .unrecognised, .compensationUnknown, .compensationExhausted:
                return operate(number, .settle)
            default: break
            }
            ask(Command(saga: number, ask: .operate(.retry())))
        case .pause: ask(Command(saga: number, ask: .operate(.pause)))
        case .resume: ask(Command(saga: number, ask: .operate(.resume)))
        case .terminate: ask(Command(saga: number, ask: .operate(.terminate)))
        case .skip:
            if let step = saga.steps.last(where: { !$0.isSettled || $0.isArmed }) {
                ask(Command(saga: number, ask: .operate(.skip(step: step.number))))
            }
        case .settle:
            if let step = saga.steps.last(where: { $0.undo != nil && ($0.isArmed || $0.effect == .none) }) {
                return settleUndo(of: step, number, saga)
            }
            guard let step = saga.currentStep, !step.isSettled, step.undo == nil, let truth = truth(of: step, saga)
            else { return }
            ask(Command(saga: number, ask: .operate(.settle(step: step.number, as: truth))))
        }
    }

    /// A saga whose history is full is undone; where that cannot be any more, it is left as it is.
    private func endFull(_ number: Int, _ saga: Saga, _ workflow: Workflow) {
        let mayCancel =
            workflow.cancelTarget != nil && workflow.state(saga.state)?.cancel == .allow && saga.pivot == nil
        if mayCancel, saga.cancel?.verdict != .accepted {
            ask(Command(saga: number, ask: .cancel))
        } else if mayCancel {
            ask(Command(saga: number, ask: .operate(.retry())))
        } else {
            ask(Command(saga: number, ask: .operate(.terminate)))
        }
    }

    /// A compensation of which nobody knows whether it took effect: done when nothing stands, else it may be sent again.
    private func settleUndo(of step: StepRun, _ number: Int, _ saga: Saga) {
        let key = saga.key(step: step.number, direction: .forward)
        let undoKey = saga.key(step: step.number, direction: .compensation)
        guard !saga.openCalls.isCalling, !network.isOnTheWay(key), !network.isOnTheWay(undoKey),
            !participants.isAtWork(key)
        else { return }
        // A participant that has forgotten the key would find nothing to undo: it is undone by hand there.
        if saga.stuck?.code == .compensationUnknown { participants.undoByHand(key) }
        if participants.entry(key)?.stands == true {
            ask(Command(saga: number, ask: .operate(.retry())))
        } else {
            ask(Command(saga: number, ask: .operate(.settle(step: step.number, as: .succeeded(result: nil)))))
        }
    }

    /// Whether what an operator did before is not answered yet: what they know may be old.
    private func isOperating(_ number: Int) -> Bool {
        unanswered.contains { index in
            let command = evidence.asked[index].command
            if case .operate = command.ask { return command.saga == number }
            return false
        }
    }

    /// What became of a step; `nil` while nobody can know, as a request is on its way.
    private func truth(of step: StepRun, _ saga: Saga) -> OperatorAct.Settlement? {
        let key = saga.key(step: step.number, direction: .forward)
        guard !network.isOnTheWay(key), !saga.openCalls.isCalling, !participants.isAtWork(key) else { return nil }
        if case .succeeded(let result)? = participants.entry(key)?.answer { return .succeeded(result: result) }
        return saga.openCalls.retries.isEmpty ? .refused : nil
    }
}
