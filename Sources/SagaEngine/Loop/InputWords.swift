import CEL
import SagaCore

/// What an input is to those who look for one that ends processes: the same words and the same hash in each process, so without
/// tokens, times and senders.
struct InputWords {
    var kind: StaticString
    var name: String
    var hash: UInt64
    /// Whether the name came from outside.
    var isForeign = false

    init(_ input: Input) {
        switch input {
        case .attemptEnded(let ended):
            self.init(ended)
        case .calledBack(let sent):
            self.init(
                AttemptEnded(
                    token: 0, of: StepDirection(step: sent.call.number, direction: sent.call.direction),
                    outcome: sent.outcome))
            hash ^= Hash.mixed(17)
        case .woken:
            self.init("a timer or a retry", "", 2)
        case .signalled(let signal):
            let data = Self.hash(of: signal.data)
            self.init("signal ", signal.name, 3 ^ Hash.of(signal.name.utf8) ^ data)
            isForeign = true
        case .cancelled:
            self.init("a cancel", "", 4)
        case .operated(let act):
            self.init("an operator's ", act.kind.name, 5 ^ Hash.of(act.kind.name.utf8))
        case .migrated:
            self.init("a migration", "", 6)
        case .suspected:
            self.init("a suspicion", "", 7)
        case .restored:
            self.init("a restore", "", 8)
        }
    }

    /// An operator's act, before it is known which step it means.
    init(operator act: OperateCommand.Act) {
        self.init("an operator's ", act.name, 5 ^ Hash.of(act.name.utf8))
    }

    /// A start, which has no saga yet; of a workflow that was corrected it is another one.
    init(start: StartCommand, of workflow: Workflow) {
        var hash = Self.hash(of: start.input) ^ Hash.mixed(Hash.of(workflow.digest.utf8))
        if let key = start.key { hash ^= Hash.of(key.utf8) }
        self.init("the start of ", workflow.name, hash)
    }

    private init(_ ended: AttemptEnded) {
        var hash = UInt64(ended.of?.step ?? 0) << 8 | UInt64(ended.of?.direction.rawValue ?? 0)
        switch ended.outcome {
        case .succeeded(let result):
            hash ^= result.map { Self.hash(of: $0) } ?? 11
            self.init("an answer: ", "succeeded", hash)
        case .refused(let code, _, _, _):
            self.init("an answer: refused ", code, hash ^ Hash.of(code.utf8))
            isForeign = true
        case .unreached: self.init("a call that reached nobody", "", hash ^ 12 << 32)
        case .unknown: self.init("a call without an answer", "", hash ^ 13 << 32)
        case .pending: self.init("a call whose answer comes later", "", hash ^ 14 << 32)
        case .held, .forgotten: self.init("a call that was kept back", "", hash ^ 15 << 32)
        }
    }

    /// Of its length, its beginning and its end: what is looked at for each input is not long (rule 24).
    private static func hash(of document: Document) -> UInt64 {
        let bytes = document.bytes
        if bytes.count <= 2 * sample { return Hash.of(bytes) }
        return Hash.mixed(Hash.of(bytes.prefix(sample)) ^ Hash.mixed(UInt64(bytes.count)))
            ^ Hash.of(bytes.suffix(sample))
    }

    private static let sample = 4_096

    private init(_ kind: StaticString, _ name: String, _ seed: UInt64) {
        self.kind = kind
        self.name = name
        hash = Hash.mixed(seed)
    }
}
