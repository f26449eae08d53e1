import SagaCore

@testable import SagaEngine

extension Simulation {
    /// The participant of a call that it promised to answer brings the answer, or says that it does not know; some come twice.
    func bring(_ call: Call) {
        guard plan.manners[call.operation.participant]?.promise?.callsBack == true else { return }
        let chance = Hash.of(call.key.utf8) / 64 % 8
        let answer = participants.answer(to: call)
        if chance == 0 { return bring(.unknown(message: "it does not know"), of: call, after: 5) }
        if chance == 1 {
            let until = Instant(milliseconds: clock.milliseconds + 5_000)
            bring(.pending(location: nil, message: "it is at work"), of: call, until: until, after: 5)
        }
        bring(answer, of: call, after: chance == 1 ? 900 : 5)
        if chance < 4 { bring(answer, of: call, after: 1_500) }
    }

    private func bring(_ outcome: Outcome, of call: Call, until: Instant? = nil, after delay: Int64) {
        let number = ids.first { $0.value == call.saga }?.key ?? 0
        let brought = Command.Brought(
            saga: call.saga, key: call.key, sent: CallbackSent(call: call.name, outcome: outcome, until: until))
        agenda.add(.bring(Command(saga: number, ask: .bring(brought))), at: now + delay)
    }
}

extension Participants {
    /// What it says of a call that it has finished.
    func answer(to call: Call) -> Outcome {
        if call.compensates != nil { return .succeeded(result: nil) }
        guard let entry = entries[call.key], let answer = entry.answer else {
            return .refused(code: "fenced", message: "its compensation came first")
        }
        // Whoever has the token is the participant.
        guard case .refused(let code, let message, _, _) = answer else { return answer }
        return .refused(code: code, message: message)
    }
}
