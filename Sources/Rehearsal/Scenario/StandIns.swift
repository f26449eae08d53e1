import SagaCore

/// Simulated participants: they remember what they did by its key, as `ParticipantKit` has it, and do the rest as the scenario says.
struct StandIns {
    /// What is known of a key.
    private enum Memory {
        case answered(Outcome)
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
        if memory[call.key] != nil { return ScriptedAnswer(.succeeded(result: [])) }
        guard let lines = scripts[call.operation], !lines.isEmpty else {
            return ScriptedAnswer(.succeeded(result: Array("{}".utf8)))
        }
        var line = min(used[call.operation, default: 0], lines.count - 1)
        while let until = lines[line].until, elapsed >= until, line < lines.count - 1 { line += 1 }
        used[call.operation] = lines[line].until == nil ? line + 1 : line
        return lines[line]
    }

    /// Takes a request that has arrived.
    mutating func receive(_ call: Call, _ script: ScriptedAnswer.Kind) -> Outcome {
        switch memory[call.key] {
        case .answered(let outcome)?: return outcome
        case .tombstone?: return .refused(code: "fenced", message: "its compensation came first")
        case nil: break
        }
        let outcome: Outcome
        switch script {
        case .succeeded(let result), .lost(let result): outcome = .succeeded(result: result)
        case .refused(let code, let message): outcome = .refused(code: code, message: message)
        case .unknown: return .unknown(message: "no definite answer")
        case .unreached: return .unreached(message: "not reached")
        }
        memory[call.key] = .answered(outcome)
        if case .succeeded = outcome { carryOut(call) }
        return outcome
    }

    private mutating func carryOut(_ call: Call) {
        guard let undone = call.compensates else {
            deeds.append(Deed(key: call.key, operation: call.operation, state: call.state))
            return
        }
        deeds.removeAll { $0.key == undone }
        if memory[undone] == nil { memory[undone] = .tombstone }
    }
}
