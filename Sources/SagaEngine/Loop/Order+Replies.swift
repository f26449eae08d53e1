import SagaCore
import SagaStore

extension Handled {
    func reply<V: Sendable>(_ verdict: V) -> Reply<V> {
        Reply(verdict: verdict, saga: entry.saga, workflow: entry.workflow, reached: reached)
    }

    fileprivate func signalled() -> SagaEngine.Reply<SignalVerdict>? {
        if case .answer(.signal(let verdict)) = verdict { reply(verdict) } else { nil }
    }
}

extension Order {
    static func start(_ command: StartCommand) -> Order where Reply == SagaEngine.Reply<StartVerdict> {
        Order(ask: .start(command)) { done in
            guard case .saga(let handled) = done, case .start(let verdict) = handled.verdict else { return nil }
            return handled.reply(verdict)
        }
    }

    static func signal(
        _ saga: SagaReference, _ signal: SignalSent
    ) -> Order where Reply == SagaEngine.Reply<SignalVerdict> {
        Order(ask: .tell(.reference(saga), .signalled(signal))) { $0.handled?.signalled() }
    }

    static func cancel(
        _ saga: SagaReference, _ cancel: CancelSent
    ) -> Order where Reply == SagaEngine.Reply<CancelAnswer> {
        Order(ask: .tell(.reference(saga), .cancelled(cancel))) { done in
            guard case .saga(let handled) = done, case .answer(.cancel(let answer)) = handled.verdict else {
                return nil
            }
            return handled.reply(answer)
        }
    }

    static func callBack(
        _ saga: SagaID, _ sent: CallbackSent
    ) -> Order where Reply == SagaEngine.Reply<CallbackVerdict> {
        Order(ask: .tell(.reference(SagaReference(saga)), .calledBack(sent))) { done in
            guard case .saga(let handled) = done, case .answer(.callback(let verdict)) = handled.verdict else {
                return nil
            }
            return handled.reply(verdict)
        }
    }

    static func early(_ signal: KeyedSignal) -> Order where Reply == KeyedReply {
        Order(ask: .early(signal)) { done in
            if case .kept(let until) = done { return .kept(until: until) }
            return done.handled?.signalled().map(KeyedReply.told)
        }
    }

    /// - Parameter rehearsing: decide only, and write nothing.
    static func operate(
        _ saga: SagaReference, _ command: OperateCommand, rehearsing: Bool
    ) -> Order where Reply == SagaEngine.Reply<OperateVerdict> {
        let target = Ask.Target.reference(saga)
        return Order(ask: rehearsing ? .rehearse(target, command) : .operate(target, command)) { done in
            guard case .saga(let handled) = done, case .operated(let verdict) = handled.verdict else { return nil }
            return handled.reply(verdict)
        }
    }

    static func migrate(_ saga: SagaID, to row: Int64, _ sent: MigrateSent) -> Order
    where Reply == SagaEngine.Reply<Void> {
        Order(ask: .migrate(.number(saga.number), to: row, sent)) { $0.handled?.reply(()) }
    }

    static func look(_ saga: SagaReference) -> Order where Reply == SagaEngine.Reply<Void> {
        Order(ask: .look(.reference(saga))) { $0.handled?.reply(()) }
    }

    static func accept(_ job: JobRow, _ sagas: [SagaID]) -> Order where Reply == JobRow {
        Order(ask: .accept(job, sagas)) { done in
            if case .job(let row) = done { row } else { nil }
        }
    }
}
