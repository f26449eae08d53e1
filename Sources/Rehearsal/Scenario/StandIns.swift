import CEL
import SagaCore

/// Simulated participants: they remember what they did by its key, as `ParticipantKit` has it, and do the rest as the scenario says.
struct StandIns {
    /// What is known of a key.
    private enum Memory {
        case answered(Outcome)
        /// Accepted; the answer is not there yet.
        case promised(ScriptedAnswer.Promise)
        /// Its compensation came first: the call itself is refused for good (semantics.md, rule 15).
        case tombstone
    }

    /// Something that was done.
    struct Deed {
        var key: String
        var operation: SagaCore.Operation
        var state: String
    }

    private let scripts: [SagaCore.Operation: [ScriptedAnswer]]
    private var used: [SagaCore.Operation: Int] = [:]
    private var memory: [String: Memory] = [:]
    /// Done and not undone, in order.
    private(set) var deeds: [Deed] = []

    init(_ scripts: [SagaCore.Operation: [ScriptedAnswer]]) {
        self.scripts = scripts
    }

    /// How the script has this call answered. One whose key was answered before is answered at once and uses up no line of it.
    ///
    /// - Parameter elapsed: milliseconds since the start.
    mutating func script(for call: Call, at elapsed: Int64) -> ScriptedAnswer {
        let isKnown = memory[call.key] != nil
        guard let lines = scripts[call.operation], !lines.isEmpty else {
            return ScriptedAnswer(.succeeded(result: Document(read: .map(MapValue()))))
        }
        var line = min(used[call.operation, default: 0], lines.count - 1)
        // What is known is answered as it was, whatever would be next; but not by whoever stands in front of it.
        if isKnown, !lines[line].kind.isTurnedAway { return ScriptedAnswer(.succeeded(result: Document(read: .null))) }
        while let until = lines[line].until, elapsed >= until, line < lines.count - 1 { line += 1 }
        used[call.operation] = lines[line].until == nil ? line + 1 : line
        return lines[line]
    }

    /// Takes a request that has arrived.
    mutating func receive(_ call: Call, _ script: ScriptedAnswer.Kind) -> Outcome {
        switch memory[call.key] {
        case .answered(let outcome)?: return outcome
        case .promised(let promise)?: return Self.later(promise, call)
        case .tombstone?: return .refused(code: "fenced", message: "its compensation came first")
        case nil: break
        }
        let outcome: Outcome
        switch script {
        case .succeeded(let result), .lost(let result): outcome = .succeeded(result: result)
        case .refused(let code, let message): outcome = .refused(code: code, message: message)
        case .unknown: return .unknown(message: "no definite answer")
        case .pending(let promise):
            memory[call.key] = .promised(promise)
            return Self.later(promise, call)
        case .forgot: outcome = .succeeded(result: Document(read: .map(MapValue())))
        case .unreached, .stranger, .busy: return .unreached(message: "not reached")
        }
        memory[call.key] = .answered(outcome)
        if case .succeeded = outcome { carryOut(call) }
        return outcome
    }

    private static func later(_ promise: ScriptedAnswer.Promise, _ call: Call) -> Outcome {
        .pending(location: promise.hasPlace ? "/calls/\(call.key)" : nil, message: "accepted (202)")
    }

    /// What was promised is there now.
    mutating func keep(_ promise: ScriptedAnswer.Promise, of call: Call) {
        guard case .promised? = memory[call.key] else { return }
        memory[call.key] = .answered(promise.outcome)
        if case .succeeded = promise.outcome { carryOut(call) }
    }

    /// What the participant says of a call that it has finished; `nil` while it has not, and where it was undone before.
    func answer(to call: Call) -> Outcome? {
        if case .answered(let outcome)? = memory[call.key] { outcome } else { nil }
    }

    private mutating func carryOut(_ call: Call) {
        guard let undone = call.compensates else {
            deeds.append(Deed(key: call.key, operation: call.operation, state: call.state))
            return
        }
        deeds.removeAll { $0.key == undone }
        switch memory[undone] {
        case nil, .promised: memory[undone] = .tombstone
        case .answered, .tombstone: break
        }
    }
}

extension ScriptedAnswer.Kind {
    /// Whether the call does not come to its participant, or comes to it in vain.
    var isTurnedAway: Bool {
        switch self {
        case .unreached, .stranger, .busy, .forgot: true
        case .succeeded, .refused, .lost, .unknown, .pending: false
        }
    }

    /// What becomes of a call that does not come to its participant; `nil` for one that does.
    func outcome(for call: Call) -> Outcome? {
        switch self {
        case .unreached: return .unreached(message: "not reached")
        case .stranger(let status): return Self.stranger(status)
        case .busy:
            return call.number % 2 == 0
                ? .refused(code: "http-409", message: "Conflict", by: .stranger)
                : .refused(code: "idempotency_key_in_use", message: "409", by: .unnamed)
        case .forgot where call.keySince != nil: return .forgotten(message: "its key may be forgotten by now")
        default: return nil
        }
    }

    /// As the daemon reads an answer that has no JSON (semantics.md, rule 7).
    private static func stranger(_ status: Int) -> Outcome {
        let message = "somebody else answered \(status)"
        switch status {
        case 401, 403, 407, 425, 429: return .unreached(message: message, hasLeft: true)
        case 400..<500 where status != 408: return .refused(code: "http-\(status)", message: message, by: .stranger)
        default: return .unknown(message: message)
        }
    }
}
