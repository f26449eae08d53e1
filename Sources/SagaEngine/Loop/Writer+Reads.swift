import SagaCore
import SagaStore

/// What is answered without a write: from memory, or from a snapshot of the store.
extension Writer {
    func read(_ ask: Ask, wait: Wait?, at now: Instant) -> Result<Done, EngineError> {
        Result { () throws(EngineError) in
            switch ask {
            case .rehearse(let target, let command):
                return .saga(try store.reading { try rehearse(target, command, $0, now) })
            case .look(let target):
                let entry = try look(target)
                try wait?.check(in: entry.workflow)
                return .saga(Handled(verdict: .look, entry: entry))
            default:
                throw .store(code: StoreError.Code.failed.rawValue, message: "what is to be written was read")
            }
        }
    }

    func look(_ number: Int64) -> Result<Entry, EngineError> {
        Result { () throws(EngineError) in try look(.number(number)) }
    }

    private func look(_ target: Ask.Target) throws(EngineError) -> Entry {
        if let entry = remembered(target) { return entry }
        return try store.reading { try load(target, $0) }
    }
}

extension Ask {
    /// Whether it writes nothing.
    var isRead: Bool {
        switch self {
        case .look, .rehearse: true
        case .start, .tell, .early, .operate, .migrate, .recover, .accept, .work: false
        }
    }
}
