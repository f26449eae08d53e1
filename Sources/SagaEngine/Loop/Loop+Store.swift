import Logging
import OperatorLog
import SagaCore
import SagaStore

/// What is done about a store that takes no writes for a while: no room, a file system that was made read-only, a failing disk.
extension Loop {
    func storeFailed(_ error: StoreError, _ now: Instant) {
        guard error.concernsAll else { return }
        carryOut(health.failed(StoreTrouble(error), at: now.milliseconds))
    }

    func storeWorks(_ now: Instant) {
        if health.trouble != nil { carryOut(health.worked(at: now.milliseconds)) }
    }

    private func carryOut(_ actions: [StoreHealth.Action]) {
        outlets.gauges.troubled(health.trouble)
        for action in actions {
            switch action {
            case .keepCallsBack: outlets.hold(true)
            case .letCallsGo: outlets.hold(false)
            case .tellTrouble(let trouble):
                outlets.logger.tell(
                    trouble.code == StoreHealth.goneCode ? .storeGone : .storeTroubled,
                    ["store_trouble": "\(trouble.code)", "error": "\(trouble.message)"])
            case .tellOver(let code, let after):
                outlets.logger.tell(.storeRecovered, ["store_trouble": "\(code)", "after": "\(after) ms"])
            }
        }
    }

    /// What was taken out of its lane for what was not kept is as if it had come back by itself.
    func putBackWithdrawn(_ now: Instant) {
        for order in writer.takeWithdrawn() { agenda.storeRefused(order, at: now.milliseconds) }
    }

    func dropEarly(_ now: Instant) {
        guard !agenda.isPaused, let next = writer.early.next, next <= now.milliseconds, dropAt <= now.milliseconds
        else { return }
        dropAt = now.milliseconds + Agenda.retry
        do throws(StoreError) {
            let (lost, unreadable) = try writer.dropEarly(at: now)
            for lost in lost { outlets.logger.tell(of: lost) }
            outlets.logger.tell(
                unreadable: unreadable, of: "early_signal", "signals that came before their sagas are dropped")
        } catch {
            storeFailed(error, now)
        }
    }

    func readTimers(_ now: Instant) {
        let span = limits.horizon
        guard let (after, until) = agenda.timersWanted(span: span, at: now.milliseconds) else { return }
        do throws(StoreError) {
            agenda.timersRead(
                try writer.store.read { try $0.due(after: after, until: until) }, until: until, span: span)
        } catch {
            agenda.timersUnread(at: now.milliseconds)
            outlets.logger.error("the store's timers cannot be read", metadata: ["error": "\(error.message)"])
        }
    }

    /// What ended the last process goes before recovery and before any command.
    func lookAtSuspects(_ now: Instant) {
        do throws(StoreError) {
            agenda.cameFirst(try writer.suspicions(at: now))
            let unreadable = try writer.store.read { try $0.unreadableSuspects() }
            if unreadable > 0 {
                outlets.logger.warning(
                    "rows of the store do not read and are ignored",
                    metadata: ["table": "suspect", "count": "\(unreadable)"])
            }
        } catch {
            outlets.logger.warning(
                "what ended the last process is not counted", metadata: ["error": "\(error.message)"])
        }
    }

    /// Whether the store takes writes.
    func probe(_ now: Instant, writing: Bool) -> Result<Proof, EngineError> {
        writer.phase.set(.probing)
        defer { writer.phase.set(.reading) }
        do throws(StoreError) {
            // Only a write tells whether a store that took none takes them again; and only writes make a log short that is long.
            let store = writer.store
            try store.probe(writing: writing || health.trouble != nil || store.isLogLong)
            storeWorks(now)
            return .success(.sound)
        } catch {
            storeFailed(error, now)
            // A store that this process has closed answers nothing any more.
            return error.code == .closed ? .failure(.stopping) : .success(.troubled(StoreTrouble(error)))
        }
    }
}

extension StoreTrouble {
    init(_ error: StoreError) { self.init(code: error.code.rawValue, message: error.message) }
}
