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
            // Sent again it would take effect again, for all that anybody knows.
            if saga.stuck?.code == "unknown", saga.currentStep?.isSettled == false { return operate(number, .settle) }
            ask(Command(saga: number, ask: .operate(.retry())))
        case .pause: ask(Command(saga: number, ask: .operate(.pause)))
        case .resume: ask(Command(saga: number, ask: .operate(.resume)))
        case .terminate: ask(Command(saga: number, ask: .operate(.terminate)))
        case .skip:
            if let step = saga.steps.last(where: { !$0.isSettled || $0.isArmed }) {
                ask(Command(saga: number, ask: .operate(.skip(step: step.number))))
            }
        case .settle:
            guard let step = saga.currentStep, !step.isSettled, step.undo == nil, let truth = truth(of: step, saga)
            else { return }
            ask(Command(saga: number, ask: .operate(.settle(step: step.number, as: truth))))
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
        guard !network.isOnTheWay(key), saga.attempt == nil else { return nil }
        if case .succeeded(let result)? = participants.entry(key)?.answer { return .succeeded(result: result) }
        return saga.retry == nil ? .refused : nil
    }
}
