import SagaCore
import SagaStore

/// What is answered without a write: from memory, or as the store has it.
extension Writer {
    func read(_ ask: Ask, wait: Wait?, at now: Instant) -> Result<Done, EngineError> {
        Result { () throws(EngineError) in
            try fetchAlone(ask)
            defer { batch = Batch() }
            switch ask {
            case .rehearse(let target, let command):
                return .saga(try rehearse(target, command, now))
            case .look(let target):
                let entry = try load(target)
                try wait?.check(in: entry.workflow)
                return .saga(Handled(verdict: .look, entry: entry))
            case .start, .tell, .early, .operate, .migrate, .recover, .accept, .work:
                throw .store(code: StoreError.Code.failed.rawValue, message: "what is to be written was read")
            }
        }
    }

    func look(_ number: Int64) -> Result<Entry, EngineError> {
        Result { () throws(EngineError) in
            if let entry = find(number) { return entry }
            try fetchAlone(.look(.number(number)))
            defer { batch = Batch() }
            return try load(.number(number))
        }
    }

    private func fetchAlone(_ ask: Ask) throws(EngineError) {
        batch = Batch()
        do throws(StoreError) {
            try fetch(reads(of: [Posted(ask: ask)]))
        } catch {
            throw EngineError(error)
        }
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
