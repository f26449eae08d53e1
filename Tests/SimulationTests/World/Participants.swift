import SagaCore

/// The services behind the calls, each with its own ledger, which outlives everything: the truth that a saga's end is held against.
final class Participants {
    /// What a participant knows under the key of a forward call.
    struct Entry {
        var kind: ParticipantKind
        /// How often it took effect.
        var applied = 0
        var undone = 0
        /// A compensation came first; the forward call is refused when it comes.
        var isFenced = false
        /// It took effect, and the participant said that it had not.
        var isDenied = false
        /// What the key was answered.
        var answer: Outcome?

        /// Whether something of it is left in the world.
        var stands: Bool { applied > undone }
    }

    private let kinds: [String: ParticipantKind]
    private var entries: [String: Entry] = [:]
    private var undoAnswers: Set<String> = []
    /// The keys that compensations were first accepted for, in order.
    private(set) var undoOrder: [String] = []

    init(kinds: [String: ParticipantKind]) {
        self.kinds = kinds
    }

    /// Every forward key that any participant has heard of.
    var ledger: [String: Entry] { entries }

    func entry(_ key: String) -> Entry? {
        entries[key]
    }

    /// Takes a call and answers it.
    /// - Parameter refusal: says no with this code, unless the key was answered before.
    func take(_ call: Call, refusal: String? = nil) -> Outcome {
        guard let kind = kinds[call.operation.participant] else { return .refused(code: "nobody", message: "") }
        if let compensates = call.compensates { return undo(compensates, by: call.key, kind) }
        var entry = entries[call.key] ?? Entry(kind: kind)
        defer { entries[call.key] = entry }
        if entry.isFenced { return .refused(code: "fenced", message: "its compensation came first") }
        if let answer = entry.answer, kind != .forgetful { return answer }
        let answer: Outcome
        if let refusal {
            answer = .refused(code: refusal, message: "not today")
        } else {
            entry.applied += 1
            // Some answers have no body.
            let isSilent = Hash.of(call.key.utf8) % 4 == 0
            answer = .succeeded(result: isSilent ? nil : Array(#"{"by":"\#(call.operation)"}"#.utf8))
        }
        entry.answer = answer
        return answer
    }

    /// The participant will say that it has not done what it did.
    func deny(_ key: String) {
        entries[key]?.isDenied = true
    }

    private func undo(_ key: String, by undoKey: String, _ kind: ParticipantKind) -> Outcome {
        let done = Outcome.succeeded(result: nil)
        guard undoAnswers.insert(undoKey).inserted else { return done }
        if !undoOrder.contains(key) { undoOrder.append(key) }
        var entry = entries[key] ?? Entry(kind: kind)
        switch entry.answer {
        // All that stands, should a forgetful one have done it twice.
        case .succeeded: entry.undone += kind == .forgetful ? entry.applied - entry.undone : 1
        case nil: entry.isFenced = kind == .fencing
        default: break
        }
        entries[key] = entry
        return done
    }
}
